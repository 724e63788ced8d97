"""The free voice of Google Translate, one a language, through ``gTTS``.

``gTTS`` makes the requests; they are sent here, for it would send them without looking at the server's certificate.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ...application.ports import Spoken
from ...domain.errors import MissingPart, ProviderFailed
from ...domain.narration import Voice
from .provider_answers import of_status, over_requests
from .reading import Reader
from .written import Unit

if TYPE_CHECKING:
    from .said_piecewise import Take

VOICES: dict[str, Voice] = {
    f"gtts-{language}": Voice(
        name=f"gtts-{language}", language=language, gender="female", style=style, engine="gtts", needs_network=True
    )
    for language, style in (("en", "plain American"), ("zh", "plain Mandarin"))
}
_LANGUAGES = {"en": "en", "zh": "zh-CN"}
_ROOM = 100
"""Characters that one request takes."""
_URL = "REELWRIGHT_GTTS_URL"


class GoogleFreeSpeech:
    """Fulfils SpeechEngine, and may be shared by threads; the pace is changed in the finished sound.

    ``timeout`` is in seconds, for each piece of at most 100 characters.
    """

    name = "gtts"
    version = "1"

    def __init__(self, *, base_url: str = "", timeout: float = 30.0) -> None:
        if find_spec("gtts") is None:
            raise MissingPart("the package gTTS", "pip install 'reelwright[gtts]' brings it")
        self._base_url = base_url or "https://translate.google.com"
        self._timeout = timeout
        self._reader = Reader()

    def voices(self) -> tuple[Voice, ...]:
        return tuple(VOICES.values())

    def speak(self, text: str, *, voice: str, rate: float = 1.0) -> Spoken:
        """See :class:`~reelwright.application.ports.SpeechEngine`."""
        from .said_piecewise import said

        def take(units: Sequence[Unit], piece: str) -> "Take":
            from .alignment import aligned
            from .decoding import paced
            from .said_piecewise import sound_of

            data = self._received(piece, _LANGUAGES[VOICES[voice].language])
            sound = paced(sound_of(self.name, data, "mp3", piece, 1.0), rate)
            return sound, aligned(units, sound)

        return said(text, voice, rate, voices=VOICES, reader=self._reader, room=_ROOM, size=len, take=take)

    def _received(self, text: str, language: str) -> bytes:
        """Raises ProviderFailed."""
        import requests
        from gtts import gTTS

        asked = gTTS(text, lang=language, lang_check=False)
        headers = {**gTTS.GOOGLE_TTS_HEADERS, "Referer": f"{self._base_url}/"}
        address = f"{self._base_url}/_/TranslateWebserverUi/data/batchexecute"
        parts: list[bytes] = []
        for body in asked.get_bodies():
            try:
                with over_requests(self.name, self._timeout, _URL):
                    reply = requests.post(address, data=body, headers=headers, timeout=self._timeout)
            except requests.RequestException as error:
                raise ProviderFailed(self.name, "reply", "it answered what is no answer of this protocol") from error
            if reply.status_code != 200:
                raise of_status(self.name, reply.status_code, reply.headers, _URL)
            parts.append(self._sound_in(reply.text))
        return b"".join(parts)

    def _sound_in(self, reply: str) -> bytes:
        found = re.search(r'jQ1olc","\[\\"([^"\\]*)\\"', reply)
        try:
            return base64.b64decode(found[1], validate=True) if found else b""
        except binascii.Error as error:
            raise ProviderFailed(self.name, "reply", "it sent no sound that can be decoded") from error
