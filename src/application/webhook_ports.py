"""The ports of webhooks: their rows in a unit of work, and what carries them to the servers of users."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from ..domain.webhook import Delivery, Reply, Secret


class WebhookRecords(Protocol):
    async def secret(self, user_id: str) -> Secret | None: ...

    async def add_secret(self, secret: Secret) -> None:
        """Nothing where the account has one. Raises Conflict where the account is gone."""
        ...

    async def save_secret(self, secret: Secret) -> None:
        """Put it in the place of the account's one."""
        ...

    async def add(self, delivery: Delivery) -> None:
        """Raises Conflict where the account is gone."""
        ...

    async def get(self, user_id: str, delivery_id: str) -> Delivery | None: ...

    async def newest(self, user_id: str, *, before: str | None, limit: int) -> tuple[Delivery, ...]:
        """The newest first, of those whose id lies before."""
        ...

    async def next_due(self, *, hosts: Collection[str], users: Collection[str]) -> datetime | None:
        """When the first waiting one is due, those to these ``hosts`` and of these ``users`` aside."""
        ...

    async def claim(
        self, at: datetime, until: datetime, *, hosts: Collection[str], users: Collection[str]
    ) -> Delivery | None:
        """The waiting one that has been due the longest, aside as above, with its attempt counted.

        It is due again at the time ``until``, unless it is replaced before. Exactly one caller gets it.
        """
        ...

    async def replace(self, before: Delivery, after: Delivery) -> bool:
        """Save it; false where it is gone, or its state, attempt or time is no longer as ``before``."""
        ...

    async def forget(self, before: datetime) -> int:
        """Remove deliveries that finished ``before``; how many."""
        ...


class WebhookSender(Protocol):
    async def __call__(self, address: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Post the JSON ``body`` to an address, which may be any that a user has named.

        Whatever goes wrong is in the reply; takes no longer than some seconds.
        """
        ...
