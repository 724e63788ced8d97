"""A job ends exactly once, with what it took settled and what it did not take given back."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reelwright.adapters.fakes.storage import MemoryStorage
from reelwright.adapters.jobs.bus import MemoryProgressBus
from reelwright.adapters.jobs.embedded import EmbeddedDispatcher
from reelwright.application.ending import Ending, purpose
from reelwright.application.ports import CancelSignal
from reelwright.application.quotas import Quotas
from reelwright.application.run_job import RunJob, Stop
from reelwright.application.store import Store
from reelwright.application.video_ports import Product
from reelwright.application.webhooks import Webhooks
from reelwright.domain.brief import Brief
from reelwright.domain.errors import Cancelled, DiskFull, InvalidBrief, TaskFailed
from reelwright.domain.file import StoredFile
from reelwright.domain.job import MOST_CUT_OFFS, Job, Snapshot
from reelwright.domain.order import Order
from reelwright.domain.progress import Listener, Progress
from reelwright.domain.quota import Plan
from reelwright.domain.user import User
from reelwright.domain.video import Video
from tests.accounts import added, person
from tests.videos import METADATA

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
PLANS = {
    "free": Plan(name="free", videos_a_day=5, render_minutes_a_month=10, storage_bytes=10_000, concurrent_jobs=2),
    "wide": Plan(name="wide"),
}
RESERVED: Any = {"videos": 1, "render_seconds": 60, "storage_bytes": 2000}


@dataclass
class Maker:
    """Does what it is told: ``act`` may raise, wait or look at what it was given."""

    act: Callable[[CancelSignal], None] = lambda _: None
    seen: dict[str, str] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)

    def make(
        self,
        order: Order,
        material: Mapping[str, Path],
        *,
        folder: Path,
        workspace: Path,
        progress: Listener,
        cancel: CancelSignal,
    ) -> Product:
        self.made.append(folder.name)
        self.folders.append(folder)
        self.seen |= {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}
        progress(Progress(stage="render", done=50, total=100, speed=80.0, left=0.6))
        self.act(cancel)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "video.mp4").write_text("film of " + (order.brief.text if order.brief else "a timeline"))
        (folder / "poster.jpg").write_text("poster")
        return Product(
            file=folder / "video.mp4",
            poster=folder / "poster.jpg",
            timeline={"schema": "reelwright.timeline/1"},
            title="The tide",
            metadata=METADATA,
        )


class House:
    """What a job needs, around a store."""

    def __init__(self, store: Store, folder: Path, videos: MemoryStorage | None = None) -> None:
        self.store, self.folder, self.time = store, folder / "work", NOON
        self.quotas, self.maker, self.progress = Quotas(PLANS, clock=self.clock), Maker(), MemoryProgressBus()
        self.woken = asyncio.Event()
        self.files, self.videos = MemoryStorage(), videos or MemoryStorage()
        self.run = RunJob(
            store=store,
            quotas=self.quotas,
            ending=Ending(self.quotas, Webhooks(store, wake=self.woken.set, clock=self.clock)),
            files=self.files,
            videos=self.videos,
            maker=self.maker,
            progress=self.progress,
            workspaces=self.folder,
            clock=self.clock,
        )

    def clock(self) -> datetime:
        return self.time

    async def order(self, user: User, text: str = "The tide comes in.", **order: Any) -> Job:
        video = Video(owner=user.id, title="x")
        job = Job(id=video.id, owner=user.id, created=self.time)
        async with self.store() as work:
            await self.quotas.reserve(work, user, RESERVED, purpose=purpose(video.id))
            await work.videos.add(video, Order(brief=Brief(text=text), **order))
            await work.jobs.add(job)
            await work.commit()
        return job

    async def next(self, stop: Stop | None = None) -> Job:
        job = await self.run.claim()
        assert job is not None
        return await self.run(job, stop or Stop())

    async def used(self, user: User) -> dict[str, int]:
        async with self.store(read_only=True) as work:
            return {one.resource: one.used for one in await self.quotas.standings(work, user)}

    async def actions(self, user: User) -> Mapping[str, int]:
        async with self.store(read_only=True) as work:
            return (await work.usage.statistics(user.id)).actions

    async def job(self, job: Job) -> Job:
        async with self.store(read_only=True) as work:
            found = await work.jobs.get(job.owner, job.id)
        assert found is not None
        return found


@pytest.fixture
async def house(store: Store, tmp_path: Path) -> House:
    return House(store, tmp_path)


@pytest.fixture
async def ada(house: House) -> User:
    return await added(house.store, person("ada"))


NOTHING = {"videos": 0, "render_seconds": 0, "storage_bytes": 0, "ai_calls": 0, "jobs": 0}


async def test_a_finished_video_is_kept_and_counted_as_long_as_it_is(house: House, ada: User) -> None:
    job = await house.order(ada)
    with house.progress.subscribe(ada.id, job.id) as feed:
        done = await house.next()
        told = await anext(feed)
    assert (told.job, done.status, done.progress, done.attempt) == (done, "succeeded", 1.0, 1)
    assert await house.job(job) == done
    async with house.store(read_only=True) as work:
        video = await work.videos.get(ada.id, job.id)
        assert await work.videos.timeline(job.id) == {"schema": "reelwright.timeline/1"}
    assert video is not None
    assert video.title == "The tide"
    assert video.metadata == METADATA
    assert house.videos.contents[video.key or ""] == b"film of The tide comes in."
    assert house.videos.contents[video.poster or ""] == b"poster"
    assert await house.used(ada) == NOTHING | {"videos": 1, "render_seconds": 7, "storage_bytes": video.size}
    assert await house.actions(ada) == {"video.succeeded": 1}
    assert not list(house.folder.rglob("video.mp4"))


async def test_ones_own_server_is_told_of_the_end(house: House, ada: User) -> None:
    job = await house.order(ada, webhook="https://example.org/hook")
    await house.order(ada)
    await house.next()
    await house.next()
    assert house.woken.is_set()
    async with house.store(read_only=True) as work:
        [told] = await work.webhooks.newest(ada.id, before=None, limit=9)
    assert (told.event, told.subject, told.address) == ("video.succeeded", job.id, "https://example.org/hook")
    body = json.loads(told.body)
    assert body["data"]["title"] == "The tide"
    assert body["data"]["links"]["download"] == f"/api/video/download/{job.id}"


async def test_those_who_watch_see_how_far_it_is(house: House, ada: User) -> None:
    job = await house.order(ada)
    seen: list[Snapshot | None] = []
    loop = asyncio.get_running_loop()

    def look(_: CancelSignal) -> None:
        async def latest() -> Snapshot | None:
            return house.progress.latest(job.id)

        seen.append(asyncio.run_coroutine_threadsafe(latest(), loop).result(5))

    house.maker.act = look
    await house.next()
    [told] = seen
    assert told is not None
    assert (told.done, told.total, told.speed, told.left, told.job.stage) == (50, 100, 80.0, 0.6, "render")
    assert 0.5 < told.job.progress < 0.7
    assert house.progress.latest(job.id) is None


async def test_files_lie_there_under_their_names_with_their_tags(house: House, ada: User) -> None:
    files = []
    for number, (name, tags) in enumerate([("beach.jpg", ("tide", "潮汐")), ("beach.jpg", ()), (".song.mp3", ())]):
        key = f"{number}" * 64
        house.files.contents[key] = f"content {number}".encode()
        kind: Any = "audio" if name.endswith("mp3") else "image"
        files.append(
            StoredFile(owner=ada.id, name=name, kind=kind, media_type="image/jpeg", size=9, sha256=key, tags=tags)
        )
    async with house.store() as work:
        for file in files:
            await work.files.add(file)
        await work.commit()
    await house.order(ada, assets=tuple(file.id for file in files))
    assert (await house.next()).status == "succeeded"
    assert house.maker.seen == {
        "assets/beach.jpg": "content 0",
        "assets/beach.jpg.txt": "tide\n潮汐",
        "assets/1/beach.jpg": "content 1",
        "assets/song.mp3": "content 2",
    }
    bob = await added(house.store, person("bob"))
    await house.order(bob, assets=(files[0].id,))
    done = await house.next()
    assert done.problem is not None
    assert (done.status, done.problem.kind, done.problem.fields["key"]) == ("failed", "NotFound", files[0].id)


async def test_a_maker_elsewhere_finds_the_folder_of_a_job_wherever_the_service_was_started(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    house = House(store, Path("data"))
    await house.order(await added(store, person("ada")))
    assert (await house.next()).status == "succeeded"
    [folder] = house.maker.folders
    assert folder.is_relative_to(tmp_path / "data" / "work")


async def test_what_the_user_can_mend_fails_at_once_and_costs_nothing(house: House, ada: User) -> None:
    job = await house.order(ada)

    def refuse(_: CancelSignal) -> None:
        raise InvalidBrief("the text is empty")

    house.maker.act = refuse
    done = await house.next()
    assert done.problem is not None
    assert (done.status, done.problem.kind, done.problem.message) == ("failed", "InvalidBrief", "the text is empty")
    assert await house.job(job) == done
    assert await house.used(ada) == NOTHING
    assert await house.actions(ada) == {"video.failed": 1}
    assert await house.run.claim() is None


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (TaskFailed("make", "crash", "it was ended by SIGSEGV"), "make failed: it was ended by SIGSEGV"),
        (DiskFull("no room"), "no room"),
        (ValueError("a bug"), "something broke (ValueError)"),
    ],
)
async def test_a_crash_is_tried_again_and_parked_with_its_reason(
    house: House, ada: User, trouble: Exception, told: str
) -> None:
    job = await house.order(ada)

    def crash(_: CancelSignal) -> None:
        raise trouble

    house.maker.act = crash
    for pause in (5, 20):
        waiting = await house.next()
        assert waiting.status == "queued"
        assert waiting.not_before == house.time + timedelta(seconds=pause)
        assert await house.run.claim() is None
        assert await house.run.next_moment() == waiting.not_before
        assert (await house.used(ada))["videos"] == 1
        assert (await house.used(ada))["jobs"] == 0
        house.time = waiting.not_before
    done = await house.next()
    assert (done.status, done.attempt, done.failures) == ("failed", 3, 3)
    assert done.problem is not None
    assert done.problem.message == told
    assert await house.used(ada) == NOTHING
    assert house.maker.made == [job.id] * 3


async def test_a_cancelled_job_ends_and_leaves_nothing(house: House, ada: User) -> None:
    await house.order(ada)

    def wait(cancel: CancelSignal) -> None:
        assert cancel.is_set()
        raise Cancelled

    house.maker.act, stop = wait, Stop()
    stop.event.set()
    done = await house.next(stop)
    assert (done.status, done.problem) == ("cancelled", None)
    assert await house.used(ada) == NOTHING
    assert not list(house.folder.glob("*/jobs/*"))


async def test_a_job_of_a_service_that_stops_is_queued_again_and_nothing_is_counted(house: House, ada: User) -> None:
    job = await house.order(ada)

    def wait(_: CancelSignal) -> None:
        raise Cancelled

    house.maker.act, stop = wait, Stop(handing_back=True)
    again = await house.next(stop)
    assert (again.status, again.attempt, again.token) == ("queued", 0, None)
    assert (await house.used(ada))["jobs"] == 0
    house.maker.act = lambda _: None
    assert (await house.next()).id == job.id


async def test_a_cancelling_that_comes_too_late_for_the_attempt_is_not_forgotten(house: House, ada: User) -> None:
    await house.order(ada)
    loop = asyncio.get_running_loop()

    async def ask() -> None:
        async with house.store() as work:
            [job] = await work.jobs.running()
            assert await work.jobs.save(replace(job, cancel_requested=True), token=job.token)
            await work.commit()

    def crash(_: CancelSignal) -> None:
        asyncio.run_coroutine_threadsafe(ask(), loop).result(5)
        raise TaskFailed("make", "crash", "it was ended by SIGSEGV")

    house.maker.act = crash
    assert (await house.next()).status == "cancelled"
    assert await house.used(ada) == NOTHING


async def test_who_was_overtaken_changes_nothing(house: House, ada: User) -> None:
    job = await house.order(ada)
    first = await house.run.claim()
    assert first is not None
    await house.run.recover()
    second = await house.run.claim()
    assert second is not None
    assert (second.id, second.attempt) == (job.id, 2)
    assert second.token != first.token
    assert (await house.run(first, Stop())) == second
    assert (await house.run(second, Stop())).status == "succeeded"
    assert (await house.run(first, Stop())).status == "succeeded"
    assert await house.actions(ada) == {"video.succeeded": 1}
    assert (await house.used(ada))["videos"] == 1


async def test_after_a_kill_jobs_begin_anew_but_not_for_ever(house: House, ada: User) -> None:
    job = await house.order(ada)
    leftover = house.folder / ada.id / "jobs" / job.id / "half.mp4"
    stray = house.folder / ada.id / "jobs" / "0192f0c8-0000-7000-8000-000000000000" / "half.mp4"
    for file in (leftover, stray):
        file.parent.mkdir(parents=True)
        file.write_text("half")
    for attempt in range(1, MOST_CUT_OFFS + 1):
        running = await house.run.claim()
        assert running is not None
        assert running.attempt == attempt
        assert await house.run.recover() == 1
        assert not stray.exists()
        assert leftover.exists() == (attempt < MOST_CUT_OFFS)
    done = await house.job(job)
    assert done.problem is not None
    assert (done.status, done.problem.message) == ("failed", f"it was cut off {MOST_CUT_OFFS} times")
    assert await house.used(ada) == NOTHING
    assert await house.run.recover() == 0


async def test_an_account_runs_no_more_jobs_at_once_than_its_plan_holds(house: House, ada: User) -> None:
    jobs = [await house.order(ada) for _ in range(3)]
    bob = await added(house.store, person("bob"))
    late = await house.order(bob)
    begun = [await house.run.claim() for _ in range(4)]
    assert [job.id if job else None for job in begun] == [jobs[0].id, late.id, jobs[1].id, None]
    assert begun[0] is not None
    await house.run(begun[0], Stop())
    third = await house.run.claim()
    assert third is not None
    assert third.id == jobs[2].id


async def test_the_hundred_jobs_of_one_do_not_starve_the_one_of_another(house: House) -> None:
    ada, bob = [await added(house.store, person(name, plan="wide")) for name in ("ada", "bob")]
    hundred = [await house.order(ada) for _ in range(20)]
    for _ in range(3):
        await house.next()
        house.time += timedelta(seconds=1)
    alone = await house.order(bob)
    assert (await house.next()).id == alone.id
    assert (await house.next()).id == hundred[3].id


async def test_the_dispatcher_runs_what_is_queued_and_hands_back_what_runs_when_it_ends(house: House) -> None:
    ada = await added(house.store, person("ada", plan="wide"))
    at_once, most = 0, 0

    def work(cancel: CancelSignal) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        for _ in range(10):
            if cancel.is_set():
                at_once -= 1
                raise Cancelled
            asyncio.run(asyncio.sleep(0.005))
        at_once -= 1

    house.maker.act = work
    dispatcher = EmbeddedDispatcher(house.run, at_once=2, clock=house.clock)
    jobs = [await house.order(ada) for _ in range(4)]
    async with dispatcher.running():
        with house.progress.subscribe(ada.id) as feed:
            ended = 0
            while ended < 4:
                ended += (await asyncio.wait_for(anext(feed), 10)).job.ended
            jobs.append(await house.order(ada))
            dispatcher.wake()
            while (await asyncio.wait_for(anext(feed), 10)).job.id != jobs[-1].id:
                pass
    assert most == 2
    statuses = [(await house.job(job)).status for job in jobs]
    assert statuses == ["succeeded"] * 4 + ["queued"]
    async with dispatcher.running():
        while not (await house.job(jobs[-1])).ended:
            await asyncio.sleep(0.01)
    assert await house.actions(ada) == {"video.succeeded": 5}


async def test_a_running_job_can_be_stopped(house: House, ada: User) -> None:
    job = await house.order(ada)

    def work(cancel: CancelSignal) -> None:
        while not cancel.is_set():
            asyncio.run(asyncio.sleep(0.005))
        raise Cancelled

    house.maker.act = work
    dispatcher = EmbeddedDispatcher(house.run, at_once=1)
    async with dispatcher.running():
        while (await house.job(job)).status != "running":
            await asyncio.sleep(0.01)
        dispatcher.stop("0192f0c8-0000-7000-8000-000000000000")
        dispatcher.stop(job.id)
        while not (await house.job(job)).ended:
            await asyncio.sleep(0.01)
    assert (await house.job(job)).status == "cancelled"


class Killed(BaseException):
    """What a killed process does next."""


@dataclass
class Axe:
    """Ends everything at the ``fall``-th write, before it or ``after`` it."""

    fall: int
    after: bool
    writes: int = 0

    def check(self) -> None:
        if self.writes > self.fall:
            raise Killed

    def strike(self) -> bool:
        """Whether to write at all."""
        self.check()
        self.writes += 1
        return self.writes <= self.fall or self.after


class MortalStore:
    """A store whose process may be killed at any commit."""

    def __init__(self, store: Store, axe: Axe) -> None:
        self._store, self._axe = store, axe

    @asynccontextmanager
    async def __call__(self, *, read_only: bool = False) -> AsyncIterator[Any]:
        self._axe.check()
        async with self._store(read_only=read_only) as work:
            commit = work.commit

            async def committed() -> None:
                if self._axe.strike():
                    await commit()
                self._axe.check()

            yield SimpleNamespace(**{name: getattr(work, name) for name in PARTS}, commit=committed)


PARTS = ("users", "ledger", "usage", "audit", "files", "videos", "jobs", "webhooks", "after_commit")


class MortalStorage(MemoryStorage):
    """A storage whose process may be killed at any content."""

    def __init__(self, axe: Axe) -> None:
        super().__init__()
        self._axe = axe

    def put(self, key: str, file: Path) -> None:
        if self._axe.strike():
            super().put(key, file)
        self._axe.check()


@pytest.mark.parametrize(("ending", "writes"), [("succeeded", 4), ("failed", 2), ("cancelled", 2)])
@pytest.mark.parametrize("after", [False, True])
async def test_a_kill_at_any_write_loses_nothing_and_does_nothing_twice(
    store: Store, tmp_path: Path, ending: str, writes: int, after: bool
) -> None:
    def refuse(_: CancelSignal) -> None:
        raise InvalidBrief("no") if ending == "failed" else Cancelled

    for fall in range(writes + 1):
        axe = Axe(fall, after)
        videos = MortalStorage(axe)
        house = House(store, tmp_path, videos)
        dying = House(MortalStore(store, axe), tmp_path, videos)  # type: ignore[arg-type]
        if ending != "succeeded":
            house.maker.act = dying.maker.act = refuse
        ada = await added(store, person(f"ada-{fall}"))
        job = await house.order(ada, text=f"Tide {fall}.")
        with suppress(Killed):
            await dying.next()
            assert fall == writes
        axe.fall = 1000
        await house.run.recover()
        while (again := await house.run.claim()) is not None:
            await house.run(again, Stop())
        assert (await house.job(job)).status == ending
        assert await house.actions(ada) == {f"video.{ending}": 1}
        size = sum(map(len, videos.contents.values()))
        taken = {"videos": 1, "render_seconds": 7, "storage_bytes": size} if ending == "succeeded" else {}
        assert await house.used(ada) == NOTHING | taken
        async with store(read_only=True) as work:
            assert all([await work.videos.references(key) for key in videos.contents])
        assert not list(house.folder.glob("*/jobs/*"))
