"""A server that speaks OpenAI's chat completions over real HTTP, with faults on demand."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from time import time
from typing import Any

from tests.providers.local_http import listening

KEY = "sk-test-0123456789abcdef"
MODEL = "gpt-test"


@dataclass(kw_only=True)
class ModelServer:
    """``says`` is what the model writes; ``faults`` come first, one a request, then ``always`` where it is named.

    ``meanwhile`` is called with the request before each answer that succeeds.
    """

    says: object = "{}"
    faults: list[str] = field(default_factory=list)
    always: str = ""
    formats: tuple[str, ...] = ("json_schema", "json_object", "text")
    key: str = KEY
    meanwhile: Callable[[object], None] | None = None
    port: int = 0
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def written(self) -> str:
        return self.says if isinstance(self.says, str) else json.dumps(self.says, ensure_ascii=False)

    def reset(self) -> None:
        self.says, self.faults, self.always, self.meanwhile = "{}", [], "", None
        self.formats = ("json_schema", "json_object", "text")
        self.asked.clear()
        self.headers.clear()


@contextmanager
def model_server() -> Iterator[ModelServer]:
    server = ModelServer()

    class Bound(_Handler):
        model_server = server

    with listening(Bound, server.closing) as server.port:
        yield server


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16
    model_server: ModelServer

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Tests say what was asked."""

    def do_POST(self) -> None:
        server = self.model_server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server.asked.append(body)
        server.headers.append({name.lower(): value for name, value in self.headers.items()})
        fault = server.faults.pop(0) if server.faults else server.always
        if fault:
            FAULTS[fault](self)
        elif refusal := self.wrong(body):
            self.error(*refusal)
        else:
            if server.meanwhile:
                server.meanwhile(body)
            self.complete(server.written)

    def wrong(self, body: dict[str, Any]) -> tuple[int, str, str] | None:
        """What OpenAI itself would refuse in a request."""
        server = self.model_server
        if server.key and self.headers.get("Authorization") != f"Bearer {server.key}":
            return 401, "invalid_api_key", f"Incorrect API key provided: {self.headers.get('Authorization')}"
        if self.path != "/v1/chat/completions" or body["model"] != MODEL:
            return 404, "model_not_found", f"The model `{body['model']}` does not exist"
        kind = body.get("response_format", {"type": "text"})["type"]
        if kind not in server.formats:
            return 400, "invalid_request_error", "This response_format type is unavailable now"
        if kind == "json_object" and "json" not in json.dumps(body["messages"]).lower():
            return 400, "invalid_request_error", "'messages' must contain the word 'json' in some form"
        if kind == "json_schema" and not strict(body["response_format"]["json_schema"]["schema"]):
            return 400, "invalid_request_error", "Invalid schema for response_format"
        return None

    def send(self, status: int, body: bytes, *, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def error(self, status: int, code: str, message: str, **headers: str) -> None:
        error = {"message": message, "type": code, "param": None, "code": code}
        self.send(status, json.dumps({"error": error}).encode(), **headers)

    def complete(self, content: str | None, *, finish: str = "stop", **message: Any) -> None:
        self.send(200, completion(content, finish=finish, **message))


def completion(content: str | None, *, finish: str = "stop", **message: Any) -> bytes:
    said = {"role": "assistant", "content": content, "refusal": None} | message
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": f"{MODEL}-2026-01-01",
        "choices": [{"index": 0, "message": said, "logprobs": None, "finish_reason": finish}],
        "usage": {"prompt_tokens": 120, "completion_tokens": 40, "total_tokens": 160},
    }
    return json.dumps(body, ensure_ascii=False).encode()


def strict(schema: dict[str, Any]) -> bool:
    """Whether structured outputs take it: every key required, none beside them, at every depth."""
    if schema["type"] == "array":
        return strict(schema["items"])
    if schema["type"] != "object":
        return True
    keys = schema["properties"]
    return (
        schema["additionalProperties"] is False
        and set(schema["required"]) == set(keys)
        and all(strict(one) for one in keys.values())
    )


def _cut(handler: _Handler) -> None:
    body = completion(handler.model_server.written)
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


def _drip(handler: _Handler) -> None:
    """Blank after blank, as servers send them that keep a connection alive while the request waits its turn."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    handler.close_connection = True
    while not handler.model_server.closing.wait(0.02):
        handler.wfile.write(b"\n")
        handler.wfile.flush()


def _slow(handler: _Handler) -> None:
    handler.model_server.closing.wait(2)
    handler.close_connection = True


def _hang_up(handler: _Handler) -> None:
    handler.close_connection = True


def _redirect(handler: _Handler) -> None:
    handler.send(307, b"", Location="https://elsewhere.example/v1/chat/completions")


FAULTS: dict[str, Callable[[_Handler], None]] = {
    "401": lambda it: it.error(
        401, "invalid_api_key", f"Incorrect API key provided: {it.headers.get('Authorization')}, sk-test-****cdef"
    ),
    "403": lambda it: it.error(403, "unsupported_country_region_territory", "Country not supported"),
    "402": lambda it: it.error(402, "unknown_error", "Insufficient Balance"),
    "429": lambda it: it.error(429, "rate_limit_exceeded", "Rate limit reached for requests", Retry_After="7"),
    "429 with a date": lambda it: it.error(
        429, "rate_limit_exceeded", "Rate limit reached", Retry_After=formatdate(time() + 30, usegmt=True)
    ),
    "429 insufficient_quota": lambda it: it.error(429, "insufficient_quota", "You exceeded your current quota"),
    "500": lambda it: it.error(500, "server_error", f"The server had an error, {it.headers.get('Authorization')}"),
    "503 in HTML": lambda it: it.send(503, b"<html><h1>Service Unavailable</h1></html>", kind="text/html"),
    "400": lambda it: it.error(400, "context_length_exceeded", "This model's maximum context length is 8192 tokens"),
    "404": lambda it: it.error(404, "model_not_found", "The model does not exist or you do not have access to it"),
    "429 in a success": lambda it: it.send(200, b'{"error": {"code": 429, "message": "slow down"}}'),
    "slow first byte": _slow,
    "drip": _drip,
    "cut mid-stream": _cut,
    "hung up": _hang_up,
    "redirect": _redirect,
    "web page": lambda it: it.send(200, b"<html>Welcome</html>", kind="text/html"),
    "no choices": lambda it: it.send(200, b'{"choices": []}'),
    "fences": lambda it: it.complete(f"Here you are:\n```json\n{it.model_server.written}\n```\nEnjoy!"),
    "thoughts": lambda it: it.complete(f"<think>A {{short}} one.</think>\n{it.model_server.written}"),
    "trailing comma": lambda it: it.complete(f"{it.model_server.written[:-1]},\n}}"),
    "half": lambda it: it.complete(it.model_server.written[: len(it.model_server.written) * 2 // 3]),
    "wrong schema": lambda it: it.complete('{"result": "done", "items": [1, 2]}'),
    "error text": lambda it: it.complete("Error: upstream model crashed (code 502)"),
    "apology": lambda it: it.complete("I'm sorry, but I can't assist with that request."),
    "empty": lambda it: it.complete(""),
    "null": lambda it: it.complete(None),
    "length": lambda it: it.complete(it.model_server.written, finish="length"),
    "content filter": lambda it: it.complete("", finish="content_filter"),
    "refusal": lambda it: it.complete(None, refusal="I cannot help with that."),
}
