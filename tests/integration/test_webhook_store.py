"""Webhooks in the store: on SQLite, on PostgreSQL and in memory alike."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reelwright.application.store import Store
from reelwright.application.webhooks import secret_of
from reelwright.domain.errors import Conflict
from reelwright.domain.ids import new_id
from reelwright.domain.user import User
from reelwright.domain.webhook import Delivery, Secret
from tests.accounts import added, person

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 5, 17, 12, 0, 0, 123456, UTC)
LEASE = timedelta(seconds=30)
SECOND = timedelta(seconds=1)


def delivery(user: User, **how: Any) -> Delivery:
    made = Delivery(
        id=new_id(),
        user_id=user.id,
        event="video.succeeded",
        subject=new_id(),
        address="https://example.org/hook?key=1",
        body='{"title":"潮汐"}',
        not_before=NOON,
        created_at=NOON,
    )
    return replace(made, **how)


async def kept(store: Store, *deliveries: Delivery) -> None:
    async with store() as work:
        for one in deliveries:
            await work.webhooks.add(one)
        await work.commit()


async def claim(store: Store, at: datetime, hosts: Any = (), users: Any = ()) -> Delivery | None:
    async with store() as work:
        claimed = await work.webhooks.claim(at, at + LEASE, hosts=hosts, users=users)
        await work.commit()
    return claimed


async def test_a_delivery_is_found_exactly_as_it_was_and_by_its_owner_only(store: Store) -> None:
    ada, bob = await added(store, person("ada")), await added(store, person("bob"))
    mine = [delivery(ada) for _ in range(3)]
    over = replace(mine[2], state="given_up", attempt=8, status_code=410, problem="it answered 410", finished_at=NOON)
    await kept(store, *mine, delivery(bob))
    async with store() as work:
        assert await work.webhooks.replace(mine[2], over)
        await work.commit()
    async with store(read_only=True) as work:
        assert await work.webhooks.get(ada.id, mine[0].id) == mine[0]
        assert await work.webhooks.get(bob.id, mine[0].id) is None
        for text in ("", "none", "a\0b", "\ud800", "x" * 10_000):
            assert await work.webhooks.get(ada.id, text) is None
            assert await work.webhooks.secret(text) is None
        first = await work.webhooks.newest(ada.id, before=None, limit=2)
        assert first == (over, mine[1])
        assert await work.webhooks.newest(ada.id, before=first[-1].id, limit=9) == (mine[0],)


async def test_the_one_that_waits_longest_is_claimed_and_counted_once(store: Store) -> None:
    ada = await added(store, person("ada"))
    late = delivery(ada, not_before=NOON + SECOND)
    early, later = delivery(ada), delivery(ada, not_before=NOON + 9 * SECOND)
    await kept(store, late, later, early)
    assert await claim(store, NOON - SECOND) is None
    at = NOON + SECOND
    assert await claim(store, at) == replace(early, attempt=1, not_before=at + LEASE)
    assert await claim(store, at + SECOND) == replace(late, attempt=1, not_before=at + SECOND + LEASE)
    assert await claim(store, at + SECOND) is None
    async with store(read_only=True) as work:
        assert await work.webhooks.next_due(hosts=(), users=()) == later.not_before
        assert await work.webhooks.next_due(hosts=("example.org",), users=()) is None
        assert await work.webhooks.next_due(hosts=(), users=(ada.id,)) is None
    again = await claim(store, at + LEASE)
    assert again is not None
    assert (again.id, again.attempt) == (later.id, 1)
    again = await claim(store, at + LEASE)
    assert again is not None
    assert (again.id, again.attempt) == (early.id, 2), "an attempt that nobody ended is due again"


async def test_hosts_and_users_that_have_their_share_are_passed_over(store: Store) -> None:
    ada, bob = await added(store, person("ada")), await added(store, person("bob"))
    first = delivery(ada, address="https://A.example:8443/x")
    second, third = delivery(ada, address="https://b.example/"), delivery(bob, address="http://[2606:4700::1]:80/")
    await kept(store, first, second, third)
    found = await claim(store, NOON, hosts={"a.example"})
    assert found is not None
    assert found.id == second.id
    found = await claim(store, NOON, users={ada.id})
    assert found is not None
    assert found.id == third.id
    assert await claim(store, NOON, hosts={"a.example"}, users={bob.id}) is None


async def test_many_claim_at_once_and_each_gets_another_one(store: Store) -> None:
    ada = await added(store, person("ada"))
    await kept(store, *(delivery(ada) for _ in range(8)))
    claimed = [one for one in await asyncio.gather(*(claim(store, NOON) for _ in range(20))) if one]
    while (one := await claim(store, NOON)) is not None:  # passed over while another process held it
        claimed.append(one)
    assert len({one.id for one in claimed}) == len(claimed) == 8
    assert {one.attempt for one in claimed} == {1}


async def test_what_was_changed_meanwhile_is_not_replaced(store: Store) -> None:
    ada = await added(store, person("ada"))
    waiting = delivery(ada)
    await kept(store, waiting)
    claimed = await claim(store, NOON)
    assert claimed is not None
    over = replace(claimed, state="delivered", finished_at=NOON, status_code=204)
    async with store() as work:
        assert not await work.webhooks.replace(waiting, over)
        assert not await work.webhooks.replace(replace(claimed, not_before=NOON), over)
        assert not await work.webhooks.replace(replace(claimed, id=new_id()), over)
        assert await work.webhooks.replace(claimed, over)
        assert not await work.webhooks.replace(claimed, replace(over, state="given_up"))
        await work.commit()
    async with store(read_only=True) as work:
        assert await work.webhooks.get(ada.id, waiting.id) == over
        assert await work.webhooks.next_due(hosts=(), users=()) is None


async def test_an_account_has_one_secret_however_many_ask_for_it_first(store: Store) -> None:
    ada = await added(store, person("ada"))

    async def ask() -> Secret:
        async with store() as work:
            found = await secret_of(work, ada.id, NOON)
            await work.commit()
            return found

    asked = await asyncio.gather(*(ask() for _ in range(10)))
    assert len({one.text for one in asked}) == 1
    rotated = asked[0].rotated("whsec_bmV3", NOON)
    async with store() as work:
        await work.webhooks.save_secret(rotated)
        await work.webhooks.add_secret(asked[0])
        await work.commit()
    async with store(read_only=True) as work:
        assert await work.webhooks.secret(ada.id) == rotated


async def test_webhooks_go_with_their_account_and_come_with_none(store: Store) -> None:
    ada, bob = await added(store, person("ada")), await added(store, person("bob"))
    mine, other = delivery(ada), delivery(bob)
    await kept(store, mine, other)
    async with store() as work:
        await secret_of(work, ada.id, NOON)
        await work.users.remove(ada.id)
        await work.commit()
    async with store(read_only=True) as work:
        assert await work.webhooks.secret(ada.id) is None
        assert await work.webhooks.newest(ada.id, before=None, limit=9) == ()
        assert await work.webhooks.newest(bob.id, before=None, limit=9) == (other,)
    with pytest.raises(Conflict):
        await kept(store, delivery(ada))
    with pytest.raises(Conflict):
        async with store() as work:
            await secret_of(work, ada.id, NOON)


async def test_an_event_is_announced_once(store: Store) -> None:
    mine = delivery(await added(store, person("ada")))
    await kept(store, mine)
    with pytest.raises(Conflict):
        await kept(store, mine)


async def test_what_is_over_is_forgotten_and_what_waits_is_not(store: Store) -> None:
    ada = await added(store, person("ada"))
    old = delivery(ada, state="delivered", finished_at=NOON - SECOND)
    recent = delivery(ada, state="given_up", finished_at=NOON)
    waiting = delivery(ada, not_before=NOON - 9 * SECOND)
    await kept(store, old, recent, waiting)
    async with store() as work:
        assert await work.webhooks.forget(NOON) == 1
        await work.commit()
    async with store(read_only=True) as work:
        assert await work.webhooks.newest(ada.id, before=None, limit=9) == (waiting, recent)


async def test_calls_wait_for_the_commit_and_are_made_once(store: Store) -> None:
    called: list[str] = []
    async with store() as work:
        work.after_commit(lambda: called.append("never"))
    async with store() as work:
        work.after_commit(lambda: called.append("once"))
        assert called == []
        await work.commit()
        assert called == ["once"]
        await work.commit()
    assert called == ["once"]
