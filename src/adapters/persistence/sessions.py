"""Logins, their refresh tokens, and the counters that slow guessing down."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, case, delete, insert, select, update

from ...application.store import Attempts
from ...domain.session import RefreshToken, Session
from ...domain.user import User
from .statements import Statements, storable
from .tables import REFRESH_TOKENS, SESSIONS, THROTTLES, USERS
from .users import user_in

_SESSION = (
    SESSIONS.c.id.label("session_id"),
    SESSIONS.c.user_id,
    SESSIONS.c.address,
    SESSIONS.c.created_at.label("began_at"),
    SESSIONS.c.expires_at,
    SESSIONS.c.revoked_at,
)
"""The columns of a session by names that those of its account do not have."""
_OWNED = select(USERS, *_SESSION).join_from(SESSIONS, USERS).where(SESSIONS.c.id == bindparam("session"))
"""Asked for by every request, and so made once."""


class SqlSessions:
    """See :class:`~reelwright.application.store.Sessions`."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def add(self, session: Session) -> None:
        await self._statements.execute(
            insert(SESSIONS).values(
                id=session.id,
                user_id=session.user_id,
                address=session.address,
                created_at=session.created_at,
                expires_at=session.expires_at,
                revoked_at=session.revoked_at,
            )
        )

    async def get(self, session_id: str) -> Session | None:
        if not storable(session_id):
            return None
        found = await self._statements.execute(select(*_SESSION).where(SESSIONS.c.id == session_id))
        row = found.one_or_none()
        return None if row is None else _session_in(row)

    async def owner(self, session_id: str) -> tuple[Session, User] | None:
        if not storable(session_id):
            return None
        row = (await self._statements.execute(_OWNED, session=session_id)).one_or_none()
        return None if row is None else (_session_in(row), user_in(row))

    async def issue(self, token: RefreshToken) -> None:
        await self._statements.execute(
            insert(REFRESH_TOKENS).values(
                digest=token.digest,
                session_id=token.session_id,
                issued_at=token.issued_at,
                expires_at=token.expires_at,
                used_at=token.used_at,
            )
        )

    async def token(self, digest: str) -> RefreshToken | None:
        found = await self._statements.execute(select(REFRESH_TOKENS).where(REFRESH_TOKENS.c.digest == digest))
        row = found.one_or_none()
        if row is None:
            return None
        return RefreshToken(
            digest=row.digest,
            session_id=row.session_id,
            issued_at=row.issued_at,
            expires_at=row.expires_at,
            used_at=row.used_at,
        )

    async def spend(self, digest: str, at: datetime) -> bool:
        unused = (REFRESH_TOKENS.c.digest == digest) & REFRESH_TOKENS.c.used_at.is_(None)
        done = await self._statements.execute(update(REFRESH_TOKENS).where(unused).values(used_at=at))
        return done.rowcount == 1

    async def revoke(self, session_id: str, at: datetime) -> None:
        await self._revoke(SESSIONS.c.id == session_id, at)

    async def revoke_all(self, user_id: str, at: datetime) -> None:
        await self._revoke(SESSIONS.c.user_id == user_id, at)

    async def forget(self, before: datetime) -> int:
        done = await self._statements.execute(delete(SESSIONS).where(SESSIONS.c.expires_at < before))
        return done.rowcount

    async def _revoke(self, which: ColumnElement[bool], at: datetime) -> None:
        live = which & SESSIONS.c.revoked_at.is_(None)
        await self._statements.execute(update(SESSIONS).where(live).values(revoked_at=at))


def _session_in(row: Row[Any]) -> Session:
    return Session(
        id=row.session_id,
        user_id=row.user_id,
        address=row.address,
        created_at=row.began_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )


class SqlThrottles:
    """See :class:`~reelwright.application.store.Throttles`."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def attempt(self, key: str, at: datetime, window: timedelta) -> Attempts:
        over = THROTTLES.c.since <= at - window
        counted = (
            self._statements.upsert(THROTTLES)
            .values(key=key, count=1, since=at)
            .on_conflict_do_update(
                index_elements=[THROTTLES.c.key],
                set_={
                    "count": case((over, 1), else_=THROTTLES.c.count + 1),
                    "since": case((over, at), else_=THROTTLES.c.since),
                },
            )
            .returning(THROTTLES.c.count, THROTTLES.c.since)
        )
        count, since = (await self._statements.execute(counted)).one()
        return Attempts(count=count, since=since)

    async def clear(self, key: str) -> None:
        await self._statements.execute(delete(THROTTLES).where(THROTTLES.c.key == key))

    async def forgive(self, key: str) -> None:
        counted = (THROTTLES.c.key == key) & (THROTTLES.c.count > 0)
        await self._statements.execute(update(THROTTLES).where(counted).values(count=THROTTLES.c.count - 1))

    async def forget(self, before: datetime) -> int:
        done = await self._statements.execute(delete(THROTTLES).where(THROTTLES.c.since < before))
        return done.rowcount
