from bisect import bisect_right
from operator import itemgetter


def point_in_time_join(events, features, ttl):
    histories = {}
    for row in features:
        row = row | {"ts": row["ts"].replace(tzinfo=None)}
        histories.setdefault(row["user_id"], []).append(row)
    for history in histories.values():
        history.sort(key=itemgetter("ts", "created"))

    values = []
    for event in events:
        ts = event["ts"].replace(tzinfo=None)
        history = histories.get(event["user_id"], [])
        at = bisect_right(history, ts, key=itemgetter("ts"))
        row = history[at - 1] if at else None
        if row is None or ts - row["ts"] > ttl:
            values.append(None)
        else:
            values.append(row["value"])
    return values
