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
        around = history[max(at - 1, 0) : at + 1]
        row = min(around, key=lambda row: abs(event["ts"] - row["ts"]), default=None)
        fresh = row is not None and abs(event["ts"] - row["ts"]) <= ttl
        values.append(row["value"] if fresh else None)
    return values
