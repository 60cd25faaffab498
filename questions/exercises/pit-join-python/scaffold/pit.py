# {{context}}
#
# {{inputs}}
#   events    [{"user_id": "u1", "ts": datetime}, ...]
#   features  [{"user_id": "u1", "ts": datetime, "created": datetime, "value": 3}, ...]
#   ttl       timedelta
#
# {{ts}}
# {{created}}
#
# {{task}}
# {{comments}}


# {{today}}
def point_in_time_join(events, features, ttl):
    latest = {}
    for row in features:
        latest[row["user_id"]] = row["value"]
    return [latest[event["user_id"]] for event in events if event["user_id"] in latest]
