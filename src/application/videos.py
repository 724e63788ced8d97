"""The videos of a user: where they stand, what was made, and the end of both."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..domain.errors import Conflict, InvalidField, NoSuchFile, NotFound
from ..domain.ids import Clock, now
from ..domain.job import JOB_STATUSES, Job, JobStatus, Snapshot, over
from ..domain.subtitles import SUBTITLES, subtitles
from ..domain.timeline import Timeline
from ..domain.video import Video, VideoVariant
from .ending import Ending, purpose
from .file_ports import Storage, Stored
from .paging import Page, page, place_of, valid_limit
from .quotas import Quotas
from .records import note
from .store import Store, Work
from .video_ports import Dispatcher, ProgressBus

TimelineReader = Callable[[Mapping[str, Any]], Timeline]
"""The timeline of a document. Raises InvalidTimeline with the JSON path of what is wrong."""
LineHeight = Callable[[str], float]
"""See ``subtitles.to_ass``."""
_BATCH = 100
_PATIENCE, _LOOK = 5.0, 0.05
"""Seconds that jobs have to end after they were cancelled, and between two looks at them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoStatistics:
    """How many videos there are by the status of their jobs, and over the account's whole life what was made.

    ``seconds`` are those of finished videos; ``bytes`` lie in the storage now.
    """

    videos: Mapping[JobStatus, int]
    seconds: int
    bytes: int


