"""Jobs in the table ``jobs``, and the keys of repeated requests."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, delete, func, insert, or_, select, update

from ...domain.errors import Conflict
from ...domain.job import Job, Problem
from .statements import Statements, storable
from .tables import IDEMPOTENCY_KEYS, JOBS

_UNFINISHED = ("queued", "running")

_QUEUED = JOBS.c.status == "queued"
_ONE = select(JOBS).where(JOBS.c.id == bindparam("job"), JOBS.c.user_id == bindparam("owner"))
_OWN_BEFORE = select(func.count()).where(_QUEUED, JOBS.c.user_id == bindparam("owner"), JOBS.c.id < bindparam("job"))
_OTHERS_WAITING = (
    select(JOBS.c.user_id, func.count()).where(_QUEUED, JOBS.c.user_id != bindparam("owner")).group_by(JOBS.c.user_id)
)
"""What every look at a status asks for, and so made once."""


class SqlJobs:
    """See :class:`~reelwright.application.video_ports.Jobs`."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def add(self, job: Job) -> None:
        await self._statements.execute(insert(JOBS).values(_columns(job)))

    async def get(self, owner: str, job_id: str) -> Job | None:
        if not storable(job_id):
            return None
        row = (await self._statements.execute(_ONE, job=job_id, owner=owner)).one_or_none()
        return None if row is None else job_in(row)

    async def save(self, job: Job, *, token: str | None) -> bool:
        held = JOBS.c.token.is_(None) if token is None else JOBS.c.token == token
        changed = update(JOBS).where(JOBS.c.id == job.id, held, JOBS.c.status.in_(_UNFINISHED)).values(_columns(job))
        return (await self._statements.execute(changed)).rowcount == 1

    async def waiting(self, at: datetime, limit: int = 50) -> Sequence[Job]:
        may_begin = (JOBS.c.status == "queued") & or_(JOBS.c.not_before.is_(None), JOBS.c.not_before <= at)
        firsts = select(JOBS.c.user_id, func.min(JOBS.c.id).label("id")).where(may_begin).group_by(JOBS.c.user_id)
        first = firsts.subquery()
        other = JOBS.alias()
        mine = other.c.user_id == JOBS.c.user_id
        running = select(func.count()).where(mine, other.c.status == "running").scalar_subquery()
        last = select(func.max(other.c.started_at)).where(mine).scalar_subquery()
        found = (
            select(JOBS)
            .join(first, first.c.id == JOBS.c.id)
            .order_by(running, last.asc().nulls_first(), JOBS.c.id)
            .limit(limit)
        )
        return [job_in(row) for row in await self._statements.execute(found)]

    async def running(self) -> Sequence[Job]:
        found = select(JOBS).where(JOBS.c.status == "running").order_by(JOBS.c.id)
        return [job_in(row) for row in await self._statements.execute(found)]

    async def next_moment(self, at: datetime) -> datetime | None:
        later = (JOBS.c.status == "queued") & (JOBS.c.not_before > at)
        moment: datetime | None = await self._statements.scalar(select(func.min(JOBS.c.not_before)).where(later))
        return moment

    async def unfinished(self, owner: str) -> Sequence[Job]:
        mine = (JOBS.c.user_id == owner) & JOBS.c.status.in_(_UNFINISHED)
        return [job_in(row) for row in await self._statements.execute(select(JOBS).where(mine).order_by(JOBS.c.id))]

    async def recent(self, owner: str, since: datetime) -> Sequence[Job]:
        live = JOBS.c.status.in_(("queued", "running")) | (JOBS.c.finished_at >= since)
        found = select(JOBS).where(JOBS.c.user_id == owner, live).order_by(JOBS.c.id)
        return [job_in(row) for row in await self._statements.execute(found)]

    async def ahead(self, job: Job) -> int:
        before = int((await self._statements.execute(_OWN_BEFORE, owner=job.owner, job=job.id)).scalar_one())
        others = await self._statements.execute(_OTHERS_WAITING, owner=job.owner)
        return before + sum(min(int(number), before + 1) for _, number in others)


class SqlIdempotencyKeys:
    """See :class:`~reelwright.application.video_ports.IdempotencyKeys`."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def claim(self, owner: str, key: str, digest: str, subjects: Collection[str], at: datetime) -> Sequence[str]:
        table = IDEMPOTENCY_KEYS
        noted = self._statements.upsert(table).values(
            user_id=owner, key=key, digest=digest, subjects=list(subjects), created_at=at
        )
        await self._statements.execute(noted.on_conflict_do_nothing(index_elements=[table.c.user_id, table.c.key]))
        kept = select(table.c.digest, table.c.subjects).where(table.c.user_id == owner, table.c.key == key)
        row = (await self._statements.execute(kept)).one()
        if row.digest != digest:
            raise Conflict("this Idempotency-Key stands for another request; a new key is right")
        return list(row.subjects)

    async def forget(self, before: datetime) -> int:
        old = delete(IDEMPOTENCY_KEYS).where(IDEMPOTENCY_KEYS.c.created_at < before)
        done = await self._statements.execute(old)
        return done.rowcount


def _columns(job: Job) -> dict[str, Any]:
    problem = None
    if job.problem is not None:
        fields = {key: value.replace("\0", "") for key, value in job.problem.fields.items()}
        problem = {"kind": job.problem.kind, "message": job.problem.message.replace("\0", ""), "fields": fields}
    return {
        "id": job.id,
        "user_id": job.owner,
        "status": job.status,
        "stage": job.stage,
        "progress": job.progress,
        "attempt": job.attempt,
        "failures": job.failures,
        "token": job.token,
        "not_before": job.not_before,
        "cancel_requested": job.cancel_requested,
        "problem": problem,
        "created_at": job.created,
        "started_at": job.started,
        "finished_at": job.finished,
    }


def job_in(row: Row[Any], prefix: str = "") -> Job:
    """The job in a row that holds the columns of ``jobs`` under their names behind ``prefix``."""
    own = {name.removeprefix(prefix): value for name, value in row._mapping.items() if name.startswith(prefix)}
    return Job(
        id=own["id"],
        owner=own["user_id"],
        status=own["status"],
        stage=own["stage"],
        progress=own["progress"],
        attempt=own["attempt"],
        failures=own["failures"],
        token=own["token"],
        not_before=own["not_before"],
        cancel_requested=own["cancel_requested"],
        problem=None if own["problem"] is None else msgspec.convert(own["problem"], Problem),
        created=own["created_at"],
        started=own["started_at"],
        finished=own["finished_at"],
    )
