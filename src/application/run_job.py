"""Running a job: claim it, make the video, and settle it; whatever happens on the way, it ends exactly once.

Every step that counts is one unit of work under the token of the attempt: who was overtaken changes nothing. What lies
between two steps may be lost at any time and is done again, with the same result.
"""

import asyncio
import logging
import math
import os
import shutil
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from ..domain.errors import (
    Cancelled,
    EngineFailed,
    InvalidInput,
    MissingPart,
    NotFound,
    ReelwrightError,
    Refused,
    StoreUnavailable,
)
from ..domain.ids import Clock, now
from ..domain.job import Job, Problem, Snapshot, begun, cut_off, handed_back, of_the_whole, over, retried
from ..domain.progress import Progress
from ..domain.quota import Resource
from ..domain.video import Video
from .contents import sha256_of
from .ending import Ending
from .file_ports import Storage
from .material import Material
from .quotas import Quotas
from .store import Store, Work
from .video_ports import Product, ProgressBus, VideoMaker

log = logging.getLogger(__name__)

_RECORDED = 2.0
"""Seconds between two notes of the progress in the store."""
_FINAL = (InvalidInput, MissingPart, Refused)
"""What another attempt would not change."""


@dataclass(slots=True)
class Stop:
    """Asks a running job to stop: because it was cancelled, or because the service is told to end."""

    event: threading.Event = field(default_factory=threading.Event)
    handing_back: bool = False

    def is_set(self) -> bool:
        return self.event.is_set()


