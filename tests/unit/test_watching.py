"""Who watches videos misses nothing, whenever they begin."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from reelwright.adapters.fakes.store import MemoryStore
from reelwright.adapters.jobs.bus import MemoryProgressBus
from reelwright.application.store import Store, Work
from reelwright.application.watching import WatchVideos
from reelwright.domain.errors import NotFound
from reelwright.domain.ids import now
from reelwright.domain.job import Job, Snapshot, over
from tests.accounts import added, person
from tests.live import at, ended, queued, running

pytestmark = pytest.mark.anyio


@pytest.fixture
async def ada(store: Store) -> str:
    return (await added(store, person("ada"))).id


@pytest.fixture
def bus() -> MemoryProgressBus:
    return MemoryProgressBus(0)


@pytest.fixture
def watch(store: Store, bus: MemoryProgressBus) -> WatchVideos:
    return WatchVideos(store=store, progress=bus)


async def saved(store: Store, job: Job, before: Job) -> Job:
    async with store() as work:
        assert await work.jobs.save(job, token=before.token)
        await work.commit()
    return job


async def seen(snapshots: AsyncIterator[Snapshot], number: int) -> list[Snapshot]:
    return [await asyncio.wait_for(anext(snapshots), 5) for _ in range(number)]


async def test_one_video_is_told_of_from_where_it_stands_to_its_end(
    store: Store, bus: MemoryProgressBus, watch: WatchVideos, ada: str
) -> None:
    await queued(store, ada)
    job = await queued(store, ada)
    async with watch(ada, job.id) as snapshots:
        (first,) = await seen(snapshots, 1)
        assert (first.job, first.position) == (job, 1)
        begun = running(job)
        bus.publish(at(begun, 5))
        assert [one.done for one in await seen(snapshots, 1)] == [5]
        bus.publish(ended(begun, "failed"))
        assert [one.job.status async for one in snapshots] == ["failed"]
    assert not bus._readers


async def test_of_a_video_that_is_over_its_end_alone_is_told(store: Store, watch: WatchVideos, ada: str) -> None:
    job = await queued(store, ada)
    done = await saved(store, over(job, "cancelled", now()), job)
    async with watch(ada, job.id) as snapshots:
        assert [one.job async for one in snapshots] == [done]


async def test_of_all_videos_those_come_first_that_are_not_over_or_ended_just_now(
    store: Store, bus: MemoryProgressBus, watch: WatchVideos, ada: str
) -> None:
    jobs = [await queued(store, ada) for _ in range(4)]
    await saved(store, over(jobs[0], "failed", now() - timedelta(hours=1)), jobs[0])
    await saved(store, over(jobs[1], "failed", now() - timedelta(minutes=1)), jobs[1])
    begun = await saved(store, running(jobs[2]), jobs[2])
    bus.publish(at(begun, 7))
    async with watch(ada) as snapshots:
        first = await seen(snapshots, 3)
        assert [(one.job.id, one.job.status, one.done, one.position) for one in first] == [
            (jobs[1].id, "failed", 0, None),
            (begun.id, "running", 7, None),
            (jobs[3].id, "queued", 0, 0),
        ]
        new = running(Job(owner=ada))
        bus.publish(at(new, 1))
        bus.publish(ended(begun))
        assert [one.job.id for one in await seen(snapshots, 2)] == [new.id, begun.id]


@pytest.mark.parametrize("video_id", ["", "nothing", "\0", "\ud800", "x" * 5000])
async def test_a_video_that_is_not_there_or_somebody_else_s_is_not_found(
    store: Store, bus: MemoryProgressBus, watch: WatchVideos, ada: str, video_id: str
) -> None:
    eve = await added(store, person("eve"))
    job = await queued(store, ada)
    bus.publish(at(running(job), 1))
    for owner, wanted in ((ada, video_id), (eve.id, job.id)):
        with pytest.raises(NotFound):
            async with watch(owner, wanted):
                pytest.fail("it was watched")
    assert not bus._readers


class SlowStore(MemoryStore):
    """One in whose reading a lot happens: ``meanwhile`` is called before and after."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: list[Any] = []

    def __call__(self, *, read_only: bool = False) -> Any:
        return self._slowly() if read_only else super().__call__()

    @asynccontextmanager
    async def _slowly(self) -> AsyncIterator[Work]:
        if self.meanwhile:
            await self.meanwhile.pop(0)
        async with super().__call__(read_only=True) as work:
            yield work
        if self.meanwhile:
            await self.meanwhile.pop(0)


@pytest.mark.parametrize("one", [True, False], ids=["one video", "all videos"])
@pytest.mark.parametrize("step", ["begin", "advance", "end", "end late"])
@pytest.mark.parametrize("when", ["before the store is read", "after the store is read"])
async def test_what_happens_while_somebody_begins_to_watch_is_neither_lost_nor_told_backwards(
    one: bool, step: str, when: str
) -> None:
    store, bus = SlowStore(), MemoryProgressBus(0)
    ada = (await added(store, person("ada"))).id
    job = await queued(store, ada)
    begun = running(job)
    if step != "begin":
        await saved(store, begun, job)
        bus.publish(at(begun, 3))
    done = over(begun, "succeeded", now())

    async def happen() -> None:
        if step == "begin":
            await saved(store, begun, job)
            bus.publish(at(begun, 3))
        elif step == "advance":
            bus.publish(at(begun, 4))
        else:
            bus.publish(at(begun, 9))
            await saved(store, done, begun)
            if step == "end":
                bus.publish(Snapshot(job=done))

    async def nothing() -> None:
        """The other moment."""

    store.meanwhile = [happen(), nothing()] if when.startswith("before") else [nothing(), happen()]
    order = []
    async with WatchVideos(store=store, progress=bus)(ada, job.id if one else None) as snapshots:
        if step != "end":
            bus.publish(Snapshot(job=done))
        async for snapshot in snapshots:
            order.append((snapshot.job.ended, snapshot.job.attempt, snapshot.done))
            if snapshot.job.ended:
                break
    assert order[-1] == (True, 1, 0)
    assert order[:-1] == sorted(set(order[:-1]))
