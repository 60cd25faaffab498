from bisect import bisect_right
from operator import itemgetter


def point_in_time_join(events, features, ttl):
    histories = {}
    for row in sorted(features, key=itemgetter("ts", "created")):
        histories.setdefault(row["user_id"], []).append(row)

    # A row written before an older fact was corrected gives way to that correction.
    for history in histories.values():
        for i in range(1, len(history)):
            if history[i]["created"] < history[i - 1]["created"]:
                history[i] = history[i] | {"value": history[i - 1]["value"], "created": history[i - 1]["created"]}

    values = []
    for event in events:
        history = histories.get(event["user_id"], [])
        at = bisect_right(history, event["ts"], key=itemgetter("ts"))
        row = history[at - 1] if at else None
        if row is None or event["ts"] - row["ts"] > ttl:
            values.append(None)
        else:
            values.append(row["value"])
    return values
