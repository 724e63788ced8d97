"""``ScriptedSpeech``: a speech engine that does as it is told."""

from collections.abc import Callable, Iterable
from threading import Lock

from ...application.ports import Spoken
from ...domain.errors import UnknownName
from ...domain.narration import Voice
from .speech import ToneSpeech


class ScriptedSpeech:
    """Speaks like ``ToneSpeech``, by ``voices`` of its own.

    Each sentence meets the next of the ``outcomes``: an error is raised, None lets it be spoken, a callable is called
    first. When they are used up, everything is spoken. ``asked`` holds voice and text of every sentence. Shared by
    threads.
    """

    version = "1"

    def __init__(
        self, name: str, voices: Iterable[Voice], outcomes: Iterable[Exception | Callable[[], object] | None] = ()
    ) -> None:
        self.name = name
        self.asked: list[tuple[str, str]] = []
        self._voices = {voice.name: voice for voice in voices}
        self._outcomes = list(outcomes)
        self._lock = Lock()
        self._tone = ToneSpeech()

    def voices(self) -> tuple[Voice, ...]:
        return tuple(self._voices.values())

    def speak(self, text: str, *, voice: str, rate: float = 1.0) -> Spoken:
        """See :class:`~reelwright.application.ports.SpeechEngine`."""
        if voice not in self._voices:
            raise UnknownName("voice", voice, self._voices)
        with self._lock:
            self.asked.append((voice, text))
            outcome = self._outcomes.pop(0) if self._outcomes else None
        if isinstance(outcome, Exception):
            raise outcome
        if outcome is not None:
            outcome()
        return self._tone.speak(text, voice="tone-en", rate=rate)
