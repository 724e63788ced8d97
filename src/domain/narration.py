"""What is said and when: the words of a scene on the 48 kHz clock.

Times are samples at :data:`SAMPLE_RATE`, never floats.
"""

from dataclasses import dataclass
from itertools import pairwise

from .errors import InvalidInput

SAMPLE_RATE = 48_000
"""Samples a second of every sound inside reelwright."""
RATES = (0.5, 2.0)
"""Times a voice's own pace, from and to, that it may be asked to speak at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A voice of an engine. ``language`` is a BCP 47 primary tag ("en", "zh"); ``gender`` "female" or "male"."""

    name: str
    language: str
    gender: str
    engine: str
    style: str = ""
    needs_network: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A token of the text as written, with the half-open span of samples in which it is spoken.

    ``text`` carries the punctuation that clings to it (``"moon,"``, ``"潮汐。"``); ``space`` tells
    whether white space follows it in the text, so that joining the words gives the text back.
    """

    text: str
    start: int
    end: int
    space: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise InvalidInput(f"word {self.text!r} runs from {self.start} to {self.end}: not a span of samples")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """One stretch of narration: ``audio`` names the sound, ``samples`` is its length, ``words`` do not overlap."""

    audio: str
    samples: int
    words: tuple[Word, ...]

    def __post_init__(self) -> None:
        for before, after in pairwise(self.words):
            if before.end > after.start:
                raise InvalidInput(f"the words {before.text!r} and {after.text!r} overlap")
        if self.words and self.words[-1].end > self.samples:
            raise InvalidInput(f"the word {self.words[-1].text!r} ends after the sound does")
