"""What was done: the usage history of accounts and the audit log."""

from typing import Any

from msgspec import convert
from sqlalchemy import Row, desc, func, insert, select

from ...domain.usage import Audit, Statistics, Usage
from .statements import Statements
from .tables import AUDIT, USAGE_STATS


class SqlUsageHistory:
    """See :class:`~reelwright.application.store.UsageHistory`."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def add(self, usage: Usage) -> None:
        await self._statements.execute(
            insert(USAGE_STATS).values(
                id=usage.id,
                user_id=usage.user_id,
                at=usage.at,
                action=usage.action,
                subject=usage.subject,
                amounts=dict(usage.amounts),
            )
        )

    async def history(self, user_id: str, *, before: str | None, limit: int) -> tuple[Usage, ...]:
        found = select(USAGE_STATS).where(USAGE_STATS.c.user_id == user_id)
        if before is not None:
            found = found.where(USAGE_STATS.c.id < before)
        rows = await self._statements.execute(found.order_by(desc(USAGE_STATS.c.id)).limit(limit))
        return tuple(_usage(row) for row in rows)

    async def statistics(self, user_id: str) -> Statistics:
        counted = select(USAGE_STATS.c.action, func.count()).where(USAGE_STATS.c.user_id == user_id)
        rows = await self._statements.execute(counted.group_by(USAGE_STATS.c.action))
        actions = {action: number for action, number in rows}  # noqa: C416  # a row is typed, dict(rows) is not
        amounts: dict[str, int] = {}
        for (used,) in await self._statements.execute(
            select(USAGE_STATS.c.amounts).where(USAGE_STATS.c.user_id == user_id)
        ):
            for resource, amount in _amounts(used).items():
                amounts[resource] = amounts.get(resource, 0) + amount
        return Statistics(actions=actions, amounts=amounts)


class SqlAuditLog:
    """See :class:`~reelwright.application.store.AuditLog`."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def add(self, audit: Audit) -> None:
        await self._statements.execute(
            insert(AUDIT).values(
                id=audit.id,
                at=audit.at,
                actor=audit.actor,
                action=audit.action,
                subject=audit.subject,
                address=audit.address,
                detail=audit.detail,
            )
        )

    async def history(self, *, before: str | None, limit: int) -> tuple[Audit, ...]:
        found = select(AUDIT)
        if before is not None:
            found = found.where(AUDIT.c.id < before)
        rows = await self._statements.execute(found.order_by(desc(AUDIT.c.id)).limit(limit))
        return tuple(
            Audit(
                id=row.id,
                at=row.at,
                actor=row.actor,
                action=row.action,
                subject=row.subject,
                address=row.address,
                detail=row.detail,
            )
            for row in rows
        )


def _usage(row: Row[Any]) -> Usage:
    return Usage(
        id=row.id,
        user_id=row.user_id,
        at=row.at,
        action=row.action,
        subject=row.subject,
        amounts=_amounts(row.amounts),
    )


def _amounts(stored: Any) -> dict[str, int]:
    return convert(stored, dict[str, int])
