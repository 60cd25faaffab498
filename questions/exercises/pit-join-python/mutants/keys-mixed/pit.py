from bisect import bisect_right


def point_in_time_join(events, features, ttl):
    rows = sorted(features, key=lambda row: (row["ts"], row["created"]))
    dates = [row["ts"] for row in rows]
    values = []
    for event in events:
        at = bisect_right(dates, event["ts"])
        row = rows[at - 1] if at else None
        found = row is not None and event["ts"] - row["ts"] <= ttl
        values.append(row["value"] if found else None)
    return values
