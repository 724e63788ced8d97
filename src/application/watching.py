"""Watching videos being made: where they stand at first, and then whatever is told of them."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from ..domain.errors import NotFound
from ..domain.ids import Clock, now
from ..domain.job import Job, Snapshot
from .store import Store, Work
from .video_ports import ProgressBus

_RECENT = timedelta(minutes=5)
"""Who watches all videos is told first how those ended that were over so recently: a connection may have broken."""


class WatchVideos:
    """The use case. Raises StoreUnavailable, and NotFound where a video is none of the owner's."""

    def __init__(self, *, store: Store, progress: ProgressBus, clock: Clock = now) -> None:
        self._store, self._progress, self._clock = store, progress, clock

    @asynccontextmanager
    async def __call__(self, owner: str, video_id: str | None = None) -> AsyncIterator[AsyncIterator[Snapshot]]:
        """The snapshots of one video until it is over, or of all videos of an owner.

        Where they stand comes first, so that nothing is missed: of all videos those that are not over, and those that
        ended in the last five minutes.
        """
        with self._progress.subscribe(owner, video_id) as told:
            first = await self._standing(owner, video_id)
            async with aclosing(_following(first, told, one=video_id is not None)) as snapshots:
                yield snapshots

    async def _standing(self, owner: str, video_id: str | None) -> list[Snapshot]:
        async with self._store(read_only=True) as work:
            jobs: Sequence[Job]
            if video_id is None:
                jobs = await work.jobs.recent(owner, self._clock() - _RECENT)
            else:
                job = await work.jobs.get(owner, video_id)
                if job is None:
                    raise NotFound("video", video_id)
                jobs = [job]
            return [await self._snapshot(work, job) for job in jobs]

    async def _snapshot(self, work: Work, job: Job) -> Snapshot:
        """What was told of a job goes beyond what is recorded of it, until it is over."""
        known = None if job.ended else self._progress.latest(job.id)
        snapshot = known or Snapshot(job=job)
        if snapshot.job.status == "queued" and snapshot.position is None:
            snapshot = replace(snapshot, position=await work.jobs.ahead(snapshot.job))
        return snapshot


async def _following(
    first: Sequence[Snapshot], told: AsyncIterator[Snapshot], *, one: bool
) -> AsyncGenerator[Snapshot, None]:
    """``first``, and then what is told beyond it."""
    before = {snapshot.job.id: snapshot for snapshot in first}
    for snapshot in first:
        yield snapshot
    if one and first[0].job.ended:
        return
    async for snapshot in told:
        known = before.pop(snapshot.job.id, None)
        if known is not None and known.job.ended:
            before[snapshot.job.id] = known
        elif snapshot is not known:
            yield snapshot
            if one and snapshot.job.ended:
                return
