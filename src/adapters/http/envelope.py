"""The outermost layer: what every exchange gets, whatever happens inside."""

import logging
import re
import secrets
import time
from urllib.parse import quote

from .asgi import REQUEST_ID, App, Exchange, Message, Receive, Scope, Send, answered, begin, header, with_headers
from .languages import preferred
from .problem_kinds import Refusal
from .problems import send_problem

_log = logging.getLogger("reelwright.http")

_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

SECURITY = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"private, no-cache"),
)
"""Headers of every answer that does not set them itself."""


class Envelope:
    """A request id, security headers, the head alone for HEAD, a line in the log, and a problem for what breaks.

    A caller's own X-Request-ID is taken over where it is 8 to 64 letters, digits, dots, dashes or underscores.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        given = header(scope, b"x-request-id")
        known = Exchange(
            id=given if _ID.fullmatch(given) else secrets.token_hex(12),
            language=preferred(header(scope, b"accept-language")),
            head=scope.get("method") == "HEAD",
        )
        mark = REQUEST_ID.set(known.id)
        try:
            inside = begin(scope, known)
            if scope["type"] == "http":
                await self._http(inside, receive, send)
            else:
                await self._socket(inside, receive, send)
        finally:
            REQUEST_ID.reset(mark)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A WebSocket that is refused before it is accepted gets a problem where the server can send one."""
        try:
            await self.app(scope, receive, send)
        except Refusal as refusal:
            if "websocket.http.response" not in scope.get("extensions", {}):
                await send({"type": "websocket.close", "code": 1013, "reason": refusal.kind})
                return

            async def deliver(message: Message) -> None:
                await send({**message, "type": f"websocket.{message['type']}"})

            await send_problem({"method": "GET", **scope}, deliver, refusal)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        known: Exchange = scope["reelwright"]
        method, path, began = scope["method"], scope["path"], time.perf_counter()
        status = 0

        async def deliver(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                missing = [one for one in SECURITY if not answered(message, one[0])]
                message = with_headers(_allowing_head(message), (b"x-request-id", known.id.encode()), *missing)
            elif known.head:
                message = {**message, "body": b""}
            await send(message)

        try:
            await self.app({**scope, "method": "GET"} if known.head else scope, receive, deliver)
        except Exception as error:
            if status:
                _log.exception("%s %s broke off", method, quote(path))
                raise
            await send_problem(scope, deliver, error)
        finally:
            milliseconds = (time.perf_counter() - began) * 1000
            _log.info("%s %s %d %.1f ms", method, quote(path), status, milliseconds)


def _allowing_head(start: Message) -> Message:
    """HEAD beside GET in Allow, which the routes do not know of."""
    methods = {one.strip() for one in answered(start, b"allow").split(",")}
    if "GET" not in methods:
        return start
    return with_headers(start, (b"allow", ", ".join(sorted(methods | {"HEAD"})).encode()), without=(b"allow",))
