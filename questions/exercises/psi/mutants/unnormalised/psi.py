from bisect import bisect_right
from math import isnan, log

EPS = 1e-4


def shares(sample, edges):
    if not sample:
        raise ValueError("empty sample")
    counts = [0] * (len(edges) + 1)
    for value in sample:
        counts[bisect_right(edges, value)] += 1
    return [count or EPS for count in counts]


def psi(reference, current, edges):
    pairs = zip(shares(reference, edges), shares(current, edges))
    return sum((new - old) * log(new / old) for old, new in pairs)


def decide(value):
    if isnan(value):
        raise ValueError("no value")
    if value < 0.1:
        return "ok"
    return "watch" if value < 0.2 else "alert"
