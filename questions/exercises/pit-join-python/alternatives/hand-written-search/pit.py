import functools
from datetime import datetime, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def micros(moment):
    return (moment - EPOCH) // (datetime.resolution)


def by_date_then_creation(a, b):
    if a[0] != b[0]:
        return -1 if a[0] < b[0] else 1
    if a[1] != b[1]:
        return -1 if a[1] < b[1] else 1
    return 0


def last_at_or_before(history, ts):
    low, high = 0, len(history)
    while low < high:
        middle = (low + high) // 2
        if history[middle][0] <= ts:
            low = middle + 1
        else:
            high = middle
    return history[low - 1] if low > 0 else None


def point_in_time_join(events, features, ttl):
    histories = {}
    for row in features:
        if row["user_id"] not in histories:
            histories[row["user_id"]] = []
        histories[row["user_id"]].append((micros(row["ts"]), micros(row["created"]), row["value"]))
    for user in histories:
        histories[user] = sorted(histories[user], key=functools.cmp_to_key(by_date_then_creation))

    limit = ttl // datetime.resolution
    joined = []
    for event in events:
        ts = micros(event["ts"])
        found = last_at_or_before(histories.get(event["user_id"], []), ts)
        if found is not None and ts - found[0] <= limit:
            joined.append(found[2])
        else:
            joined.append(None)
    return joined
