"""One phrase as the network gave it, made fit to be joined: words timed, silence cut.

The network's durations tile its sound, but the sound runs ahead of them, and the last symbol before a mark swallows
the silence of the pause. So spans are moved ahead by ``_ADVANCE``, and beside a pause they are fitted to what is heard.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .kokoro_model import FRAME
from .pcm import WINDOW, Sound, faded, heard

Spans = dict[int, tuple[int, int]]
"""Index of a unit to the samples, from and to, in which it is spoken."""

_ADVANCE = 540
"""Samples (22.5 ms), once and once more divided by the rate, by which the sound runs ahead of its durations.

Medians over four voices, measured at pauses: 76 ms at rate 0.5, 45 ms at 1, 42 ms at 1.5, 37 ms at 2.
"""
_REACH = 12
"""Windows (60 ms) in which an edge of a word looks for the edge of the sound."""
_LEAD = 720
"""Samples (30 ms) kept before the first sound: quiet consonants live there."""
_TAIL = 1920
"""Samples (80 ms) kept after the last one: the decay of the voice."""
_LONGEST_PAUSE = 72
"""Windows (360 ms) of silence that may stay inside a phrase."""
_FADE = 72
"""Samples (3 ms)."""


@dataclass(frozen=True, slots=True)
class Breath:
    """Sound at 24 kHz, the spans of the units in it, and the samples of silence that should follow."""

    sound: Sound
    spans: Spans
    gap: int

    @classmethod
    def cut(
        cls, sound: Sound, durations: NDArray[np.int64], owners: Sequence[tuple[int, str]], *, rate: float, gap: int
    ) -> "Breath":
        """``owners`` are the unit and the symbol of each duration but the first and the last, which are silence."""
        loud = heard(sound)
        kept = _kept(loud, sound.size)
        spans = {
            unit: (_moved(start, kept), _moved(end, kept))
            for unit, (start, end) in _fitted(_predicted(durations, owners, rate), _beside_pause(owners), loud).items()
        }
        return cls(faded(np.concatenate([sound[start:end] for start, end in kept]), _FADE), spans, gap)


def _predicted(durations: NDArray[np.int64], owners: Sequence[tuple[int, str]], rate: float) -> Spans:
    spans: Spans = {}
    at = int(durations[0]) * FRAME - int(_ADVANCE + _ADVANCE / rate)
    for (unit, symbol), frames in zip(owners, durations[1:-1], strict=True):
        start, at = at, at + int(frames) * FRAME
        if symbol.isalpha():
            spans[unit] = max(spans.get(unit, (start, 0))[0], 0), max(at, 0)
    return spans


def _beside_pause(owners: Sequence[tuple[int, str]]) -> tuple[set[int], set[int]]:
    """The units right after a mark or the start, and those right before a mark or the end."""
    after: set[int] = set()
    before: set[int] = set()
    last, paused = -1, True
    for unit, symbol in owners:
        if symbol.isalpha():
            if paused:
                after.add(unit)
            last, paused = unit, False
        elif symbol in ",.!?;:—…":
            before.add(last)
            paused = True
    return after, before | {last}


def _fitted(spans: Spans, pauses: tuple[set[int], set[int]], loud: NDArray[np.bool_]) -> Spans:
    """The spans, in order and apart, with the edges beside a pause where sound begins or ends."""
    after, before = pauses
    fitted: Spans = {}
    floor = 0
    for unit, (start, end) in spans.items():
        start = max(_onset(start // WINDOW, end // WINDOW, loud) * WINDOW if unit in after else start, floor)
        end = _offset(start // WINDOW, end // WINDOW, loud) * WINDOW if unit in before else end
        floor = max(end, start)
        fitted[unit] = start, floor
    sounding = np.flatnonzero(loud)
    if fitted and sounding.size:
        first, last = next(iter(fitted)), next(reversed(fitted))
        fitted[first] = min(int(sounding[0]) * WINDOW, fitted[first][1]), fitted[first][1]
        fitted[last] = fitted[last][0], max((int(sounding[-1]) + 1) * WINDOW, fitted[last][0])
    return fitted


def _onset(start: int, end: int, loud: NDArray[np.bool_]) -> int:
    """The window nearest ``start`` where sound sets in, ``start`` itself where there is no edge."""
    if start < loud.size and loud[start]:
        quiet = np.flatnonzero(~loud[max(start - _REACH, 0) : start])
        return max(start - _REACH, 0) + int(quiet[-1]) + 1 if quiet.size else start
    sounding = np.flatnonzero(loud[start:end])
    return start + int(sounding[0]) if sounding.size else start


def _offset(start: int, end: int, loud: NDArray[np.bool_]) -> int:
    """The window nearest ``end`` where sound stops, ``end`` itself where there is no edge."""
    if 0 < end <= loud.size and loud[end - 1]:
        quiet = np.flatnonzero(~loud[end : end + _REACH])
        return end + int(quiet[0]) if quiet.size else end
    sounding = np.flatnonzero(loud[start:end])
    return start + int(sounding[-1]) + 1 if sounding.size else end


def _kept(loud: NDArray[np.bool_], size: int) -> list[tuple[int, int]]:
    """The stretches of samples that stay: the silent ends and the middles of long pauses go."""
    sounding = np.flatnonzero(loud)
    if sounding.size == 0:
        return [(0, size)]
    kept: list[tuple[int, int]] = []
    start = max(int(sounding[0]) * WINDOW - _LEAD, 0)
    for before, after in zip(sounding[:-1].tolist(), sounding[1:].tolist(), strict=True):
        if after - before - 1 > _LONGEST_PAUSE:
            kept.append((start, (before + 1 + _LONGEST_PAUSE // 2) * WINDOW))
            start = (after - _LONGEST_PAUSE // 2) * WINDOW
    kept.append((start, min((int(sounding[-1]) + 1) * WINDOW + _TAIL, size)))
    return kept


def _moved(sample: int, kept: Sequence[tuple[int, int]]) -> int:
    """Where a sample of the original lies once only the stretches in ``kept`` are left."""
    return sum(min(max(sample - start, 0), end - start) for start, end in kept)
