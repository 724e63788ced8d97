"""Every error as a problem document (RFC 9457), in the language of the request."""

import logging
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import msgspec
from litestar.exceptions import HTTPException, ValidationException
from litestar.handlers import HTTPRouteHandler

from ...domain import errors
from ...domain.errors import (
    Cancelled,
    ChangedMeanwhile,
    Conflict,
    DiskFull,
    EngineFailed,
    FileTooLarge,
    InvalidField,
    InvalidFields,
    InvalidInput,
    InvalidTimeline,
    MissingPart,
    NotFound,
    OutputFailed,
    QuotaExceeded,
    Refused,
    StoreUnavailable,
    TooManyAttempts,
    Unauthenticated,
    UnsupportedFile,
)
from .asgi import Exchange, Scope, Send, begin, exchange, header
from .languages import CHINESE, ENGLISH
from .problem_kinds import BY_STATUS, IN_CHINESE, KINDS, Refusal

MEDIA_TYPE = "application/problem+json"

KIND_OF: dict[type[BaseException], str] = {
    InvalidInput: "invalid-input",
    UnsupportedFile: "unsupported-media-type",
    FileTooLarge: "content-too-large",
    Refused: "forbidden",
    Unauthenticated: "unauthenticated",
    NotFound: "not-found",
    Conflict: "conflict",
    ChangedMeanwhile: "precondition-failed",
    QuotaExceeded: "quota-exceeded",
    TooManyAttempts: "too-many-requests",
    StoreUnavailable: "unavailable",
    MissingPart: "unavailable",
    EngineFailed: "engine-failed",
    OutputFailed: "unavailable",
    DiskFull: "storage-full",
    Cancelled: "conflict",
    Exception: "internal",
}
"""The kind of problem that an error is, by the nearest of its classes; a kind has the status code."""

_TOLD = (InvalidInput, Refused, EngineFailed, Cancelled)
"""Errors whose own words are for the user; the words of others may tell of the machine."""

_log = logging.getLogger("reelwright.http")


def kind_named(name: str) -> str:
    """The kind of problem that an error of the domain is, by the name of its class."""
    return next(KIND_OF[one] for one in _named(name).__mro__ if one in KIND_OF)


def told(name: str) -> bool:
    """Whether the words of an error, by the name of its class, are for the user."""
    return issubclass(_named(name), _TOLD)


def _named(name: str) -> type[BaseException]:
    found = getattr(errors, name, None)
    return found if isinstance(found, type) and issubclass(found, BaseException) else Exception


class InvalidParameter(InvalidField):
    """A field of the address, on a route that takes a body too."""


class Fault(msgspec.Struct, omit_defaults=True, kw_only=True):
    """One thing that is wrong. ``pointer`` is a JSON pointer into the body (RFC 6901), ``parameter`` a name."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None


class Problem(msgspec.Struct, omit_defaults=True, kw_only=True):
    """A problem document (RFC 9457). ``type`` tells the kind of problem and does not change with the language."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: list[Fault] = []


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def answer(scope: Scope, error: BaseException) -> Answer:
    """What is sent for an error; one of our own making is logged with its traceback, and not told."""
    known = exchange(scope)
    slug = _slug(error)
    kind = KINDS[slug]
    if slug == "internal":
        _log.error("%s %s broke", scope["method"], quote(scope["path"]), exc_info=error)
    elif isinstance(error, StoreUnavailable):
        _log.error("%s %s: %s", scope["method"], quote(scope["path"]), error)
    problem = Problem(
        type=f"/problems/{slug}",
        title=kind.title[known.language],
        status=kind.status,
        detail=_detail(scope, slug, error),
        instance=quote(scope.get("root_path", "") + scope["path"].removeprefix(scope.get("root_path", ""))),
        request_id=known.id,
        errors=list(_faults(scope, error)),
    )
    headers = {
        "Content-Type": MEDIA_TYPE,
        "Content-Language": known.language,
        "Cache-Control": "no-store",
        "Vary": "Accept-Language",
        **((error.headers or {}) if isinstance(error, HTTPException | Refusal) else {}),
    }
    if isinstance(error, TooManyAttempts):
        headers["Retry-After"] = str(error.retry_after)
    if slug == "unauthenticated":
        headers["WWW-Authenticate"] = _challenge(scope)
    return Answer(kind.status, headers, msgspec.json.encode(problem))


async def send_problem(scope: Scope, send: Send, error: BaseException) -> None:
    """The answer to a request that an error ended outside the routes."""
    ready = answer(scope, error)
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in ready.headers.items()]
    headers.append((b"content-length", str(len(ready.body)).encode()))
    await send({"type": "http.response.start", "status": ready.status, "headers": headers})
    await send({"type": "http.response.body", "body": ready.body, "more_body": False})


