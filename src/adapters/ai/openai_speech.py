"""The voices of OpenAI, or of a server that speaks its protocol, through the official client.

The service tells no word times: they are found in the sound (``alignment``).
"""

import threading
import time
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ...application.ports import Spoken
from ...domain.errors import InvalidInput, MissingPart, ProviderFailed
from ...domain.narration import Voice
from .provider_answers import broken_off, of_status, too_late, unreachable
from .reading import Reader
from .written import Unit

if TYPE_CHECKING:
    import openai

    from .said_piecewise import Take

OPENAI_VOICES = (
    "alloy:female ash:male ballad:male coral:female echo:male fable:male nova:female onyx:male sage:female "
    "shimmer:female verse:male"
)
"""Names as the service knows them, and how they sound; each speaks English and Chinese."""
_ROOM = 2000
"""Characters of a piece; the service takes 4096, and its newer models 2000 tokens."""
_MOST_BYTES = 64 << 20
_KEY, _URL = "REELWRIGHT_OPENAI_KEY", "REELWRIGHT_OPENAI_SPEECH_URL"


class OpenAISpeech:
    """Fulfils SpeechEngine, and may be shared by threads.

    ``voices`` lists names with ``female`` or ``male`` ("alloy:female onyx:male"); the engine offers each once a
    language, as ``en-alloy`` and ``zh-alloy``. ``timeout`` is in seconds, for each piece of a text.
    """

    name = "openai"
    version = "1"

    def __init__(
        self,
        *,
        key: str,
        base_url: str = "",
        model: str = "tts-1",
        voices: str = OPENAI_VOICES,
        timeout: float = 60.0,
    ) -> None:
        if find_spec("openai") is None:
            raise MissingPart("the package openai", "pip install 'reelwright[openai]' brings it")
        self._key, self._base_url, self._model, self._timeout = key, base_url, model, timeout
        self._voices = _catalogue(voices)
        self._reader = Reader()
        self._opening = threading.Lock()
        self._client: openai.OpenAI | None = None

    def voices(self) -> tuple[Voice, ...]:
        return tuple(self._voices.values())

    def speak(self, text: str, *, voice: str, rate: float = 1.0) -> Spoken:
        """See :class:`~reelwright.application.ports.SpeechEngine`."""
        from .said_piecewise import said

        def take(units: Sequence[Unit], piece: str) -> "Take":
            from .alignment import aligned
            from .said_piecewise import sound_of

            sound = sound_of(self.name, self._received(piece, voice.partition("-")[2], rate), "wav", piece, rate)
            return sound, aligned(units, sound)

        return said(text, voice, rate, voices=self._voices, reader=self._reader, room=_ROOM, size=len, take=take)

    def _received(self, text: str, voice: str, rate: float) -> bytes:
        """Raises ProviderFailed."""
        import httpx2
        import openai

        until = time.monotonic() + self._timeout
        parts: list[bytes] = []
        size = 0
        try:
            with self._opened().audio.speech.with_streaming_response.create(
                model=self._model, voice=voice, input=text, response_format="wav", speed=rate
            ) as response:
                for part in response.iter_bytes():
                    parts.append(part)
                    size += len(part)
                    if time.monotonic() > until:
                        raise too_late(self.name, self._timeout)
                    if size > _MOST_BYTES:
                        raise ProviderFailed(self.name, "reply", f"it sent more than {_MOST_BYTES:,} bytes")
        except openai.APIStatusError as error:
            spent = error.code == "insufficient_quota"
            setting = _KEY if error.status_code in (401, 403) else f"{_URL} and REELWRIGHT_OPENAI_SPEECH_MODEL"
            raise of_status(self.name, error.status_code, error.response.headers, setting, quota=spent) from None
        except (openai.APITimeoutError, httpx2.TimeoutException) as error:
            raise too_late(self.name, self._timeout) from error
        except openai.APIConnectionError as error:
            cut = isinstance(error.__cause__, httpx2.RemoteProtocolError | httpx2.ReadError)
            raise (broken_off(self.name) if cut else unreachable(self.name, _URL)) from error
        except httpx2.TransportError as error:
            raise broken_off(self.name) from error
        except openai.OpenAIError as error:
            raise ProviderFailed(self.name, "reply", "it answered what is no answer of this protocol") from error
        return b"".join(parts)

    def _opened(self) -> "openai.OpenAI":
        if not self._key:
            raise ProviderFailed(self.name, "credentials", f"a key is needed; set {_KEY}")
        with self._opening:
            if self._client is None:
                import openai

                self._client = openai.OpenAI(
                    api_key=self._key,
                    base_url=self._base_url or "https://api.openai.com/v1",
                    timeout=self._timeout,
                    max_retries=0,
                )
            return self._client


def _catalogue(listed: str) -> dict[str, Voice]:
    voices: dict[str, Voice] = {}
    for one in listed.replace(",", " ").split():
        name, _, gender = one.partition(":")
        if not name or gender not in ("female", "male"):
            raise InvalidInput(f"the voice {one!r} of OpenAI is not told as name:female or name:male")
        for language in ("en", "zh"):
            voices[f"{language}-{name}"] = Voice(
                name=f"{language}-{name}", language=language, gender=gender, engine="openai", needs_network=True
            )
    return voices
