"""When the words of a text are heard in a sound of it that came without times.

Words last as long as their phonemes are many, between anchors: the marks of the text at which the voice pauses. Which
mark belongs to which silence is found by dynamic programming over both in order: a mark may pass without a pause, a
silence may be none of a mark, and a pair costs how far apart the two lie on the clock of speech alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from ...domain.narration import SAMPLE_RATE
from .pcm import WINDOW, Sound, heard
from .written import HAN, Unit, stop_of

Span = tuple[int, int]

_SHORTEST_PAUSE = SAMPLE_RATE * 6 // 100
"""Samples: the closed mouth before a "p" or "t" is mostly shorter; a longer one costs little to leave."""
_FLOOR_DB = -30.0
"""Below the loud parts: a breath between sentences is a pause."""
_SILENCE_LEFT = 2.0
"""Cost of a silence without a mark, times its seconds."""
_DRAWN_OUT = 2.0
"""Phonemes that an English word is longer ahead of a pause."""
_MARK_LEFT = {"sentence": 1.0, "clause": 0.2}
"""Cost of a mark without a silence, in seconds."""


@dataclass(frozen=True, slots=True)
class _Speech:
    """Where it sounds: from ``start`` to ``end``, but for the ``pauses``."""

    start: int
    end: int
    pauses: tuple[Span, ...]

    @property
    def spoken(self) -> int:
        return self.end - self.start - sum(end - start for start, end in self.pauses)


def aligned(units: Sequence[Unit], sound: Sound) -> list[Span]:
    """The samples of each unit of the text of a sound, in order and apart."""
    if not units:
        return []
    speech = _speech(sound)
    weights = [weight(unit) for unit in units]
    marks = [(index, stop) for index, unit in enumerate(units[:-1]) if (stop := unit.stop or stop_of(unit.text))]
    matched = _matched([_share_done(weights, index) for index, _ in marks], [stop for _, stop in marks], speech)
    spans: list[Span] = []
    first, start = 0, speech.start
    for mark, pause in [*matched, (None, (speech.end, speech.end))]:
        last = len(units) if mark is None else marks[mark][0] + 1
        inner = tuple(one for one in speech.pauses if start <= one[0] and one[1] <= pause[0] and one != pause)
        spans += _spread(units[first:last], _Speech(start, pause[0], inner))
        first, start = last, pause[1]
    return spans


def weight(unit: Unit) -> float:
    """How long a unit is said: a phoneme counts one, a stress one more, a Chinese character three."""
    characters = sum(map(len, HAN.findall(unit.text)))
    if characters and characters == sum(map(str.isalnum, unit.text)):
        return 3.0 * characters
    return max(1.0, sum(symbol.isalpha() and symbol != "ː" for symbol in unit.phonemes))


def _share_done(weights: Sequence[float], index: int) -> float:
    """The share of all the speech that is over with the unit at ``index``."""
    return sum(weights[: index + 1]) / sum(weights)


def _speech(sound: Sound) -> _Speech:
    loud = np.flatnonzero(heard(sound, _FLOOR_DB))
    if loud.size == 0:
        return _Speech(0, sound.size, ())
    pauses = tuple(
        ((before + 1) * WINDOW, after * WINDOW)
        for before, after in pairwise(loud.tolist())
        if (after - before - 1) * WINDOW >= _SHORTEST_PAUSE
    )
    return _Speech(int(loud[0]) * WINDOW, (int(loud[-1]) + 1) * WINDOW, pauses)


def _matched(shares: Sequence[float], stops: Sequence[str], speech: _Speech) -> list[tuple[int | None, Span]]:
    """The marks that have a pause, in order, each with its own."""
    seconds = speech.spoken / SAMPLE_RATE
    wanted = [share * seconds for share in shares]
    lengths = [(end - start) / SAMPLE_RATE for start, end in speech.pauses]
    before = [0.0, *accumulate(lengths)]
    found = [(start - speech.start) / SAMPLE_RATE - before[k] for k, (start, _) in enumerate(speech.pauses)]
    marks, silences = len(wanted), len(found)
    cost = np.full((marks + 1, silences + 1), np.inf)
    step = np.zeros((marks + 1, silences + 1), np.int8)
    cost[0, 0] = 0.0
    for i in range(marks + 1):
        for j in range(silences + 1):
            ways = [np.inf] * 3
            if i and j:
                ways[0] = cost[i - 1, j - 1] + abs(wanted[i - 1] - found[j - 1])
            if i:
                ways[1] = cost[i - 1, j] + _MARK_LEFT[stops[i - 1]]
            if j:
                ways[2] = cost[i, j - 1] + _SILENCE_LEFT * lengths[j - 1]
            if i or j:
                step[i, j] = int(np.argmin(ways))
                cost[i, j] = ways[step[i, j]]
    pairs: list[tuple[int | None, Span]] = []
    i, j = marks, silences
    while i or j:
        if step[i, j] == 0:
            pairs.append((i - 1, speech.pauses[j - 1]))
        i, j = i - (step[i, j] != 2), j - (step[i, j] != 1)
    return pairs[::-1]


def _spread(units: Sequence[Unit], speech: _Speech) -> list[Span]:
    """Units one after another over the speech, in proportion; one that ends at a pause ends before it."""
    weights = [weight(unit) for unit in units]
    if not HAN.search(units[-1].text):
        weights[-1] += _DRAWN_OUT
    total = sum(weights)
    edges = [speech.spoken * done / total for done in accumulate(weights, initial=0.0)]
    return [(_on_clock(a, speech, late=True), _on_clock(b, speech, late=False)) for a, b in pairwise(edges)]


def _on_clock(spoken: float, speech: _Speech, *, late: bool) -> int:
    """The sample at which so many samples of speech are over; at a pause its end where ``late``, else its start."""
    at = speech.start + round(spoken)
    for start, end in speech.pauses:
        if at > start or (late and at == start):
            at += end - start
    return at
