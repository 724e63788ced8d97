"""The files of users: taken in, listed, changed, given out and removed.

A content is in the storage exactly as long as a record refers to it. Who adds a reference holds the content's lock
until it is committed, and so does who removes a content, having seen that nothing refers to it. A crash in between
leaves an orphan for the clean-up, never a record without its content.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from ..domain.errors import InvalidInput, NoSuchFile
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
from ..domain.ids import now
from ..domain.progress import Listener
from ..domain.upload import KEPT_FOR, Upload, digest
from .file_ports import FileInspector, FileStore, Inspection, Storage, Stored, Uploads
from .ports import CancelSignal

_BLOCK = 1 << 20
_LARGEST_PAGE = 200
_BATCH = 100
_PREFIX = "file-"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePage:
    """Some files, newest first; ``cursor`` asks for those that follow, None where there are none."""

    files: tuple[StoredFile, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanUp:
    """What was removed, or would be: ids of expired files and uploads, keys of orphans, and the bytes of it all."""

    expired: tuple[str, ...]
    uploads: tuple[str, ...]
    orphans: tuple[str, ...]
    bytes: int


class FileLibrary:
    """``scratch`` is a folder for what is being looked into, best on the disk of the storage.

    ``at_once`` files are looked into at the same time; the others wait.
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
        at_once: int = 2,
    ) -> None:
        self._store, self._storage, self._uploads, self._inspector = store, storage, uploads, inspector
        self._scratch = scratch
        self.limits = limits or FileLimits()
        self._room = asyncio.Semaphore(at_once)

    async def receive(
        self,
        owner: str,
        file: Path,
        *,
        name: str,
        media_type: str | None = None,
        tags: Iterable[str] = (),
        expires: datetime | None = None,
    ) -> StoredFile:
        """Take in a finished temporary file, which is gone afterwards whatever happens.

        What it is, is told by its content; ``name`` and ``media_type`` are the sender's claims. Content that the owner
        has already gives back the record there is. Raises InvalidFile and below, InvalidInput for the tags.
        """
        try:
            name, labels = file_name(name), file_tags(tags)
            self.limits.check_size(name, file.stat().st_size)
            key = await asyncio.to_thread(_digest, file)
            async with self._store() as work:
                known = await work.files.find(owner, key)
            if known is not None:
                check_claim(name, media_type, known.media_type)
                return known
            with self._folder() as folder:
                async with self._room:
                    inspection = await asyncio.to_thread(self._inspector.inspect, file, name, Path(folder))
                return await self._keep(owner, file, key, name, media_type, labels, expires, inspection)
        finally:
            file.unlink(missing_ok=True)

    async def _keep(
        self,
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
        thumbnail = await asyncio.to_thread(_digest, inspection.thumbnail)
        record = StoredFile(
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
            await asyncio.to_thread(self._storage.put, key, file)
            await asyncio.to_thread(self._storage.put, thumbnail, inspection.thumbnail)
            await work.files.add(record)
            await work.commit()
        return record

    async def get(self, owner: str, file_id: str) -> StoredFile:
        """Raises NoSuchFile."""
        async with self._store() as work:
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
    ) -> FilePage:
        """Raises InvalidInput for a limit out of 1 to 200."""
        if not 1 <= limit <= _LARGEST_PAGE:
            raise InvalidInput(f"a page of {limit} files: 1 to {_LARGEST_PAGE} are right")
        async with self._store() as work:
            found = await work.files.page(owner, kind=kind, tag=tag, after=cursor, limit=limit + 1)
        files = tuple(found[:limit])
        return FilePage(files=files, cursor=files[-1].id if len(found) > limit else None)

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
            await work.commit()
        await self._release(file.keys)

    async def delete_all(self, owner: str) -> int:
        """All files of somebody who goes; how many there were."""
        count = 0
        while files := (await self.page(owner, limit=_BATCH)).files:
            for file in files:
                await self.delete(owner, file.id)
                count += 1
        return count

    async def _release(self, keys: Sequence[str]) -> int:
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

    async def usage(self, owner: str | None = None) -> Sequence[KindUsage]:
        """By kind; of everybody where there is no owner."""
        async with self._store() as work:
            return await work.files.usage(owner)

    async def make_proxy(
        self, owner: str, file_id: str, *, progress: Listener | None = None, cancel: CancelSignal | None = None
    ) -> StoredFile:
        """A small copy of a video beside it; one that is there is kept. Raises NoSuchFile, InvalidInput, Cancelled."""
        file = await self.get(owner, file_id)
        if file.kind != "video":
            raise InvalidInput(f"{file.name} is no video: only videos have a proxy")
        if file.proxy is not None:
            return file
        with self._folder() as folder:

            def make() -> tuple[Path, str]:
                with self._storage.local(file.sha256) as content:
                    proxy = self._inspector.proxy(content, file.name, Path(folder), progress=progress, cancel=cancel)
                return proxy, _digest(proxy)

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
        """Announce a file that comes in parts. Raises InvalidFile, FileTooLarge, InvalidInput."""
        name = file_name(name)
        self.limits.check_size(name, size)
        upload = Upload(owner=owner, name=name, size=size, sha256=digest(sha256), media_type=media_type)
        await asyncio.to_thread(self._uploads.begin, upload)
        return upload

    async def finish_upload(self, owner: str, upload_id: str, *, tags: Iterable[str] = ()) -> StoredFile:
        """Raises NoSuchFile, UploadOutOfStep while bytes are missing, and as ``receive`` does."""
        labels = file_tags(tags)
        upload = self._uploads.get(owner, upload_id)
        file = await asyncio.to_thread(self._uploads.finish, owner, upload_id)
        try:
            if upload.sha256 is not None:
                upload.check_digest(await asyncio.to_thread(_digest, file))
            return await self.receive(owner, file, name=upload.name, media_type=upload.media_type, tags=labels)
        finally:
            file.unlink(missing_ok=True)

    async def clean_up(self, *, dry_run: bool = False, at: datetime | None = None) -> CleanUp:
        """Remove expired files and uploads, and contents that nothing refers to; with ``dry_run`` only say which."""
        at = at or now()
        expired = await self._expired(at)
        if not dry_run:
            for file in expired:
                with suppress(NoSuchFile):
                    await self.delete(file.owner, file.id)
        uploads = await asyncio.to_thread(self._uploads.expired, at)
        orphans: list[Stored] = []
        for one in await asyncio.to_thread(lambda: list(self._storage.stored())):
            async with self._store() as work:
                if await work.files.references(one.key):
                    continue
            if dry_run or await self._release([one.key]):
                orphans.append(one)
        if not dry_run:
            for upload in uploads:
                with suppress(NoSuchFile):
                    await asyncio.to_thread(self._uploads.abandon, upload.owner, upload.id)
            await asyncio.to_thread(self._sweep, at - KEPT_FOR)
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
        async with self._store() as work:
            while batch := await work.files.expired(at, after=found[-1].id if found else None, limit=_BATCH):
                found += batch
        return found

    def _sweep(self, before: datetime) -> None:
        """What a crash left of uploads and inspections."""
        self._uploads.sweep(before)
        for folder in self._scratch.glob(f"{_PREFIX}*"):
            with suppress(FileNotFoundError):
                if folder.stat().st_mtime < before.timestamp():
                    shutil.rmtree(folder, ignore_errors=True)

    def _folder(self) -> "tempfile.TemporaryDirectory[str]":
        self._scratch.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(dir=self._scratch, prefix=_PREFIX)


def _digest(file: Path) -> str:
    found = sha256()
    with file.open("rb", buffering=0) as source:
        while block := source.read(_BLOCK):
            found.update(block)
    return found.hexdigest()
