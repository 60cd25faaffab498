def point_in_time_join(events, features, ttl):
    values = []
    for event in events:
        known = [row for row in features if row["user_id"] == event["user_id"] and row["ts"] <= event["ts"]]
        best = max(known, key=lambda row: (row["ts"], row["created"]), default=None)
        fresh = best is not None and event["ts"] - best["ts"] <= ttl
        values.append(best["value"] if fresh else None)
    return values