class VideoLibrary:
    """The use cases. All methods raise NotFound for a video that is not the owner's, and StoreUnavailable."""

    def __init__(
        self,
        *,
        store: Store,
        storage: Storage,
        quotas: Quotas,
        ending: Ending,
        dispatcher: Dispatcher,
        progress: ProgressBus,
        timelines: TimelineReader,
        line_height: LineHeight,
        clock: Clock = now,
    ) -> None:
        self._store, self._storage, self._quotas, self._ending = store, storage, quotas, ending
        self._dispatcher, self._progress = dispatcher, progress
        self._timelines, self._line_height, self._clock = timelines, line_height, clock

    async def get(self, owner: str, video_id: str) -> tuple[Video, Job]:
        async with self._store(read_only=True) as work:
            return await _existing(work, owner, video_id)

    async def status(self, owner: str, video_id: str) -> Snapshot:
        """Where its job stands now."""
        async with self._store(read_only=True) as work:
            job = await work.jobs.get(owner, video_id)
            if job is None:
                raise NotFound("video", video_id)
            if job.status == "queued":
                return Snapshot(job=job, position=await work.jobs.ahead(job))
            if job.status == "succeeded":
                video = await work.videos.get(owner, video_id)
                frames = video.metadata.frames if video is not None and video.metadata is not None else 0
                return Snapshot(job=job, done=frames, total=frames)
        latest = self._progress.latest(job.id) if job.status == "running" else None
        if latest is None or latest.job.token != job.token:
            return Snapshot(job=job)
        return replace(latest, job=replace(latest.job, cancel_requested=job.cancel_requested))

    async def page(
        self,
        owner: str,
        *,
        status: JobStatus | None = None,
        project_id: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[tuple[Video, Job]]:
        """The newest first. Raises InvalidField for a cursor or a limit that is none."""
        after, most = place_of(cursor), valid_limit(limit)
        async with self._store(read_only=True) as work:
            rows = await work.videos.page(owner, status=status, project_id=project_id, after=after, limit=most + 1)
        return page(rows, most, lambda row: row[0].id)

    async def cancel(self, owner: str, video_id: str) -> Job:
        """A queued job ends at once, a running one within a moment; one that is cancelled already stays so.

        Raises Conflict for one that has ended otherwise.
        """
        while True:
            async with self._store() as work:
                video, job = await _existing(work, owner, video_id)
                if job.status == "cancelled" or (job.cancel_requested and not job.ended):
                    return job
                if job.ended:
                    raise Conflict(f"the video has {job.status}: only one that is queued or running can be cancelled")
                at, asked = self._clock(), replace(job, cancel_requested=True)
                if job.status == "queued":
                    asked = over(asked, "cancelled", at)
                    done = await self._ending(work, asked, video, token=job.token)
                else:
                    done = await work.jobs.save(asked, token=job.token)
                if done:
                    await note(work, at=at, user_id=owner, action="video.cancel", subject=video_id)
                    await work.commit()
                    break
        if asked.ended:
            self._progress.publish(Snapshot(job=asked))
        else:
            self._dispatcher.stop(asked.id)
        return asked

    async def delete(self, owner: str, video_id: str) -> None:
        """With its file, unless another video has the same content. Raises Conflict for one that has not ended."""
        async with self._store() as work:
            video, job = await _existing(work, owner, video_id)
            if not job.ended:
                raise Conflict(f"the video is {job.status}: cancel it first")
            if not await work.videos.delete(owner, video_id):
                raise NotFound("video", video_id)
            await self._quotas.free(work, purpose(video_id))
            await note(work, at=self._clock(), user_id=owner, action="video.delete", subject=video_id)
            await work.commit()
        await self.release(*video.keys)

    async def delete_all(self, owner: str) -> int:
        """All videos of somebody who goes, jobs that run cancelled; how many there were. May be called again."""
        async with self._store(read_only=True) as work:
            unfinished = await work.jobs.unfinished(owner)
        for job in unfinished:
            with suppress(Conflict, NotFound):
                await self.cancel(owner, job.id)
        await self._until_over(owner)
        count = 0
        keys: list[str] = []
        async with self._store() as work:
            while rows := await work.videos.page(owner, limit=_BATCH):
                for video, _ in rows:
                    await work.videos.delete(owner, video.id)
                    keys += video.keys
                count += len(rows)
            await work.commit()
        await self.release(*keys)
        return count

    async def _until_over(self, owner: str) -> None:
        """Wait for jobs that were cancelled, but not for ever."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            async with self._store(read_only=True) as work:
                if not await work.jobs.unfinished(owner):
                    return
            await asyncio.sleep(_LOOK)

    async def release(self, *keys: str) -> int:
        """Remove contents that no video refers to; how many there were."""
        removed = 0
        for key in keys:
            async with self._store() as work:
                await work.files.lock(key)
                if not await work.videos.references(key):
                    removed += await asyncio.to_thread(self._storage.delete, key)
        return removed

    async def stored(self, owner: str, video_id: str, variant: VideoVariant = "file") -> tuple[Video, Job, Stored]:
        """What lies in the storage of a finished one.

        Raises Conflict for one that is not, NoSuchFile for a teaser that was not asked for.
        """
        async with self._store(read_only=True) as work:
            video, job = await _finished(work, owner, video_id)
        key = video.variant(variant)
        found = None if key is None else await asyncio.to_thread(self._storage.stat, key)
        if found is None:
            raise NoSuchFile(video_id)
        return video, job, found

    def local(self, stored: Stored) -> AbstractContextManager[Path]:
        """A file to read a content from, as long as the context lasts. Raises NoSuchFile."""
        return self._storage.local(stored.key)

    async def timeline(self, owner: str, video_id: str) -> Mapping[str, Any]:
        """The document of what a finished one shows. Raises Conflict for one that is not."""
        async with self._store(read_only=True) as work:
            await _finished(work, owner, video_id)
            document = await work.videos.timeline(video_id)
        if document is None:
            raise NotFound("timeline of video", video_id)
        return document

    async def captions(self, owner: str, video_id: str, kind: str) -> str:
        """The captions of a finished one as a file of ``kind``, one of SUBTITLES. Raises InvalidField, Conflict."""
        if kind not in SUBTITLES:
            raise InvalidField("format", f"{kind!r} is none: {', '.join(SUBTITLES)} are right")
        document = await self.timeline(owner, video_id)
        return await asyncio.to_thread(lambda: subtitles(self._timelines(document), kind, self._line_height))

    async def statistics(self, owner: str) -> VideoStatistics:
        async with self._store(read_only=True) as work:
            counts = await work.videos.counts(owner)
            used = (await work.usage.statistics(owner)).amounts
            stored = await work.videos.stored_bytes(owner)
        return VideoStatistics(
            videos={status: counts.get(status, 0) for status in JOB_STATUSES},
            seconds=used.get("render_seconds", 0),
            bytes=stored,
        )


async def _existing(work: Work, owner: str, video_id: str) -> tuple[Video, Job]:
    video, job = await work.videos.get(owner, video_id), await work.jobs.get(owner, video_id)
    if video is None or job is None:
        raise NotFound("video", video_id)
    return video, job


async def _finished(work: Work, owner: str, video_id: str) -> tuple[Video, Job]:
    video, job = await _existing(work, owner, video_id)
    if job.status != "succeeded":
        state = {"failed": "it has failed", "cancelled": "it was cancelled"}.get(job.status, f"it is {job.status}")
        raise Conflict(f"the video is not finished: {state}")
    return video, job