def unread(refusal: Refusal) -> bytes:
    """The answer to a request whose head cannot be read, as it goes over the wire; the connection ends with it."""
    known = Exchange(id=secrets.token_hex(12), language=ENGLISH)
    ready = answer(begin({"method": "-", "path": "", "headers": ()}, known), refusal)
    lines = [f"HTTP/1.1 {ready.status} {HTTPStatus(ready.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in ready.headers.items()]
    lines += [f"X-Request-ID: {known.id}", f"Content-Length: {len(ready.body)}", "X-Content-Type-Options: nosniff"]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + ready.body


def _slug(error: BaseException) -> str:
    if isinstance(error, Refusal):
        return error.kind
    if isinstance(error, ValidationException):
        return "invalid-input"
    if isinstance(error, HTTPException):
        return BY_STATUS.get(error.status_code, "invalid-request" if error.status_code < 500 else "internal")
    return next(KIND_OF[one] for one in type(error).__mro__ if one in KIND_OF)


def _detail(scope: Scope, slug: str, error: BaseException) -> str:
    """The error's own words where they are for the user, else the fixed ones."""
    language = exchange(scope).language
    fixed = KINDS[slug].detail[language]
    values: dict[str, Any] = {"method": scope["method"], "limit": _limit(scope), "problem": "", "wait": "some"}
    if isinstance(error, Refusal):
        values |= error.values
    elif isinstance(error, HTTPException):
        values["problem"] = error.detail
    elif isinstance(error, TooManyAttempts):
        values["wait"] = error.retry_after
    elif isinstance(error, InvalidFields) and len(error.faults) > 1:
        return fixed
    elif isinstance(error, _TOLD):
        own = IN_CHINESE.get(str(error), str(error)) if language == CHINESE else str(error)
        if "{problem}" not in fixed:
            return own
        values["problem"] = own
    return fixed.format_map(values)


def _challenge(scope: Scope) -> str:
    """RFC 6750, 3: no error code where no token was given."""
    given = header(scope, b"authorization")
    return 'Bearer realm="reelwright"' + (', error="invalid_token"' if given else "")


def _limit(scope: Scope) -> Any:
    handler = scope.get("route_handler")
    return handler.resolve_request_max_body_size() if isinstance(handler, HTTPRouteHandler) else "fewer"


def _faults(scope: Scope, error: BaseException) -> Iterator[Fault]:
    if isinstance(error, InvalidTimeline):
        yield Fault(detail=error.problem, pointer=_pointer(error.path.removeprefix("$")))
    if isinstance(error, InvalidFields):
        yield from (fault(one, exchange(scope).language) for one in error.faults)
    if isinstance(error, InvalidField):
        takes_body = getattr(scope.get("route_handler"), "parsed_data_field", None) is not None
        if isinstance(error, InvalidParameter) or not takes_body:
            yield Fault(detail=error.problem, parameter=error.field)
        else:
            yield Fault(detail=error.problem, pointer=_pointer(error.field))
    if not isinstance(error, ValidationException) or not isinstance(error.extra, list):
        return
    place = re.search(r"`\$\.data\b(.*)`$", str(error.__cause__))
    for one in error.extra:
        message, key, source = str(one["message"]), str(one.get("key", "")), str(one.get("source", ""))
        if source == "body":
            inside = place[1] if place else key.removeprefix("data")
            yield Fault(detail=message, pointer=_pointer(inside))
        else:
            yield Fault(detail=message, parameter=key or None)


def fault(error: InvalidField, language: str = ENGLISH) -> Fault:
    """A fault of a body."""
    detail = IN_CHINESE.get(error.problem, error.problem) if language == CHINESE else error.problem
    return Fault(detail=detail, pointer=_pointer(error.field))


def _pointer(path: str) -> str:
    """``.scenes[2].text`` of msgspec as ``#/scenes/2/text``; what lies under an unnamed key points to its parent."""
    steps = re.findall(r"""\["((?:[^"\\]|\\.)*)"\]|\.?([^.\[\]]+)|\[(\d*|\.\.\.)\]""", path)
    tokens: list[str] = []
    for quoted, name, index in steps:
        name = re.sub(r"\\(.)", r"\1", quoted) or name
        if not name and not index.isdigit():
            break
        tokens.append((name or index).replace("~", "~0").replace("/", "~1"))
    return "#" + "".join(f"/{token}" for token in tokens)
