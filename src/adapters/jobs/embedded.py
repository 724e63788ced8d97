"""Jobs run by the process of the service itself, a few at once; the store is the queue, so a kill loses nothing."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from ...application.run_job import RunJob, Stop
from ...domain.errors import StoreUnavailable
from ...domain.ids import Clock, now
from ...domain.job import Job

log = logging.getLogger(__name__)

_AFTER_TROUBLE = 5.0
"""Seconds to the next try where the store cannot be used."""


class EmbeddedDispatcher:
    """See :class:`~reelwright.application.video_ports.Dispatcher`. It works within ``async with running()``.

    Only one may run on a database: at its start it takes back all that runs there.
    """

    def __init__(self, run: RunJob, *, at_once: int, clock: Clock = now) -> None:
        self._run, self._at_once, self._clock = run, at_once, clock
        self._woken = asyncio.Event()
        self._stops: dict[str, Stop] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        self._woken.set()

    def stop(self, job_id: str) -> None:
        if job_id in self._stops:
            self._stops[job_id].event.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Jobs begin within the context; at its end those that run are handed back, and the next start resumes them."""
        await self._run.recover()
        dispatching = asyncio.create_task(self._dispatch())
        try:
            yield
        finally:
            dispatching.cancel()
            with suppress(asyncio.CancelledError):
                await dispatching
            for stop in self._stops.values():
                stop.handing_back = True
                stop.event.set()
            await asyncio.gather(*self._tasks)

    async def _dispatch(self) -> None:
        while True:
            self._woken.clear()
            try:
                while len(self._tasks) < self._at_once and (job := await asyncio.shield(self._begin())):
                    log.info("job %s begins, attempt %d", job.id, job.attempt)
                pause = await self._pause()
            except StoreUnavailable as error:
                log.warning("no job can begin: %s", error)
                pause = _AFTER_TROUBLE
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), pause)

    async def _begin(self) -> Job | None:
        job = await self._run.claim()
        if job is not None:
            self._stops[job.id] = stop = Stop()
            task = asyncio.create_task(self._attend(job, stop))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            task.add_done_callback(lambda _: self.wake())
        return job

    async def _attend(self, job: Job, stop: Stop) -> None:
        try:
            done = await self._run(job, stop)
            log.info("job %s: %s", job.id, done.status)
        except StoreUnavailable as error:
            log.error("job %s cannot be settled: %s", job.id, error)
            await self._settle_later(job, stop)
        finally:
            del self._stops[job.id]

    async def _settle_later(self, job: Job, stop: Stop) -> None:
        """Queue it again as soon as the store can be used; at the end of the service that is left to the next start."""
        while not stop.handing_back:
            await asyncio.sleep(_AFTER_TROUBLE)
            with suppress(StoreUnavailable):
                await self._run.hand_back(job)
                return

    async def _pause(self) -> float | None:
        """Seconds until a job may begin that may not yet."""
        moment: datetime | None = await self._run.next_moment()
        return None if moment is None else max(0.05, (moment - self._clock()).total_seconds())
