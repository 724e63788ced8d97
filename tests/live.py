"""A service that really runs, whose videos are made by nobody: the tests tell how far they are."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import httpx
from dependency_injector import providers

from reelwright.adapters.http import create_app
from reelwright.adapters.jobs.bus import MemoryProgressBus
from reelwright.application.access import Identity
from reelwright.application.store import Store
from reelwright.bootstrap import Container
from reelwright.domain.brief import Brief
from reelwright.domain.errors import Unauthenticated
from reelwright.domain.ids import now
from reelwright.domain.job import Job, Snapshot, begun, over
from reelwright.domain.order import Order
from reelwright.domain.video import Video
from tests.accounts import added, person
from tests.service import container, served

T = TypeVar("T")


async def queued(store: Store, owner: str) -> Job:
    """A new video in the queue."""
    video = Video(owner=owner)
    job = Job(id=video.id, owner=owner)
    async with store() as work:
        await work.videos.add(video, Order(brief=Brief(text="The tide comes in.")))
        await work.jobs.add(job)
        await work.commit()
    return job


def running(job: Job) -> Job:
    return begun(job, now())


def at(job: Job, frames: int, total: int = 900) -> Snapshot:
    """A running job at a frame of its rendering."""
    return Snapshot(job=replace(job, stage="render", progress=frames / total), done=frames, total=total)


def ended(job: Job, status: Any = "succeeded") -> Snapshot:
    return Snapshot(job=over(job, status, now()))


@dataclass
class Live:
    """The tokens of ``ada`` and ``eve`` are their names, as long as ``revoked`` does not hold them."""

    parts: Container
    client: httpx.Client = field(init=False)
    loop: asyncio.AbstractEventLoop = field(init=False)
    revoked: set[str] = field(default_factory=set)

    async def verify(self, token: str) -> Identity:
        user = token.removesuffix("2")
        if user not in ("ada", "eve") or token in self.revoked:
            raise Unauthenticated("this session has ended; sign in again")
        return Identity(user=user)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """In the loop of the service."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def video(self, owner: str = "ada") -> Job:
        return self.run(queued(self.parts.store(), owner))

    def tell(self, *snapshots: Snapshot) -> None:
        async def publish() -> None:
            for snapshot in snapshots:
                self.parts.progress().publish(snapshot)

        self.run(publish())

    def record(self, job: Job) -> None:
        async def save() -> None:
            async with self.parts.store()() as work:
                kept = await work.jobs.get(job.owner, job.id)
                assert kept is not None
                assert await work.jobs.save(job, token=kept.token)
                await work.commit()

        self.run(save())

    @property
    def readers(self) -> int:
        """Who listens to the bus."""
        return sum(len(one) for one in self.parts.progress()._readers.values())


@contextmanager
def live(folder: Path, *, pace: float = 0.0, **http: Any) -> Iterator[Live]:
    parts = container(folder, rate_per_address=None, rate_per_user=None, **http)
    parts.progress.override(providers.Singleton(MemoryProgressBus, pace))
    here = Live(parts)
    service = create_app(parts, verify=here.verify)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        here.loop = asyncio.get_running_loop()
        await service(scope, receive, send)

    with served(app) as here.client:
        here.client.get("/api/system/version")
        for name in ("ada", "eve"):
            here.run(added(parts.store(), person(name, id=name)))
        yield here
