from bisect import bisect_left
from math import isnan, log10

def shares(sample, edges):
    if not sample:
        raise ValueError("empty sample")
    counts = [0] * (len(edges) + 1)
    for value in sample:
        counts[bisect_left(edges, value)] += 1
    return [count / len(sample) for count in counts]


def psi(reference, current, edges):
    total = 0
    for old, new in zip(shares(reference, edges), shares(current, edges)):
        if old and new:
            total += (new - old) * log10(new / old)
    return total


def decide(value):
    if isnan(value):
        raise ValueError("no value")
    if value < 0.1:
        return "ok"
    return "watch" if value < 0.2 else "alert"
