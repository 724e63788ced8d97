"""Accounts in the table ``users``."""

from typing import Any

from sqlalchemy import Row, delete, desc, exists, insert, select, update

from ...domain.errors import NotFound
from ...domain.user import User, folded
from .statements import Statements, storable
from .tables import USERS


class SqlUsers:
    """See :class:`~reelwright.application.store.Users`."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def add(self, user: User) -> None:
        await self._statements.execute(insert(USERS).values(_columns(user)))

    async def get(self, user_id: str) -> User | None:
        return await self._one(select(USERS).where(USERS.c.id == user_id)) if storable(user_id) else None

    async def named(self, name: str) -> User | None:
        column = USERS.c.email_key if "@" in name else USERS.c.username_key
        return await self._one(select(USERS).where(column == folded(name))) if storable(name) else None

    async def lock(self, user_id: str) -> User | None:
        # NO KEY UPDATE: rows that refer to the account may still be added meanwhile, so that no deadlock can arise.
        found = select(USERS).where(USERS.c.id == user_id).with_for_update(key_share=True)
        return await self._one(found) if storable(user_id) else None

    async def save(self, user: User) -> None:
        done = await self._statements.execute(update(USERS).where(USERS.c.id == user.id).values(_columns(user)))
        if not done.rowcount:
            raise NotFound("user", user.id)

    async def remove(self, user_id: str) -> None:
        await self._statements.execute(delete(USERS).where(USERS.c.id == user_id))

    async def newest(self, *, before: str | None, limit: int) -> tuple[User, ...]:
        found = select(USERS) if before is None else select(USERS).where(USERS.c.id < before)
        rows = await self._statements.execute(found.order_by(desc(USERS.c.id)).limit(limit))
        return tuple(user_in(row) for row in rows)

    async def leaving(self) -> tuple[User, ...]:
        rows = await self._statements.execute(select(USERS).where(USERS.c.leaving).order_by(USERS.c.id))
        return tuple(user_in(row) for row in rows)

    async def has_admin(self) -> bool:
        return bool(await self._statements.scalar(select(exists().where(USERS.c.role == "admin"))))

    async def _one(self, statement: Any) -> User | None:
        row = (await self._statements.execute(statement)).one_or_none()
        return None if row is None else user_in(row)


def _columns(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "username": user.username,
        "username_key": folded(user.username),
        "email": user.email,
        "email_key": folded(user.email),
        "password_hash": user.password_hash,
        "role": user.role,
        "plan": user.plan,
        "display_name": user.display_name,
        "language": user.language,
        "leaving": user.leaving,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
    }


def user_in(row: Row[Any]) -> User:
    """The account in a row that holds the columns of ``users`` under their own names."""
    return User(
        id=row.id,
        username=row.username,
        email=row.email,
        password_hash=row.password_hash,
        role=row.role,
        plan=row.plan,
        display_name=row.display_name,
        language=row.language,
        leaving=row.leaving,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
