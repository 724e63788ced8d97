"""What ``/api/video`` tells of videos, with an example of each answer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec

from ...application.paging import Page
from ...application.video_clean_up import VideoCleaning
from ...application.videos import VideoStatistics
from ...domain.job import Job, JobStatus, Problem, Snapshot
from ...domain.video import Video, VideoMetadata
from .languages import CHINESE, ENGLISH
from .problem_kinds import IN_CHINESE, KINDS
from .problems import kind_named, told


class VideoFailure(msgspec.Struct, kw_only=True):
    """Why a video failed, or why its last attempt did: a problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


class Standing(msgspec.Struct, kw_only=True):
    """Where the making of a video stands."""

    id: str
    status: JobStatus
    stage: Annotated[str, msgspec.Meta(description="write, voice, arrange, render or join; empty before the first.")]
    progress: Annotated[float, msgspec.Meta(description="0 to 1 of the whole.")]
    done: Annotated[int, msgspec.Meta(description="Scenes of `total` while it is voiced, frames while it renders.")]
    total: int
    speed: Annotated[float, msgspec.Meta(description="Frames a second.")]
    left: Annotated[float | None, msgspec.Meta(description="Seconds of the rendering; null until it is known.")]
    position: Annotated[int | None, msgspec.Meta(description="Videos that begin before a queued one at the most.")]
    attempt: int
    cancel_requested: bool
    problem: VideoFailure | None
    created: datetime
    started: datetime | None
    finished: datetime | None
    links: Annotated[dict[str, str], msgspec.Meta(description="What can be asked of it now, by name.")]


class VideoEntry(msgspec.Struct, kw_only=True):
    """A video. ``metadata`` and ``size``, the bytes of its file and its thumbnail, are there when it is finished."""

    id: str
    title: str
    status: JobStatus
    progress: float
    project_id: str | None
    based_on: Annotated[str | None, msgspec.Meta(description="The video that it was made from by editing.")]
    size: int
    metadata: VideoMetadata | None
    problem: VideoFailure | None
    created: datetime
    finished: datetime | None
    links: dict[str, str]


class VideoList(msgspec.Struct, kw_only=True):
    """Some videos, the newest first; ``next`` is the ``cursor`` of the page that follows, null at the end."""

    items: list[VideoEntry]
    next: str | None


class Accepted(msgspec.Struct, kw_only=True):
    """Where videos stand that were ordered together, in the order of the request."""

    videos: list[Standing]


class VideoStats(msgspec.Struct, kw_only=True):
    """How many videos there are by status, the seconds of all that were ever finished, and the bytes that lie here."""

    videos: int
    by_status: dict[JobStatus, int]
    seconds: int
    bytes: int


class VideosCleaned(msgspec.Struct, kw_only=True):
    """SHA-256 and bytes of contents that no video refers to, and how many Idempotency-Keys were older than a day."""

    orphans: tuple[str, ...]
    bytes: int
    requests: int


def standing(snapshot: Snapshot, language: str, root: str) -> Standing:
    job = snapshot.job
    return Standing(
        id=job.id,
        status=job.status,
        stage=job.stage,
        progress=job.progress,
        done=snapshot.done,
        total=snapshot.total,
        speed=round(snapshot.speed, 2),
        left=None if snapshot.left is None else round(snapshot.left, 1),
        position=snapshot.position,
        attempt=job.attempt,
        cancel_requested=job.cancel_requested,
        problem=_failure(job.problem, language),
        created=job.created,
        started=job.started,
        finished=job.finished,
        links=links(job, root),
    )


def entry(video: Video, job: Job, language: str, root: str) -> VideoEntry:
    return VideoEntry(
        id=video.id,
        title=video.title,
        status=job.status,
        progress=job.progress,
        project_id=video.project_id,
        based_on=video.based_on,
        size=video.size,
        metadata=video.metadata,
        problem=_failure(job.problem, language),
        created=video.created,
        finished=job.finished,
        links=links(job, root),
    )


def entries(found: Page[tuple[Video, Job]], language: str, root: str) -> VideoList:
    return VideoList(items=[entry(video, job, language, root) for video, job in found.items], next=found.next)


def links(job: Job, root: str) -> dict[str, str]:
    """The addresses of what can be asked of a video as its job stands; ``root`` is what the service lies below."""
    names = ["status"]
    if not job.ended:
        names.append("cancel")
    if job.status == "succeeded":
        names += ["download", "thumbnail", "timeline", "captions", "re-render"]
    place = f"{root}/api/video"
    return {"video": f"{place}/{job.id}"} | {name: f"{place}/{name}/{job.id}" for name in names}


def stats(found: VideoStatistics) -> VideoStats:
    return VideoStats(
        videos=sum(found.videos.values()), by_status=dict(found.videos), seconds=found.seconds, bytes=found.bytes
    )


def cleaned(found: VideoCleaning) -> VideosCleaned:
    return VideosCleaned(orphans=found.orphans, bytes=found.bytes, requests=found.requests)


def _failure(problem: Problem | None, language: str) -> VideoFailure | None:
    if problem is None:
        return None
    slug = kind_named(problem.kind)
    kind = KINDS[slug]
    detail = problem.message if told(problem.kind) else kind.title[language]
    if language == CHINESE:
        detail = IN_CHINESE.get(detail, detail)
    return VideoFailure(type=f"/problems/{slug}", title=kind.title[language], status=kind.status, detail=detail)


_NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
ID = "019e3550-1c00-7d3e-8f90-1a2b3c4d5e6f"
_QUEUED = Job(id=ID, owner="", created=_NOON)
_RUNNING = replace(
    _QUEUED, status="running", stage="render", progress=0.5135, attempt=1, started=_NOON + timedelta(seconds=2)
)
_DONE = replace(_RUNNING, status="succeeded", progress=1.0, finished=_NOON + timedelta(seconds=40))
_VIDEO = Video(
    id=ID,
    owner="",
    title="Why the sea breathes",
    key="3b" * 32,
    poster="7c" * 32,
    size=9_412_000,
    metadata=VideoMetadata(
        media_type="video/mp4",
        suffix=".mp4",
        width=1080,
        height=1920,
        fps=30,
        frames=1830,
        seconds=61.0,
        loudness=-14.0,
        true_peak=-1.4,
        segments=31,
        reused=0,
    ),
    created=_NOON,
)
QUEUED = standing(Snapshot(job=_QUEUED, position=0), ENGLISH, "")
RUNNING = standing(Snapshot(job=_RUNNING, done=338, total=900, speed=61.2, left=9.2), ENGLISH, "")
CANCELLED = standing(
    Snapshot(job=replace(_QUEUED, status="cancelled", cancel_requested=True, finished=_NOON)), ENGLISH, ""
)
ENTRY = entry(_VIDEO, _DONE, ENGLISH, "")
ENTRIES = VideoList(items=[ENTRY], next="AZ41UBwAfT6PkBorPE1ebw")
ACCEPTED = Accepted(videos=[QUEUED])
STATS = VideoStats(
    videos=5,
    by_status={"queued": 1, "running": 1, "succeeded": 3, "failed": 0, "cancelled": 0},
    seconds=184,
    bytes=31_400_000,
)
CLEANED = VideosCleaned(orphans=("9d" * 32,), bytes=8_412_000, requests=12)
TIMELINE: Mapping[str, Any] = {
    "schema": "reelwright.timeline/1",
    "language": "en",
    "output": {"width": 1080, "height": 1920, "fps": 30},
    "scenes": [{"frames": 150, "text": "The sea rises twice a day."}],
}
