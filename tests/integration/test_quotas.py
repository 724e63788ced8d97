"""Quotas hold under any concurrency, and are never lost nor given twice."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.adapters.fakes.store import MemoryStore
from reelwright.application.quotas import Quotas
from reelwright.application.store import Store, Work
from reelwright.domain.errors import NotFound, QuotaExceeded, UnknownName
from reelwright.domain.ids import new_id
from reelwright.domain.quota import Plan, Resource, Standing
from reelwright.domain.user import User
from tests.accounts import added, person

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 5, 31, 12, tzinfo=UTC)
SMALL = Plan(
    name="small",
    videos_a_day=5,
    render_minutes_a_month=2,
    storage_bytes=1000,
    ai_calls_a_day=3,
    concurrent_jobs=2,
)
PLANS = {"small": SMALL, "unlimited": Plan(name="unlimited")}


class Clock:
    at = NOON

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def quotas(clock: Clock) -> Quotas:
    return Quotas(PLANS, clock=clock)


@pytest.fixture
async def ada(store: Store) -> User:
    return await added(store, person(plan="small", at=NOON))


async def standings(store: Store, quotas: Quotas, user: User) -> dict[Resource, Standing]:
    async with store(read_only=True) as work:
        return {one.resource: one for one in await quotas.standings(work, user)}


async def used(store: Store, quotas: Quotas, user: User, resource: Resource) -> int:
    return (await standings(store, quotas, user))[resource].used


async def committed(store: Store, do: Callable[[Work], Awaitable[object]]) -> object:
    async with store() as work:
        done = await do(work)
        await work.commit()
    return done


async def test_fifty_simultaneous_requests_on_a_quota_of_five_accept_exactly_five(
    store: Store, quotas: Quotas, ada: User
) -> None:
    async def request(number: int) -> bool:
        try:
            async with store() as work:
                await quotas.reserve(work, ada, {"videos": 1, "render_seconds": 20}, purpose=f"video:{number}")
                await work.commit()
        except QuotaExceeded:
            return False
        return True

    answers = await asyncio.gather(*(request(number) for number in range(50)))
    assert sum(answers) == 5
    assert await used(store, quotas, ada, "videos") == 5
    assert await used(store, quotas, ada, "render_seconds") == 100
    accepted = answers.index(True)
    await committed(store, lambda work: quotas.give_back(work, f"video:{accepted}"))
    assert sum(await asyncio.gather(*(request(100 + number) for number in range(10)))) == 1


async def test_what_does_not_fit_says_what_is_left_and_takes_nothing(store: Store, quotas: Quotas, ada: User) -> None:
    await committed(store, lambda work: quotas.reserve(work, ada, {"videos": 1, "ai_calls": 2}, purpose="a"))
    with pytest.raises(QuotaExceeded, match="the quota of ai_calls is 3 this day: 2 are used or reserved, 2 more"):
        await committed(store, lambda work: quotas.reserve(work, ada, {"videos": 1, "ai_calls": 2}, purpose="b"))
    assert await used(store, quotas, ada, "videos") == 1
    assert await used(store, quotas, ada, "ai_calls") == 2


async def test_reserving_settling_and_giving_back_twice_is_as_once(store: Store, quotas: Quotas, ada: User) -> None:
    async def render_seconds() -> int:
        return await used(store, quotas, ada, "render_seconds")

    async def many(do: Callable[[Work], Awaitable[object]]) -> None:
        await asyncio.gather(*(committed(store, do) for _ in range(5)))

    await many(lambda work: quotas.reserve(work, ada, {"render_seconds": 60}, purpose="v"))
    assert await render_seconds() == 60
    await many(lambda work: quotas.settle(work, "v", {"render_seconds": 42}))
    assert await render_seconds() == 42
    await many(lambda work: quotas.give_back(work, "v"))
    assert await render_seconds() == 42
    await many(lambda work: quotas.reserve(work, ada, {"render_seconds": 60}, purpose="w"))
    await many(lambda work: quotas.give_back(work, "w"))
    assert await render_seconds() == 42
    await many(lambda work: quotas.settle(work, "w", {"render_seconds": 42}))
    assert await render_seconds() == 42
    await many(lambda work: quotas.reserve(work, ada, {"render_seconds": 30}, purpose="w"))
    assert await render_seconds() == 72


async def test_work_that_took_more_than_was_reserved_counts_in_full(store: Store, quotas: Quotas, ada: User) -> None:
    await committed(store, lambda work: quotas.reserve(work, ada, {"render_seconds": 100}, purpose="v"))
    await committed(store, lambda work: quotas.settle(work, "v", {"render_seconds": 130}))
    assert (await standings(store, quotas, ada))["render_seconds"].left == 0
    with pytest.raises(QuotaExceeded):
        await committed(store, lambda work: quotas.reserve(work, ada, {"render_seconds": 1}, purpose="w"))


async def test_a_new_day_and_a_new_month_begin_at_nothing_and_what_ends_late_counts_where_it_began(
    store: Store, quotas: Quotas, ada: User, clock: Clock
) -> None:
    await committed(store, lambda work: quotas.reserve(work, ada, {"videos": 5, "render_seconds": 60}, purpose="v"))
    clock.at = NOON + timedelta(days=1)
    now = await standings(store, quotas, ada)
    assert (now["videos"].used, now["render_seconds"].used) == (0, 0)
    assert now["videos"].resets_at == datetime(2026, 6, 2, tzinfo=UTC)
    await committed(store, lambda work: quotas.reserve(work, ada, {"videos": 1}, purpose="w"))
    await committed(store, lambda work: quotas.give_back(work, "v"))
    assert await used(store, quotas, ada, "videos") == 1
    clock.at = NOON
    assert await used(store, quotas, ada, "videos") == 0


async def test_storage_is_held_until_the_file_is_removed(store: Store, quotas: Quotas, ada: User, clock: Clock) -> None:
    await committed(store, lambda work: quotas.reserve(work, ada, {"storage_bytes": 900}, purpose="file:1"))
    await committed(store, lambda work: quotas.settle(work, "file:1", {"storage_bytes": 700}))
    clock.at = NOON + timedelta(days=400)
    with pytest.raises(QuotaExceeded, match="the quota of storage_bytes is 1000: 700"):
        await committed(store, lambda work: quotas.reserve(work, ada, {"storage_bytes": 400}, purpose="file:2"))
    for _ in range(2):
        await committed(store, lambda work: quotas.free(work, "file:1"))
    assert await used(store, quotas, ada, "storage_bytes") == 0
    await committed(store, lambda work: quotas.reserve(work, ada, {"videos": 1}, purpose="v"))
    await committed(store, lambda work: quotas.free(work, "v"))
    assert await used(store, quotas, ada, "videos") == 1


async def test_of_many_jobs_claimed_at_once_as_many_run_as_the_plan_allows(
    store: Store, quotas: Quotas, ada: User
) -> None:
    async def claim(job: int) -> object:
        return await committed(store, lambda work: quotas.admit(work, ada.id, str(job)))

    admitted = await asyncio.gather(*(claim(job) for job in range(20)))
    assert admitted.count(True) == 2
    running = admitted.index(True)
    assert await claim(running) is True
    assert await used(store, quotas, ada, "jobs") == 2
    for _ in range(2):
        await committed(store, lambda work: quotas.release(work, str(running)))
    assert (await asyncio.gather(*(claim(100 + job) for job in range(10)))).count(True) == 1
    assert await claim(running) is False
    with pytest.raises(NotFound):
        await committed(store, lambda work: quotas.admit(work, new_id(), "1"))


async def test_a_plan_without_limits_takes_all_and_counts_it(store: Store, quotas: Quotas, ada: User) -> None:
    rich = replace(ada, plan="unlimited")
    await committed(store, lambda work: work.users.save(rich))
    await committed(store, lambda work: quotas.reserve(work, rich, {"videos": 10**6}, purpose="v"))
    assert [await committed(store, lambda work, j=j: quotas.admit(work, ada.id, j)) for j in "abcd"] == [True] * 4  # type: ignore[misc]
    now = (await standings(store, quotas, rich))["videos"]
    assert (now.used, now.limit, now.left) == (10**6, None, None)


async def test_what_is_no_resource_or_no_plan_is_named(store: Store, quotas: Quotas, ada: User) -> None:
    for resource in ("video", "jobs"):
        with pytest.raises(UnknownName, match=f"no resource '{resource}'"):
            await committed(store, lambda work: quotas.reserve(work, ada, {resource: 1}, purpose="v"))  # type: ignore[dict-item]  # noqa: B023
    with pytest.raises(UnknownName, match="no plan 'gone'"):
        quotas.plan(replace(ada, plan="gone"))


STEP = st.tuples(
    st.sampled_from(["reserve", "settle", "give_back", "free"]), st.sampled_from("abc"), st.integers(0, 700)
)


@given(st.lists(STEP, max_size=25))
def test_a_counter_is_always_the_sum_of_what_is_held(steps: list[tuple[str, str, int]]) -> None:
    """Whatever happens in whatever order, and however often."""

    async def play() -> None:
        store, quotas = MemoryStore(), Quotas(PLANS, clock=Clock())
        user = await added(store, person(plan="small", at=NOON))
        for step, purpose, amount in steps:
            async with store() as work:
                try:
                    if step == "reserve":
                        await quotas.reserve(work, user, {"storage_bytes": amount}, purpose=purpose)
                    elif step == "settle":
                        await quotas.settle(work, purpose, {"storage_bytes": amount})
                    elif step == "give_back":
                        await quotas.give_back(work, purpose)
                    else:
                        await quotas.free(work, purpose)
                except QuotaExceeded:
                    continue
                await work.commit()
            held = [one.amount for one in store.rows.reservations.values() if one.state != "returned"]
            assert await used(store, quotas, user, "storage_bytes") == sum(held)

    asyncio.run(play())
