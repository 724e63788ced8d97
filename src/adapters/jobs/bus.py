"""Progress told within one process."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from ...domain.job import Job, Snapshot

_BATCH = 16
"""Readers that are woken before the event loop attends to others; a thousand at once would hold it for long."""


class MemoryProgressBus:
    """See :class:`~reelwright.application.video_ports.ProgressBus`.

    Readers are told at once of another stage, status or attempt, and at most every ``pace`` seconds of a job that is
    only further along: a renderer tells of every frame.
    """

    def __init__(self, pace: float = 0.25) -> None:
        self._pace = pace
        self._latest: dict[str, Snapshot] = {}
        self._paced: dict[str, tuple[Snapshot, asyncio.TimerHandle]] = {}
        """What was told last of a job, until the pace allows to tell more."""
        self._readers: dict[tuple[str, str | None], dict[_Reader, None]] = {}
        self._waking: deque[_Reader] = deque()

    def publish(self, snapshot: Snapshot) -> None:
        job = snapshot.job
        if job.ended:
            self._latest.pop(job.id, None)
        else:
            self._latest[job.id] = snapshot
        paced = self._paced.get(job.id)
        if paced is not None:
            if not job.ended and _step(paced[0].job) == _step(job):
                return
            del self._paced[job.id]
            paced[1].cancel()
        self._tell(snapshot)

    def latest(self, job_id: str) -> Snapshot | None:
        return self._latest.get(job_id)

    @contextmanager
    def subscribe(self, owner: str, job_id: str | None = None) -> Iterator[AsyncIterator[Snapshot]]:
        reader = _Reader()
        readers = self._readers.setdefault((owner, job_id), {})
        readers[reader] = None
        try:
            yield reader
        finally:
            del readers[reader]
            if not readers:
                del self._readers[owner, job_id]

    def _tell(self, snapshot: Snapshot) -> None:
        job = snapshot.job
        readers = [*self._readers.get((job.owner, job.id), ()), *self._readers.get((job.owner, None), ())]
        if not readers:
            return
        if not job.ended:
            timer = asyncio.get_running_loop().call_later(self._pace, self._catch_up, job.id)
            self._paced[job.id] = snapshot, timer
        idle = not self._waking
        self._waking.extend(reader for reader in readers if reader.offer(snapshot))
        if idle and self._waking:
            self._wake()

    def _catch_up(self, job_id: str) -> None:
        told, _ = self._paced.pop(job_id)
        latest = self._latest[job_id]
        if latest is not told:
            self._tell(latest)

    def _wake(self) -> None:
        for _ in range(min(_BATCH, len(self._waking))):
            self._waking.popleft().wake()
        if self._waking:
            asyncio.get_running_loop().call_soon(self._wake)


def _step(job: Job) -> tuple[str, str, int]:
    return job.status, job.stage, job.attempt


class _Reader:
    """Holds the latest of each job until it is read; what a job ended as stays, whatever comes late."""

    __slots__ = ("_held", "_waiting", "_woken")

    def __init__(self) -> None:
        self._held: dict[str, Snapshot] = {}
        self._waiting: asyncio.Future[None] | None = None
        self._woken = False

    def offer(self, snapshot: Snapshot) -> bool:
        """Whether the reader waits, and is not about to be woken."""
        held = self._held.get(snapshot.job.id)
        if held is None or not held.job.ended:
            self._held[snapshot.job.id] = snapshot
        if self._waiting is None or self._woken:
            return False
        self._woken = True
        return True

    def wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def __aiter__(self) -> "_Reader":
        return self

    async def __anext__(self) -> Snapshot:
        while not self._held:
            self._waiting = asyncio.get_running_loop().create_future()
            try:
                await self._waiting
            finally:
                self._waiting, self._woken = None, False
        return self._held.pop(next(iter(self._held)))
