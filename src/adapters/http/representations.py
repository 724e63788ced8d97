"""What an answer in one piece gets on its way out: an entity tag, and gzip where the caller takes it."""

import asyncio
import gzip
import hashlib

from .asgi import App, Message, Receive, Scope, Send, answered, header, in_one_piece, varying, with_headers

_LEAST = 1024
"""Bytes below which gzip saves nothing that counts."""
_LARGE = 64 << 10
"""Bytes from which compression leaves the event loop."""
_TEXT = ("application/json", "application/problem+json", "application/javascript")


class EntityTags:
    """Gives JSON of a GET a weak entity tag, and answers 304 to If-None-Match (RFC 9110, 13.1.2)."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return

        async def tag(start: Message, body: bytes) -> tuple[Message, bytes]:
            if start["status"] != 200 or answered(start, b"content-type").partition(";")[0] != "application/json":
                return start, body
            etag = answered(start, b"etag")
            if not etag:
                etag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
                start = with_headers(start, (b"etag", etag.encode()))
            if not matches(header(scope, b"if-none-match"), etag):
                return start, body
            return {**with_headers(start, without=(b"content-type", b"content-length")), "status": 304}, b""

        await self.app(scope, receive, in_one_piece(send, tag))


class Gzip:
    """Compresses texts of at least 1 KiB. What is streamed, or a part of a file, stays as it is."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def compress(start: Message, body: bytes) -> tuple[Message, bytes]:
            media_type = answered(start, b"content-type").partition(";")[0]
            texts = media_type in _TEXT or media_type.startswith("text/")
            if not texts or answered(start, b"content-encoding") or answered(start, b"content-range"):
                return start, body
            start = varying(start, b"Accept-Encoding")
            if len(body) < _LEAST or not takes_gzip(header(scope, b"accept-encoding")):
                return start, body
            packed = await asyncio.to_thread(pack, body) if len(body) >= _LARGE else pack(body)
            length = (b"content-length", str(len(packed)).encode())
            return with_headers(start, (b"content-encoding", b"gzip"), length, without=(b"content-length",)), packed

        await self.app(scope, receive, in_one_piece(send, compress))


def pack(body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)


def matches(condition: str, etag: str, *, strong: bool = False) -> bool:
    """Whether the list of entity tags in If-None-Match or, ``strong``, If-Match holds ``etag``."""
    if condition.strip() == "*":
        return True
    tags = {one.strip() for one in condition.split(",")}
    if strong:
        return not etag.startswith("W/") and etag in tags
    return etag.removeprefix("W/") in {one.removeprefix("W/") for one in tags}


def takes_gzip(accepted: str) -> bool:
    """RFC 9110, 12.5.3: an encoding of weight 0 is refused, "*" stands for those that are not named."""
    weights = {}
    for entry in accepted.lower().split(","):
        coding, *parameters = (part.strip() for part in entry.split(";"))
        refused = any(one.replace(" ", "").rstrip("0.") in ("q=", "q") for one in parameters)
        weights[coding] = not refused
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", False)))
