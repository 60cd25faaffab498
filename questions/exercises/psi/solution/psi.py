from bisect import bisect_right
from math import isnan, log

# An empty bin would give log(0). The value is part of the definition of this PSI: a bin that empties adds more,
# the smaller it is, so two teams with two values do not have the same metric.
EMPTY_BIN = 1e-4

# Conventions of credit scoring, not a statistical test: they ignore the sample size. Without any drift the expected
# PSI is about (bins - 1) * (1/n + 1/m), so 10 bins on 100 current rows give 0.09 by chance alone, and a window of a
# million rows hardly moves. Calibrate them on past healthy weeks, and look at n beside the value.
WATCH = 0.1
ALERT = 0.2


def shares(sample, edges):
    """Share of each of the len(edges) + 1 bins; the outer two are open, so that no value falls outside."""
    if not sample:
        raise ValueError("a PSI needs at least one value on each side")
    counts = [0] * (len(edges) + 1)
    for value in sample:
        counts[bisect_right(edges, value)] += 1
    return [count / len(sample) if count else EMPTY_BIN for count in counts]


def psi(reference, current, edges):
    # The edges come from the reference (its deciles, say) and are frozen with the model version. Recomputed on each
    # window they would move with the data: the drift would hide in the bins, and no two days could be compared.
    pairs = zip(shares(reference, edges), shares(current, edges))
    return sum((new - old) * log(new / old) for old, new in pairs)


# Seasonality: the reference of a Monday is a set of past Mondays. Against a flat reference every weekend and every
# sales week raises the alert.
#
# On an alert nobody retrains at once. First the pipeline (null rate, units, a source that changed), then the bins
# that moved, then the model's quality on the labels that are there; retrain only if quality has suffered.
def decide(value):
    # NaN fails every comparison, so that it would come out as "ok": a monitor must not fall silent.
    if isnan(value):
        raise ValueError("the PSI is not a number")
    if value < WATCH:
        return "ok"
    return "watch" if value < ALERT else "alert"
