"""Webhooks in memory: their rows, and a sender that keeps what it was given."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from ...domain.errors import Conflict
from ...domain.webhook import Delivery, Reply, Secret


class MemoryWebhooks:
    """See :class:`~reelwright.application.webhook_ports.WebhookRecords`; ``owner`` raises where an account is gone."""

    def __init__(
        self, secrets: dict[str, Secret], deliveries: dict[str, Delivery], owner: Callable[[str], None]
    ) -> None:
        self._secrets, self._deliveries, self._owner = secrets, deliveries, owner

    async def secret(self, user_id: str) -> Secret | None:
        return self._secrets.get(user_id)

    async def add_secret(self, secret: Secret) -> None:
        self._owner(secret.user_id)
        self._secrets.setdefault(secret.user_id, secret)

    async def save_secret(self, secret: Secret) -> None:
        if secret.user_id in self._secrets:
            self._secrets[secret.user_id] = secret

    async def add(self, delivery: Delivery) -> None:
        self._owner(delivery.user_id)
        if delivery.id in self._deliveries:
            raise Conflict("this clashes with what is there")
        self._deliveries[delivery.id] = delivery

    async def get(self, user_id: str, delivery_id: str) -> Delivery | None:
        found = self._deliveries.get(delivery_id)
        return found if found is not None and found.user_id == user_id else None

    async def newest(self, user_id: str, *, before: str | None, limit: int) -> tuple[Delivery, ...]:
        mine = [one for one in self._deliveries.values() if one.user_id == user_id]
        found = [one for one in mine if before is None or one.id < before]
        return tuple(sorted(found, key=lambda one: one.id, reverse=True)[:limit])

    async def next_due(self, *, hosts: Collection[str], users: Collection[str]) -> datetime | None:
        first = self._first(hosts, users)
        return None if first is None else first.not_before

    async def claim(
        self, at: datetime, until: datetime, *, hosts: Collection[str], users: Collection[str]
    ) -> Delivery | None:
        first = self._first(hosts, users)
        if first is None or first.not_before > at:
            return None
        claimed = self._deliveries[first.id] = replace(first, attempt=first.attempt + 1, not_before=until)
        return claimed

    async def replace(self, before: Delivery, after: Delivery) -> bool:
        kept = self._deliveries.get(before.id)
        if kept is None or _place(kept) != _place(before):
            return False
        self._deliveries[before.id] = after
        return True

    async def forget(self, before: datetime) -> int:
        old = [one for one in self._deliveries.values() if one.finished_at is not None and one.finished_at < before]
        for one in old:
            del self._deliveries[one.id]
        return len(old)

    def _first(self, hosts: Collection[str], users: Collection[str]) -> Delivery | None:
        waiting = (one for one in self._deliveries.values() if one.state == "waiting")
        free = (one for one in waiting if one.host not in hosts and one.user_id not in users)
        return min(free, key=lambda one: (one.not_before, one.id), default=None)


def _place(delivery: Delivery) -> tuple[str, int, datetime]:
    return delivery.state, delivery.attempt, delivery.not_before


@dataclass(slots=True)
class KeptWebhooks:
    """A sender that sends nothing: ``sent`` holds address, headers and body, ``replies`` what to answer next.

    After the last reply everything is accepted.
    """

    replies: list[Reply] = field(default_factory=list)
    sent: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    async def __call__(self, address: str, headers: Mapping[str, str], body: bytes) -> Reply:
        self.sent.append((address, headers, body))
        return self.replies.pop(0) if self.replies else Reply(status=204)
