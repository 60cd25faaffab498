from bisect import bisect_right
from operator import itemgetter


def point_in_time_join(events, features, ttl):
    histories = {}
    for row in sorted(features, key=itemgetter("ts", "created")):
        histories.setdefault(row["user_id"], []).append(row)

    # One entry for two events of the same user and date.
    values = {}
    for event in events:
        history = histories.get(event["user_id"], [])
        at = bisect_right(history, event["ts"], key=itemgetter("ts"))
        fresh = at and event["ts"] - history[at - 1]["ts"] <= ttl
        values[event["user_id"], event["ts"]] = history[at - 1]["value"] if fresh else None
    return list(values.values())
