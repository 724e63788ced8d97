"""What is told of a video on its way, as its status and to those who watch."""

from collections import OrderedDict
from typing import Annotated

import msgspec

from ...domain.job import Job, JobStatus, Problem, Snapshot
from .languages import CHINESE, ENGLISH
from .problem_kinds import IN_CHINESE, KINDS
from .problems import kind_named, told

_KEPT = 256
"""Texts that are kept: each is sent to everybody who watches its video."""


class VideoProblem(msgspec.Struct, kw_only=True):
    """Why a video failed, or why its last attempt did (RFC 9457)."""

    type: str
    title: str
    detail: str


class VideoStatus(msgspec.Struct, kw_only=True):
    """Where a video stands."""

    id: str
    status: JobStatus
    stage: Annotated[str, msgspec.Meta(description="write, voice, arrange, render, join; empty before the first.")]
    progress: Annotated[float, msgspec.Meta(description="0 to 1 of the whole.")]
    done: Annotated[int, msgspec.Meta(description="Scenes of `total` while it is voiced, frames while it renders.")]
    total: int
    speed: Annotated[float, msgspec.Meta(description="Frames a second.")]
    left: Annotated[float | None, msgspec.Meta(description="Seconds of the rendering; null until it is known.")]
    position: Annotated[int | None, msgspec.Meta(description="Videos that begin before a queued one at the most.")]
    attempt: int
    problem: VideoProblem | None


def video_status(snapshot: Snapshot, language: str) -> VideoStatus:
    job = snapshot.job
    return VideoStatus(
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
        problem=None if job.problem is None else _problem(job.problem, language),
    )


def _problem(problem: Problem, language: str) -> VideoProblem:
    slug = kind_named(problem.kind)
    detail = KINDS[slug].title[language]
    if told(problem.kind):
        detail = IN_CHINESE.get(problem.message, problem.message) if language == CHINESE else problem.message
    return VideoProblem(type=f"/problems/{slug}", title=KINDS[slug].title[language], detail=detail)


class StatusTexts:
    """The status as JSON, written once for all who are sent the same snapshot."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, str], tuple[Snapshot, str]] = OrderedDict()

    def __call__(self, snapshot: Snapshot, language: str) -> str:
        kept = self._kept.get((id(snapshot), language))
        if kept is None:
            kept = snapshot, msgspec.json.encode(video_status(snapshot, language)).decode()
            self._kept[id(snapshot), language] = kept
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return kept[1]


_RUNNING = Job(
    id="0192f0c8-5b1c-7d3e-8f90-1a2b3c4d5e6f",
    owner="",
    status="running",
    stage="render",
    progress=0.5135,
    attempt=1,
)
RUNNING = video_status(Snapshot(job=_RUNNING, done=338, total=900, speed=61.2, left=9.2), ENGLISH)
