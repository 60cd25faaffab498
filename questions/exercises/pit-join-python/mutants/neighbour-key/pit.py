from bisect import bisect_right


def point_in_time_join(events, features, ttl):
    rows = sorted(features, key=lambda row: (row["user_id"], row["ts"], row["created"]))
    keys = [(row["user_id"], row["ts"]) for row in rows]
    values = []
    for event in events:
        # The row just before may be the last one of another user.
        at = bisect_right(keys, (event["user_id"], event["ts"])) - 1
        found = at >= 0 and rows[at]["ts"] >= event["ts"] - ttl
        values.append(rows[at]["value"] if found else None)
    return values
