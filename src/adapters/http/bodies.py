"""How request bodies may arrive: not too slowly, of a kind that the route reads, and not on without an answer."""

import asyncio
import time
from contextlib import suppress
from typing import Any

import msgspec
from litestar import Request
from litestar.enums import RequestEncodingType
from litestar.params import BodyKwarg

from .asgi import App, Message, Receive, Scope, Send, header, with_headers
from .problem_kinds import Refusal

_LEFTOVER = 64 << 10
"""Bytes of an unread body that are read away, so that the connection can serve the next request."""
_LINGER = 1.0
"""Seconds that a caller who still sends has to notice the answer before the connection closes (RFC 9112, 9.6)."""


class Bodies:
    """Refuses a body that comes slower than ``rate`` bytes a second after ``grace`` seconds, or pauses for ``grace``.

    Only the time spent waiting for the caller counts. An answer that leaves a body unread closes the connection,
    unless the rest is small.
    """

    def __init__(self, app: App, *, grace: float, rate: int) -> None:
        self.app, self.grace, self.rate = app, grace, rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = header(scope, b"content-length") if scope["type"] == "http" else ""
        if scope["type"] != "http" or not (length.strip("0") or header(scope, b"transfer-encoding")):
            await self.app(scope, receive, send)
            return
        waited, arrived, complete, closing, late = 0.0, 0, False, False, False

        async def patient() -> Message:
            nonlocal waited, arrived, complete, late
            if complete:
                return await receive()
            left = min(self.grace, self.grace + arrived / self.rate - waited)
            began = time.monotonic()
            try:
                async with asyncio.timeout(max(left, 0.001)):
                    message = await receive()
            except TimeoutError as error:
                late = True
                raise Refusal("request-timeout", bytes=arrived) from error
            waited += time.monotonic() - began
            arrived += len(message.get("body", b""))
            complete = message["type"] == "http.disconnect" or not message.get("more_body", False)
            return message

        async def read_away(most: float, seconds: float) -> None:
            nonlocal complete
            read = 0
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while not complete and read <= most:
                        message = await receive()
                        read += len(message.get("body", b""))
                        complete = message["type"] == "http.disconnect" or not message.get("more_body", False)

        async def deliver(message: Message) -> None:
            nonlocal closing
            if message["type"] == "http.response.start" and not complete:
                small = length.isdigit() and int(length) - arrived <= _LEFTOVER
                if small and not late and not header(scope, b"expect"):
                    await read_away(_LEFTOVER, _LINGER)
                closing = not complete
                if closing:
                    message = with_headers(message, (b"connection", b"close"), without=(b"connection",))
            elif closing and not late and not message.get("more_body", False):
                await send({**message, "more_body": True})
                await read_away(float("inf"), _LINGER)
                message = {"type": "http.response.body", "body": b"", "more_body": False}
            await send(message)

        await self.app(scope, patient, deliver)


class MediaTypes:
    """Refuses a body of another media type than the one that the handler of its route decodes."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        field = getattr(scope["route_handler"], "parsed_data_field", None)
        if field is not None and isinstance(field.kwarg_definition, BodyKwarg):
            wanted = field.kwarg_definition.media_type
            given = header(scope, b"content-type").partition(";")[0].strip().lower()
            if given != wanted and not (wanted == RequestEncodingType.JSON and _is_json(given)):
                raise Refusal(
                    "unsupported-media-type", wanted=str(RequestEncodingType(wanted).value), given=given or "-"
                )
        await self.app(scope, receive, send)


def _is_json(media_type: str) -> bool:
    return media_type.startswith("application/") and media_type.endswith("+json")


class JsonRequest(Request[Any, Any, Any]):
    """A request whose body, where it is no JSON, is refused with what is wrong with it."""

    async def json(self) -> Any:
        try:
            return msgspec.json.decode(await self.body())
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Refusal("invalid-request", problem=str(error)) from error
        except RecursionError as error:
            raise Refusal("invalid-request", problem="the body is nested too deeply") from error
