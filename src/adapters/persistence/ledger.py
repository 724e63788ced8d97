"""Counters of quotas and the reservations behind them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, func, select, update

from ...domain.quota import Reservation, Resource
from .statements import Statements
from .tables import QUOTAS, RESERVATIONS


class SqlLedger:
    """See :class:`~reelwright.application.store.Ledger`."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def take(
        self, user_id: str, resource: Resource, period_start: datetime, amount: int, limit: int | None
    ) -> int | None:
        begun = self._statements.upsert(QUOTAS).values(
            user_id=user_id, resource=resource, period_start=period_start, used=0
        )
        await self._statements.execute(begun.on_conflict_do_nothing())
        counter = _counter(user_id, resource, period_start)
        guard = counter if limit is None else counter & (QUOTAS.c.used + amount <= limit)
        taken = update(QUOTAS).where(guard).values(used=QUOTAS.c.used + amount).returning(QUOTAS.c.used)
        sum_now: int | None = (await self._statements.execute(taken)).scalar_one_or_none()
        return sum_now

    async def change(self, user_id: str, resource: Resource, period_start: datetime, by: int) -> None:
        corrected = case((QUOTAS.c.used + by > 0, QUOTAS.c.used + by), else_=0)
        changed = update(QUOTAS).where(_counter(user_id, resource, period_start)).values(used=corrected)
        await self._statements.execute(changed)

    async def used(self, user_id: str, resource: Resource, period_start: datetime) -> int:
        counter = _counter(user_id, resource, period_start)
        return await self._statements.scalar(select(QUOTAS.c.used).where(counter)) or 0

    async def reserve(self, reservation: Reservation) -> bool:
        noted = self._statements.upsert(RESERVATIONS).values(
            purpose=reservation.purpose,
            resource=reservation.resource,
            user_id=reservation.user_id,
            amount=reservation.amount,
            period_start=reservation.period_start,
            state=reservation.state,
        )
        done = await self._statements.execute(noted.on_conflict_do_nothing())
        return bool(done.rowcount == 1)

    async def reservations(self, purpose: str) -> tuple[Reservation, ...]:
        found = select(RESERVATIONS).where(RESERVATIONS.c.purpose == purpose).order_by(RESERVATIONS.c.resource)
        return tuple(_reservation(row) for row in await self._statements.execute(found))

    async def open_ones(self, resource: Resource) -> tuple[Reservation, ...]:
        held = (RESERVATIONS.c.resource == resource) & (RESERVATIONS.c.state == "open")
        found = select(RESERVATIONS).where(held).order_by(RESERVATIONS.c.purpose)
        return tuple(_reservation(row) for row in await self._statements.execute(found))

    async def replace(self, before: Reservation, after: Reservation) -> bool:
        unchanged = (
            (RESERVATIONS.c.purpose == before.purpose)
            & (RESERVATIONS.c.resource == before.resource)
            & (RESERVATIONS.c.state == before.state)
            & (RESERVATIONS.c.amount == before.amount)
        )
        changed = update(RESERVATIONS).where(unchanged)
        values = {"state": after.state, "amount": after.amount, "period_start": after.period_start}
        return (await self._statements.execute(changed.values(values))).rowcount == 1

    async def open_amount(self, user_id: str, resource: Resource) -> int:
        held = (
            (RESERVATIONS.c.user_id == user_id)
            & (RESERVATIONS.c.resource == resource)
            & (RESERVATIONS.c.state == "open")
        )
        return int(await self._statements.scalar(select(func.sum(RESERVATIONS.c.amount)).where(held)) or 0)


def _counter(user_id: str, resource: Resource, period_start: datetime) -> Any:
    return (QUOTAS.c.user_id == user_id) & (QUOTAS.c.resource == resource) & (QUOTAS.c.period_start == period_start)


def _reservation(row: Row[Any]) -> Reservation:
    return Reservation(
        purpose=row.purpose,
        resource=row.resource,
        user_id=row.user_id,
        amount=row.amount,
        period_start=row.period_start,
        state=row.state,
    )
