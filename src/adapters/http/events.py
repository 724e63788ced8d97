"""``/api/video/events``: videos on their way, told by server-sent events (WHATWG HTML, 9.2)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ASGIApp

from ...domain.job import ENDED, Snapshot
from .asgi import ENDING, exchange, header
from .authentication import signed_in, token_of
from .progress import TOLD, Watching
from .video_bodies import RUNNING

_RETRY = 2000
"""Milliseconds after which a caller connects again whose stream broke off."""
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
]
_EXAMPLE = (
    f"retry: {_RETRY}\n\nid: {RUNNING.id}.running\ndata: {msgspec.json.encode(RUNNING).decode()}\n\n: still here\n\n"
)

_EVENT = {
    "type": "object",
    "description": "Each event of the stream",
    "required": ["id", "data"],
    "properties": {
        "id": {"type": "string", "description": "The id of the video and its status"},
        "data": {
            "type": "string",
            "description": "What `status` answers",
            "contentMediaType": "application/json",
        },
    },
}


def _described(*problems: str, **more: Any) -> dict[str, Any]:
    stream = {
        "schema": _EVENT,
        "examples": {"stream": {"summary": "one event and a sign of life", "value": _EXAMPLE}},
    }
    answer = {"description": "A stream of events", "content": {"text/event-stream": stream}}
    return {"answers": {"200": answer, **more}, "problems": problems}


class Events(Controller):
    path = "/api/video/events"
    tags = ("video",)

    @get(
        "/",
        opt=_described(),
        summary="Watch all of one's videos",
        description=(
            "Server-sent events whose `data` is what `status` answers. First come the videos that are not over, and "
            "those that ended in the last five minutes; then each change, progress at most four times a second. A "
            f"comment comes every fifteen seconds. The stream ends with the session of its token.\n\n{TOLD}"
        ),
        operation_id="watchVideos",
    )
    async def watch_all(
        self,
        watching: NamedDependency[Watching],
    ) -> ASGIApp:
        return _EventStream(None, watching)

    @get(
        "/{video_id:str}",
        opt=_described(
            "not-found", **{"204": {"description": "`Last-Event-ID` is that of the last event: the video is over"}}
        ),
        summary="Watch one video",
        description=(
            "The same of one video. The stream ends after the event that tells how it ended; a caller who connects "
            "again with the `Last-Event-ID` of that event gets 204, by which an EventSource stops."
        ),
        operation_id="watchVideo",
    )
    async def watch_one(
        self,
        video_id: FromPath[str],
        watching: NamedDependency[Watching],
    ) -> ASGIApp:
        return _EventStream(video_id, watching)


class _EventStream:
    """An ASGI answer that goes on until the video is over, the caller leaves, the session ends or the server does."""

    def __init__(self, video_id: str | None, watching: Watching) -> None:
        self.video_id, self.watching = video_id, watching

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        identity = signed_in(scope)
        with self.watching.streams.opened(identity, token_of(scope)) as stream:
            async with self.watching.watch()(identity.user, self.video_id) as snapshots:
                if self.video_id and header(scope, b"last-event-id") in {f"{self.video_id}.{end}" for end in ENDED}:
                    await send({"type": "http.response.start", "status": 204, "headers": []})
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
                    return
                await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
                await _part(send, f"retry: {_RETRY}\n\n", more=not exchange(scope).head)
                if exchange(scope).head:
                    return
                left = asyncio.ensure_future(_left(receive))
                ends: list[Awaitable[Any]] = [self._tell(scope, send, snapshots), self._beat(send)]
                if ENDING in scope:
                    ends.append(scope[ENDING].wait())
                tasks = [left, *map(asyncio.ensure_future, ends)]
                try:
                    await asyncio.wait((*tasks, stream.refused), return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for task in tasks:
                        task.cancel()
                    results = await asyncio.gather(*tasks, return_exceptions=True)
        broken = [one for one in results if isinstance(one, Exception) and not isinstance(one, OSError)]
        if broken:
            raise broken[0]
        if left.cancelled():
            await _part(send, "", more=False)

    async def _tell(self, scope: Any, send: Any, snapshots: AsyncIterator[Snapshot]) -> None:
        language, root = exchange(scope).language, scope.get("root_path", "")
        async for snapshot in snapshots:
            job = snapshot.job
            await _part(send, f"id: {job.id}.{job.status}\ndata: {self.watching.texts(snapshot, language, root)}\n\n")

    async def _beat(self, send: Any) -> None:
        while True:
            await asyncio.sleep(self.watching.beat)
            await _part(send, ": still here\n\n")


async def _part(send: Any, text: str, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": more})


async def _left(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
