from operator import itemgetter


def point_in_time_join(events, features, ttl):
    histories = {}
    for row in sorted(features, key=itemgetter("ts", "created"), reverse=True):
        histories.setdefault(row["user_id"], []).append(row)

    values = []
    for event in events:
        value = None
        for row in histories.get(event["user_id"], []):
            if row["ts"] <= event["ts"]:
                if event["ts"] - row["ts"] <= ttl:
                    value = row["value"]
                break
        values.append(value)
    return values
