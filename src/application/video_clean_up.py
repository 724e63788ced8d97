"""What nobody needs any more of videos: contents without a record, and the keys of requests of long ago."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..domain.ids import now
from .file_ports import Storage, Stored
from .store import Store
from .videos import VideoLibrary

KEYS_KEPT_FOR = timedelta(days=1)
"""How long a repeated request has the answer of the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoCleaning:
    """What was removed, or would be: keys of orphans with their bytes, and how many keys of requests."""

    orphans: tuple[str, ...]
    bytes: int
    requests: int


class VideoCleanUp:
    """Called, it cleans up what a ``library`` keeps in its ``storage``."""

    def __init__(self, library: VideoLibrary, *, store: Store, storage: Storage) -> None:
        self._library, self._store, self._storage = library, store, storage

    async def __call__(self, *, dry_run: bool = False, at: datetime | None = None) -> VideoCleaning:
        """With ``dry_run`` only say what would be removed."""
        orphans: list[Stored] = []
        for one in await asyncio.to_thread(lambda: list(self._storage.stored())):
            async with self._store(read_only=True) as work:
                if await work.videos.references(one.key):
                    continue
            if dry_run or await self._library.release(one.key):
                orphans.append(one)
        async with self._store() as work:
            requests = await work.idempotency_keys.forget((at or now()) - KEYS_KEPT_FOR)
            if not dry_run:
                await work.commit()
        return VideoCleaning(
            orphans=tuple(one.key for one in orphans), bytes=sum(one.size for one in orphans), requests=requests
        )
