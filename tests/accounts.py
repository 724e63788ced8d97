"""Accounts as values, and in a store."""

from datetime import datetime
from typing import Any

from reelwright.application.store import Store
from reelwright.domain.ids import new_id, now
from reelwright.domain.user import User


def person(name: str = "ada", *, at: datetime | None = None, **how: Any) -> User:
    """An account made at the time ``at``, or now; it has no password unless one is given."""
    made: dict[str, Any] = {
        "id": new_id(),
        "email": f"{name}@example.org",
        "password_hash": "",
        "created_at": at or now(),
        "updated_at": at or now(),
    }
    return User(username=name, **(made | how))


async def added(store: Store, user: User) -> User:
    async with store() as work:
        await work.users.add(user)
        await work.commit()
    return user
