"""``reelwright serve`` with a clock in its progress bus, and routes that stand in for what a benchmark cannot wait for.

    python -m benchmarks.serving [options of reelwright serve]

Every snapshot that is published gets a number as its ``done``; GET /bench/published tells when each was. The routes:
POST /bench/feed?seconds=&rounds=&rate= tells of the making of videos that
nobody makes, ``rate`` times a second each, for every user who asked for it by POST /bench/feeding.
"""

import asyncio
import sys
import time
from dataclasses import replace
from functools import partial
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency

import reelwright.adapters.http.app as http_app
from reelwright.adapters.http.authentication import PUBLIC, signed_in
from reelwright.adapters.http.parts import Parts
from reelwright.adapters.jobs.bus import MemoryProgressBus
from reelwright.cli.main import main
from reelwright.domain.ids import now
from reelwright.domain.job import Job, Snapshot, begun, over

PUBLISHED: list[tuple[str, str, float, bool]] = []
"""Owner, video, when, and whether it is over; the place is the number."""
FED: list[str] = []
"""The owners whose videos are fed."""


def clocked(bus: MemoryProgressBus, snapshot: Snapshot) -> None:
    job = snapshot.job
    PUBLISHED.append((job.owner, job.id, time.monotonic(), job.ended))
    publish(bus, replace(snapshot, done=len(PUBLISHED) - 1))


publish = MemoryProgressBus.publish


@post("/bench/feeding")
async def feeding(request: Request[Any, Any, Any]) -> None:
    FED.append(signed_in(request.scope).user)


@post("/bench/feed", opt=PUBLIC)
async def feed(seconds: float, rounds: int, rate: float, parts: NamedDependency[Parts]) -> None:
    bus: MemoryProgressBus = parts.progress()  # type: ignore[attr-defined]

    async def one(owner: str, wait: float) -> None:
        await asyncio.sleep(wait)
        for _ in range(rounds):
            job = begun(Job(owner=owner), now())
            steps = int(seconds * rate)
            for step in range(steps):
                bus.publish(Snapshot(job=replace(job, stage="render", progress=step / steps), total=steps))
                await asyncio.sleep(1 / rate)
            bus.publish(Snapshot(job=over(job, "succeeded", now())))

    await asyncio.gather(*(one(owner, number / len(FED) / rate) for number, owner in enumerate(FED)))


@get("/bench/published", opt=PUBLIC)
async def published() -> list[tuple[str, str, float, bool]]:
    return PUBLISHED


if __name__ == "__main__":
    setattr(MemoryProgressBus, "publish", clocked)  # noqa: B010
    routes = [feeding, feed, published]
    setattr(http_app, "create_app", partial(http_app.create_app, routes=routes))  # noqa: B010
    sys.argv.insert(1, "serve")
    main()
