"""What is told of a video on its way, as its status and to those who watch."""

from collections import OrderedDict
from datetime import UTC, datetime, timedelta

import msgspec

from ...domain.job import Job, JobStatus, Problem, Snapshot
from .languages import CHINESE, ENGLISH
from .problem_kinds import IN_CHINESE, KINDS
from .problems import kind_named, told

_KEPT = 256
"""Texts that are kept: each is sent to everybody who watches its video."""


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
    stage: str
    progress: float
    done: int
    total: int
    speed: float
    left: float | None
    position: int | None
    attempt: int
    cancel_requested: bool
    problem: VideoFailure | None
    created: datetime
    started: datetime | None
    finished: datetime | None
    links: dict[str, str]


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
        problem=None if job.problem is None else _failure(job.problem, language),
        created=job.created,
        started=job.started,
        finished=job.finished,
        links={"status": f"{root}/api/video/status/{job.id}"},
    )


def _failure(problem: Problem, language: str) -> VideoFailure:
    slug = kind_named(problem.kind)
    kind = KINDS[slug]
    detail = problem.message if told(problem.kind) else kind.title[language]
    if language == CHINESE:
        detail = IN_CHINESE.get(detail, detail)
    return VideoFailure(type=f"/problems/{slug}", title=kind.title[language], status=kind.status, detail=detail)


class StandingTexts:
    """The standing as JSON, written once for all who are sent the same snapshot."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, str, str], tuple[Snapshot, str]] = OrderedDict()

    def __call__(self, snapshot: Snapshot, language: str, root: str) -> str:
        key = id(snapshot), language, root
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = snapshot, msgspec.json.encode(standing(snapshot, language, root)).decode()
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return kept[1]


_NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
_RUNNING = Job(
    id="019e3550-1c00-7d3e-8f90-1a2b3c4d5e6f",
    owner="",
    status="running",
    stage="render",
    progress=0.5135,
    attempt=1,
    created=_NOON,
    started=_NOON + timedelta(seconds=2),
)
RUNNING = standing(Snapshot(job=_RUNNING, done=338, total=900, speed=61.2, left=9.2), ENGLISH, "")
