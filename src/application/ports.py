"""The ports: what the use cases ask of the outside, each fulfilled by an adapter and by a shipped fake."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..domain.narration import Speech, Voice, Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What a speech engine gives back.

    ``pcm`` holds mono float32 samples at 48 kHz within [-1, 1] as native-endian bytes; the words' spans count in
    those samples.
    """

    pcm: bytes
    words: tuple[Word, ...]

    @property
    def samples(self) -> int:
        return len(self.pcm) // 4


class SpeechEngine(Protocol):
    """Text to speech with word times."""

    name: str
    version: str

    def voices(self) -> tuple[Voice, ...]: ...

    def speak(self, text: str, *, voice: str, rate: float = 1.0) -> Spoken:
        """Speak ``text`` of any length at ``rate`` (0.5 to 2) times the voice's own pace.

        Raises UnknownName for a voice that the engine lacks, InvalidInput where nothing in the text can be spoken,
        MissingPart where the engine's model is absent, EngineFailed otherwise.
        """
        ...


class SpeechStore(Protocol):
    """Narration kept by the digest of what made it; a stored sound is complete or absent, never half."""

    def get(self, digest: str) -> Speech | None: ...

    def put(self, digest: str, spoken: Spoken) -> Speech: ...


class CancelSignal(Protocol):
    """Anything with ``is_set``: a ``threading.Event`` will do."""

    def is_set(self) -> bool: ...
