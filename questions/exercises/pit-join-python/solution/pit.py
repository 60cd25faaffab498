from bisect import bisect_right
from collections import defaultdict
from datetime import timezone

# Why point-in-time: an example may only hold what serving would have known at that moment. A value later than the
# event leaks the future into training, quality looks better offline than it is, and falls in production.


def utc(moment):
    # Two datetimes that share a tzinfo are compared and subtracted by wall clock, which is an hour off when the
    # clocks change. In UTC there is one order only.
    return moment.astimezone(timezone.utc)


def point_in_time_join(events, features, ttl):
    """For each event, in the order given: the value known at its date, or None."""
    # One history per user, sorted once: O(m log m). A reload or a correction writes the same ts again, so `created`
    # comes second and the row written last stands last among duplicates.
    histories = defaultdict(list)
    for row in features:
        histories[row["user_id"]].append((utc(row["ts"]), utc(row["created"]), row))
    dates = {}
    for user, history in histories.items():
        history.sort(key=lambda item: item[:2])
        dates[user] = [ts for ts, _, _ in history]

    values = []
    for event in events:
        now, user = utc(event["ts"]), event["user_id"]
        # To the right of the last date that is <= the event's: O(log m) instead of a walk through the history.
        at = bisect_right(dates.get(user, ()), now)
        if at == 0:
            values.append(None)
            continue
        ts, _, row = histories[user][at - 1]
        # Only the latest row counts. Past the TTL there is nothing to fall back on, since all others are older.
        values.append(row["value"] if now - ts <= ttl else None)
    return values


# At scale: partition both sides by user so that a join never crosses machines, sort within each partition, and read
# only the time partitions that events minus TTL can reach. Hot users skew a partition: split them by time.
#
# An absent value has three meanings here: a NULL that the source wrote, a stale value that the TTL hid, a user never
# seen. The model gets None for all three, so log the status beside it: stale rows are an outage of the pipeline,
# NULL is information, and the share of each must be the same in training as in serving.
