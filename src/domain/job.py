"""The making of a video: where it stands, and how it goes on from there."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from .ids import new_id, now
from .progress import Progress, Stage

JobStatus = Literal["queued", "running", "succeeded", "failed", "cancelled"]
JOB_STATUSES: tuple[JobStatus, ...] = ("queued", "running", "succeeded", "failed", "cancelled")
ENDED: tuple[JobStatus, ...] = ("succeeded", "failed", "cancelled")
MOST_FAILURES = 3
"""Attempts that may fail before the job does."""
MOST_CUT_OFFS = 10
"""Attempts that may be lost because the service was killed: it may be the job that kills it."""
_FIRST_PAUSE = timedelta(seconds=5)
_SHARE: dict[Stage, float] = {"write": 0.02, "voice": 0.2, "arrange": 0.02, "render": 0.73, "join": 0.03}
"""How much of the whole work each stage is, roughly; in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a job failed: the class of an error of the domain, its line, and its fields."""

    kind: str
    message: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The making of one video, whose ``id`` it has.

    Who runs it holds its ``token``; what another one reports is not taken. ``progress`` is 0 to 1 of the whole.
    ``failures`` of its attempts ended by themselves; one that failed is followed by another ``not_before`` a moment.
    """

    id: str = field(default_factory=new_id)
    owner: str
    status: JobStatus = "queued"
    stage: str = ""
    progress: float = 0.0
    attempt: int = 0
    failures: int = 0
    token: str | None = None
    not_before: datetime | None = None
    cancel_requested: bool = False
    problem: Problem | None = None
    created: datetime = field(default_factory=now)
    started: datetime | None = None
    finished: datetime | None = None

    @property
    def ended(self) -> bool:
        return self.status in ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Where a job stands now: what those who watch it are sent.

    ``done`` of ``total`` are frames while it renders; ``speed`` is in frames a second, ``left`` in seconds of the
    rendering, None until it is known. ``position`` counts the jobs that begin before a queued one at the most.
    """

    job: Job
    done: int = 0
    total: int = 0
    speed: float = 0.0
    left: float | None = None
    position: int | None = None


def begun(job: Job, at: datetime) -> Job:
    """The next attempt, under a token of its own."""
    fresh = replace(job, status="running", token=new_id(), not_before=None, started=at, stage="", progress=0.0)
    return replace(fresh, attempt=job.attempt + 1)


def handed_back(job: Job) -> Job:
    """Back in the queue, because who ran it was told to stop: the attempt does not count."""
    return replace(job, status="queued", token=None, attempt=max(0, job.attempt - 1))


def cut_off(job: Job, at: datetime) -> Job:
    """Back in the queue, because who ran it was killed, or failed where that has happened too often."""
    if job.attempt - job.failures < MOST_CUT_OFFS:
        return replace(job, status="queued", token=None)
    return over(job, "failed", at, Problem(kind="EngineFailed", message=f"it was cut off {MOST_CUT_OFFS} times"))


def retried(job: Job, problem: Problem, at: datetime) -> Job:
    """Back in the queue after a failure that may not come again, or failed where it has had all its attempts."""
    job = replace(job, failures=job.failures + 1)
    if job.failures >= MOST_FAILURES:
        return over(job, "failed", at, problem)
    pause = _FIRST_PAUSE * 4 ** (job.failures - 1)
    return replace(job, status="queued", token=None, problem=problem, not_before=at + pause)


def over(job: Job, status: JobStatus, at: datetime, problem: Problem | None = None) -> Job:
    """Ended for good."""
    done = 1.0 if status == "succeeded" else job.progress
    return replace(job, status=status, token=None, not_before=None, finished=at, problem=problem, progress=done)


def of_the_whole(progress: Progress) -> float:
    """0 to 1: the stages before it, and its own part."""
    stages = list(_SHARE)
    before = sum(_SHARE[stage] for stage in stages[: stages.index(progress.stage)])
    return round(min(1.0, before + _SHARE[progress.stage] * progress.fraction), 4)