class RunJob:
    """``workspaces`` is the folder in which each owner has one: narration, segments, and the jobs that are not over."""

    def __init__(
        self,
        *,
        store: Store,
        quotas: Quotas,
        ending: Ending,
        files: Storage,
        videos: Storage,
        maker: VideoMaker,
        progress: ProgressBus,
        workspaces: Path,
        clock: Clock = now,
    ) -> None:
        self._store, self._quotas, self._ending = store, quotas, ending
        self._files, self._videos, self._maker, self._progress = files, videos, maker, progress
        self._workspaces, self._clock = workspaces.absolute(), clock

    async def claim(self) -> Job | None:
        """The next job whose turn it is and whose owner may run one more, now running; None where there is none."""
        async with self._store(read_only=True) as work:
            candidates = await work.jobs.waiting(self._clock())
        for job in candidates:
            async with self._store() as work:
                if await self._admitted(work, job):
                    running = begun(job, self._clock())
                    if await work.jobs.save(running, token=None):
                        await work.commit()
                        return running
        return None

    async def _admitted(self, work: Work, job: Job) -> bool:
        try:
            return await self._quotas.admit(work, job.owner, job.id)
        except NotFound:  # the account has gone meanwhile, and takes the job with it
            return False

    async def __call__(self, job: Job, stop: Stop) -> Job:
        """Run a claimed job until it is over, or queued again; as it is then. Raises StoreUnavailable."""
        folder = self._folder(job)
        loop, told = asyncio.get_running_loop(), _Told(job)
        self._progress.publish(told.snapshot)

        def hear(progress: Progress) -> None:
            loop.call_soon_threadsafe(self._hear, told, progress)

        recording = asyncio.create_task(self._record(told))
        try:
            async with self._store(read_only=True) as work:
                video, order = await work.videos.get(job.owner, job.id), await work.videos.order(job.id)
            if video is None or order is None:
                raise NotFound("video", job.id)
            async with Material(self._store, self._files, job.owner, order, folder) as material:
                product = await asyncio.to_thread(
                    self._maker.make,
                    order,
                    material,
                    folder=folder,
                    workspace=folder.parent.parent,
                    progress=hear,
                    cancel=stop,
                )
            sizes = {path: await asyncio.to_thread(_durable, path) for path in product.files}
            done = await self._succeed(told.job, video, product, sizes)
        except Cancelled:
            done = await self._stopped(told.job, stop)
        except ReelwrightError as error:
            done = await self._failed(told.job, error)
        except Exception as error:
            log.exception("job %s broke", job.id)
            done = await self._failed(told.job, EngineFailed(f"something broke ({type(error).__name__})"))
        finally:
            told.over.set()
            await recording
        if done.ended:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        self._progress.publish(replace(told.snapshot, job=done))
        return done

    async def recover(self) -> int:
        """To be called at the start, before anything is claimed: take back what a kill cut off; how many jobs.

        Folders of jobs that are over are removed, and what was half written.
        """
        async with self._store() as work:
            running = await work.jobs.running()
            for job in running:
                await self._quotas.release(work, job.id)
                at = self._clock()
                again = over(job, "cancelled", at) if job.cancel_requested else cut_off(job, at)
                if again.ended:
                    await self._end(work, again, job)
                else:
                    await work.jobs.save(again, token=job.token)
            await work.commit()
        await self._sweep()
        return len(running)

    async def hand_back(self, job: Job) -> Job:
        """Queue a job again that was claimed and not settled."""
        return await self._back(job, handed_back(job))

    async def next_moment(self) -> datetime | None:
        """When a queued job may begin that may not yet."""
        async with self._store(read_only=True) as work:
            return await work.jobs.next_moment(self._clock())

    async def remove_workspace(self, owner: str) -> None:
        """Of an account that leaves: its narration, segments and jobs."""
        await asyncio.to_thread(shutil.rmtree, self._workspaces / owner, ignore_errors=True)

    def _folder(self, job: Job) -> Path:
        return self._workspaces / job.owner / "jobs" / job.id

    def _hear(self, told: "_Told", progress: Progress) -> None:
        job = replace(told.job, stage=progress.stage, progress=max(told.job.progress, of_the_whole(progress)))
        told.job = job
        told.snapshot = Snapshot(
            job=job, done=progress.done, total=progress.total, speed=progress.speed, left=progress.left
        )
        self._progress.publish(told.snapshot)

    async def _record(self, told: "_Told") -> None:
        """Note the progress from time to time, so that whoever asks after a crash knows how far it was."""
        recorded = told.job
        while not told.over.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(told.over.wait(), _RECORDED)
            if told.job is not recorded:
                recorded = told.job
                with suppress(StoreUnavailable):
                    async with self._store() as work:
                        kept = await work.jobs.get(recorded.owner, recorded.id)
                        if kept is not None and kept.token == recorded.token:
                            noted = replace(kept, stage=recorded.stage, progress=recorded.progress)
                            await work.jobs.save(noted, token=recorded.token)
                            await work.commit()

    async def _succeed(self, job: Job, video: Video, product: Product, contents: Mapping[Path, tuple[str, int]]) -> Job:
        keys = {path: key for path, (key, _) in contents.items()}
        made = replace(
            video,
            title=product.title or video.title,
            key=keys[product.file],
            poster=keys[product.poster],
            teaser=None if product.teaser is None else keys[product.teaser],
            size=sum(size for _, size in contents.values()),
            metadata=product.metadata,
        )
        seconds = math.ceil(product.metadata.seconds)
        used: Mapping[Resource, int] = {"videos": 1, "render_seconds": seconds, "storage_bytes": made.size}
        done = over(job, "succeeded", self._clock())
        async with self._store() as work:
            await work.files.lock(*keys.values())
            for path, key in keys.items():
                await asyncio.to_thread(self._videos.put, key, path)
            if not await self._ending(work, done, made, token=job.token, used=used):
                return await self._overtaken(job)
            await work.videos.update(made, product.timeline)
            await work.commit()
        return done

    async def _stopped(self, job: Job, stop: Stop) -> Job:
        if stop.handing_back:
            return await self._back(job, handed_back(job))
        return await self._over(job, over(job, "cancelled", self._clock()))

    async def _failed(self, job: Job, error: ReelwrightError) -> Job:
        fields = {key: str(value) for key, value in vars(error).items() if isinstance(value, str | Path)}
        problem = Problem(kind=type(error).__name__, message=str(error), fields=fields)
        if isinstance(error, _FINAL):
            return await self._over(job, over(job, "failed", self._clock(), problem))
        log.warning("job %s, attempt %d: %s", job.id, job.attempt, error)
        again = retried(job, problem, self._clock())
        return await (self._over(job, again) if again.ended else self._back(job, again))

    async def _over(self, before: Job, done: Job) -> Job:
        async with self._store() as work:
            if not await self._end(work, done, before):
                return await self._overtaken(before)
            await work.commit()
        return done

    async def _end(self, work: Work, done: Job, before: Job) -> bool:
        video = await work.videos.get(done.owner, done.id)
        return video is not None and await self._ending(work, done, video, token=before.token)

    async def _back(self, before: Job, queued: Job) -> Job:
        """Queue the job again, or end it where it was cancelled meanwhile."""
        async with self._store() as work:
            kept = await work.jobs.get(before.owner, before.id)
            if kept is None or kept.token != before.token:
                return await self._overtaken(before)
            if kept.cancel_requested:
                queued = over(before, "cancelled", self._clock())
                await self._end(work, queued, before)
            else:
                await work.jobs.save(queued, token=before.token)
                await self._quotas.release(work, before.id)
            await work.commit()
        return queued

    async def _overtaken(self, job: Job) -> Job:
        """As another one has left it, or ended where it is gone with its account."""
        async with self._store(read_only=True) as work:
            kept = await work.jobs.get(job.owner, job.id)
        return kept or over(job, "cancelled", self._clock())

    async def _sweep(self) -> None:
        for folder in self._workspaces.glob("*/jobs/*"):
            async with self._store(read_only=True) as work:
                job = await work.jobs.get(folder.parent.parent.name, folder.name)
            if job is None or job.ended:
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        for part in self._workspaces.glob("*/speech/*/*.part"):
            part.unlink(missing_ok=True)


@dataclass(slots=True)
class _Told:
    """What is known of a running job beyond the store."""

    job: Job
    snapshot: Snapshot = field(init=False)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.snapshot = Snapshot(job=self.job)


def _durable(path: Path) -> tuple[str, int]:
    """The SHA-256 and the size of a file that outlives a power cut from now on."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return sha256_of(path), path.stat().st_size
