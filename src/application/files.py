"""The files of users: taken in, listed, changed, given out and removed.

A content is in the storage exactly as long as a record refers to it. Who adds a reference holds the content's lock
until it is committed, and so does who removes a content, having seen that nothing refers to it. A crash in between
leaves an orphan for the clean-up, never a record without its content.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from ..domain.errors import NoSuchFile
from ..domain.file import (
    FileKind,
    FileLimits,
    KindUsage,
    StoredFile,
    Variant,
    check_claim,
    file_name,
    file_tags,
)
from ..domain.ids import new_id
from ..domain.progress import Listener
from ..domain.upload import Upload, digest
from .contents import sha256_of
from .file_ports import Allowance, FileInspector, FileStore, Inspection, Storage, Stored, Uploads
from .paging import Page, page, place_of, valid_limit
from .ports import CancelSignal

T = TypeVar("T")
_BATCH = 100
_PREFIX = "file-"


class FileLibrary:
    """``scratch`` is a folder for what is being looked into, best on the disk of the storage.

    ``at_once`` files are looked into at the same time; the others wait. ``allowance`` limits what an owner may keep.
    """

    def __init__(
        self,
        *,
        store: FileStore,
        storage: Storage,
        uploads: Uploads,
        inspector: FileInspector,
        scratch: Path,
        limits: FileLimits | None = None,
        allowance: Allowance | None = None,
        at_once: int = 2,
    ) -> None:
        self._store, self._storage, self._uploads, self._inspector = store, storage, uploads, inspector
        self._scratch, self._allowance = scratch, allowance
        self.limits = limits or FileLimits()
        self._room = asyncio.Semaphore(at_once)

    @property
    def scratch(self) -> Path:
        """A folder for files on their way to ``receive``; names that begin with "upload-" are swept after a crash."""
        self._scratch.mkdir(parents=True, exist_ok=True)
        return self._scratch

    @asynccontextmanager
    async def room(self, owner: str, name: str, size: int | None) -> AsyncIterator[str]:
        """Keep ``size`` bytes, None where that is not known, for a file that begins to arrive; gives the file's id.

        What was not received within the context is given back. Raises InvalidFile for the name, FileTooLarge,
        QuotaExceeded.
        """
        file_name(name)
        file_id = new_id()
        if size is not None:
            self.limits.check_size(name, size)
            await self._reserve(owner, file_id, size)
        try:
            yield file_id
        except BaseException:
            await self._give_back(file_id)
            raise

    async def receive(
        self,
        owner: str,
        file: Path,
        *,
        name: str,
        media_type: str | None = None,
        tags: Iterable[str] = (),
        expires: datetime | None = None,
        file_id: str = "",
        sha256: str = "",
    ) -> StoredFile:
        """Take in a finished temporary file, which is gone afterwards whatever happens.

        What it is, is told by its content; ``name`` and ``media_type`` are the sender's claims. Content that the owner
        has already gives back the record there is, which has another id than ``file_id``, the one that ``room`` gave.
        ``sha256`` is that of the file where the caller has counted it himself. Raises InvalidFile and below,
        InvalidInput for the tags, QuotaExceeded.
        """
        file_id, kept = file_id or new_id(), None
        try:
            name, labels = file_name(name), file_tags(tags)
            size = file.stat().st_size
            self.limits.check_size(name, size)
            key = sha256 or await asyncio.to_thread(sha256_of, file)
            async with self._store(read_only=True) as work:
                known = await work.files.find(owner, key)
            if known is not None:
                check_claim(name, media_type, known.media_type)
                return known
            await self._reserve(owner, file_id, size)
            with self._folder() as folder:
                async with self._room:
                    inspection = await _steadily(self._inspector.inspect, file, name, Path(folder))
                kept = await self._keep(file_id, owner, file, key, name, media_type, labels, expires, inspection)
            return kept
        finally:
            file.unlink(missing_ok=True)
            if kept is None or kept.id != file_id:
                await self._give_back(file_id)

    async def _reserve(self, owner: str, file_id: str, size: int) -> None:
        if self._allowance is not None:
            async with self._store() as work:
                await self._allowance.reserve(work, owner, file_id, size)
                await work.commit()

    async def _give_back(self, file_id: str) -> None:
        if self._allowance is not None:
            async with self._store() as work:
                await self._allowance.give_back(work, file_id)
                await work.commit()

    async def _keep(
        self,
        file_id: str,
        owner: str,
        file: Path,
        key: str,
        name: str,
        media_type: str | None,
        tags: tuple[str, ...],
        expires: datetime | None,
        inspection: Inspection,
    ) -> StoredFile:
        self.limits.check_size(name, file.stat().st_size, inspection.kind)
        self.limits.check_length(name, inspection.metadata)
        check_claim(name, media_type, inspection.media_type)
        thumbnail = await asyncio.to_thread(sha256_of, inspection.thumbnail)
        record = StoredFile(
            id=file_id,
            owner=owner,
            name=name,
            kind=inspection.kind,
            media_type=inspection.media_type,
            size=file.stat().st_size,
            sha256=key,
            metadata=inspection.metadata,
            tags=tags,
            thumbnail=thumbnail,
            expires=expires,
        )
        async with self._store() as work:
            await work.files.lock(key, thumbnail)
            known = await work.files.find(owner, key)
            if known is not None:
                return known
            if self._allowance is not None:
                await self._allowance.settle(work, owner, file_id, record.size)
            await asyncio.to_thread(self._storage.put, key, file)
            await asyncio.to_thread(self._storage.put, thumbnail, inspection.thumbnail)
            await work.files.add(record)
            await work.commit()
        return record

    async def get(self, owner: str, file_id: str) -> StoredFile:
        """Raises NoSuchFile."""
        async with self._store(read_only=True) as work:
            found = await work.files.get(owner, file_id)
        if found is None:
            raise NoSuchFile(file_id)
        return found

    async def page(
        self,
        owner: str,
        *,
        kind: FileKind | None = None,
        tag: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[StoredFile]:
        """The newest first. Raises InvalidField for a cursor or a limit that is none."""
        after, most = place_of(cursor), valid_limit(limit)
        async with self._store(read_only=True) as work:
            found = await work.files.page(owner, kind=kind, tag=tag, after=after, limit=most + 1)
        return page(found, most, lambda file: file.id)

    async def update(
        self, owner: str, file_id: str, *, name: str | None = None, tags: Iterable[str] | None = None
    ) -> StoredFile:
        """Raises NoSuchFile, InvalidFile for the name, InvalidInput for the tags."""
        named, tagged = name if name is None else file_name(name), tags if tags is None else file_tags(tags)
        async with self._store() as work:
            file = await work.files.get(owner, file_id)
            if file is None:
                raise NoSuchFile(file_id)
            changed = replace(
                file, name=file.name if named is None else named, tags=file.tags if tagged is None else tagged
            )
            await work.files.update(changed)
            await work.commit()
        return changed

    async def delete(self, owner: str, file_id: str) -> None:
        """The last reference takes the content with it. Raises NoSuchFile."""
        async with self._store() as work:
            file = await work.files.get(owner, file_id)
            if file is None or not await work.files.delete(owner, file_id):
                raise NoSuchFile(file_id)
            if self._allowance is not None:
                await self._allowance.free(work, file_id)
            await work.commit()
        await self.release(file.keys)

    async def delete_all(self, owner: str) -> int:
        """All files and uploads of somebody who goes; how many files there were."""
        count = 0
        while files := (await self.page(owner, limit=_BATCH)).items:
            for file in files:
                with suppress(NoSuchFile):
                    await self.delete(owner, file.id)
                    count += 1
        for upload in await asyncio.to_thread(self._uploads.expired, datetime.max.replace(tzinfo=UTC)):
            if upload.owner == owner:
                with suppress(NoSuchFile):
                    await self.abandon_upload(owner, upload.id)
        return count

    async def release(self, keys: Sequence[str]) -> int:
        """Remove contents that nothing refers to; how many there were."""
        removed = 0
        for key in keys:
            async with self._store() as work:
                await work.files.lock(key)
                if not await work.files.references(key):
                    removed += await asyncio.to_thread(self._storage.delete, key)
        return removed

    async def stored(self, owner: str, file_id: str, variant: Variant = "content") -> tuple[StoredFile, Stored]:
        """The record and what lies in the storage of it. Raises NoSuchFile, also for a variant that it has not."""
        file = await self.get(owner, file_id)
        key = file.key(variant)
        found = None if key is None else await asyncio.to_thread(self._storage.stat, key)
        if found is None:
            raise NoSuchFile(file_id)
        return file, found

    def local(self, stored: Stored) -> AbstractContextManager[Path]:
        """A file to read a content from, as long as the context lasts. Raises NoSuchFile."""
        return self._storage.local(stored.key)

    async def usage(self, owner: str | None = None) -> Sequence[KindUsage]:
        """By kind; of everybody where there is no owner."""
        async with self._store(read_only=True) as work:
            return await work.files.usage(owner)

    async def make_proxy(
        self, owner: str, file_id: str, *, progress: Listener | None = None, cancel: CancelSignal | None = None
    ) -> StoredFile:
        """A small copy of a video beside it; one that is there is kept. Raises NoSuchFile, InvalidFile, Cancelled."""
        file = await self.get(owner, file_id)
        if not file.lacks_proxy:
            return file
        with self._folder() as folder:

            def make() -> tuple[Path, str]:
                with self._storage.local(file.sha256) as content:
                    proxy = self._inspector.proxy(content, file.name, Path(folder), progress=progress, cancel=cancel)
                return proxy, sha256_of(proxy)

            proxy, key = await asyncio.to_thread(make)
            async with self._store() as work:
                await work.files.lock(key)
                current = await work.files.get(owner, file_id)
                if current is None:
                    raise NoSuchFile(file_id)
                await asyncio.to_thread(self._storage.put, key, proxy)
                changed = replace(current, proxy=key)
                await work.files.update(changed)
                await work.commit()
        return changed

    async def begin_upload(
        self, owner: str, *, name: str, size: int, sha256: str | None = None, media_type: str | None = None
    ) -> Upload:
        """Announce a file that comes in parts. Raises InvalidFile, FileTooLarge, InvalidInput, QuotaExceeded."""
        name = file_name(name)
        async with self.room(owner, name, size) as file_id:
            upload = Upload(id=file_id, owner=owner, name=name, size=size, sha256=digest(sha256), media_type=media_type)
            await asyncio.to_thread(self._uploads.begin, upload)
        return upload

    async def upload(self, owner: str, upload_id: str) -> Upload:
        """Where an upload stands. Raises NoSuchFile."""
        return await asyncio.to_thread(self._uploads.get, owner, upload_id)

    async def add_part(
        self,
        owner: str,
        upload_id: str,
        offset: int,
        blocks: AsyncIterator[bytes],
        *,
        length: int | None = None,
        sha256: str | None = None,
    ) -> Upload:
        """Append bytes as they come; see ``Uploads.part`` for what counts and what is raised."""
        opened = self._uploads.part(owner, upload_id, offset, length=length, sha256=digest(sha256))
        part = await _steadily(opened.__enter__)
        try:
            async for block in blocks:
                await _steadily(part.write, block)
        except BaseException as error:
            await _steadily(opened.__exit__, type(error), error, error.__traceback__)
            raise
        await _steadily(opened.__exit__, None, None, None)
        return await self.upload(owner, upload_id)

    async def abandon_upload(self, owner: str, upload_id: str) -> None:
        """Raises NoSuchFile."""
        await asyncio.to_thread(self._uploads.abandon, owner, upload_id)
        await self._give_back(upload_id)

    async def finish_upload(self, owner: str, upload_id: str, *, tags: Iterable[str] = ()) -> StoredFile:
        """Raises NoSuchFile, UploadOutOfStep while bytes are missing, and as ``receive`` does."""
        labels = file_tags(tags)
        upload = await self.upload(owner, upload_id)
        file = await asyncio.to_thread(self._uploads.finish, owner, upload_id)
        try:
            if upload.sha256 is not None:
                upload.check_digest(await asyncio.to_thread(sha256_of, file))
        except BaseException:
            file.unlink(missing_ok=True)
            await self._give_back(upload_id)
            raise
        return await self.receive(
            owner, file, name=upload.name, media_type=upload.media_type, tags=labels, file_id=upload_id
        )

    def _folder(self) -> "tempfile.TemporaryDirectory[str]":
        return tempfile.TemporaryDirectory(dir=self.scratch, prefix=_PREFIX)


async def _steadily(do: Callable[..., T], *given: Any) -> T:
    """``do`` in a thread, whose end is waited for also by who is cancelled meanwhile."""
    doing = asyncio.ensure_future(asyncio.to_thread(do, *given))
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait([doing])
        raise
