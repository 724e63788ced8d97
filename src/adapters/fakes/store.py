"""``MemoryStore``: the store in memory, with the rules of the databases and none of their files."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from ...application.store import Attempts, Work
from ...domain.errors import AlreadyTaken, Conflict, NotFound, StoreUnavailable
from ...domain.file import StoredFile
from ...domain.job import Job
from ...domain.project import Project
from ...domain.quota import Reservation, Resource
from ...domain.session import RefreshToken, Session
from ...domain.usage import Audit, Statistics, Usage
from ...domain.user import User, folded
from .files import MemoryFileWork
from .projects import MemoryProjects
from .videos import KeptAnswer, KeptVideo, MemoryIdempotencyKeys, MemoryJobs, MemoryVideos

Key = TypeVar("Key")
Record = TypeVar("Record", User, Usage, Audit)


@dataclass(slots=True)
class Rows:
    """Every table, by its keys. The values are frozen, so that a copy of the tables is a copy of all."""

    users: dict[str, User] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    tokens: dict[str, RefreshToken] = field(default_factory=dict)
    throttles: dict[str, Attempts] = field(default_factory=dict)
    counters: dict[tuple[str, str, datetime], int] = field(default_factory=dict)
    reservations: dict[tuple[str, str], Reservation] = field(default_factory=dict)
    usage: dict[str, Usage] = field(default_factory=dict)
    audit: dict[str, Audit] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    videos: dict[str, KeptVideo] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    idempotency_keys: dict[tuple[str, str], KeptAnswer] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)

    def copy(self) -> "Rows":
        return Rows(**{one.name: dict(getattr(self, one.name)) for one in fields(self)})

    def owner(self, user_id: str) -> None:
        if user_id not in self.users:
            raise Conflict("what this belongs to is not there any more")


class MemoryStore:
    """See :class:`~reelwright.application.store.Store`. Units of work that write follow one another."""

    def __init__(self) -> None:
        self.rows = Rows()
        self._turn = asyncio.Lock()

    def __call__(self, *, read_only: bool = False) -> AbstractAsyncContextManager[Work]:
        return self._reading() if read_only else self._writing()

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[Work]:
        before = self.rows.copy()
        seen = before.copy()
        yield MemoryWork(self, seen)
        if seen != before:
            raise StoreUnavailable("the database cannot be used: a unit of work that only reads has written")

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[Work]:
        async with self._turn:
            yield MemoryWork(self, self.rows.copy())

    async def migrate(self) -> None:
        """There is nothing to bring anywhere."""

    async def close(self) -> None:
        """What it held is gone with it."""


class MemoryWork:
    """See :class:`~reelwright.application.store.Work`."""

    def __init__(self, store: MemoryStore, rows: Rows) -> None:
        self._store, self._rows = store, rows
        self.users = MemoryUsers(rows)
        self.sessions = MemorySessions(rows)
        self.throttles = MemoryThrottles(rows)
        self.ledger = MemoryLedger(rows)
        self.usage = MemoryUsageHistory(rows)
        self.audit = MemoryAuditLog(rows)
        self.files = MemoryFileWork(rows.files, defaultdict(asyncio.Lock))
        self.videos = MemoryVideos(rows)
        self.jobs = MemoryJobs(rows)
        self.idempotency_keys = MemoryIdempotencyKeys(rows)
        self.projects = MemoryProjects(rows.projects, rows.owner)

    async def commit(self) -> None:
        await self.files.commit()
        self._store.rows = self._rows.copy()


class MemoryUsers:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def add(self, user: User) -> None:
        self._unique(user)
        self._rows.users[user.id] = user

    async def get(self, user_id: str) -> User | None:
        return self._rows.users.get(user_id)

    async def named(self, name: str) -> User | None:
        key = folded(name)
        for user in self._rows.users.values():
            if folded(user.email if "@" in name else user.username) == key:
                return user
        return None

    async def lock(self, user_id: str) -> User | None:
        return self._rows.users.get(user_id)

    async def save(self, user: User) -> None:
        if user.id not in self._rows.users:
            raise NotFound("user", user.id)
        self._unique(user)
        self._rows.users[user.id] = user

    async def remove(self, user_id: str) -> None:
        rows = self._rows
        rows.users.pop(user_id, None)
        gone = {one.id for one in rows.sessions.values() if one.user_id == user_id}
        _drop(rows.sessions, gone)
        _drop(rows.tokens, {one.digest for one in rows.tokens.values() if one.session_id in gone})
        _drop(rows.counters, {key for key in rows.counters if key[0] == user_id})
        _drop(rows.reservations, {key for key, one in rows.reservations.items() if one.user_id == user_id})
        _drop(rows.usage, {one.id for one in rows.usage.values() if one.user_id == user_id})
        _drop(rows.files, {one.id for one in rows.files.values() if one.owner == user_id})
        _drop(rows.videos, {key for key, one in rows.videos.items() if one.video.owner == user_id})
        _drop(rows.jobs, {one.id for one in rows.jobs.values() if one.owner == user_id})
        _drop(rows.idempotency_keys, {key for key in rows.idempotency_keys if key[0] == user_id})
        _drop(rows.projects, {one.id for one in rows.projects.values() if one.owner == user_id})

    async def newest(self, *, before: str | None, limit: int) -> tuple[User, ...]:
        return _newest(list(self._rows.users.values()), before, limit)

    async def leaving(self) -> tuple[User, ...]:
        return tuple(self._rows.users[key] for key in sorted(self._rows.users) if self._rows.users[key].leaving)

    async def has_admin(self) -> bool:
        return any(user.role == "admin" for user in self._rows.users.values())

    def _unique(self, user: User) -> None:
        for other in self._rows.users.values():
            if other.id == user.id:
                continue
            if folded(other.username) == folded(user.username):
                raise AlreadyTaken("username")
            if folded(other.email) == folded(user.email):
                raise AlreadyTaken("email")


class MemorySessions:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def add(self, session: Session) -> None:
        self._rows.owner(session.user_id)
        self._rows.sessions[session.id] = session

    async def get(self, session_id: str) -> Session | None:
        return self._rows.sessions.get(session_id)

    async def owner(self, session_id: str) -> tuple[Session, User] | None:
        session = self._rows.sessions.get(session_id)
        return None if session is None else (session, self._rows.users[session.user_id])

    async def issue(self, token: RefreshToken) -> None:
        if token.session_id not in self._rows.sessions:
            raise Conflict("what this belongs to is not there any more")
        self._rows.tokens[token.digest] = token

    async def token(self, digest: str) -> RefreshToken | None:
        return self._rows.tokens.get(digest)

    async def spend(self, digest: str, at: datetime) -> bool:
        token = self._rows.tokens.get(digest)
        if token is None or token.used_at is not None:
            return False
        self._rows.tokens[digest] = replace(token, used_at=at)
        return True

    async def revoke(self, session_id: str, at: datetime) -> None:
        session = self._rows.sessions.get(session_id)
        if session is not None and session.revoked_at is None:
            self._rows.sessions[session_id] = replace(session, revoked_at=at)

    async def revoke_all(self, user_id: str, at: datetime) -> None:
        for session in list(self._rows.sessions.values()):
            if session.user_id == user_id:
                await self.revoke(session.id, at)

    async def forget(self, before: datetime) -> int:
        gone = {one.id for one in self._rows.sessions.values() if one.expires_at < before}
        _drop(self._rows.sessions, gone)
        _drop(self._rows.tokens, {one.digest for one in self._rows.tokens.values() if one.session_id in gone})
        return len(gone)


class MemoryThrottles:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def attempt(self, key: str, at: datetime, window: timedelta) -> Attempts:
        kept = self._rows.throttles.get(key)
        if kept is None or kept.since <= at - window:
            kept = Attempts(count=0, since=at)
        counted = self._rows.throttles[key] = replace(kept, count=kept.count + 1)
        return counted

    async def clear(self, key: str) -> None:
        self._rows.throttles.pop(key, None)

    async def forgive(self, key: str) -> None:
        kept = self._rows.throttles.get(key)
        if kept is not None and kept.count > 0:
            self._rows.throttles[key] = replace(kept, count=kept.count - 1)

    async def forget(self, before: datetime) -> int:
        gone = {key for key, kept in self._rows.throttles.items() if kept.since < before}
        _drop(self._rows.throttles, gone)
        return len(gone)


class MemoryLedger:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def take(
        self, user_id: str, resource: Resource, period_start: datetime, amount: int, limit: int | None
    ) -> int | None:
        self._rows.owner(user_id)
        key = (user_id, resource, period_start)
        used = self._rows.counters.setdefault(key, 0) + amount
        if limit is not None and used > limit:
            return None
        self._rows.counters[key] = used
        return used

    async def change(self, user_id: str, resource: Resource, period_start: datetime, by: int) -> None:
        key = (user_id, resource, period_start)
        if key in self._rows.counters:
            self._rows.counters[key] = max(0, self._rows.counters[key] + by)

    async def used(self, user_id: str, resource: Resource, period_start: datetime) -> int:
        return self._rows.counters.get((user_id, resource, period_start), 0)

    async def reserve(self, reservation: Reservation) -> bool:
        self._rows.owner(reservation.user_id)
        key = (reservation.purpose, reservation.resource)
        return self._rows.reservations.setdefault(key, reservation) is reservation

    async def reservations(self, purpose: str) -> tuple[Reservation, ...]:
        found = (one for one in self._rows.reservations.values() if one.purpose == purpose)
        return tuple(sorted(found, key=lambda one: one.resource))

    async def replace(self, before: Reservation, after: Reservation) -> bool:
        key = (before.purpose, before.resource)
        kept = self._rows.reservations.get(key)
        if kept is None or (kept.state, kept.amount) != (before.state, before.amount):
            return False
        self._rows.reservations[key] = after
        return True

    async def open_ones(self, resource: Resource) -> tuple[Reservation, ...]:
        found = [one for one in self._rows.reservations.values() if one.resource == resource and one.state == "open"]
        return tuple(sorted(found, key=lambda one: one.purpose))

    async def open_amount(self, user_id: str, resource: Resource) -> int:
        return sum(
            one.amount
            for one in self._rows.reservations.values()
            if (one.user_id, one.resource, one.state) == (user_id, resource, "open")
        )


class MemoryUsageHistory:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def add(self, usage: Usage) -> None:
        self._rows.owner(usage.user_id)
        self._rows.usage[usage.id] = usage

    async def history(self, user_id: str, *, before: str | None, limit: int) -> tuple[Usage, ...]:
        mine = [one for one in self._rows.usage.values() if one.user_id == user_id]
        return _newest(mine, before, limit)

    async def statistics(self, user_id: str) -> Statistics:
        actions: dict[str, int] = {}
        amounts: dict[str, int] = {}
        for usage in self._rows.usage.values():
            if usage.user_id == user_id:
                actions[usage.action] = actions.get(usage.action, 0) + 1
                for resource, amount in usage.amounts.items():
                    amounts[resource] = amounts.get(resource, 0) + amount
        return Statistics(actions=actions, amounts=amounts)


class MemoryAuditLog:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def add(self, audit: Audit) -> None:
        self._rows.audit[audit.id] = audit

    async def history(self, *, before: str | None, limit: int) -> tuple[Audit, ...]:
        return _newest(list(self._rows.audit.values()), before, limit)


def _newest(records: list[Record], before: str | None, limit: int) -> tuple[Record, ...]:
    found = [one for one in records if before is None or one.id < before]
    return tuple(sorted(found, key=lambda one: one.id, reverse=True)[:limit])


def _drop(rows: dict[Key, Any], keys: set[Key]) -> None:
    for key in keys:
        del rows[key]
