"""Videos, jobs and the keys of repeated requests in memory."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ...domain.errors import Conflict, NotFound
from ...domain.job import Job, JobStatus
from ...domain.order import Order
from ...domain.video import Video

if TYPE_CHECKING:
    from .store import Rows

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptVideo:
    """A video with what is only read by itself."""

    video: Video
    order: Order
    timeline: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """What a key of a repeated request stands for."""

    digest: str
    subjects: tuple[str, ...]
    at: datetime


class MemoryVideos:
    """See :class:`~reelwright.application.video_ports.Videos`."""

    def __init__(self, rows: "Rows") -> None:
        self._rows = rows

    async def add(self, video: Video, order: Order) -> None:
        self._rows.owner(video.owner)
        self._rows.videos[video.id] = KeptVideo(video=video, order=order)

    async def get(self, owner: str, video_id: str) -> Video | None:
        kept = self._rows.videos.get(video_id)
        return kept.video if kept is not None and kept.video.owner == owner else None

    async def order(self, video_id: str) -> Order | None:
        kept = self._rows.videos.get(video_id)
        return None if kept is None else kept.order

    async def timeline(self, video_id: str) -> Mapping[str, Any] | None:
        kept = self._rows.videos.get(video_id)
        return None if kept is None else kept.timeline

    async def update(self, video: Video, timeline: Mapping[str, Any] | None = None) -> None:
        if await self.get(video.owner, video.id) is None:
            raise NotFound("video", video.id)
        kept = self._rows.videos[video.id]
        self._rows.videos[video.id] = replace(kept, video=video, timeline=timeline or kept.timeline)

    async def delete(self, owner: str, video_id: str) -> bool:
        if await self.get(owner, video_id) is None:
            return False
        del self._rows.videos[video_id]
        self._rows.jobs.pop(video_id, None)
        return True

    async def page(
        self,
        owner: str,
        *,
        status: JobStatus | None = None,
        project_id: str | None = None,
        after: str | None = None,
        limit: int,
    ) -> Sequence[tuple[Video, Job]]:
        found = [
            (kept.video, self._rows.jobs[video_id])
            for video_id, kept in sorted(self._rows.videos.items(), reverse=True)
            if kept.video.owner == owner
            and project_id in (None, kept.video.project_id)
            and status in (None, self._rows.jobs[video_id].status)
            and (after is None or video_id < after)
        ]
        return found[:limit]

    async def references(self, key: str) -> int:
        return sum(key in kept.video.keys for kept in self._rows.videos.values())

    async def counts(self, owner: str | None = None) -> Mapping[JobStatus, int]:
        return Counter(job.status for job in self._rows.jobs.values() if owner in (None, job.owner))

    async def stored_bytes(self, owner: str) -> int:
        return sum(kept.video.size for kept in self._rows.videos.values() if kept.video.owner == owner)


class MemoryJobs:
    """See :class:`~reelwright.application.video_ports.Jobs`."""

    def __init__(self, rows: "Rows") -> None:
        self._rows = rows

    async def add(self, job: Job) -> None:
        if job.id not in self._rows.videos:
            raise Conflict("what this belongs to is not there any more")
        self._rows.jobs[job.id] = job

    async def get(self, owner: str, job_id: str) -> Job | None:
        job = self._rows.jobs.get(job_id)
        return job if job is not None and job.owner == owner else None

    async def save(self, job: Job, *, token: str | None) -> bool:
        kept = self._rows.jobs.get(job.id)
        if kept is None or kept.ended or kept.token != token:
            return False
        self._rows.jobs[job.id] = job
        return True

    async def waiting(self, at: datetime, limit: int = 50) -> Sequence[Job]:
        firsts: dict[str, Job] = {}
        for job in self._all("queued"):
            if job.not_before is None or job.not_before <= at:
                firsts.setdefault(job.owner, job)
        running = Counter(job.owner for job in self._all("running"))
        last = {
            owner: max(job.started or _NEVER for job in self._rows.jobs.values() if job.owner == owner)
            for owner in firsts
        }
        return sorted(firsts.values(), key=lambda job: (running[job.owner], last[job.owner], job.id))[:limit]

    async def running(self) -> Sequence[Job]:
        return self._all("running")

    async def next_moment(self, at: datetime) -> datetime | None:
        moments = (job.not_before for job in self._all("queued") if job.not_before is not None)
        return min((moment for moment in moments if moment > at), default=None)

    async def unfinished(self, owner: str) -> Sequence[Job]:
        return sorted(
            (job for job in self._rows.jobs.values() if job.owner == owner and not job.ended), key=lambda job: job.id
        )

    async def recent(self, owner: str, since: datetime) -> Sequence[Job]:
        return sorted(
            (
                job
                for job in self._rows.jobs.values()
                if job.owner == owner and (not job.ended or (job.finished is not None and job.finished >= since))
            ),
            key=lambda job: job.id,
        )

    async def ahead(self, job: Job) -> int:
        queued = self._all("queued")
        before = sum(other.owner == job.owner and other.id < job.id for other in queued)
        others = Counter(other.owner for other in queued if other.owner != job.owner)
        return before + sum(min(number, before + 1) for number in others.values())

    def _all(self, status: JobStatus) -> list[Job]:
        return sorted((job for job in self._rows.jobs.values() if job.status == status), key=lambda job: job.id)


class MemoryIdempotencyKeys:
    """See :class:`~reelwright.application.video_ports.IdempotencyKeys`."""

    def __init__(self, rows: "Rows") -> None:
        self._rows = rows

    async def claim(self, owner: str, key: str, digest: str, subjects: Collection[str], at: datetime) -> Sequence[str]:
        self._rows.owner(owner)
        made = KeptAnswer(digest=digest, subjects=tuple(subjects), at=at)
        kept = self._rows.idempotency_keys.setdefault((owner, key), made)
        if kept.digest != digest:
            raise Conflict("this Idempotency-Key stands for another request; a new key is right")
        return list(kept.subjects)

    async def forget(self, before: datetime) -> int:
        old = [key for key, kept in self._rows.idempotency_keys.items() if kept.at < before]
        for key in old:
            del self._rows.idempotency_keys[key]
        return len(old)
