"""The voices of Google Cloud Text-to-Speech through the official client, with marks in the text for word times.

Every token is sent behind a mark, and the service tells when it comes to each; a token ends where the next one begins,
or where the sound falls silent. For voices that know no marks the times are found in the sound (``alignment``).
"""

import threading
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from ...application.ports import Spoken
from ...domain.errors import MissingPart, ProviderFailed
from ...domain.narration import SAMPLE_RATE, Voice
from .provider_answers import of_status, over_requests
from .reading import Reader
from .written import Unit

if TYPE_CHECKING:
    from .alignment import Span
    from .pcm import Sound
    from .said_piecewise import Take

_CATALOGUE = (
    ("en-US-Neural2-F", "en", "female", "clear American"),
    ("en-US-Neural2-C", "en", "female", "warm American"),
    ("en-US-Neural2-D", "en", "male", "firm American"),
    ("en-US-Neural2-J", "en", "male", "even American"),
    ("en-GB-Neural2-A", "en", "female", "clear British"),
    ("en-GB-Neural2-B", "en", "male", "measured British"),
    ("en-AU-Neural2-A", "en", "female", "Australian"),
    ("en-AU-Neural2-B", "en", "male", "Australian"),
    ("cmn-CN-Wavenet-A", "zh", "female", "clear Mandarin"),
    ("cmn-CN-Wavenet-D", "zh", "female", "warm Mandarin"),
    ("cmn-CN-Wavenet-B", "zh", "male", "even Mandarin"),
    ("cmn-CN-Wavenet-C", "zh", "male", "firm Mandarin"),
)
VOICES: dict[str, Voice] = {
    name: Voice(name=name, language=language, gender=gender, style=style, engine="google", needs_network=True)
    for name, language, gender, style in _CATALOGUE
}
_ROOM = 1200
"""Bytes of a piece. The service takes 5000; marks, at most one for each 3 bytes of Chinese, are not counted there."""
_RATE = 24_000
_SETTING = "REELWRIGHT_GOOGLE_CREDENTIALS or REELWRIGHT_GOOGLE_KEY"
_URL = "REELWRIGHT_GOOGLE_URL"


