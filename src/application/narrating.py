"""The narration of one video: kept sentence by sentence, and each voice the same from the first scene to the last.

Where an engine fails in the middle, another voice says the whole part again, from the beginning: nobody should hear
two narrators where one was asked for. So sentences that the failed voice had said before, in this video or in one
before it, are used only if all of its part is there, and are kept for the day when it works again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from ..domain.narration import Speech, Voice
from .awaiting import stop_if_set
from .chains import Delivered, first_delivered
from .ports import CancelSignal, SpeechEngine, SpeechStore
from .speech_chain import CALL, Speaker, SpeechChain
from .trimming import trimmed


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is said in one scene, and by whom it is wished to be."""

    text: str
    voice: Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrated:
    """A speech for each line, in their order; ``spoke`` has who really spoke by the name of the voice that was wished.

    ``warnings`` tell which voices were replaced and why.
    """

    speeches: tuple[Speech | None, ...]
    spoke: Mapping[str, Voice]
    warnings: tuple[str, ...] = ()


class Narrator:
    """Voices all lines of a video; ``speeches`` keeps them for the next one."""

    def __init__(self, speech: SpeechChain, speeches: SpeechStore) -> None:
        self._speech, self._speeches = speech, speeches

    def __call__(
        self,
        lines: Sequence[Line | None],
        *,
        rate: float = 1.0,
        strict: bool = False,
        progress: Callable[[int], None] = lambda done: None,
        cancel: CancelSignal | None = None,
    ) -> Narrated:
        """Say every line; None stays silent. ``strict`` refuses another voice than the one that was wished.

        Of two wished voices each gets a stand-in of its own, as far as there are enough. ``progress`` hears how many
        lines are done, and never of fewer than before. Raises EngineFailed or MissingPart where nobody could say a
        line, InvalidInput for one that cannot be said, and Cancelled.
        """
        parts: dict[Voice, dict[int, str]] = {}
        for number, line in enumerate(lines):
            if line is not None:
                parts.setdefault(line.voice, {})[number] = line.text
        said: dict[int, Speech] = {}
        spoke: dict[str, Voice] = {}
        warnings: list[str] = []
        told = _Furthest(progress)
        for voice, texts in parts.items():
            speakers = [self._speech.speaker(voice.name)]
            if not strict:
                taken = {one.name for one in (*parts, *spoke.values())}
                speakers += self._speech.stand_ins(voice, taken)
            asked = [
                (one.engine.name, partial(self._by, one, texts, rate, partial(told, len(said)), cancel))
                for one in speakers
            ]
            delivered: Delivered[dict[int, Speech]] = first_delivered(CALL, asked)
            said |= delivered.value
            who = next(one.voice for one in speakers if one.engine.name == delivered.engine)
            spoke[voice.name] = who
            if delivered.replaced:
                reasons = "; ".join(f"{one.engine}: {one.reason}" for one in delivered.replaced)
                warnings.append(f"the voice {voice.name!r} was replaced by {who.name!r} of {who.engine} ({reasons})")
        told(0, len(lines))
        speeches = tuple(said.get(number) for number in range(len(lines)))
        return Narrated(speeches=speeches, spoke=spoke, warnings=tuple(warnings))

    def _by(
        self,
        speaker: Speaker,
        texts: Mapping[int, str],
        rate: float,
        told: Callable[[int], None],
        cancel: CancelSignal | None,
    ) -> dict[int, Speech]:
        """The whole part of one voice by one speaker."""
        said: dict[int, Speech] = {}
        for number, text in texts.items():
            stop_if_set(cancel)
            told(len(said))
            said[number] = self._speech_of(speaker, text, rate, cancel)
        return said

    def _speech_of(self, speaker: Speaker, text: str, rate: float, cancel: CancelSignal | None) -> Speech:
        digest = narration_digest(speaker.engine, speaker.own, text, rate)
        kept = self._speeches.get(digest)
        return kept or self._speeches.put(digest, trimmed(self._speech.sentence(speaker, text, rate, cancel)))


def narration_digest(engine: SpeechEngine, voice: str, text: str, rate: float) -> str:
    """What a speech is kept under: who really speaks, what, and at which pace."""
    made_of = [engine.name, engine.version, voice, text]
    if rate != 1:
        made_of.append(f"{rate:g}")
    return sha256("\0".join(made_of).encode()).hexdigest()


class _Furthest:
    """Tells how much is done, and says nothing where less is because a part begins again."""

    def __init__(self, progress: Callable[[int], None]) -> None:
        self._progress, self._done = progress, -1

    def __call__(self, before: int, done: int) -> None:
        if before + done > self._done:
            self._done = before + done
            self._progress(self._done)
