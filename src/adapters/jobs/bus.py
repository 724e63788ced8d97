"""Progress told within one process."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from ...domain.job import Snapshot


class MemoryProgressBus:
    """See :class:`~reelwright.application.video_ports.ProgressBus`."""

    def __init__(self) -> None:
        self._latest: dict[str, Snapshot] = {}
        self._readers: defaultdict[str, set[_Reader]] = defaultdict(set)

    def publish(self, snapshot: Snapshot) -> None:
        job = snapshot.job
        if job.ended:
            self._latest.pop(job.id, None)
        else:
            self._latest[job.id] = snapshot
        for reader in self._readers.get(job.owner, ()):
            reader.offer(snapshot)

    def latest(self, job_id: str) -> Snapshot | None:
        return self._latest.get(job_id)

    @contextmanager
    def subscribe(self, owner: str, job_id: str | None = None) -> Iterator[AsyncIterator[Snapshot]]:
        reader = _Reader(job_id)
        self._readers[owner].add(reader)
        try:
            yield reader
        finally:
            self._readers[owner].discard(reader)
            if not self._readers[owner]:
                del self._readers[owner]


class _Reader:
    """Holds the latest of each job until it is read."""

    def __init__(self, job_id: str | None) -> None:
        self._job_id = job_id
        self._held: dict[str, Snapshot] = {}
        self._some = asyncio.Event()

    def offer(self, snapshot: Snapshot) -> None:
        if self._job_id in (None, snapshot.job.id):
            self._held[snapshot.job.id] = snapshot
            self._some.set()

    def __aiter__(self) -> "_Reader":
        return self

    async def __anext__(self) -> Snapshot:
        await self._some.wait()
        snapshot = self._held.pop(next(iter(self._held)))
        if not self._held:
            self._some.clear()
        return snapshot
