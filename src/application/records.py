"""Every action leaves a record: for the user who did it, and in the audit log."""

from collections.abc import Mapping
from datetime import datetime

from ..domain.ids import new_id
from ..domain.usage import Audit, Usage
from .store import Work


async def note(
    work: Work,
    *,
    at: datetime,
    user_id: str,
    action: str,
    subject: str = "",
    address: str = "",
    detail: str = "",
    amounts: Mapping[str, int] | None = None,
) -> None:
    """Write both records of what a user did, in the unit of work that does it."""
    await work.usage.add(
        Usage(id=new_id(), user_id=user_id, at=at, action=action, subject=subject, amounts=amounts or {})
    )
    await audit(work, at=at, actor=user_id, action=action, subject=subject or user_id, address=address, detail=detail)


async def audit(
    work: Work, *, at: datetime, actor: str, action: str, subject: str = "", address: str = "", detail: str = ""
) -> None:
    """Write to the audit log only, for what no user did or what outlives the account."""
    await work.audit.add(
        Audit(id=new_id(), at=at, actor=actor, action=action, subject=subject, address=address[:64], detail=detail)
    )
