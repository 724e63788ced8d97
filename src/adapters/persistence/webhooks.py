"""Secrets of webhooks and their deliveries."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, desc, insert, select, update

from ...domain.webhook import Delivery, Secret
from .statements import Statements, storable
from .tables import WEBHOOK_DELIVERIES, WEBHOOK_SECRETS

_ROWS = WEBHOOK_DELIVERIES.c
_ORDER = _ROWS.not_before, _ROWS.id


class SqlWebhooks:
    """See :class:`~reelwright.application.webhook_ports.WebhookRecords`."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def secret(self, user_id: str) -> Secret | None:
        if not storable(user_id):
            return None
        found = await self._statements.execute(select(WEBHOOK_SECRETS).where(WEBHOOK_SECRETS.c.user_id == user_id))
        row = found.one_or_none()
        if row is None:
            return None
        return Secret(
            user_id=row.user_id,
            text=row.secret,
            previous=row.previous,
            until=row.previous_until,
            created_at=row.created_at,
        )

    async def add_secret(self, secret: Secret) -> None:
        added = self._statements.upsert(WEBHOOK_SECRETS).values(user_id=secret.user_id, **_values(secret))
        await self._statements.execute(added.on_conflict_do_nothing(index_elements=[WEBHOOK_SECRETS.c.user_id]))

    async def save_secret(self, secret: Secret) -> None:
        whose = WEBHOOK_SECRETS.c.user_id == secret.user_id
        await self._statements.execute(update(WEBHOOK_SECRETS).where(whose).values(_values(secret)))

    async def add(self, delivery: Delivery) -> None:
        await self._statements.execute(insert(WEBHOOK_DELIVERIES).values(_columns(delivery)))

    async def get(self, user_id: str, delivery_id: str) -> Delivery | None:
        if not storable(delivery_id):
            return None
        mine = select(WEBHOOK_DELIVERIES).where(_ROWS.user_id == user_id, _ROWS.id == delivery_id)
        return _delivery((await self._statements.execute(mine)).one_or_none())

    async def newest(self, user_id: str, *, before: str | None, limit: int) -> tuple[Delivery, ...]:
        found = select(WEBHOOK_DELIVERIES).where(_ROWS.user_id == user_id)
        if before is not None:
            found = found.where(_ROWS.id < before)
        rows = await self._statements.execute(found.order_by(desc(_ROWS.id)).limit(limit))
        return tuple(_delivered(row) for row in rows)

    async def next_due(self, *, hosts: Collection[str], users: Collection[str]) -> datetime | None:
        first = select(_ROWS.not_before).where(_free(hosts, users)).order_by(_ROWS.not_before).limit(1)
        found: datetime | None = await self._statements.scalar(first)
        return found

    async def claim(
        self, at: datetime, until: datetime, *, hosts: Collection[str], users: Collection[str]
    ) -> Delivery | None:
        due = select(_ROWS.id).where(_free(hosts, users), _ROWS.not_before <= at).order_by(*_ORDER).limit(1)
        # What another process claims at this moment is passed over; SQLite has one writer and ignores it.
        first = due.with_for_update(skip_locked=True).correlate(None).scalar_subquery()
        claimed = (
            update(WEBHOOK_DELIVERIES)
            .where(_ROWS.id == first)
            .values(attempt=_ROWS.attempt + 1, not_before=until)
            .returning(*WEBHOOK_DELIVERIES.columns)
        )
        return _delivery((await self._statements.execute(claimed)).one_or_none())

    async def replace(self, before: Delivery, after: Delivery) -> bool:
        as_before = (
            (_ROWS.id == before.id)
            & (_ROWS.state == before.state)
            & (_ROWS.attempt == before.attempt)
            & (_ROWS.not_before == before.not_before)
        )
        done = await self._statements.execute(update(WEBHOOK_DELIVERIES).where(as_before).values(_columns(after)))
        return done.rowcount == 1

    async def forget(self, before: datetime) -> int:
        done = await self._statements.execute(delete(WEBHOOK_DELIVERIES).where(_ROWS.finished_at < before))
        return done.rowcount


def _free(hosts: Collection[str], users: Collection[str]) -> ColumnElement[bool]:
    return (_ROWS.state == "waiting") & _ROWS.host.not_in(hosts) & _ROWS.user_id.not_in(users)


def _values(secret: Secret) -> dict[str, Any]:
    return {
        "secret": secret.text,
        "previous": secret.previous,
        "previous_until": secret.until,
        "created_at": secret.created_at,
    }


def _columns(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "user_id": delivery.user_id,
        "event": delivery.event,
        "subject": delivery.subject,
        "address": delivery.address,
        "host": delivery.host,
        "body": delivery.body,
        "attempt": delivery.attempt,
        "not_before": delivery.not_before,
        "state": delivery.state,
        "status_code": delivery.status_code,
        "problem": delivery.problem,
        "created_at": delivery.created_at,
        "finished_at": delivery.finished_at,
    }


def _delivery(row: Row[Any] | None) -> Delivery | None:
    return None if row is None else _delivered(row)


def _delivered(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        user_id=row.user_id,
        event=row.event,
        subject=row.subject,
        address=row.address,
        body=row.body,
        attempt=row.attempt,
        not_before=row.not_before,
        state=row.state,
        status_code=row.status_code,
        problem=row.problem,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
