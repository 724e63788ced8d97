"""Files that callers send, raw or in a form: streamed to the disk under a limit, and gone again unless kept."""

import asyncio
import errno
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from litestar import Request
from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser

from ...domain.errors import DiskFull
from .problem_kinds import Refusal

_BLOCK = 1 << 20
"""Bytes that are gathered before they are hashed and written: all that an upload holds in memory."""
_MOST_TEXT = 64 << 10
"""Bytes of all the text fields of a form together."""
_MOST_PARTS = 32
_ENVELOPE = 64 << 10
"""Bytes that the boundaries and headers of a form may add to its file."""

_BYTES = {"type": "string", "format": "binary", "minLength": 1}

TAKES_FILE = {
    "body": {
        "required": True,
        "description": "The bytes of the file",
        "content": {
            "application/octet-stream": {"schema": _BYTES | {"examples": ["(the bytes of beach.mp4)"]}},
        },
    },
    "problems": ("storage-full",),
}
"""For the ``opt`` of a route that calls ``uploaded``: what its description says of the body."""

TAKES_FORM = {
    "body": {
        "required": True,
        "description": "A form with the file in the field `file`",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": _BYTES,
                        "name": {"type": "string", "description": "What to call it, instead of its own name"},
                        "tags": {"type": "string", "description": "Tags with commas between them"},
                    },
                    "required": ["file"],
                    "examples": [{"file": "(the bytes of beach.mp4)", "tags": "sea, summer"}],
                },
            }
        },
    },
    "problems": ("storage-full",),
}
"""The same for one that calls ``uploaded_form``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A whole file as it was sent. ``name`` and ``media_type`` are the caller's claims; ``fields`` a form's texts.

    ``path`` is a temporary file: move it away to keep it.
    """

    path: Path
    bytes: int
    sha256: str
    name: str = ""
    media_type: str = ""
    fields: dict[str, str] = field(default_factory=dict)


@asynccontextmanager
async def uploaded(request: Request[Any, Any, Any], folder: Path, *, limit: int) -> AsyncIterator[Upload]:
    """The raw body of a request as a file in ``folder`` of at most ``limit`` bytes.

    Raises a Refusal for a body that is larger, empty or not as long as it was said to be, DiskFull.
    """
    length = declared(request, limit, limit)
    async with _Sink(folder, limit) as sink:
        async for chunk in chunks(request):
            await sink.write(chunk)
        size, digest = await sink.finish()
        if length is not None and size != length:
            raise Refusal("invalid-request", problem=f"{size} bytes came, and Content-Length said {length}")
        if not size:
            raise Refusal("invalid-request", problem="the body is empty; the bytes of the file are right")
        yield Upload(path=sink.path, bytes=size, sha256=digest, media_type=request.content_type[0])


@asynccontextmanager
async def uploaded_form(request: Request[Any, Any, Any], folder: Path, *, limit: int) -> AsyncIterator[Upload]:
    """The one file of a multipart/form-data body (RFC 7578), in the field ``file``, with the form's texts.

    Raises a Refusal for another media type, a form that is malformed, without a file or with two, a file over
    ``limit`` bytes, DiskFull.
    """
    media_type, parameters = request.content_type
    if media_type != "multipart/form-data" or not parameters.get("boundary"):
        raise Refusal("unsupported-media-type", wanted="multipart/form-data; boundary=…", given=media_type or "-")
    declared(request, limit + _ENVELOPE, limit)
    async with _Sink(folder, limit) as sink:
        form = _Form(sink)
        try:
            with PushMultipartParser(parameters["boundary"], max_segment_count=_MOST_PARTS, strict=True) as parser:
                async for chunk in chunks(request):
                    for event in parser.parse(chunk):
                        await form.take(event)
        except ParserLimitReached as error:
            problem = f"the form has too many parts or too long headers; at most {_MOST_PARTS} parts are right"
            raise Refusal("invalid-request", problem=problem) from error
        except (MultipartError, UnicodeDecodeError) as error:
            raise Refusal("invalid-request", problem=f"the form is malformed: {error}") from error
        if form.file is None:
            raise Refusal("invalid-request", problem="the form has no file; one in the field 'file' is right")
        size, digest = await sink.finish()
        if not size:
            raise Refusal("invalid-request", problem="the file is empty")
        fields = {name: _text(name, text) for name, text in form.texts.items()}
        yield Upload(
            path=sink.path,
            bytes=size,
            sha256=digest,
            name=form.file.filename or "",
            media_type=form.file.content_type or "",
            fields=fields,
        )


