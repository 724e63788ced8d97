"""The store: everything that lasts, behind units of work with one repository a subject.

>>> async with store() as work:  # doctest: +SKIP
...     await work.users.add(user)
...     await work.commit()

What is not committed is rolled back. A unit of work is never held across a render, a call of a language model or the
hashing of a password. Identifiers that are no identifiers find nothing. All methods raise StoreUnavailable.
"""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ..domain.quota import Reservation, Resource
from ..domain.session import RefreshToken, Session
from ..domain.usage import Audit, Statistics, Usage
from ..domain.user import User
from .file_ports import Files
from .project_ports import Projects
from .video_ports import IdempotencyKeys, Jobs, Videos


class Users(Protocol):
    async def add(self, user: User) -> None:
        """Raises AlreadyTaken for a username or an address in use, without regard to case."""
        ...

    async def get(self, user_id: str) -> User | None: ...

    async def named(self, name: str) -> User | None:
        """The account with this username, or with this address where there is an ``@``; case does not matter."""
        ...

    async def lock(self, user_id: str) -> User | None:
        """As ``get``; until this unit of work ends, other ones that lock the same account wait."""
        ...

    async def save(self, user: User) -> None:
        """Raises AlreadyTaken, and NotFound where the account is gone."""
        ...

    async def remove(self, user_id: str) -> None:
        """The account and all rows that belong to it. The audit log stays."""
        ...

    async def newest(self, *, before: str | None, limit: int) -> tuple[User, ...]:
        """The newest first, of those whose id lies before."""
        ...

    async def leaving(self) -> tuple[User, ...]:
        """Accounts whose deletion began."""
        ...

    async def has_admin(self) -> bool: ...


class Sessions(Protocol):
    async def add(self, session: Session) -> None:
        """Raises Conflict where the account is gone."""
        ...

    async def get(self, session_id: str) -> Session | None: ...

    async def owner(self, session_id: str) -> tuple[Session, User] | None:
        """The session with its account, in one go: every request asks for it."""
        ...

    async def issue(self, token: RefreshToken) -> None: ...

    async def token(self, digest: str) -> RefreshToken | None: ...

    async def spend(self, digest: str, at: datetime) -> bool:
        """Mark an unused token as used; false where it was used already or is not there. Exactly one caller wins."""
        ...

    async def revoke(self, session_id: str, at: datetime) -> None: ...

    async def revoke_all(self, user_id: str, at: datetime) -> None: ...

    async def forget(self, before: datetime) -> int:
        """Remove sessions that expired ``before``, with their tokens; how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """How often something was tried ``since``, this time included."""

    count: int
    since: datetime


class Throttles(Protocol):
    async def attempt(self, key: str, at: datetime, window: timedelta) -> Attempts:
        """Count one attempt; counting begins anew when ``window`` has passed since the first one."""
        ...

    async def clear(self, key: str) -> None: ...

    async def forgive(self, key: str) -> None:
        """Take one attempt back."""
        ...

    async def forget(self, before: datetime) -> int: ...


class Ledger(Protocol):
    """Counters of what each account uses of each resource in each period, and the reservations behind them."""

    async def take(
        self, user_id: str, resource: Resource, period_start: datetime, amount: int, limit: int | None
    ) -> int | None:
        """Add to the counter, unless it would pass ``limit``: the sum, or None. Exact under any concurrency.

        Raises Conflict where the account is gone.
        """
        ...

    async def change(self, user_id: str, resource: Resource, period_start: datetime, by: int) -> None:
        """Correct the counter, without regard to any limit; never below 0."""
        ...

    async def used(self, user_id: str, resource: Resource, period_start: datetime) -> int: ...

    async def reserve(self, reservation: Reservation) -> bool:
        """Note it down; false where this purpose holds that resource already, and nothing changes."""
        ...

    async def reservations(self, purpose: str) -> tuple[Reservation, ...]: ...

    async def replace(self, before: Reservation, after: Reservation) -> bool:
        """Change state, amount and period; false where it is no longer as ``before``. One caller wins."""
        ...

    async def open_ones(self, resource: Resource) -> tuple[Reservation, ...]:
        """What is reserved of a resource by anybody and neither settled nor given back."""
        ...

    async def open_amount(self, user_id: str, resource: Resource) -> int:
        """The sum of the open reservations."""
        ...


class UsageHistory(Protocol):
    async def add(self, usage: Usage) -> None: ...

    async def history(self, user_id: str, *, before: str | None, limit: int) -> tuple[Usage, ...]:
        """The newest first, of those whose id lies before."""
        ...

    async def statistics(self, user_id: str) -> Statistics: ...


class AuditLog(Protocol):
    async def add(self, audit: Audit) -> None: ...

    async def history(self, *, before: str | None, limit: int) -> tuple[Audit, ...]: ...


class Work(Protocol):
    """One unit of work."""

    @property
    def users(self) -> Users: ...

    @property
    def sessions(self) -> Sessions: ...

    @property
    def throttles(self) -> Throttles: ...

    @property
    def ledger(self) -> Ledger: ...

    @property
    def usage(self) -> UsageHistory: ...

    @property
    def audit(self) -> AuditLog: ...

    @property
    def files(self) -> Files: ...

    @property
    def videos(self) -> Videos: ...

    @property
    def jobs(self) -> Jobs: ...

    @property
    def idempotency_keys(self) -> IdempotencyKeys: ...

    @property
    def projects(self) -> Projects: ...

    async def commit(self) -> None: ...


class Store(Protocol):
    def __call__(self, *, read_only: bool = False) -> AbstractAsyncContextManager[Work]:
        """A unit of work; a ``read_only`` one sees one state of the store, waits for no writer, and changes nothing."""
        ...

    async def migrate(self) -> None:
        """Bring the tables to the newest form; safe to call from many processes at once."""
        ...

    async def close(self) -> None: ...
