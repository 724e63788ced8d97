"""Silence that a speech engine leaves around what it says, cut off: the pauses of a video are the template's to set."""

from array import array
from dataclasses import replace

from ..domain.narration import SAMPLE_RATE
from .ports import Spoken

LEAD = SAMPLE_RATE * 30 // 1000
"""Samples (30 ms) kept before the first sound: quiet consonants live there."""
TAIL = SAMPLE_RATE * 80 // 1000
"""Samples (80 ms) kept after the last one: the decay of the voice."""
QUIET = 10 ** (-50 / 20)
"""What never rises above this share of the loudest sample (-50 dB) is silence."""

_WINDOW = SAMPLE_RATE // 200  # 5 ms


def trimmed(spoken: Spoken) -> Spoken:
    """The same speech with at most ``LEAD`` of silence before it and ``TAIL`` after it, the words moved along.

    Speech in which nothing is heard is given back as it is.
    """
    pcm = array("f", spoken.pcm)
    quiet = QUIET * _loudest(pcm)
    starts = range(0, len(pcm), _WINDOW)
    first = next((at for at in starts if _loudest(pcm[at : at + _WINDOW]) > quiet), None)
    if first is None:
        return spoken
    last = next(at for at in reversed(starts) if _loudest(pcm[at : at + _WINDOW]) > quiet) + _WINDOW
    begin, end = max(0, first - LEAD), min(len(pcm), last + TAIL)
    if (begin, end) == (0, len(pcm)):
        return spoken
    words = tuple(
        replace(word, start=_within(word.start, begin, end), end=_within(word.end, begin, end)) for word in spoken.words
    )
    return Spoken(pcm=pcm[begin:end].tobytes(), words=words)


def _within(sample: int, begin: int, end: int) -> int:
    """A sample counted from ``begin``, moved into the part that is kept."""
    return min(max(sample, begin), end) - begin


def _loudest(pcm: "array[float]") -> float:
    return max(max(pcm), -min(pcm)) if pcm else 0.0
