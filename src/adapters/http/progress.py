"""``/api/video/progress``: videos on their way, told over a WebSocket."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

import msgspec
from litestar import Controller, WebSocket, websocket
from litestar.di import NamedDependency
from litestar.params import FromPath

from ...application.watching import WatchVideos
from ...domain.errors import NotFound, StoreUnavailable, Unauthenticated
from ...domain.job import Snapshot
from .asgi import exchange
from .authentication import PUBLIC, token_of
from .problem_kinds import KINDS, Refusal
from .progress_bodies import StandingTexts
from .streams import Stream, Streams

_log = logging.getLogger("reelwright.http")

SUBPROTOCOL = "reelwright.v1"
TOLD = (
    "Over a WebSocket the same comes at `/api/video/progress` for all videos and at `/api/video/progress/{id}` for one,"
    " each message one JSON object. A browser gives its token as a subprotocol, `reelwright.v1, bearer.TOKEN`, or as "
    'the first message, `{"token": "TOKEN"}`, within five seconds; a later message of that form renews it. The codes '
    "it closes with: 1000 the video is over; 4400 a message that cannot be read; 4401 the token is missing, wrong or "
    "has ended; 4404 no such video; 4429 too many streams; 1012 the service restarts; 1013 try again later."
)
_OVER, _LATER = 1000, 1013
_MALFORMED, _UNAUTHENTICATED, _NOT_FOUND, _TOO_MANY = 4400, 4401, 4404, 4429
_PATIENCE = 5.0
"""Seconds for the message with the token."""
_RENEWALS = 1.0
"""Seconds between two tokens that are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """What the routes that tell of videos have in common; ``beat`` are the seconds between two signs of life."""

    watch: Callable[[], WatchVideos]
    streams: Streams
    texts: StandingTexts
    beat: float


class _Hello(msgspec.Struct):
    token: str


class _Close(Exception):
    """The end of a socket, by its code and the reason that its caller is told."""

    def __init__(self, code: int, reason: str) -> None:
        self.code, self.reason = code, reason


class Progress(Controller):
    """WebSockets that are accepted before it is known who asks: a refusal before would tell a browser no reason."""

    path = "/api/video/progress"
    opt = PUBLIC

    @websocket("/")
    async def watch_all(
        self,
        socket: WebSocket[Any, Any, Any],
        watching: NamedDependency[Watching],
    ) -> None:
        await _converse(socket, None, watching)

    @websocket("/{video_id:str}")
    async def watch_one(
        self,
        socket: WebSocket[Any, Any, Any],
        video_id: FromPath[str],
        watching: NamedDependency[Watching],
    ) -> None:
        await _converse(socket, video_id, watching)


async def _converse(socket: WebSocket[Any, Any, Any], video_id: str | None, watching: Watching) -> None:
    """Tell of one video or of all from the first to the last message; one line in the log."""
    began, streams = time.monotonic(), watching.streams
    await socket.accept(subprotocols=SUBPROTOCOL if SUBPROTOCOL in socket.scope["subprotocols"] else None)
    try:
        token = token_of(cast("Any", socket.scope)) or await _first_message(socket)
        identity = await streams.verify(token)
        with streams.opened(identity, token) as stream:
            async with watching.watch()(identity.user, video_id) as snapshots:
                end = await _attend(socket, stream, streams, snapshots, watching.texts)
    except _Close as close:
        end = close
    except Unauthenticated as error:
        end = _Close(_UNAUTHENTICATED, str(error))
    except NotFound:
        end = _Close(_NOT_FOUND, "there is no such video")
    except Refusal as refusal:
        end = _Close(_TOO_MANY, KINDS[refusal.kind].detail["en"].format_map(refusal.values))
    except StoreUnavailable as error:
        _log.error("WebSocket %s: %s", quote(socket.scope["path"]), error)
        end = _Close(_LATER, "the service is not available now")
    if end is not None:
        with suppress(OSError):
            await socket.close(end.code, end.reason.encode()[:120].decode(errors="ignore"))
    _log.info(
        "WebSocket %s %s %.1f s", quote(socket.scope["path"]), end.code if end else "left", time.monotonic() - began
    )


async def _first_message(socket: WebSocket[Any, Any, Any]) -> str:
    try:
        async with asyncio.timeout(_PATIENCE):
            token = await _token(socket)
    except TimeoutError as error:
        raise _Close(_UNAUTHENTICATED, f"no token came within {_PATIENCE:g} s") from error
    if token is None:
        raise _Close(_UNAUTHENTICATED, "")
    return token


async def _token(socket: WebSocket[Any, Any, Any]) -> str | None:
    """That of the next message, None where the caller has left."""
    message: Any = await socket.receive()
    if message["type"] == "websocket.disconnect":
        return None
    try:
        return msgspec.json.decode(message.get("text") or message.get("bytes") or b"", type=_Hello).token
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise _Close(_MALFORMED, 'a message {"token": "TOKEN"} is right') from error


async def _attend(
    socket: WebSocket[Any, Any, Any],
    stream: Stream,
    streams: Streams,
    snapshots: AsyncIterator[Snapshot],
    texts: StandingTexts,
) -> _Close | None:
    """Until all was told, the token does not hold any more, or, None, the caller has left."""
    sending = asyncio.ensure_future(_send(socket, snapshots, texts))
    hearing = asyncio.ensure_future(_hear(socket, stream, streams))
    try:
        await asyncio.wait((sending, hearing, stream.refused), return_when=asyncio.FIRST_COMPLETED)
        if stream.refused.done():
            return _Close(_UNAUTHENTICATED, stream.refused.result())
        if hearing.done():
            return hearing.result()
        return _Close(_OVER, "the video is over") if sending.result() else None
    finally:
        for task in (sending, hearing):
            task.cancel()
        await asyncio.gather(sending, hearing, return_exceptions=True)


async def _send(socket: WebSocket[Any, Any, Any], snapshots: AsyncIterator[Snapshot], texts: StandingTexts) -> bool:
    """False where the caller has left."""
    language, root = exchange(socket.scope).language, socket.scope.get("root_path", "")
    try:
        async for snapshot in snapshots:
            await socket.send({"type": "websocket.send", "text": texts(snapshot, language, root), "bytes": None})
    except OSError:
        return False
    return True


async def _hear(socket: WebSocket[Any, Any, Any], stream: Stream, streams: Streams) -> _Close | None:
    """Renew the token by those that come, until the caller leaves or one does not hold."""
    try:
        while (token := await _token(socket)) is not None:
            await streams.renew(stream, token)
            await asyncio.sleep(_RENEWALS)
    except _Close as close:
        return close
    except Unauthenticated as error:
        return _Close(_UNAUTHENTICATED, str(error))
    except StoreUnavailable:
        return _Close(_LATER, "the service is not available now")
    return None
