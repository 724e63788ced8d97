"""Errors of the `openai` client and of the servers behind it, as ProviderFailed with the cause and what to do."""

import math
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import openai

from ...domain.errors import ProviderFailed
from .language_servers import LanguageServer

_LONGEST_DETAIL = 200
_QUOTA = frozenset(
    "insufficient_quota billing_hard_limit_reached billing_not_active exceeded_current_quota_error "
    "insufficient_balance insufficient_user_quota arrearage".split()
)
"""Codes and types of errors which say that nothing is left to spend, in small letters."""
_KEY_LIKE = re.compile(r"\b(?:sk|pk|key|Bearer)[-_ ][\w*.-]{6,}", re.IGNORECASE)


def failure(error: openai.APIError, server: LanguageServer) -> ProviderFailed:
    """Says what happened and, where a setting helps, which. Holds no key and no value of a header."""
    if isinstance(error, openai.APITimeoutError):
        return _timeout(error, server)
    if isinstance(error, openai.APIConnectionError):
        return _unreachable(error, server)
    if isinstance(error, openai.APIStatusError):
        return of_status(error.status_code, error.body, error.response.headers, server)
    return ProviderFailed(server.name, "reply", "it answered what is no answer of this protocol")


def of_status(status: int, body: object, headers: Mapping[str, str], server: LanguageServer) -> ProviderFailed:
    """Of an answer with a status that is no success, and its JSON ``body`` or text."""
    error = _error_in(body)
    codes = {str(error.get(name, "")).casefold() for name in ("code", "type")}
    told = _told(str(error.get("message") or ""), server)
    if status == 402 or codes & _QUOTA:
        return _failed(server, "quota", f"nothing is left to spend on this account ({status})", told)
    if status in (401, 403):
        look = f"; check {server.key_setting}" if server.key_setting else ""
        given = "the key is not accepted" if server.key else "a key is needed"
        return ProviderFailed(server.name, "credentials", f"{given} ({status}){look}")
    if status == 408:
        return _failed(server, "timeout", "the server gave up waiting (408)", told)
    if status == 429 or status >= 500:
        what = "too many requests" if status == 429 else "the server has trouble"
        return _failed(server, "busy", f"{what} ({status})", told, retry_after=retry_after(headers))
    if 300 <= status < 400:
        host = urlsplit(headers.get("location", "")).hostname
        there = f" to {host}" if host else ""
        look = f"; set {server.setting('base_url')}"
        return ProviderFailed(server.name, "refused", f"it redirects{there} ({status}), which is not followed{look}")
    if status == 404:
        look = f"; check {server.setting('model')} and {server.setting('base_url')}"
        return ProviderFailed(server.name, "refused", f"there is no model {server.model!r} at this address (404){look}")
    return _failed(server, "refused", f"the request is refused ({status})", told)


def refuses_format(error: openai.APIError) -> bool:
    """Whether a server does not know the ``response_format`` that it was asked for."""
    if not isinstance(error, openai.APIStatusError) or error.status_code not in (400, 404, 415, 422, 501):
        return False
    body = _error_in(error.body)
    said = f"{body.get('param', '')} {body.get('message', '')} {error.body if isinstance(error.body, str) else ''}"
    return bool(re.search(r"response.?format|json.?schema|json.?object|structured.?output", said, re.IGNORECASE))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from now (RFC 9110, 10.2.3), whether told as seconds or as a date; None where it is not told."""
    for name, unit in (("retry-after-ms", 1000), ("retry-after", 1)):
        text = headers.get(name, "").strip()
        if re.fullmatch(r"\d{1,9}(\.\d*)?", text):
            return float(text) / unit
    try:
        seconds = parsedate_to_datetime(headers.get("retry-after", "")).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, math.ceil(seconds))


def _failed(
    server: LanguageServer, cause: str, problem: str, told: str, *, retry_after: float | None = None
) -> ProviderFailed:
    return ProviderFailed(server.name, cause, f"{problem}: {told}" if told else problem, retry_after=retry_after)


def _timeout(error: openai.APITimeoutError, server: LanguageServer) -> ProviderFailed:
    if type(error.__cause__).__name__ == "ConnectTimeout":
        told = f"no connection to {_host(server)} within {server.timeouts.connect:g} s"
        return ProviderFailed(server.name, "unreachable", told)
    return no_answer(server)


def no_answer(server: LanguageServer) -> ProviderFailed:
    return ProviderFailed(server.name, "timeout", f"no answer within {server.timeouts.total:g} s")


def _unreachable(error: openai.APIConnectionError, server: LanguageServer) -> ProviderFailed:
    reason = type(error.__cause__).__name__
    if reason in ("RemoteProtocolError", "ReadError", "WriteError", "DecodingError"):
        return broken_off(server)
    told = _told(str(error.__cause__ or ""), server)
    return ProviderFailed(
        server.name,
        "unreachable",
        f"{_host(server)} cannot be reached{f' ({told})' if told else ''}; check {server.setting('base_url')}",
    )


def broken_off(server: LanguageServer) -> ProviderFailed:
    return ProviderFailed(server.name, "unreachable", f"the connection to {_host(server)} broke off")


def _host(server: LanguageServer) -> str:
    return urlsplit(server.base_url).netloc


def _error_in(body: object) -> dict[str, Any]:
    if not isinstance(body, dict):
        return {}
    error = body.get("error", body)
    return error if isinstance(error, dict) else {"message": error}


def _told(message: str, server: LanguageServer) -> str:
    """What the server said, on one short line and without secrets."""
    for secret in server.secrets:
        message = message.replace(secret, "…")
    line = " ".join(_KEY_LIKE.sub("…", message).split())
    line = "".join(ch for ch in line if ch.isprintable())
    return line if len(line) <= _LONGEST_DETAIL else f"{line[:_LONGEST_DETAIL]}…"
