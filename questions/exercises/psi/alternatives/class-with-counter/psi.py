from __future__ import annotations

import collections
import dataclasses
import math
import typing as t


class EmptySample(ValueError):
    pass


@dataclasses.dataclass(frozen=True)
class Histogram:
    counts: collections.Counter
    bins: int

    @classmethod
    def of(cls, sample: t.Sequence[float], edges: t.Sequence[float]) -> Histogram:
        # A bin's number is how many edges the value has reached.
        return cls(collections.Counter(sum(x >= e for e in edges) for x in sample), len(edges) + 1)

    def share(self, i: int) -> float:
        total = self.counts.total()
        if total == 0:
            raise EmptySample("no rows")
        return self.counts[i] / total or 1e-4


class Monitor:
    def __init__(self, reference, edges):
        self.edges = tuple(edges)
        self.reference = Histogram.of(reference, self.edges)

    def __call__(self, window):
        current = Histogram.of(window, self.edges)
        terms = []
        for i in range(current.bins):
            e, a = self.reference.share(i), current.share(i)
            terms.append((e - a) * math.log(e / a))
        return math.fsum(terms)


psi = lambda reference, current, edges: Monitor(reference, edges)(current)


def decide(value, thresholds=(("alert", 0.2), ("watch", 0.1))):
    if math.isnan(value):
        raise ValueError("the monitor has no value: page its owner")
    return next((label for label, start in thresholds if value >= start), "ok")
