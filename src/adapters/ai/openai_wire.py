"""The wire of OpenAI's chat completions: the client with its bounds, what is sent, and what comes back."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2
import openai

from ...application.prompts import Prompt
from ...domain.errors import ProviderFailed
from .language_servers import AnswerFormat, LanguageServer
from .openai_failures import broken_off, no_answer, of_status

LONGEST_ANSWER = 4 << 20
"""Bytes of what a server sends for one request."""
Message = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """``content`` is what the model wrote; ``refusal`` what it said in its place; ``finish`` why it ended."""

    content: str
    refusal: str
    finish: str
    model: str
    tokens_in: int
    tokens_out: int


def open_client(server: LanguageServer) -> openai.OpenAI:
    """A client of this server alone.

    It follows no redirect, retries nothing, and holds an answer to its time in all and to LONGEST_ANSWER. Of the
    environment it takes the proxies, and neither keys nor headers, which may be another server's.
    """

    def begin(request: httpx2.Request) -> None:
        request.extensions["deadline"] = time.monotonic() + request.extensions["timeout"]["read"]

    def bound(response: httpx2.Response) -> None:
        if isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = _Bounded(response.stream, response.request.extensions["deadline"], server)

    client = openai.OpenAI(
        api_key=server.key,
        admin_api_key="",
        organization="",
        project="",
        webhook_secret="",
        base_url=server.base_url,
        max_retries=0,
        http_client=openai.DefaultHttpxClient(
            follow_redirects=False, event_hooks={"request": [begin], "response": [bound]}
        ),
        _enforce_credentials=False,
    )
    client._custom_headers = {}
    return client


def send(
    client: openai.OpenAI,
    server: LanguageServer,
    prompt: Prompt[Any],
    said: Sequence[Message],
    answers: AnswerFormat,
    left: float,
) -> Completion:
    """Ask once, with ``left`` seconds for it. Raises openai.APIError and ProviderFailed."""
    limits = server.timeouts
    raw = client.chat.completions.with_raw_response.create(
        model=server.model,
        messages=[{"role": "system", "content": _instructions(prompt, answers)}, *said],  # type: ignore[list-item]
        timeout=openai.Timeout(min(limits.read, left), connect=min(limits.connect, left)),
        extra_headers=_headers(server),
        **_response_format(prompt, answers),
    )
    return _completion(raw.content, raw.headers, server)


class _Bounded(httpx2.SyncByteStream):
    """A body that ends when its time or its room is used up, however slowly it comes."""

    def __init__(self, stream: httpx2.SyncByteStream, deadline: float, server: LanguageServer) -> None:
        self._stream, self._deadline, self._server = stream, deadline, server

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for part in self._stream:
            size += len(part)
            if time.monotonic() > self._deadline:
                raise no_answer(self._server)
            if size > LONGEST_ANSWER:
                raise ProviderFailed(self._server.name, "reply", f"it sent more than {LONGEST_ANSWER:,} bytes")
            yield part

    def close(self) -> None:
        self._stream.close()


def _headers(server: LanguageServer) -> dict[str, Any]:
    left_out = {"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit()}
    authorised = server.key or "authorization" in (name.lower() for name in server.headers)
    return {**left_out, **({} if authorised else {"Authorization": openai.Omit()}), **server.headers}


def _instructions(prompt: Prompt[Any], answers: AnswerFormat) -> str:
    if answers == "json_schema":
        return prompt.instructions
    return f"{prompt.instructions}\nThe JSON object follows this JSON schema:\n{json.dumps(prompt.schema)}"


def _response_format(prompt: Prompt[Any], answers: AnswerFormat) -> dict[str, Any]:
    if answers == "text":
        return {}
    if answers == "json_object":
        return {"response_format": {"type": "json_object"}}
    schema = {"name": prompt.call, "strict": True, "schema": prompt.schema}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}


def _completion(content: bytes, headers: Mapping[str, str], server: LanguageServer) -> Completion:
    """Raises ProviderFailed for a body that is none."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError) as error:
        if "json" in headers.get("content-type", ""):
            raise broken_off(server) from error
        body = None
    if not isinstance(body, dict):
        look = f"check {server.setting('base_url')}"
        raise ProviderFailed(server.name, "reply", f"what answers there is no model ({_kind(headers)}); {look}")
    choices = body.get("choices")
    if not choices and body.get("error"):
        raise _told_in_success(body, headers, server)
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise ProviderFailed(server.name, "reply", "it answered without any message of the model")
    usage = body.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    return Completion(
        content=_text(message.get("content")),
        refusal=_text(message.get("refusal")),
        finish=str(choice.get("finish_reason") or ""),
        model=_text(body.get("model"))[:200] or server.model,
        tokens_in=_count(usage.get("prompt_tokens")),
        tokens_out=_count(usage.get("completion_tokens")),
    )


def _told_in_success(body: dict[str, Any], headers: Mapping[str, str], server: LanguageServer) -> ProviderFailed:
    """Some gateways send errors with status 200, and the real one as their code."""
    error = body["error"]
    code = error.get("code") if isinstance(error, dict) else None
    status = int(str(code)) if str(code) in _CODES else 500
    return of_status(status, body, headers, server)


_CODES = frozenset(str(code) for code in range(400, 600))


def _text(content: object) -> str:
    """A text, or the texts of a list of parts."""
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _kind(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip()[:60] or "of no type"
