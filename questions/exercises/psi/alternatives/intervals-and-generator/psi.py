import math

INFINITY = float("inf")


def psi(reference, current, edges):
    if len(reference) == 0 or len(current) == 0:
        raise ValueError("empty sample")

    bounds = [-INFINITY] + list(edges) + [INFINITY]
    total = 0
    for low, high in zip(bounds[:-1], bounds[1:]):
        expected = sum(1 for x in reference if low <= x < high) / len(reference)
        actual = sum(1 for x in current if low <= x < high) / len(current)
        # max() also lifts a share below the floor, which takes more than ten thousand rows.
        expected, actual = max(expected, 0.0001), max(actual, 0.0001)
        total += (actual - expected) * math.log(actual / expected)
    return total


def decide(value):
    if not math.isfinite(value) or value < 0:
        raise ValueError(f"not a PSI: {value}")
    match value:
        case v if v >= 0.2:
            return "alert"
        case v if v >= 0.1:
            return "watch"
        case _:
            return "ok"
