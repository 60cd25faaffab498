from bisect import bisect_left
from operator import itemgetter


def point_in_time_join(events, features, ttl):
    histories = {}
    for row in sorted(features, key=itemgetter("ts", "created")):
        histories.setdefault(row["user_id"], []).append(row)

    values = []
    for event in events:
        history = histories.get(event["user_id"], [])
        at = bisect_left(history, event["ts"], key=itemgetter("ts"))
        row = history[at - 1] if at else None
        if row is None or event["ts"] - row["ts"] > ttl:
            values.append(None)
        else:
            values.append(row["value"])
    return values