def _text(name: str, text: bytearray) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise Refusal("invalid-request", problem=f"the field {name!r} of the form is no UTF-8") from error


class _Form:
    """Sends the file of a form to the sink and gathers its texts."""

    def __init__(self, sink: "_Sink") -> None:
        self.sink = sink
        self.file: MultipartSegment | None = None
        self.texts: dict[str, bytearray] = {}
        self._into: bytearray | None = None
        self._text = 0

    async def take(self, event: Any) -> None:
        if isinstance(event, MultipartSegment):
            self._begin(event)
        elif event and self._into is None:
            await self.sink.write(event)
        elif event and self._into is not None:
            self._text += len(event)
            if self._text > _MOST_TEXT:
                raise Refusal("content-too-large", limit=_MOST_TEXT)
            self._into += event

    def _begin(self, segment: MultipartSegment) -> None:
        if segment.filename is None:
            self._into = self.texts.setdefault(segment.name, bytearray())
            return
        if segment.name != "file":
            problem = f"the form has a file in the field {segment.name!r}; the field 'file' is right"
            raise Refusal("invalid-request", problem=problem)
        if self.file is not None:
            raise Refusal("invalid-request", problem="the form has two files; one at a time is right")
        self.file, self._into = segment, None


class _Sink:
    """A temporary file that takes at most ``limit`` bytes and vanishes at the end of the block."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._limit = limit
        self._digest = hashlib.sha256()
        self._waiting = bytearray()
        self._size = 0
        file, name = tempfile.mkstemp(prefix="upload-", suffix=".part", dir=folder)
        self._file, self.path = os.fdopen(file, "wb", buffering=0), Path(name)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)

    async def write(self, chunk: bytes | bytearray) -> None:
        self._size += len(chunk)
        if self._size > self._limit:
            raise Refusal("content-too-large", limit=self._limit)
        self._waiting += chunk
        if len(self._waiting) >= _BLOCK:
            await self._settle()

    async def finish(self) -> tuple[int, str]:
        """Bytes and SHA-256 of the file, which is on the disk from here on."""
        await self._settle()
        await asyncio.to_thread(os.fsync, self._file.fileno())
        self._file.close()
        return self._size, self._digest.hexdigest()

    async def _settle(self) -> None:
        block, self._waiting = self._waiting, bytearray()
        writing = asyncio.ensure_future(asyncio.to_thread(self._put, block))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            await asyncio.wait([writing])
            raise

    def _put(self, block: bytearray) -> None:
        self._digest.update(block)
        rest = memoryview(block)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull("there is no room for the upload") from error
            raise


def declared(request: Request[Any, Any, Any], most: int, limit: int) -> int | None:
    """What Content-Length says; more than ``most`` is refused before anything is read."""
    length = request.headers.get("content-length")
    if length is None:
        return None
    if not length.isdigit():
        raise Refusal("invalid-request", problem=f"Content-Length {length[:40]!r} is not a number of bytes")
    if int(length) > most:
        raise Refusal("content-too-large", limit=limit)
    return int(length)


async def chunks(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    """The body as it comes. Raises a Refusal where the caller goes away before its end."""
    more = True
    while more:
        message: Any = await request.receive()
        if message["type"] == "http.disconnect":
            raise Refusal("invalid-request", problem="the connection ended before the body did")
        if message.get("body"):
            yield message["body"]
        more = message.get("more_body", False)
