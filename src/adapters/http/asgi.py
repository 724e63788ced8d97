"""The ASGI 3 vocabulary of the layers around the routes, and what they know of a request."""

from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, cast

from ...application.access import Identity

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

REQUEST_ID: ContextVar[str] = ContextVar("reelwright_request_id", default="-")
"""The id of the request that is being answered, for the log."""

_KEY = "reelwright"
ENDING = "reelwright.ending"
"""Where a scope may hold the event that is set once the server is told to stop."""


@dataclass(slots=True, kw_only=True)
class Exchange:
    """A request on its way through the layers. ``head``: only the head of the answer will be sent."""

    id: str
    language: str
    head: bool = False
    identity: Identity | None = None


def begin(scope: Scope, exchange: Exchange) -> Scope:
    return {**scope, _KEY: exchange}


def exchange(scope: Any) -> Exchange:
    """What is known of the request of a scope below the outermost layer."""
    return cast("Exchange", scope[_KEY])


def header(scope: Scope, name: bytes) -> str:
    """A request header by its lower-case name, its lines joined by commas; empty where there is none."""
    return ", ".join(value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name)


def answered(start: Message, name: bytes) -> str:
    """A header of the answer that ``start`` begins."""
    return header({"headers": start.get("headers", ())}, name)


def with_headers(start: Message, *added: tuple[bytes, bytes], without: tuple[bytes, ...] = ()) -> Message:
    kept = [(key, value) for key, value in start.get("headers", ()) if key.lower() not in without]
    return {**start, "headers": [*kept, *added]}


def varying(start: Message, on: bytes) -> Message:
    """The same answer, which also depends on the request header ``on``."""
    names = [one.strip() for one in answered(start, b"vary").split(",") if one.strip()]
    if on.decode().lower() in (one.lower() for one in names):
        return start
    return with_headers(start, (b"vary", ", ".join([*names, on.decode()]).encode()), without=(b"vary",))


def in_one_piece(send: Send, change: Callable[[Message, bytes], Awaitable[tuple[Message, bytes]]]) -> Send:
    """Passes an answer whose body comes as one message through ``change``, and a streamed one as it is."""
    held: Message | None = None

    async def deliver(message: Message) -> None:
        nonlocal held
        if message["type"] == "http.response.start":
            held = message
        elif held is None:
            await send(message)
        else:
            start, held = held, None
            body = message.get("body", b"")
            if not message.get("more_body", False):
                start, body = await change(start, body)
            await send(start)
            await send({**message, "body": body})

    return deliver
