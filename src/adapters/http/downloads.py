"""A stored file as an answer: streamed, with ranges, conditions and a name to save it under."""

import asyncio
import os
import re
import secrets
from collections.abc import AsyncIterator, Coroutine
from datetime import datetime
from email.utils import formatdate
from io import RawIOBase
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from .asgi import Scope, exchange, header
from .problem_kinds import Refusal
from .ranges import Unsatisfiable, Validators, byte_ranges, precondition, ranges_apply

_BLOCK = 256 << 10
_BYTES = {
    "*/*": {
        "schema": {"type": "string", "format": "binary"},
        "examples": {"file": {"summary": "curl -O", "value": "(the bytes of the file)"}},
    }
}

GIVES_FILE = {
    "answers": {
        "200": {"description": "The whole file", "content": _BYTES},
        "206": {"description": "The range that was asked for, or several as multipart/byteranges", "content": _BYTES},
        "304": {"description": "The caller has this version"},
    },
    "problems": ("not-found", "precondition-failed", "range-not-satisfiable"),
}
"""For the ``opt`` of a route that answers with a Download: what its description says."""

_CONDITIONS = ("if-match", "if-unmodified-since", "if-none-match", "if-modified-since", "if-range", "range")


class Download:
    """An ASGI answer that sends the file at ``path``, which must never be made of what a caller sent.

    ``name`` is what a browser saves it as; ``etag`` a digest of the content, by default made of size and time;
    ``modified`` by default what the disk says.
    A range or condition is answered as RFC 9110 says; several ranges come as multipart/byteranges.
    """

    def __init__(
        self,
        path: Path,
        *,
        name: str,
        media_type: str,
        etag: str = "",
        modified: datetime | None = None,
        disposition: Literal["attachment", "inline"] = "attachment",
    ) -> None:
        self.path, self.media_type = path, media_type
        self.disposition = content_disposition(name, disposition)
        self.etag = f'"{etag}"' if etag else ""
        self.modified = modified

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            file = await asyncio.to_thread(self.path.open, "rb", 0)
        except FileNotFoundError as error:
            raise Refusal("not-found") from error
        with file:
            await while_there(receive, self._answer(file, scope, send))

    async def _answer(self, file: RawIOBase, scope: Scope, send: Any) -> None:
        facts = os.fstat(file.fileno())
        size = facts.st_size
        modified = int(facts.st_mtime if self.modified is None else self.modified.timestamp())
        validators = Validators(etag=self.etag or f'"{facts.st_mtime_ns:x}-{size:x}"', modified=modified)
        asked = {name: value for name in _CONDITIONS if (value := header(scope, name.encode()))}
        headers = {
            "accept-ranges": "bytes",
            "etag": validators.etag,
            "last-modified": formatdate(validators.modified, usegmt=True),
        }
        status = precondition(asked, validators)
        if status == 412:
            raise Refusal("precondition-failed")
        if status == 304:
            await _send(send, 304, headers)
            return
        ranges = self._ranges(asked, size, validators)
        headers["content-disposition"] = self.disposition
        if len(ranges) > 1:
            boundary = secrets.token_hex(16)
            parts = [(_part_head(boundary, self.media_type, one, size), *one) for one in ranges]
            parts.append((f"\r\n--{boundary}--\r\n".encode(), 0, 0))
            headers["content-type"] = f"multipart/byteranges; boundary={boundary}"
        else:
            start, end = ranges[0] if ranges else (0, size)
            parts = [(b"", start, end)]
            headers["content-type"] = self.media_type
            if ranges:
                headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
        headers["content-length"] = str(sum(len(head) + end - start for head, start, end in parts))
        if exchange(scope).head:
            parts = []
        await _send(send, 206 if ranges else 200, headers, _blocks(file, parts))

    def _ranges(self, asked: dict[str, str], size: int, validators: Validators) -> tuple[tuple[int, int], ...]:
        if "range" not in asked or not ranges_apply(asked.get("if-range"), validators):
            return ()
        try:
            return byte_ranges(asked["range"], size)
        except Unsatisfiable as error:
            headers = {"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"}
            raise Refusal("range-not-satisfiable", size=size, headers=headers) from error


def content_disposition(name: str, disposition: str = "attachment") -> str:
    """RFC 6266: a plain name for old programs, and where that is not the whole of it the real one (RFC 8187)."""
    name = re.sub(r"[\x00-\x1f\x7f-\x9f/\\\ud800-\udfff]", "_", name)[-180:].strip(" .") or "file"
    plain = re.sub(r'[^ -~]|["%\\]', "_", name)
    encoded = quote(name, safe="!#$&+-.^_`|~")
    return f'{disposition}; filename="{plain}"' + (f"; filename*=UTF-8''{encoded}" if plain != name else "")


def _part_head(boundary: str, media_type: str, span: tuple[int, int], size: int) -> bytes:
    lines = f"\r\n--{boundary}", f"Content-Type: {media_type}", f"Content-Range: bytes {span[0]}-{span[1] - 1}/{size}"
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _blocks(file: RawIOBase, parts: list[tuple[bytes, int, int]]) -> AsyncIterator[bytes]:
    for head, start, end in parts:
        if head:
            yield head
        file.seek(start)
        while start < end:
            block = await asyncio.to_thread(file.read, min(_BLOCK, end - start))
            if not block:
                raise OSError("a file became shorter while it was sent")
            start += len(block)
            yield block


async def while_there(receive: Any, answering: Coroutine[Any, Any, None]) -> None:
    """Answer until the caller goes away, which the server itself does not tell who sends."""
    sending, leaving = asyncio.create_task(answering), asyncio.create_task(_leaving(receive))
    try:
        await asyncio.wait([sending, leaving], return_when=asyncio.FIRST_COMPLETED)
        if sending.done() or leaving.exception() is not None:
            await sending
    finally:
        sending.cancel()
        leaving.cancel()
        await asyncio.wait([sending, leaving])


async def _leaving(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Any, status: int, headers: dict[str, str], blocks: AsyncIterator[bytes] | None = None) -> None:
    fields = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    if blocks is not None:
        async for block in blocks:
            await send({"type": "http.response.body", "body": block, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
