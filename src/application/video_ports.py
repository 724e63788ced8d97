"""The ports of videos and their jobs: where they are recorded, who makes them, and who is told."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from ..domain.job import Job, JobStatus, Snapshot
from ..domain.order import Order
from ..domain.progress import Listener
from ..domain.video import Video, VideoMetadata
from .ports import CancelSignal


class Videos(Protocol):
    """The records of videos, within one unit of work. Identifiers that are none find nothing."""

    async def add(self, video: Video, order: Order) -> None:
        """Raises Conflict where the owner or the project is gone."""
        ...

    async def get(self, owner: str, video_id: str) -> Video | None: ...

    async def order(self, video_id: str) -> Order | None:
        """What was asked for."""
        ...

    async def timeline(self, video_id: str) -> Mapping[str, Any] | None:
        """The document of a finished video, its assets as in an Order."""
        ...

    async def update(self, video: Video, timeline: Mapping[str, Any] | None = None) -> None:
        """A ``timeline`` that is None stays as it is. Raises NotFound where the video is gone."""
        ...

    async def delete(self, owner: str, video_id: str) -> bool:
        """The video and its job."""
        ...

    async def page(
        self,
        owner: str,
        *,
        status: JobStatus | None = None,
        project_id: str | None = None,
        after: str | None = None,
        limit: int,
    ) -> Sequence[tuple[Video, Job]]:
        """Newest first, by id; ``after`` is the id of the last one that was seen."""
        ...

    async def references(self, key: str) -> int:
        """How many videos refer to a content."""
        ...

    async def counts(self, owner: str | None = None) -> Mapping[JobStatus, int]:
        """How many videos there are by the status of their jobs, of everybody where there is no owner."""
        ...

    async def stored_bytes(self, owner: str) -> int:
        """The bytes of all finished videos of an owner."""
        ...


class Jobs(Protocol):
    """The records of jobs, within one unit of work."""

    async def add(self, job: Job) -> None: ...

    async def get(self, owner: str, job_id: str) -> Job | None: ...

    async def save(self, job: Job, *, token: str | None) -> bool:
        """False, and nothing changes, where the job has another ``token`` by now, has ended, or is gone."""
        ...

    async def waiting(self, at: datetime, limit: int = 50) -> Sequence[Job]:
        """The first queued job of each owner that may begin ``at`` this time.

        Owners with fewest running jobs come first, and of those the one whose last job began longest ago.
        """
        ...

    async def running(self) -> Sequence[Job]: ...

    async def next_moment(self, at: datetime) -> datetime | None:
        """When the next queued job may begin that may not yet."""
        ...

    async def unfinished(self, owner: str) -> Sequence[Job]:
        """Those of an owner that are queued or running, the oldest first."""
        ...

    async def recent(self, owner: str, since: datetime) -> Sequence[Job]:
        """Those of an owner that are queued or running, or ended ``since`` a moment, the oldest first."""
        ...

    async def ahead(self, job: Job) -> int:
        """How many jobs begin before a queued one at the most, where owners take turns."""
        ...


class IdempotencyKeys(Protocol):
    """Answers to repeated requests, by the key that the caller gave them."""

    async def claim(self, owner: str, key: str, digest: str, subjects: Collection[str], at: datetime) -> Sequence[str]:
        """Note that the request of this ``digest`` made ``subjects``; those of an earlier one where there was one.

        Raises Conflict where the key stands for another request.
        """
        ...

    async def forget(self, before: datetime) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What a maker leaves in the folder of a job: the video, its still, the timeline, and a teaser if asked for."""

    file: Path
    poster: Path
    timeline: Mapping[str, Any]
    title: str
    metadata: VideoMetadata
    teaser: Path | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        return (self.file, self.poster) if self.teaser is None else (self.file, self.poster, self.teaser)


class VideoMaker(Protocol):
    """Makes videos where a broken file can do no harm. Blocks."""

    def make(
        self,
        order: Order,
        material: Mapping[str, Path],
        *,
        folder: Path,
        workspace: Path,
        progress: Listener,
        cancel: CancelSignal,
    ) -> Product:
        """``material`` are the order's files by their ids. ``folder`` is the job's own, kept when it begins anew.

        ``workspace`` is the owner's: narration and finished segments are kept and found again there. Raises the errors
        of MakeVideo, and TaskFailed for a crash or what goes beyond the limits.
        """
        ...


class Dispatcher(Protocol):
    """Begins queued jobs when there is room for them. Called in the thread of the event loop."""

    def wake(self) -> None:
        """Something was queued, or has ended: look whether a job can begin."""
        ...

    def stop(self, job_id: str) -> None:
        """A job that runs was asked to be cancelled: see to it now."""
        ...


class ProgressBus(Protocol):
    """Tells those who watch where jobs stand. All methods are called in the thread of the event loop."""

    def publish(self, snapshot: Snapshot) -> None: ...

    def latest(self, job_id: str) -> Snapshot | None:
        """The last one that was published of a job that has not ended."""
        ...

    def subscribe(self, owner: str, job_id: str | None = None) -> AbstractContextManager[AsyncIterator[Snapshot]]:
        """What is published of one job of an owner, or of all. A slow reader gets the latest of each job, never all."""
        ...
