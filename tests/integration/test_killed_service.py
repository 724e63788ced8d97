"""Whatever is killed and whenever, every accepted job ends exactly once, and nothing is lost or left behind."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import av
import pytest

from reelwright.application.ending import purpose
from reelwright.bootstrap import Container
from reelwright.domain.brief import Brief
from reelwright.domain.job import Job
from reelwright.domain.order import Order
from reelwright.domain.user import User
from reelwright.domain.video import Video
from tests.accounts import added, person
from tests.killable import ROOT, toned

pytestmark = pytest.mark.anyio
KILLS = 30


@contextmanager
def running(data: Path) -> Iterator["subprocess.Popen[str]"]:
    """The service in a process of its own, once its jobs run."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.killable", str(data)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    with suppress(OSError):
        return [int(child) for file in listed for child in file.read_text().split()]
    return []


async def order(container: Container, user: User, number: int) -> Job:
    video = Video(owner=user.id)
    text = f"Wave {number} comes in. Then it goes out, and leaves the sand as smooth as it was before wave {number}."
    async with container.store()() as work:
        amounts = {"videos": 1, "render_seconds": 20, "storage_bytes": 100_000}
        await container.quotas().reserve(work, user, amounts, purpose=purpose(video.id))  # type: ignore[arg-type]
        await work.videos.add(video, Order(brief=Brief(text=text, resolution="360p", quality="draft")))
        job = Job(id=video.id, owner=user.id)
        await work.jobs.add(job)
        await work.commit()
    return job


async def unfinished(container: Container) -> int:
    async with container.store()(read_only=True) as work:
        counts = await work.videos.counts()
    return counts.get("queued", 0) + counts.get("running", 0)


async def test_every_job_ends_exactly_once_whoever_is_killed_at_thirty_moments(tmp_path: Path) -> None:
    container, chance = toned(tmp_path), random.Random(7)
    await container.store().migrate()
    users = [await added(container.store(), person(name, plan="unlimited")) for name in ("ada", "bob")]
    jobs: list[Job] = []
    kills = 0
    while kills < KILLS:
        while await unfinished(container) < 4:
            jobs.append(await order(container, users[len(jobs) % 2], len(jobs)))
        with running(tmp_path) as service:
            for _ in range(chance.randint(1, 3)):
                await asyncio.sleep(chance.uniform(0.05, 1.1))
                victims = children(service.pid)
                # A killed child is followed by a pause: not so late that the end would have to wait for it.
                if victims and kills < KILLS - 8 and chance.random() < 0.9:
                    with suppress(ProcessLookupError):
                        os.kill(chance.choice(victims), signal.SIGKILL)
                    kills += 1
            service.kill()
            kills += 1
    with running(tmp_path):
        deadline = time.monotonic() + 120
        while await unfinished(container):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)
    await settled(container, jobs, users)
    await container.store().close()


async def settled(container: Container, jobs: list[Job], users: list[User]) -> None:
    made: dict[str, int] = dict.fromkeys((user.id for user in users), 0)
    size, keys = dict(made), set()
    async with container.store()(read_only=True) as work:
        for job in jobs:
            found, video = await work.jobs.get(job.owner, job.id), await work.videos.get(job.owner, job.id)
            assert found is not None
            assert video is not None
            assert found.status in ("succeeded", "failed")
            assert (found.status == "succeeded") == (video.key is not None) == (found.problem is None)
            made[job.owner] += found.status == "succeeded"
            size[job.owner] += video.size
            keys |= set(video.keys)
        assert sum(made.values()) >= len(jobs) - 2
        for user in users:
            theirs = sum(job.owner == user.id for job in jobs)
            actions = (await work.usage.statistics(user.id)).actions
            assert actions.get("video.succeeded", 0) == made[user.id]
            assert actions.get("video.failed", 0) == theirs - made[user.id]
            used = {one.resource: one.used for one in await container.quotas().standings(work, user)}
            assert (used["videos"], used["storage_bytes"], used["jobs"]) == (made[user.id], size[user.id], 0)
    stored = {one.key for one in container.video_storage().stored()}
    assert stored == keys
    data = container.settings().data
    assert not list(data.glob("work/*/jobs/*"))
    assert not list(data.rglob("*.part"))
    for key in keys:
        with container.video_storage().local(key) as path, av.open(str(path)) as film:
            assert sum(1 for _ in film.decode(video=0)) > 0
