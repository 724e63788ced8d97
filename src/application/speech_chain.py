"""Speech engines in an order, as one speech engine: a voice that fails is replaced by the nearest one of another."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ..domain.errors import EngineFailed, MissingPart, UnknownName
from ..domain.narration import SAMPLE_RATE, Voice
from .chains import Chain, Link, distinct, first_delivered
from .counters import Spent
from .language_ports import Replacement
from .ports import CancelSignal, SpeechEngine, Spoken

CALL = "speech"
"""What the counters call it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A ``voice`` as it is told to the outside, which its ``engine`` knows by the name ``own``."""

    voice: Voice
    engine: SpeechEngine
    own: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Voiced:
    """The sound, whose ``voice`` it is, and which ones it replaces."""

    spoken: Spoken
    voice: Voice
    replaced: tuple[Replacement, ...] = ()


class SpeechChain:
    """Fulfils SpeechEngine over several of them, in the order in which they stand in for each other.

    A voice is replaced by one of the same language and gender of the next engine that has any, then by one of the same
    language; there is no other. A name that two engines have is the first one's; the other is called
    ``ENGINE:NAME``.
    """

    name = "chain"

    def __init__(self, engines: Sequence[SpeechEngine], *, chain: Chain | None = None) -> None:
        distinct(engine.name for engine in engines)
        self.engines, self.chain = tuple(engines), chain or Chain()

    @property
    def version(self) -> str:
        return ", ".join(f"{engine.name} {engine.version}" for engine in self.engines)

    def voices(self) -> tuple[Voice, ...]:
        """Of all engines whose catalogue can be had. Raises what the engines raise where none can."""
        return tuple(speaker.voice for speaker in self.speakers())

    def speak(self, text: str, *, voice: str, rate: float = 1.0) -> Spoken:
        """See :class:`~reelwright.application.ports.SpeechEngine`; ``voiced`` tells who spoke."""
        return self.voiced(text, voice=voice, rate=rate).spoken

    def voiced(
        self,
        text: str,
        *,
        voice: str,
        rate: float = 1.0,
        strict: bool = False,
        cancel: CancelSignal | None = None,
    ) -> Voiced:
        """``text`` by ``voice``, or by one that stands in for it unless ``strict``.

        Raises UnknownName, InvalidInput, EngineFailed, MissingPart, Cancelled.
        """
        speakers = [self.speaker(voice)]
        if not strict:
            speakers += self.stand_ins(speakers[0].voice)
        links = [self._link(speaker, text, rate) for speaker in speakers]
        delivered = self.chain(CALL, links, strict=strict, cancel=cancel)
        who = next(speaker.voice for speaker in speakers if speaker.engine.name == delivered.engine)
        return Voiced(spoken=delivered.value, voice=who, replaced=delivered.replaced)

    def sentence(self, speaker: Speaker, text: str, rate: float, cancel: CancelSignal | None = None) -> Spoken:
        """``text`` by that one alone, tried again where that may help."""
        return self.chain.ask(CALL, self._link(speaker, text, rate), cancel=cancel)

    def speaker(self, voice: str) -> Speaker:
        """Raises UnknownName."""
        speakers = self.speakers()
        found = next((speaker for speaker in speakers if speaker.voice.name == voice), None)
        if found is None:
            raise UnknownName("voice", voice, (speaker.voice.name for speaker in speakers))
        return found

    def stand_ins(self, voice: Voice, taken: Collection[str] = ()) -> list[Speaker]:
        """Who may speak in the place of ``voice``, one of each other engine, the nearest first.

        Voices whose names are ``taken`` stand back behind others that are as near.
        """
        best: dict[str, tuple[tuple[bool, bool], Speaker]] = {}
        for speaker in self.speakers():
            one = speaker.voice
            if one.language == voice.language and speaker.engine.name != voice.engine:
                distance = one.gender != voice.gender, one.name in taken
                if one.engine not in best or distance < best[one.engine][0]:
                    best[one.engine] = distance, speaker
        return [speaker for _, speaker in sorted(best.values(), key=lambda found: found[0][0])]

    def speakers(self) -> list[Speaker]:
        """Everybody, in the order of the engines. Raises as ``voices`` does."""
        asked = [(engine.name, engine.voices) for engine in self.engines]
        found: dict[str, Speaker] = {}
        failures: list[EngineFailed | MissingPart] = []
        for engine in self.engines:
            try:
                voices = engine.voices()
            except (EngineFailed, MissingPart) as failure:
                failures.append(failure)
                continue
            for voice in voices:
                name = f"{engine.name}:{voice.name}" if voice.name in found else voice.name
                told = replace(voice, name=name, engine=engine.name)
                found[name] = Speaker(voice=told, engine=engine, own=voice.name)
        if not found:
            first_delivered("voices", asked)
        return list(found.values())

    def _link(self, speaker: Speaker, text: str, rate: float) -> Link[Spoken]:
        return Link(
            engine=speaker.engine.name,
            ask=partial(speaker.engine.speak, text, voice=speaker.own, rate=rate),
            spent=_spent,
            remote=speaker.voice.needs_network,
        )


def chained(engine: SpeechEngine) -> SpeechChain:
    """The chain that ``engine`` is, or one of it alone."""
    return engine if isinstance(engine, SpeechChain) else SpeechChain([engine])


def _spent(spoken: Spoken) -> Spent:
    return Spent(speech=spoken.samples / SAMPLE_RATE)
