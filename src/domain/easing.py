"""Easings: monotone maps of progress, 0 -> 0 and 1 -> 1."""

import math
from collections.abc import Callable


def linear(p: float) -> float:
    return p


def smooth(p: float) -> float:
    """Starts and ends at rest (the cubic 3p² - 2p³)."""
    return p * p * (3 - 2 * p)


def ease_in(p: float) -> float:
    return p**3


def ease_out(p: float) -> float:
    return 1 - (1 - p) ** 3


def snap(p: float) -> float:
    """Starts and ends at rest and is over the middle in no time (the quintic in and out)."""
    return 16 * p**5 if p < 0.5 else 1 - 16 * (1 - p) ** 5


def sine(p: float) -> float:
    return (1 - math.cos(math.pi * p)) / 2


EASINGS: dict[str, Callable[[float], float]] = {
    "linear": linear,
    "smooth": smooth,
    "in": ease_in,
    "out": ease_out,
    "sine": sine,
    "snap": snap,
}
