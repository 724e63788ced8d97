"""``reelwright serve`` with a clock in its progress bus, and routes that stand in for what a benchmark cannot wait for.

    python -m benchmarks.serving [options of reelwright serve]

Every snapshot that is published gets a number as its ``done``; GET /bench/published tells when each was. The routes:
POST /bench/film?seconds= queues a silent film of the caller's, which is really rendered; POST /bench/videos
records one that stays queued behind it; POST /bench/feed?seconds=&rounds=&rate= tells of the making of videos that
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
from reelwright.adapters.http.progress import Watching
from reelwright.adapters.http.progress_bodies import Standing, standing
from reelwright.adapters.jobs.bus import MemoryProgressBus
from reelwright.cli.main import main
from reelwright.domain.brief import Brief
from reelwright.domain.ids import now
from reelwright.domain.job import Job, Snapshot, begun, over
from reelwright.domain.order import Order
from reelwright.domain.scenes import SceneBrief
from reelwright.domain.video import Video

PUBLISHED: list[tuple[str, str, float, bool]] = []
"""Owner, video, when, and whether it is over; the place is the number."""
FED: list[str] = []
"""The owners whose videos are fed."""


def clocked(bus: MemoryProgressBus, snapshot: Snapshot) -> None:
    job = snapshot.job
    PUBLISHED.append((job.owner, job.id, time.monotonic(), job.ended))
    publish(bus, replace(snapshot, done=len(PUBLISHED) - 1))


publish = MemoryProgressBus.publish


async def queue(parts: Parts, owner: str, brief: Brief) -> Job:
    video = Video(owner=owner)
    job = Job(id=video.id, owner=owner)
    async with parts.store()() as work:  # type: ignore[attr-defined]
        await work.videos.add(video, Order(brief=brief))
        await work.jobs.add(job)
        await work.commit()
    return job


@get("/api/video/status/{video_id:str}")
async def status(request: Request[Any, Any, Any], video_id: str, watching: NamedDependency[Watching]) -> Standing:
    return standing(await watching.watch().now(signed_in(request.scope).user, video_id), "en", "")


@post("/bench/film")
async def film(request: Request[Any, Any, Any], seconds: int, parts: NamedDependency[Parts]) -> dict[str, str]:
    scenes = tuple(SceneBrief(seconds=4, title=f"Scene {number}") for number in range(max(1, seconds // 4)))
    job = await queue(parts, signed_in(request.scope).user, Brief(scenes=scenes))
    parts.dispatcher().wake()  # type: ignore[attr-defined]
    return {"id": job.id}


@post("/bench/videos")
async def videos(request: Request[Any, Any, Any], parts: NamedDependency[Parts]) -> dict[str, str]:
    job = await queue(parts, signed_in(request.scope).user, Brief(scenes=(SceneBrief(seconds=4),)))
    return {"id": job.id}


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
    routes = [status, film, videos, feeding, feed, published]
    setattr(http_app, "create_app", partial(http_app.create_app, routes=routes))  # noqa: B010
    sys.argv.insert(1, "serve")
    main()
