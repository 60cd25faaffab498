"""Counts by difference of ranks in a sorted copy, shares as exact fractions."""

from bisect import bisect_left, bisect_right
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import log, nan

EPSILON = Fraction(1, 10_000)


class Decision(StrEnum):
    OK = "ok"
    WATCH = "watch"
    ALERT = "alert"


def distribution(sample, edges):
    ordered = sorted(sample)
    if not ordered:
        raise ValueError("nothing to compare")
    ranks = [0, *(bisect_left(ordered, edge) for edge in edges), len(ordered)]
    shares = [Fraction(high - low, len(ordered)) for low, high in pairwise(ranks)]
    return [share or EPSILON for share in shares]


def psi(reference, current, edges):
    total = 0.0
    for p, q in zip(distribution(reference, edges), distribution(current, edges), strict=True):
        # Jeffreys' divergence: both directions of Kullback-Leibler.
        total += float(p) * (log(p) - log(q)) + float(q) * (log(q) - log(p))
    return total


STEPS = ((0.0, Decision.OK), (0.1, Decision.WATCH), (0.2, Decision.ALERT))


def decide(value: float) -> Decision:
    if value != value:
        raise ValueError("NaN is no decision")
    thresholds = [start for start, _ in STEPS]
    return STEPS[max(bisect_right(thresholds, value) - 1, 0)][1]
