"""``ToneSpeech``: a speech engine whose every word is a pure tone with times that can be computed by hand."""

import math
import re
from array import array
from collections.abc import Iterator
from functools import lru_cache

from ...application.ports import Spoken
from ...domain.errors import InvalidInput, UnknownName
from ...domain.narration import RATES, SAMPLE_RATE, Voice, Word
from ...domain.ranges import in_range

LETTER = SAMPLE_RATE * 60 // 1000
"""Samples of one letter or digit of a word at rate 1: 60 ms."""
CHARACTER = SAMPLE_RATE * 180 // 1000
"""Samples of one Chinese character at rate 1: 180 ms."""
PAUSE = SAMPLE_RATE * 200 // 1000
"""Samples of silence after a word that ends in a mark, at rate 1: 200 ms."""
LOUDNESS = 0.25
"""Peak of every tone, of 1."""

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_MARKS = r"[^\w\s]*"
_TOKEN = re.compile(
    rf"(?P<text>{_MARKS}(?:[{_HAN}]{{1,2}}|[^\W{_HAN}]+(?:[^\w\s]+[^\W{_HAN}]+)*)"
    r"(?:(?![\"“‘(\[（《「『【])[^\w\s])*)(?P<space>\s*)"
)


_VOICES = {
    f"tone-{language}": Voice(
        name=f"tone-{language}", language=language, gender=gender, engine="tone", style="pure tone"
    )
    for language, gender in (("en", "female"), ("zh", "male"))
}


class ToneSpeech:
    """Word ``n`` sounds at ``220 * 2 ** (n % 12 / 12)`` Hz: the scale from A3, so that a test can hear which it is.

    A word lasts ``LETTER`` for each letter and ``CHARACTER`` for each Chinese character, words follow one another
    at once, and ``PAUSE`` follows a word with a mark at its end, the last one included; ``rate`` divides all three.
    Chinese is cut into twos. No dependency, no clock, no chance.
    """

    name = "tone"
    version = "1"

    def voices(self) -> tuple[Voice, ...]:
        return tuple(_VOICES.values())

    def speak(self, text: str, *, voice: str, rate: float = 1.0) -> Spoken:
        """See :class:`~reelwright.application.ports.SpeechEngine`."""
        if voice not in _VOICES:
            raise UnknownName("voice", voice, _VOICES)
        in_range("the rate of the voice", rate, *RATES, "times its own pace")
        words: list[Word] = []
        sound = array("f")
        for index, (token, space) in enumerate(_tokens(text)):
            start = len(sound)
            sound.frombytes(_tone(220.0 * 2 ** (index % 12 / 12), int(_length(token) / rate)))
            words.append(Word(text=token, start=start, end=len(sound), space=space))
            if not token[-1].isalnum():
                sound.frombytes(bytes(4 * int(PAUSE / rate)))
        if not words:
            raise InvalidInput(f"nothing in {text[:40]!r} can be spoken")
        return Spoken(pcm=sound.tobytes(), words=tuple(words))


def _tokens(text: str) -> Iterator[tuple[str, bool]]:
    """Tokens and whether white space follows; loose marks cling to the token before, at first to the one after."""
    flat = " ".join(text.split())
    held, space, at = "", False, 0
    for match in _TOKEN.finditer(flat):
        skipped = flat[at : match.start()]
        if held:
            yield from _settled(held, space, skipped)
            held = match["text"]
        else:
            held = skipped + match["text"]
        space, at = bool(match["space"]), match.end()
    if held:
        rest = flat[at:]
        yield (held + " " * space + rest, False) if rest else (held, False)


def _settled(held: str, space: bool, skipped: str) -> Iterator[tuple[str, bool]]:
    """A token that is complete, with the loose marks behind it."""
    loose = skipped.rstrip()
    yield (held + " " * space + loose, loose != skipped) if loose else (held, space)


def _length(token: str) -> int:
    """Samples at rate 1."""
    chinese = len(re.findall(f"[{_HAN}]", token))
    return chinese * CHARACTER + (sum(map(str.isalnum, token)) - chinese) * LETTER


@lru_cache(maxsize=512)
def _tone(hertz: float, samples: int) -> bytes:
    """A sine that starts and ends at silence over 2 ms, as float32."""
    edge = min(96, samples // 2) or 1
    step = 2 * math.pi * hertz / SAMPLE_RATE
    return array(
        "f",
        (LOUDNESS * min(1.0, n / edge, (samples - 1 - n) / edge) * math.sin(step * n) for n in range(samples)),
    ).tobytes()
