"""The embedded voice: Kokoro-82M, offline, English and Mandarin, with the time of every word.

A text is read (``reading``) into units of an original token and its phonemes, cut into phrases that the network can
take, spoken phrase by phrase, and joined with a natural pause. The network's own durations, in frames of 25 ms, say
when each word is heard; beside a pause the sound itself does.
"""

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING

from ...application.ports import Spoken
from ...domain.errors import InvalidInput, UnknownName
from ...domain.narration import RATES, Voice, Word
from ...domain.ranges import in_range
from .kokoro_voices import VOICES, style_table
from .reading import Phrase, Reader, phrases
from .written import sounded

if TYPE_CHECKING:
    from .breath import Breath, Spans
    from .kokoro_model import KokoroModel
    from .pcm import Sound

_PEAK = 0.98
_SENTENCE_GAP = 2640
"""Samples at 24 kHz (110 ms) between phrases; with what a phrase keeps at its ends a sentence is followed by 220 ms."""
_CLAUSE_GAP = 480
"""Samples at 24 kHz (20 ms) where one sentence had to be cut in two."""


class KokoroSpeech:
    """The speech engine of the Kokoro network; one instance serves many threads.

    The network (90 MB) is loaded on the first word; ``threads`` is how many cores one phrase may use.
    """

    name = "kokoro"
    version = "1.0-int8.2"

    def __init__(self, *, threads: int = 2) -> None:
        if threads < 1:
            raise InvalidInput(f"the embedded voice needs at least 1 thread, not {threads}")
        self._threads = threads
        self._reader = Reader()
        self._model: KokoroModel | None = None
        self._loading = Lock()

    def voices(self) -> tuple[Voice, ...]:
        return tuple(VOICES.values())

    def speak(self, text: str, *, voice: str, rate: float = 1.0) -> Spoken:
        """See :class:`~reelwright.application.ports.SpeechEngine`."""
        if voice not in VOICES:
            raise UnknownName("voice", voice, VOICES)
        in_range("the rate of the voice", rate, *RATES, "times its own pace")
        units = self._reader.read(text, VOICES[voice].language)
        if not units:
            raise InvalidInput(f"nothing in {text[:40]!r} can be spoken")
        model = self._loaded()
        styles = style_table(voice)
        spoken = [_spoken(model, phrase, styles, rate) for phrase in phrases(units) if sounded(phrase.symbols)]
        sound, spans = _joined(spoken)
        words: list[Word] = []
        for index, unit in enumerate(units):
            before = words[-1].end if words else 0
            start, end = spans.get(index, (before, before))
            words.append(Word(text=unit.text, start=start, end=end, space=unit.space))
        return Spoken(pcm=sound.tobytes(), words=tuple(words))

    def _loaded(self) -> "KokoroModel":
        with self._loading:
            if self._model is None:
                from .kokoro_model import KokoroModel

                self._model = KokoroModel(threads=self._threads)
            return self._model


def _spoken(model: "KokoroModel", phrase: Phrase, styles: "Sound", rate: float) -> "Breath":
    from .breath import Breath

    owners = [(piece.unit, symbol) for piece in phrase.pieces for symbol in model.symbols(piece.symbols)]
    while owners[-1][1] == " ":
        owners.pop()
    sound, durations = model.speak("".join(symbol for _, symbol in owners), styles, rate)
    gap = int((_CLAUSE_GAP if phrase.end == "clause" else _SENTENCE_GAP) / rate)
    return Breath.cut(sound, durations, owners, rate=rate, gap=gap)


def _joined(breaths: Sequence["Breath"]) -> tuple["Sound", "Spans"]:
    """The whole sound at 48 kHz, and the spans in its samples."""
    import numpy as np

    from .pcm import doubled, limited

    parts: list[Sound] = []
    spans: Spans = {}
    at = 0
    for breath in breaths:
        for unit, (start, end) in breath.spans.items():
            begun = spans[unit][0] if unit in spans else 2 * (at + start)
            spans[unit] = begun, 2 * (at + end)
        parts += [breath.sound, np.zeros(breath.gap, np.float32)]
        at += breath.sound.size + breath.gap
    return limited(doubled(np.concatenate(parts[:-1])), _PEAK), spans
