"""What nobody needs any more: expired files and uploads, contents without a record, leftovers of a crash."""

import asyncio
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from ..domain.errors import NoSuchFile
from ..domain.file import StoredFile
from ..domain.ids import now
from ..domain.upload import KEPT_FOR
from .file_ports import Allowance, FileStore, Storage, Stored, Uploads
from .files import FileLibrary

_BATCH = 100
_LEFTOVERS = "file-*", "upload-*"


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanUp:
    """What was removed, or would be: ids of expired files and uploads, keys of orphans, and the bytes of it all."""

    expired: tuple[str, ...]
    uploads: tuple[str, ...]
    orphans: tuple[str, ...]
    bytes: int


class FileCleanUp:
    """Called, it cleans up what a ``library`` keeps. The other parts are those of the library."""

    def __init__(
        self,
        library: FileLibrary,
        *,
        store: FileStore,
        storage: Storage,
        uploads: Uploads,
    ) -> None:
        self._library, self._store, self._storage, self._uploads = library, store, storage, uploads

    async def __call__(self, *, dry_run: bool = False, at: datetime | None = None) -> CleanUp:
        """Remove expired files and uploads, and contents that nothing refers to; with ``dry_run`` only say which."""
        at = at or now()
        expired = await self._expired(at)
        if not dry_run:
            for file in expired:
                with suppress(NoSuchFile):
                    await self._library.delete(file.owner, file.id)
        uploads = await asyncio.to_thread(self._uploads.expired, at)
        orphans: list[Stored] = []
        for one in await asyncio.to_thread(lambda: list(self._storage.stored())):
            async with self._store(read_only=True) as work:
                if await work.files.references(one.key):
                    continue
            if dry_run or await self._library.release([one.key]):
                orphans.append(one)
        if not dry_run:
            for upload in uploads:
                with suppress(NoSuchFile):
                    await self._library.abandon_upload(upload.owner, upload.id)
            await asyncio.to_thread(self.sweep, at - KEPT_FOR)
        sizes = (
            [file.size for file in expired] + [one.size for one in orphans] + [upload.received for upload in uploads]
        )
        return CleanUp(
            expired=tuple(file.id for file in expired),
            uploads=tuple(upload.id for upload in uploads),
            orphans=tuple(one.key for one in orphans),
            bytes=sum(sizes),
        )

    async def _expired(self, at: datetime) -> list[StoredFile]:
        found: list[StoredFile] = []
        async with self._store(read_only=True) as work:
            while batch := await work.files.expired(at, after=found[-1].id if found else None, limit=_BATCH):
                found += batch
        return found

    def sweep(self, before: datetime) -> None:
        """Remove what a crash before then left of uploads and inspections; what is still in use has to be younger."""
        self._uploads.sweep(before)
        self._storage.sweep(before)
        for path in (path for pattern in _LEFTOVERS for path in self._library.scratch.glob(pattern)):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime >= before.timestamp():
                    continue
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink()


async def give_back_lost(store: FileStore, uploads: Uploads, allowance: Allowance) -> int:
    """Give back what a crash left reserved for files that will not come; for how many.

    To be called at the start, before files are received.
    """
    count = 0
    async with store() as work:
        for owner, file_id in await allowance.reserved(work):
            try:
                await asyncio.to_thread(uploads.get, owner, file_id)
            except NoSuchFile:
                await allowance.give_back(work, file_id)
                count += 1
        await work.commit()
    return count