class GoogleSpeech:
    """Fulfils SpeechEngine, and may be shared by threads.

    Signs in with the JSON file of a service account (``credentials``) or with an API ``key``. ``base_url`` is another
    server of the same protocol; ``timeout`` is in seconds, for each piece of a text.
    """

    name = "google"
    version = "1"

    def __init__(self, *, credentials: str = "", key: str = "", base_url: str = "", timeout: float = 60.0) -> None:
        if find_spec("google") is None or find_spec("google.cloud.texttospeech_v1beta1") is None:
            raise MissingPart("the package google-cloud-texttospeech", "pip install 'reelwright[google]' brings it")
        self._credentials, self._key, self._timeout = credentials, key, timeout
        self._base_url = base_url or "https://texttospeech.googleapis.com"
        self._reader = Reader()
        self._opening = threading.Lock()
        self._client: Any = None

    def voices(self) -> tuple[Voice, ...]:
        return tuple(VOICES.values())

    def speak(self, text: str, *, voice: str, rate: float = 1.0) -> Spoken:
        """See :class:`~reelwright.application.ports.SpeechEngine`."""
        from .said_piecewise import said

        def take(units: Sequence[Unit], piece: str) -> "Take":
            from .alignment import aligned
            from .said_piecewise import sound_of

            data, marks = self._received(units, voice, rate)
            sound = sound_of(self.name, data, "wav", piece, rate)
            return sound, _between(marks, sound) if len(marks) == len(units) else aligned(units, sound)

        return said(text, voice, rate, voices=VOICES, reader=self._reader, room=_ROOM, size=_size, take=take)

    def _received(self, units: Sequence[Unit], voice: str, rate: float) -> tuple[bytes, list[int]]:
        """The sound, and the sample of each mark that the service told. Raises ProviderFailed."""
        from google.api_core import exceptions
        from google.auth.exceptions import GoogleAuthError
        from google.protobuf.json_format import ParseError

        client, kinds = self._opened()
        request = kinds.SynthesizeSpeechRequest(
            input=kinds.SynthesisInput(ssml=_marked(units)),
            voice=kinds.VoiceSelectionParams(language_code="-".join(voice.split("-")[:2]), name=voice),
            audio_config=kinds.AudioConfig(audio_encoding="LINEAR16", sample_rate_hertz=_RATE, speaking_rate=rate),
            enable_time_pointing=[kinds.SynthesizeSpeechRequest.TimepointType.SSML_MARK],
        )
        try:
            with over_requests(self.name, self._timeout, _URL):
                reply = client.synthesize_speech(request, retry=None, timeout=self._timeout)
        except exceptions.GoogleAPICallError as error:
            headers = getattr(error.response, "headers", None) or {}
            setting = _SETTING if error.code in (401, 403) else _URL
            raise of_status(self.name, int(error.code or 500), headers, setting) from None
        except GoogleAuthError:
            raise ProviderFailed(self.name, "credentials", f"signing in failed; check {_SETTING}") from None
        except (ParseError, ValueError) as error:
            raise ProviderFailed(self.name, "reply", "it answered what is no answer of this protocol") from error
        told = {point.mark_name: point.time_seconds for point in reply.timepoints}
        return reply.audio_content, [
            round(told[name] * SAMPLE_RATE) for index in range(len(units)) if (name := f"u{index}") in told
        ]

    def _opened(self) -> tuple[Any, Any]:
        """Raises ProviderFailed where there is nothing to sign in with."""
        from google.auth import api_key
        from google.auth.exceptions import GoogleAuthError
        from google.cloud import texttospeech_v1beta1 as kinds
        from google.cloud.texttospeech_v1beta1.services.text_to_speech.transports import TextToSpeechRestTransport
        from google.oauth2 import service_account

        with self._opening:
            if self._client is None:
                if not self._credentials and not self._key:
                    raise ProviderFailed(self.name, "credentials", f"nothing to sign in with; set {_SETTING}")
                try:
                    account = (
                        service_account.Credentials.from_service_account_file(  # type: ignore[no-untyped-call]
                            self._credentials, scopes=["https://www.googleapis.com/auth/cloud-platform"]
                        )
                        if self._credentials
                        else api_key.Credentials(self._key)  # type: ignore[no-untyped-call]
                    )
                except (OSError, ValueError, GoogleAuthError):
                    told = "REELWRIGHT_GOOGLE_CREDENTIALS is not the JSON file of a service account"
                    raise ProviderFailed(self.name, "credentials", told) from None
                address = urlsplit(self._base_url)
                transport = TextToSpeechRestTransport(
                    host=address.netloc, url_scheme=address.scheme, credentials=account
                )
                self._client = kinds.TextToSpeechClient(transport=transport)
            return self._client, kinds


def _marked(units: Sequence[Unit]) -> str:
    """The text in SSML with a mark ahead of each unit."""
    inner = "".join(f'<mark name="u{index}"/>{escape(unit.text)}{" " * unit.space}' for index, unit in enumerate(units))
    return f"<speak>{inner}</speak>"


def _between(starts: Sequence[int], sound: "Sound") -> "list[Span]":
    """Each unit from its mark to the next one, less the silence ahead of that."""
    import numpy as np

    from .pcm import WINDOW, heard

    loud = heard(sound)
    spans: list[Span] = []
    for start, end in zip(starts, [*starts[1:], sound.size], strict=True):
        sounding = np.flatnonzero(loud[start // WINDOW : end // WINDOW])
        until = start + (int(sounding[-1]) + 1) * WINDOW if sounding.size else end
        spans.append((start, max(min(until, end), start)))
    return spans


def _size(text: str) -> int:
    """Bytes as they are sent, without the marks."""
    return len(escape(text).encode())
