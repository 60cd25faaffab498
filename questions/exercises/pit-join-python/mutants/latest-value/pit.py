def point_in_time_join(events, features, ttl):
    latest = {}
    for row in sorted(features, key=lambda row: (row["ts"], row["created"])):
        latest[row["user_id"]] = row
    values = []
    for event in events:
        row = latest.get(event["user_id"])
        fresh = row is not None and event["ts"] - row["ts"] <= ttl
        values.append(row["value"] if fresh else None)
    return values
