"""A server that speaks the HTTP of OpenAI's, Google Cloud's and Google Translate's voices, with faults on demand."""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import unescape

import numpy as np

from tests.providers.local_http import listening
from tests.providers.voices import KEY, RATE, Behaviour, broken, mp3, sent, tones, wav


class SpeechServer(Behaviour):
    """``marks`` tells whether Google's voices know marks."""

    marks: bool

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def speech_server() -> Iterator[SpeechServer]:
    told = SpeechServer()
    told.marks = True

    class Bound(_Handler):
        server_told = told

    with listening(Bound, told.closing) as told.port:
        yield told


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_told: SpeechServer

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass

    def do_POST(self) -> None:
        told = self.server_told
        body = self.rfile.read(int(self.headers["Content-Length"]))
        told.asked.append((self.path, dict(self.headers), body))
        if told.status:
            self._answer(
                json.dumps({"error": {"message": f"bad key {KEY}", "code": told.status}}).encode(), told.status
            )
            return
        if told.fault == "slow":
            told.closing.wait(5)
        with suppress(OSError):
            self._answer(*self._spoken(body))

    def _spoken(self, body: bytes) -> tuple[bytes, int]:
        if self.path == "/v1/audio/speech":
            return self._openai(json.loads(body)), 200
        if self.path.startswith("/v1beta1/text:synthesize"):
            return self._google(json.loads(body)), 200
        if self.path == "/_/TranslateWebserverUi/data/batchexecute":
            return self._translate(body), 200
        return b"{}", 404

    def _openai(self, asked: dict[str, Any]) -> bytes:
        assert self.headers["Authorization"] == f"Bearer {KEY}"
        assert asked["response_format"] == "wav"
        fault = self.server_told.fault
        return sent(wav(broken(tones(asked["input"], asked["speed"])[0], fault)), fault)

    def _google(self, asked: dict[str, Any]) -> bytes:
        fault = self.server_told.fault
        if fault == "garbage":
            return b"<html>no sound</html>"
        assert self.headers["x-goog-api-key"] == KEY
        points, sounds, at = [], [], 0
        ssml = asked["input"]["ssml"].removeprefix("<speak>").removesuffix("</speak>")
        for name, text in re.findall(r'<mark name="(\w+)"/>([^<]*)', ssml):
            points.append({"markName": name, "timeSeconds": at / RATE})
            sounds.append(tones(unescape(text), asked["audioConfig"].get("speakingRate", 1.0))[0])
            at += sounds[-1].size
        data = sent(wav(broken(np.concatenate(sounds), fault)), fault)
        reply = {
            "audioContent": base64.b64encode(data).decode(),
            "timepoints": points if self.server_told.marks else [],
        }
        return json.dumps(reply).encode()

    def _translate(self, body: bytes) -> bytes:
        fault = self.server_told.fault
        rpc = json.loads(parse_qs(body.decode())["f.req"][0])[0][0]
        assert rpc[0] == "jQ1olc"
        text = json.loads(rpc[1])[0]
        assert len(text) <= 100
        data = sent(mp3(broken(tones(text)[0], fault)), fault)
        inner = json.dumps([base64.b64encode(data).decode()], separators=(",", ":"))
        return f")]}}'\n\n[[{json.dumps(['wrb.fr', 'jQ1olc', inner], separators=(',', ':'))[1:-1]}]]".encode()

    def _answer(self, body: bytes, status: int) -> None:
        told = self.server_told
        self.send_response(status)
        if told.retry_after:
            self.send_header("Retry-After", told.retry_after)
        self.send_header("Content-Type", "application/json" if body[:1] in b"{)" else "audio/wav")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if told.fault == "cut":
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.close_connection = True
            return
        self.wfile.write(body)
