"""Every progress bus keeps the promises of its port."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from reelwright.adapters.jobs.bus import MemoryProgressBus
from reelwright.application.video_ports import ProgressBus
from reelwright.domain.job import Job, Snapshot
from tests.live import at, ended, running

pytestmark = pytest.mark.anyio
BUSES: dict[str, Callable[[], ProgressBus]] = {
    "memory": lambda: MemoryProgressBus(0.05),
    "memory, without a pace": lambda: MemoryProgressBus(0),
}
"""What holds for one holds for all: another bus is a line here."""


@pytest.fixture(params=BUSES)
def bus(request: pytest.FixtureRequest) -> ProgressBus:
    return BUSES[request.param]()


def job(owner: str = "ada", **how: Any) -> Job:
    return running(Job(owner=owner, **how))


async def told(reader: AsyncIterator[Snapshot]) -> Snapshot:
    return await asyncio.wait_for(anext(reader), 5)


async def nothing_more(reader: AsyncIterator[Snapshot]) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(reader), 0.15)


async def test_readers_get_what_they_asked_for_and_nothing_of_others(bus: ProgressBus) -> None:
    first, second, other = job(), job(), job("eve")
    with (
        bus.subscribe("ada") as every,
        bus.subscribe("ada", first.id) as one,
        bus.subscribe("eve") as hers,
        bus.subscribe("eve", first.id) as curious,
    ):
        for snapshot in (at(first, 1), at(second, 2), at(other, 3)):
            bus.publish(snapshot)
        assert [(await told(every)).done, (await told(every)).done] == [1, 2]
        assert (await told(one)).done == 1
        assert (await told(hers)).done == 3
        for reader in (every, one, hers, curious):
            await nothing_more(reader)


async def test_a_slow_reader_gets_the_latest_of_each_job_and_never_all(bus: ProgressBus) -> None:
    first, second = job(), job()
    with bus.subscribe("ada") as reader:
        for frames in range(500):
            bus.publish(at(first, frames))
            bus.publish(at(second, frames))
        await asyncio.sleep(0.1)
        assert {(await told(reader)).job.id for _ in range(2)} == {first.id, second.id}
        bus.publish(at(first, 500))
        assert (await told(reader)).done == 500
        await nothing_more(reader)


async def test_the_last_of_a_burst_is_told_even_if_nothing_follows(bus: ProgressBus) -> None:
    first = job()
    with bus.subscribe("ada", first.id) as reader:
        bus.publish(at(first, 0))
        assert (await told(reader)).done == 0
        for frames in range(1, 100):
            bus.publish(at(first, frames))
        seen = await told(reader)
        while seen.done < 99:
            seen = await told(reader)
        await nothing_more(reader)


@pytest.mark.parametrize("status", ["succeeded", "failed", "cancelled"])
async def test_how_a_job_ended_is_never_lost(bus: ProgressBus, status: str) -> None:
    first, second = job(), job()
    with bus.subscribe("ada") as reader:
        bus.publish(at(first, 1))
        bus.publish(ended(first, status))
        bus.publish(at(first, 2))
        for frames in range(100):
            bus.publish(at(second, frames))
        bus.publish(ended(second, status))
        last = {}
        for _ in range(2):
            snapshot = await told(reader)
            last[snapshot.job.id] = snapshot.job.status
        assert last == {first.id: status, second.id: status}


async def test_another_stage_is_told_at_once() -> None:
    bus, first = MemoryProgressBus(pace=60), job()
    with bus.subscribe("ada", first.id) as reader:
        for stage in ("write", "voice", "render"):
            bus.publish(Snapshot(job=replace(first, stage=stage)))
            assert (await told(reader)).job.stage == stage
        bus.publish(ended(first))
        assert (await told(reader)).job.ended


async def test_progress_of_every_frame_is_told_at_the_pace() -> None:
    bus, first, seen = MemoryProgressBus(pace=0.1), job(), []
    with bus.subscribe("ada", first.id) as reader:

        async def read() -> None:
            async for snapshot in reader:
                seen.append(snapshot.done)
                if snapshot.job.ended:
                    return

        reading = asyncio.create_task(read())
        for frames in range(100):
            bus.publish(at(first, frames))
            await asyncio.sleep(0.003)
        bus.publish(at(first, 100))
        bus.publish(ended(first))
        await asyncio.wait_for(reading, 5)
    assert seen == sorted(seen[:-1]) + seen[-1:]
    assert 3 <= len(seen) <= 40


async def test_the_latest_is_known_until_the_job_is_over(bus: ProgressBus) -> None:
    first = job()
    assert bus.latest(first.id) is None
    for frames in range(3):
        bus.publish(at(first, frames))
        known = bus.latest(first.id)
        assert known is not None
        assert known.done == frames
    bus.publish(ended(first))
    assert bus.latest(first.id) is None


def _told_of() -> list[object]:
    gc.collect()
    return [found for found in gc.get_objects() if type(found).__name__ in ("_Reader", "Snapshot")]


async def test_nothing_is_left_of_readers_that_went_and_jobs_that_ended(bus: ProgressBus) -> None:
    before = len(_told_of())
    for number in range(50):
        one = job()
        with bus.subscribe("ada"), bus.subscribe("ada", one.id) as reader:
            waiting = asyncio.create_task(told(reader))
            await asyncio.sleep(0)
            bus.publish(at(one, number))
            if number % 2:
                waiting.cancel()
            await asyncio.wait([waiting])
            bus.publish(at(one, number + 1))
        bus.publish(ended(one))
    await asyncio.sleep(0.1)
    assert len(_told_of()) - before <= 5, "those that this test itself still holds"


async def test_a_thousand_readers_are_told_in_batches() -> None:
    bus, first, order = MemoryProgressBus(), job(), []

    async def read(number: int) -> None:
        with bus.subscribe("ada", first.id) as reader:
            await anext(reader)
            order.append(number)

    readers = [asyncio.create_task(read(number)) for number in range(1000)]
    await asyncio.sleep(0)
    bus.publish(ended(first))
    between = []
    while len(order) < 1000:
        between.append(len(order))
        await asyncio.sleep(0)
    await asyncio.gather(*readers)
    assert order == list(range(1000))
    assert max(after - before for before, after in zip(between, [*between[1:], 1000], strict=True)) <= 32
