"""Records of videos in the table ``videos``."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Row, delete, desc, func, insert, or_, select, update

from ...domain.errors import NotFound
from ...domain.job import Job, JobStatus
from ...domain.order import Order
from ...domain.video import Video, VideoMetadata
from .jobs import job_in
from .statements import Statements, storable
from .tables import JOBS, VIDEOS

_LIGHT = [column for column in VIDEOS.c if column.name not in ("request", "timeline")]


class SqlVideos:
    """See :class:`~reelwright.application.video_ports.Videos`."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def add(self, video: Video, order: Order) -> None:
        request = msgspec.to_builtins(order, enc_hook=str)
        await self._statements.execute(insert(VIDEOS).values(_columns(video) | {"request": _without_nul(request)}))

    async def get(self, owner: str, video_id: str) -> Video | None:
        if not storable(video_id):
            return None
        found = select(*_LIGHT).where(VIDEOS.c.user_id == owner, VIDEOS.c.id == video_id)
        row = (await self._statements.execute(found)).one_or_none()
        return None if row is None else _video(row)

    async def order(self, video_id: str) -> Order | None:
        request = await self._statements.scalar(select(VIDEOS.c.request).where(VIDEOS.c.id == video_id))
        return None if request is None else msgspec.convert(request, Order, dec_hook=lambda _, text: Path(text))

    async def timeline(self, video_id: str) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = await self._statements.scalar(
            select(VIDEOS.c.timeline).where(VIDEOS.c.id == video_id)
        )
        return found

    async def update(self, video: Video, timeline: Mapping[str, Any] | None = None) -> None:
        values = _columns(video)
        if timeline is not None:
            values["timeline"] = _without_nul(timeline)
        changed = update(VIDEOS).where(VIDEOS.c.id == video.id, VIDEOS.c.user_id == video.owner).values(values)
        if not (await self._statements.execute(changed)).rowcount:
            raise NotFound("video", video.id)

    async def delete(self, owner: str, video_id: str) -> bool:
        if not storable(video_id):
            return False
        gone = delete(VIDEOS).where(VIDEOS.c.id == video_id, VIDEOS.c.user_id == owner)
        return (await self._statements.execute(gone)).rowcount == 1

    async def page(
        self,
        owner: str,
        *,
        status: JobStatus | None = None,
        project_id: str | None = None,
        after: str | None = None,
        limit: int,
    ) -> Sequence[tuple[Video, Job]]:
        own = [column.label(f"job_{column.name}") for column in JOBS.c]
        found = select(*_LIGHT, *own).join_from(VIDEOS, JOBS, JOBS.c.id == VIDEOS.c.id).where(VIDEOS.c.user_id == owner)
        if status is not None:
            found = found.where(JOBS.c.status == status)
        if project_id is not None:
            if not storable(project_id):
                return []
            found = found.where(VIDEOS.c.project_id == project_id)
        if after is not None:
            found = found.where(VIDEOS.c.id < after)
        rows = await self._statements.execute(found.order_by(desc(VIDEOS.c.id)).limit(limit))
        return [(_video(row), job_in(row, "job_")) for row in rows]

    async def references(self, key: str) -> int:
        refers = or_(VIDEOS.c.file == key, VIDEOS.c.poster == key, VIDEOS.c.teaser == key)
        return int(await self._statements.scalar(select(func.count()).select_from(VIDEOS).where(refers)))

    async def counts(self, owner: str | None = None) -> Mapping[JobStatus, int]:
        counted = select(JOBS.c.status, func.count()).group_by(JOBS.c.status)
        if owner is not None:
            counted = counted.where(JOBS.c.user_id == owner)
        rows = await self._statements.execute(counted)
        return {status: number for status, number in rows}  # noqa: C416  # a row is typed, dict(rows) is not

    async def stored_bytes(self, owner: str) -> int:
        summed = select(func.sum(VIDEOS.c.bytes)).where(VIDEOS.c.user_id == owner)
        return int(await self._statements.scalar(summed) or 0)


def _columns(video: Video) -> dict[str, Any]:
    return {
        "id": video.id,
        "user_id": video.owner,
        "project_id": video.project_id,
        "based_on": video.based_on,
        "title": video.title.replace("\0", ""),
        "file": video.key,
        "poster": video.poster,
        "teaser": video.teaser,
        "bytes": video.size,
        "facts": None if video.metadata is None else _without_nul(msgspec.to_builtins(video.metadata)),
        "created_at": video.created,
    }


def _video(row: Row[Any]) -> Video:
    return Video(
        id=row.id,
        owner=row.user_id,
        project_id=row.project_id,
        based_on=row.based_on,
        title=row.title,
        key=row.file,
        poster=row.poster,
        teaser=row.teaser,
        size=row.bytes,
        metadata=None if row.facts is None else msgspec.convert(row.facts, VideoMetadata),
        created=row.created_at,
    )


def _without_nul(value: Any) -> Any:
    """PostgreSQL refuses NUL, which a text of a user may hold."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, Mapping):
        return {_without_nul(key): _without_nul(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nul(part) for part in value]
    return value
