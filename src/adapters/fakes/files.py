"""``MemoryFiles``: the records of files in the memory, with units of work that wait for each other as a database's."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from ...domain.errors import NoSuchFile
from ...domain.file import FILE_KINDS, FileKind, KindUsage, StoredFile


class MemoryFiles:
    """A ``FileStore``: ``async with files() as work``. ``records`` is what was committed, by id."""

    def __init__(self) -> None:
        self.records: dict[str, StoredFile] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def __call__(self, *, read_only: bool = False) -> AsyncIterator["MemoryFileWork"]:
        work = MemoryFileWork(self.records, self._locks)
        try:
            yield work
        finally:
            for lock in work.held:
                lock.release()


@dataclass(slots=True)
class MemoryFileWork:
    """Changes wait in ``changes`` until they are committed; reading sees them."""

    records: dict[str, StoredFile]
    locks: defaultdict[str, asyncio.Lock]
    changes: dict[str, StoredFile | None] = field(default_factory=dict)
    held: list[asyncio.Lock] = field(default_factory=list)

    @property
    def files(self) -> "MemoryFileWork":
        return self

    async def commit(self) -> None:
        await asyncio.sleep(0)
        for file_id, file in self.changes.items():
            if file is None:
                self.records.pop(file_id, None)
            else:
                self.records[file_id] = file
        self.changes.clear()

    async def lock(self, *keys: str) -> None:
        for key in sorted(set(keys)):
            await self.locks[key].acquire()
            self.held.append(self.locks[key])

    async def get(self, owner: str, file_id: str) -> StoredFile | None:
        found = await self._all(lambda file: file.id == file_id and file.owner == owner)
        return found[0] if found else None

    async def find(self, owner: str, sha256: str) -> StoredFile | None:
        found = await self._all(lambda file: file.sha256 == sha256 and file.owner == owner)
        return found[0] if found else None

    async def add(self, file: StoredFile) -> None:
        await asyncio.sleep(0)
        self.changes[file.id] = file

    async def update(self, file: StoredFile) -> None:
        if await self.get(file.owner, file.id) is None:
            raise NoSuchFile(file.id)
        self.changes[file.id] = file

    async def delete(self, owner: str, file_id: str) -> bool:
        if await self.get(owner, file_id) is None:
            return False
        self.changes[file_id] = None
        return True

    async def page(
        self, owner: str, *, kind: FileKind | None = None, tag: str | None = None, after: str | None = None, limit: int
    ) -> Sequence[StoredFile]:
        found = await self._all(
            lambda file: (
                file.owner == owner
                and kind in (None, file.kind)
                and (tag is None or tag.casefold() in map(str.casefold, file.tags))
                and (after is None or file.id < after)
            )
        )
        return sorted(found, key=lambda file: file.id, reverse=True)[:limit]

    async def usage(self, owner: str | None = None) -> Sequence[KindUsage]:
        found = await self._all(lambda file: owner in (None, file.owner))
        sizes = {kind: [file.size for file in found if file.kind == kind] for kind in FILE_KINDS}
        return [KindUsage(kind=kind, files=len(own), bytes=sum(own)) for kind, own in sizes.items() if own]

    async def references(self, key: str) -> int:
        return len(await self._all(lambda file: key in file.keys))

    async def expired(self, now: datetime, *, after: str | None = None, limit: int) -> Sequence[StoredFile]:
        found = await self._all(lambda file: file.expires is not None and file.expires <= now)
        return sorted((file for file in found if file.id > (after or "")), key=lambda file: file.id)[:limit]

    async def _all(self, wanted: Callable[[StoredFile], bool]) -> list[StoredFile]:
        await asyncio.sleep(0)
        seen = self.records | self.changes
        return [file for file in seen.values() if file is not None and wanted(file)]
