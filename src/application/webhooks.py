"""Webhooks as users and use cases meet them: announcing, secrets, what was delivered, and delivering again."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from ..domain.errors import Conflict, NotFound
from ..domain.ids import Clock, now
from ..domain.webhook import SECRET_BYTES, Delivery, Event, Secret, new_secret, valid_address
from .paging import Page, page, place_of, valid_limit
from .records import note
from .store import Store, Work


class Webhooks:
    """The use cases. ``wake`` is called when there is something new to deliver.

    ``plain_http`` and ``private`` are what an operator allows of addresses. All methods raise StoreUnavailable, and
    NotFound where a user_id is none.
    """

    def __init__(
        self,
        store: Store,
        *,
        wake: Callable[[], None],
        plain_http: bool = False,
        private: bool = False,
        clock: Clock = now,
    ) -> None:
        self._store, self._wake, self._clock = store, wake, clock
        self._plain_http, self._private = plain_http, private

    def address(self, text: str, *, field: str = "webhook") -> str:
        """An address that webhooks may go to. Raises InvalidField for ``field``."""
        return valid_address(text, field=field, plain_http=self._plain_http, private=self._private)

    async def announce(self, work: Work, user_id: str, address: str, event: Event) -> None:
        """Let the event be delivered once this unit of work is committed: both happen or neither.

        ``address`` is one that ``address`` has let pass. Raises Conflict where the account is gone, or where an event
        with this id was announced before.
        """
        at = self._clock()
        await work.webhooks.add(
            Delivery(
                id=event.id,
                user_id=user_id,
                event=event.type,
                subject=event.video_id,
                address=address,
                body=event.body,
                not_before=at,
                created_at=at,
            )
        )
        work.after_commit(self._wake)

    async def secret(self, user_id: str) -> Secret:
        """What the webhooks of an account are signed with, made when it is first asked for."""
        async with self._store() as work:
            await _present(work, user_id)
            secret = await secret_of(work, user_id, self._clock())
            await work.commit()
        return secret

    async def rotate(self, user_id: str) -> Secret:
        """A new secret; the one before signs, too, for a day. One that was before that signs no more."""
        at = self._clock()
        async with self._store() as work:
            await _present(work, user_id)
            rotated = (await secret_of(work, user_id, at)).rotated(_random(), at)
            await work.webhooks.save_secret(rotated)
            await note(work, at=at, user_id=user_id, action="webhook.rotate")
            await work.commit()
        return rotated

    async def deliveries(self, user_id: str, *, cursor: str | None = None, limit: int = 20) -> Page[Delivery]:
        """The newest first. Raises InvalidField."""
        place = place_of(cursor)
        async with self._store(read_only=True) as work:
            found = await work.webhooks.newest(user_id, before=place, limit=valid_limit(limit) + 1)
        return page(found, limit, lambda one: one.id)

    async def redeliver(self, user_id: str, delivery_id: str) -> Delivery:
        """Deliver once more, whatever came of it so far, beginning at the first attempt. Raises NotFound."""
        at = self._clock()
        async with self._store() as work:
            await _present(work, user_id)
            found = await work.webhooks.get(user_id, delivery_id)
            if found is None:
                raise NotFound("delivery", delivery_id)
            again = replace(found, attempt=0, not_before=at, state="waiting", finished_at=None)
            if not await work.webhooks.replace(found, again):
                raise Conflict("this delivery is under way; look again in a moment")
            await note(work, at=at, user_id=user_id, action="webhook.redeliver", subject=delivery_id)
            work.after_commit(self._wake)
            await work.commit()
        return again


async def secret_of(work: Work, user_id: str, at: datetime) -> Secret:
    """The account's secret, made where there is none yet. Raises Conflict where the account is gone."""
    found = await work.webhooks.secret(user_id)
    if found is None:
        await work.webhooks.add_secret(Secret(user_id=user_id, text=_random(), created_at=at))
        found = await work.webhooks.secret(user_id)
    if found is None:
        raise Conflict("what this belongs to is not there any more")
    return found


def _random() -> str:
    return new_secret(secrets.token_bytes(SECRET_BYTES))


async def _present(work: Work, user_id: str) -> None:
    """The account, held until the unit of work ends."""
    if await work.users.lock(user_id) is None:
        raise NotFound("user", user_id)
