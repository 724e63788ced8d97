"""Gains over time: curves of a few points, read block by block.

The times of all words are known before the mix starts, so music makes room before a word begins instead of after.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...domain.narration import SAMPLE_RATE

ATTACK = SAMPLE_RATE * 15 // 100
"""Samples in which music steps back: 150 ms."""
LEAD = SAMPLE_RATE // 50
"""It is down this long before the word: 20 ms."""
RELEASE = SAMPLE_RATE // 2
"""It comes back over half a second after the last word."""
HOLD = ATTACK + LEAD + RELEASE
"""In a shorter pause than this (0.67 s) it stays down: coming back only to leave again is heard as pumping."""

_GRID = SAMPLE_RATE // 1000
_FRACTIONS = np.arange(_GRID, dtype=np.float32) / np.float32(_GRID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Progress 0 to 1 at ``points`` (ascending samples), linear between them, constant outside, eased by a cosine."""

    points: NDArray[np.int64]
    progress: NDArray[np.float64]

    def eased(self, start: int, n: int) -> NDArray[np.float64]:
        """The curve over samples ``start`` to ``start + n`` at every millisecond, both ends included."""
        at = start + np.arange(-(-n // _GRID) + 1) * _GRID
        eased: NDArray[np.float64] = 0.5 - 0.5 * np.cos(np.pi * np.interp(at, self.points, self.progress))
        return eased


def spread(grid: NDArray[np.float64], n: int) -> NDArray[np.float32]:
    """Values of every millisecond as values of ``n`` samples, linear between them."""
    values = grid.astype(np.float32)
    if np.ptp(values) == 0:
        return np.full(n, values[0], np.float32)
    between = values[:-1, None] + np.diff(values)[:, None] * _FRACTIONS
    return between.reshape(-1)[:n]


def fades(samples: int, fade: int) -> Curve:
    """Up over the first ``fade`` samples and down over the last, or over a half each where there is no room."""
    fade = min(fade, samples // 2)
    if not fade:
        return Curve(points=np.array([0]), progress=np.array([1.0]))
    return Curve(points=np.array([0, fade, samples - fade, samples]), progress=np.array([0.0, 1.0, 1.0, 0.0]))


def phrases(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Half-open spans of words joined across pauses that are too short for music to come back."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start - joined[-1][1] < HOLD:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def ducking(spans: Iterable[tuple[int, int]]) -> Curve:
    """How far music is ducked: 0 not at all, 1 wholly, from 20 ms before each phrase until its end."""
    points: list[int] = []
    progress: list[float] = []
    for start, end in phrases(spans):
        points += [start - LEAD - ATTACK, start - LEAD, max(end, start - LEAD + 1), max(end, start) + RELEASE]
        progress += [0.0, 1.0, 1.0, 0.0]
    return Curve(points=np.array(points or [0]), progress=np.array(progress or [0.0]))


def crossing(start: int, end: int, rise: int, fall: int) -> Curve:
    """Up over ``rise`` samples from ``start`` and down over ``fall`` until ``end``, over a half each at the most."""
    rise, fall = min(rise, (end - start) // 2), min(fall, (end - start) // 2)
    points = np.array([start, start + rise, end - fall, end])
    return Curve(points=points, progress=np.array([0.0, 1.0, 1.0, 0.0]))


def room(
    fade: Curve, duck: Curve, depth: float, start: int, n: int, *, equal_power: bool = False
) -> NDArray[np.float32]:
    """Amplitude of a sound under speech over ``n`` samples from ``start``, shape (n,); ``depth`` is the duck in dB.

    With ``equal_power`` the fade is a quarter of a sine, so that two sounds that cross keep their power together.
    """
    shape = fade.eased(start, n)
    return spread((np.sqrt(shape) if equal_power else shape) * 10 ** (depth / 20 * duck.eased(start, n)), n)
