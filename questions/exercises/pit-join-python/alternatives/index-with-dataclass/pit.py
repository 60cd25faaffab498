from __future__ import annotations

import bisect
import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any


@dataclass(order=True, frozen=True)
class Version:
    ts: datetime
    created: datetime
    value: Any = field(compare=False)


class History:
    def __init__(self, versions: list[Version]):
        self._versions = sorted(versions)

    def as_of(self, moment: datetime, ttl: timedelta) -> Any:
        i = bisect.bisect(self._versions, moment, key=lambda version: version.ts)
        if not i:
            return None
        found = self._versions[i - 1]
        return None if found.ts < moment - ttl else found.value


def _user(row: dict) -> str:
    return row["user_id"]


def point_in_time_join(events: list[dict], features: list[dict], ttl: timedelta) -> list[Any]:
    by_user = {
        user: History([Version(r["ts"], r["created"], r["value"]) for r in rows])
        for user, rows in itertools.groupby(sorted(features, key=_user), key=_user)
    }
    nobody = History([])
    return [by_user.get(_user(event), nobody).as_of(event["ts"], ttl) for event in events]
