"""Quantiles of times without keeping the times: counts in buckets that grow by two per cent.

Each bucket is told by a time within ``ERROR`` of everything in it, so every quantile is. Two tables of counts are
merged by adding them, and the result is the one that all their times together would have given.
"""

from collections.abc import Mapping
from math import ceil, exp, floor, log

ERROR = 0.01
"""Of a quantile, relative to it."""
SHORTEST, LONGEST = 0.0001, 7200.0
"""Seconds; what is shorter or longer counts as that. There are at most ``bucket(LONGEST) + 1`` buckets, about 900."""

_GROWTH = log((1 + ERROR) / (1 - ERROR))

Counts = Mapping[int, int]
"""How many times fell into each bucket."""


def bucket(seconds: float) -> int:
    """Where a time belongs: from 0 for ``SHORTEST``."""
    return ceil(log(min(max(seconds, SHORTEST), LONGEST) / SHORTEST) / _GROWTH)


def merged(these: Counts, those: Counts) -> Counts:
    return {one: these.get(one, 0) + those.get(one, 0) for one in these.keys() | those.keys()}


def quantile(counts: Counts, share: float) -> float | None:
    """The time of rank ``floor(share * (n - 1))`` of ``n`` in ascending order from 0; None where there is none."""
    total = sum(counts.values())
    rank = floor(share * (total - 1))
    seen = 0
    for one in sorted(counts):
        seen += counts[one]
        if seen > rank:
            return _middle(one)
    return None


def _middle(number: int) -> float:
    """What is within ``ERROR`` of either end of the bucket."""
    return SHORTEST * exp(number * _GROWTH) * (1 - ERROR) if number else SHORTEST
