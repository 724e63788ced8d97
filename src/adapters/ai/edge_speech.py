"""The voices of Microsoft Edge through ``edge-tts``, with the word times that the service tells.

The service speaks over a WebSocket: MP3 in binary messages, word boundaries in units of 100 ns between them.
"""

import asyncio
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from ...application.ports import Spoken
from ...domain.errors import MissingPart, ProviderFailed
from ...domain.narration import SAMPLE_RATE, Voice
from .edge_voices import VOICES
from .provider_answers import broken_off, of_status, too_late, unreachable
from .reading import Reader
from .written import Unit

if TYPE_CHECKING:
    from .boundaries import Boundary
    from .said_piecewise import Take

_ROOM = 3000
"""Bytes of a piece as it is sent; the service takes 4096."""
_TICKS = 10_000_000
"""Of the service's clock, a second."""
_SLACK = SAMPLE_RATE // 10
"""Samples that a word may end after the sound does; more is a sound that was cut off."""
_SETTING = "REELWRIGHT_EDGE_ENDPOINT"


class EdgeSpeech:
    """Fulfils SpeechEngine, and may be shared by threads; not to be called from a running event loop.

    ``endpoint`` is the address of another server of the same protocol ("ws://host/path?key=value"); the client knows
    only one for the whole process. ``timeout`` is in seconds, for each piece of a text.
    """

    name = "edge"
    version = "1"

    def __init__(self, *, endpoint: str = "", timeout: float = 60.0) -> None:
        if find_spec("edge_tts") is None:
            raise MissingPart("the package edge-tts", "pip install 'reelwright[edge]' brings it")
        self._endpoint = endpoint
        self._timeout = timeout
        self._reader = Reader()

    def voices(self) -> tuple[Voice, ...]:
        return tuple(VOICES.values())

    def speak(self, text: str, *, voice: str, rate: float = 1.0) -> Spoken:
        """See :class:`~reelwright.application.ports.SpeechEngine`."""
        from .said_piecewise import said

        def take(units: Sequence[Unit], piece: str) -> "Take":
            return self._take(units, piece, voice, rate)

        return said(text, voice, rate, voices=VOICES, reader=self._reader, room=_ROOM, size=_size, take=take)

    def _take(self, units: Sequence[Unit], text: str, voice: str, rate: float) -> "Take":
        from .boundaries import spans_of
        from .said_piecewise import sound_of

        data, boundaries = self._received(text, voice, rate)
        sound = sound_of(self.name, data, "mp3", text, rate)
        if boundaries and boundaries[-1].end > sound.size + _SLACK:
            raise ProviderFailed(self.name, "reply", "it sent a sound that ends before its last word: cut off")
        try:
            return sound, spans_of(units, boundaries)
        except ValueError as error:
            raise ProviderFailed(self.name, "reply", f"{error}: cut off") from error

    def _received(self, text: str, voice: str, rate: float) -> "tuple[bytes, list[Boundary]]":
        """Raises ProviderFailed."""
        import aiohttp
        from edge_tts import communicate, exceptions

        if self._endpoint:
            communicate.WSS_URL = self._endpoint  # type: ignore[attr-defined]
        try:
            return asyncio.run(asyncio.wait_for(self._stream(communicate, text, voice, rate), self._timeout))
        except aiohttp.ClientResponseError as error:
            raise self._refusal(error.status, error.headers or {}) from None
        except exceptions.SkewAdjustmentError:
            raise self._refusal(403, {}) from None
        except exceptions.NoAudioReceived as error:
            raise ProviderFailed(self.name, "reply", "it sent no sound at all in the place of speech") from error
        except (aiohttp.ServerDisconnectedError, ConnectionResetError, exceptions.WebSocketError) as error:
            raise broken_off(self.name) from error
        except TimeoutError as error:
            raise too_late(self.name, self._timeout) from error
        except (aiohttp.ClientError, OSError) as error:
            raise unreachable(self.name, _SETTING) from error
        except (exceptions.EdgeTTSException, ValueError, KeyError, TypeError) as error:
            raise ProviderFailed(
                self.name, "reply", "it answered what is not its protocol; pip install -U edge-tts may help"
            ) from error

    async def _stream(self, client: Any, text: str, voice: str, rate: float) -> "tuple[bytes, list[Boundary]]":
        from .boundaries import Boundary

        seconds = max(1, round(self._timeout))
        talk = client.Communicate(
            text,
            voice,
            rate=f"{round((rate - 1) * 100):+d}%",
            boundary="WordBoundary",
            connect_timeout=min(10, seconds),
            receive_timeout=seconds,
        )
        sound: list[bytes] = []
        boundaries: list[Boundary] = []
        async for chunk in talk.stream():
            if chunk["type"] == "audio":
                sound.append(chunk["data"])
            else:
                start, length = chunk["offset"], chunk["duration"]
                boundaries.append(Boundary(text=chunk["text"], start=_samples(start), end=_samples(start + length)))
        return b"".join(sound), boundaries

    def _refusal(self, status: int, headers: Any) -> Exception:
        if status == 403:
            told = "it does not let this client in (403): the clock of this machine is wrong, or the client too old"
            return ProviderFailed(self.name, "credentials", f"{told}; pip install -U edge-tts")
        return of_status(self.name, status, headers, _SETTING)


def _samples(ticks: float) -> int:
    return int(ticks * SAMPLE_RATE // _TICKS)


def _size(text: str) -> int:
    return len(escape(text).encode())
