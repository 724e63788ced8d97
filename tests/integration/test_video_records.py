"""Records of videos, jobs and repeated requests keep their promises on SQLite, on PostgreSQL and in memory."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from reelwright.application.store import Store
from reelwright.domain.brief import Brief
from reelwright.domain.errors import Conflict, NotFound
from reelwright.domain.ids import new_id
from reelwright.domain.job import Job, Problem, begun, over
from reelwright.domain.order import Order
from reelwright.domain.scenes import SceneBrief
from reelwright.domain.template import TransitionChoice
from reelwright.domain.video import Video
from tests.accounts import added, person
from tests.videos import METADATA

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 5, 17, 12, 0, 0, 123456, UTC)
ORDER = Order(
    brief=Brief(
        scenes=(
            SceneBrief(
                text="潮汐来了。\0", asset=Path("0192f0c8"), transition=TransitionChoice(kind="wipe"), pause=0.5
            ),
            SceneBrief(seconds=2),
        ),
        music=Path("0192f0c9"),
        clip_sound=-9.0,
    ),
    assets=("0192f0ca",),
    webhook="https://example.org/hook",
)
WITHOUT_NUL = msgspec.convert(
    msgspec.json.decode(msgspec.json.encode(ORDER, enc_hook=str).replace(b"\\u0000", b"")),
    Order,
    dec_hook=lambda _, text: Path(text),
)


async def queued(store: Store, owner: str, **changes: Any) -> Job:
    video = Video(owner=owner, title="The tide", created=NOON)
    job = Job(id=video.id, owner=owner, created=NOON, **changes)
    async with store() as work:
        await work.videos.add(video, ORDER)
        await work.jobs.add(job)
        await work.commit()
    return job


async def run(store: Store, job: Job, at: datetime) -> Job:
    running = begun(job, at)
    async with store() as work:
        assert await work.jobs.save(running, token=job.token)
        await work.commit()
    return running


async def turns(store: Store, at: datetime = NOON) -> list[str]:
    async with store(read_only=True) as work:
        return [job.id for job in await work.jobs.waiting(at)]


async def test_a_video_and_what_was_asked_for_come_back_as_they_were(store: Store) -> None:
    ada, bob = await added(store, person("ada")), await added(store, person("bob"))
    job = await queued(store, ada.id, problem=Problem(kind="DiskFull", message="no room", fields={"file": "a"}))
    document = {"schema": "reelwright.timeline/1", "assets": {"a": {"path": "file:1"}}, "scenes": [{"frames": 1.5}]}
    async with store() as work:
        video = await work.videos.get(ada.id, job.id)
        assert video is not None
        assert video.metadata is None
        made = replace(video, key="ab" * 32, poster="cd" * 32, size=5_000_000_000, metadata=METADATA, based_on=new_id())
        await work.videos.update(made, document)
        await work.videos.update(made)
        await work.commit()
    async with store(read_only=True) as work:
        assert await work.videos.get(ada.id, job.id) == made
        assert await work.videos.get(bob.id, job.id) is None
        assert await work.videos.get(ada.id, "\0") is None
        assert await work.videos.timeline(job.id) == document
        kept = await work.videos.order(job.id)
        assert kept in (ORDER, WITHOUT_NUL)
        assert kept is not None
        assert kept.files == ("0192f0ca", "0192f0c9", "0192f0c8")
        assert await work.videos.page(ada.id, limit=10) == [(made, job)]
        assert await work.videos.references("ab" * 32) == await work.videos.references("cd" * 32) == 1
        assert await work.videos.references("ef" * 32) == 0
        assert await work.jobs.get(ada.id, job.id) == job
        assert await work.jobs.get(bob.id, job.id) is None


async def test_videos_are_listed_newest_first_by_what_they_are(store: Store) -> None:
    ada = await added(store, person("ada"))
    jobs = [await queued(store, ada.id) for _ in range(4)]
    async with store() as work:
        assert await work.jobs.save(over(jobs[1], "failed", NOON, Problem(kind="Cancelled", message="x")), token=None)
        await work.commit()
    ids = [job.id for job in jobs]
    async with store(read_only=True) as work:
        found = await work.videos.page(ada.id, limit=2)
        assert [video.id for video, _ in found] == ids[:1:-1]
        rest = await work.videos.page(ada.id, after=ids[2], limit=9)
        assert [video.id for video, _ in rest] == [ids[1], ids[0]]
        failed = await work.videos.page(ada.id, status="failed", limit=9)
        assert [job.id for _, job in failed] == [ids[1]]
        assert not await work.videos.page(ada.id, project_id=new_id(), limit=9)
        assert dict(await work.videos.counts()) == {"queued": 3, "failed": 1}
        assert dict(await work.videos.counts(new_id())) == {}


async def test_only_who_holds_a_job_can_change_it(store: Store) -> None:
    ada = await added(store, person("ada"))
    job = await run(store, await queued(store, ada.id), NOON)
    async with store() as work:
        assert not await work.jobs.save(over(job, "failed", NOON), token=None)
        assert not await work.jobs.save(over(job, "failed", NOON), token=new_id())
        assert await work.jobs.running() == [job]
        assert await work.jobs.save(over(job, "succeeded", NOON), token=job.token)
        assert not await work.jobs.save(job, token=job.token)
        assert not await work.jobs.save(job, token=None)
        assert await work.jobs.running() == await work.jobs.unfinished(ada.id) == []
        assert await work.videos.delete(ada.id, job.id)
        assert not await work.videos.delete(ada.id, job.id)
        assert await work.jobs.get(ada.id, job.id) is None
        with pytest.raises(NotFound):
            await work.videos.update(Video(owner=ada.id))


async def test_owners_take_turns_and_who_runs_least_comes_first(store: Store) -> None:
    ada, bob, eve = [await added(store, person(name)) for name in ("ada", "bob", "eve")]
    many = [await queued(store, ada.id) for _ in range(5)]
    one, later = await queued(store, bob.id), await queued(store, eve.id, not_before=NOON + timedelta(seconds=5))
    assert await turns(store) == [many[0].id, one.id]
    assert await turns(store, NOON + timedelta(seconds=5)) == [many[0].id, one.id, later.id]
    async with store(read_only=True) as work:
        assert await work.jobs.next_moment(NOON) == later.not_before
        assert [await work.jobs.ahead(job) for job in (many[0], many[4], one)] == [2, 6, 2]
    running = await run(store, many[0], NOON)
    assert await turns(store) == [one.id, many[1].id]
    async with store() as work:
        assert await work.jobs.save(over(running, "succeeded", NOON), token=running.token)
        await work.commit()
    two = await queued(store, bob.id)
    await run(store, one, NOON + timedelta(seconds=1))
    async with store() as work:
        started = await work.jobs.get(bob.id, one.id)
        assert started is not None
        assert await work.jobs.save(over(started, "cancelled", NOON), token=started.token)
        await work.commit()
    assert await turns(store) == [many[1].id, two.id]


async def test_a_repeated_request_gets_the_answer_of_the_first(store: Store) -> None:
    ada, bob = await added(store, person("ada")), await added(store, person("bob"))
    async with store() as work:
        keys = work.idempotency_keys
        assert list(await keys.claim(ada.id, "k", "a" * 64, ["1", "2"], NOON)) == ["1", "2"]
        assert list(await keys.claim(ada.id, "k", "a" * 64, ["3"], NOON)) == ["1", "2"]
        assert list(await keys.claim(bob.id, "k", "b" * 64, ["4"], NOON)) == ["4"]
        await work.commit()
    async with store() as work:
        with pytest.raises(Conflict):
            await work.idempotency_keys.claim(ada.id, "k", "c" * 64, ["5"], NOON)
    async with store() as work:
        assert await work.idempotency_keys.forget(NOON) == 0
        assert await work.idempotency_keys.forget(NOON + timedelta(seconds=1)) == 2


async def test_an_account_takes_its_videos_and_jobs_with_it(store: Store) -> None:
    ada = await added(store, person("ada"))
    await queued(store, ada.id)
    async with store() as work:
        await work.idempotency_keys.claim(ada.id, "k", "a" * 64, ["1"], NOON)
        await work.users.remove(ada.id)
        await work.commit()
    async with store() as work:
        assert not await work.videos.counts()
        assert not await turns(store)
        with pytest.raises(Conflict):
            await work.videos.add(Video(owner=ada.id), ORDER)
