from bisect import bisect_right
from operator import itemgetter


def point_in_time_join(events, features, ttl):
    histories = {}
    for row in sorted(features, key=itemgetter("ts", "created")):
        histories.setdefault(row["user_id"], []).append(row)

    for event in events:
        history = histories.get(event["user_id"], [])
        at = bisect_right(history, event["ts"], key=itemgetter("ts"))
        row = history[at - 1] if at else None
        if row is None or event["ts"] - row["ts"] > ttl:
            event["value"] = None
        else:
            event["value"] = row["value"]
    return [event["value"] for event in events]
