"""Records of files in the table ``assets``, their tags in ``asset_tags``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, delete, desc, func, insert, or_, select, update

from ...domain.errors import NoSuchFile
from ...domain.file import FILE_KINDS, FileKind, FileMetadata, KindUsage, StoredFile
from .statements import Statements, storable
from .tables import ASSET_TAGS, ASSETS


class SqlFiles:
    """See :class:`~reelwright.application.file_ports.Files`."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def lock(self, *keys: str) -> None:
        # SQLite has one writer at a time, which holds everything.
        if self._statements.dialect == "postgresql":
            for number in sorted({int.from_bytes(bytes.fromhex(key)[:8], signed=True) for key in keys}):
                await self._statements.execute(select(func.pg_advisory_xact_lock(number)))

    async def get(self, owner: str, file_id: str) -> StoredFile | None:
        return await self._one(owner, ASSETS.c.id == file_id) if storable(file_id) else None

    async def find(self, owner: str, sha256: str) -> StoredFile | None:
        return await self._one(owner, ASSETS.c.sha256 == sha256)

    async def add(self, file: StoredFile) -> None:
        await self._statements.execute(insert(ASSETS).values(_columns(file)))
        await self._tag(file)

    async def update(self, file: StoredFile) -> None:
        changed = update(ASSETS).where(_is(file.owner, file.id)).values(_columns(file))
        if not (await self._statements.execute(changed)).rowcount:
            raise NoSuchFile(file.id)
        await self._statements.execute(delete(ASSET_TAGS).where(ASSET_TAGS.c.asset_id == file.id))
        await self._tag(file)

    async def delete(self, owner: str, file_id: str) -> bool:
        if not storable(file_id):
            return False
        return (await self._statements.execute(delete(ASSETS).where(_is(owner, file_id)))).rowcount == 1

    async def page(
        self, owner: str, *, kind: FileKind | None = None, tag: str | None = None, after: str | None = None, limit: int
    ) -> Sequence[StoredFile]:
        found = select(ASSETS).where(ASSETS.c.user_id == owner)
        if kind is not None:
            found = found.where(ASSETS.c.kind == kind)
        if tag is not None:
            if not storable(tag):
                return []
            tagged = select(ASSET_TAGS.c.asset_id).where(ASSET_TAGS.c.tag_key == tag.casefold())
            found = found.where(ASSETS.c.id.in_(tagged))
        if after is not None:
            found = found.where(ASSETS.c.id < after)
        rows = await self._statements.execute(found.order_by(desc(ASSETS.c.id)).limit(limit))
        return [_file(row) for row in rows]

    async def usage(self, owner: str | None = None) -> Sequence[KindUsage]:
        counted = select(ASSETS.c.kind, func.count(), func.sum(ASSETS.c.bytes)).group_by(ASSETS.c.kind)
        if owner is not None:
            counted = counted.where(ASSETS.c.user_id == owner)
        rows = await self._statements.execute(counted)
        found = {kind: KindUsage(kind=kind, files=files, bytes=int(size)) for kind, files, size in rows}
        return [found[kind] for kind in FILE_KINDS if kind in found]

    async def references(self, key: str) -> int:
        refers = or_(ASSETS.c.sha256 == key, ASSETS.c.thumbnail == key, ASSETS.c.proxy == key)
        return int(await self._statements.scalar(select(func.count()).select_from(ASSETS).where(refers)))

    async def expired(self, now: datetime, *, after: str | None = None, limit: int) -> Sequence[StoredFile]:
        found = select(ASSETS).where(ASSETS.c.expires_at <= now, ASSETS.c.id > (after or ""))
        return [_file(row) for row in await self._statements.execute(found.order_by(ASSETS.c.id).limit(limit))]

    async def _one(self, owner: str, which: ColumnElement[bool]) -> StoredFile | None:
        found = await self._statements.execute(select(ASSETS).where(ASSETS.c.user_id == owner, which))
        row = found.one_or_none()
        return None if row is None else _file(row)

    async def _tag(self, file: StoredFile) -> None:
        if file.tags:
            rows = [{"asset_id": file.id, "tag_key": tag.casefold()} for tag in file.tags]
            await self._statements.execute(insert(ASSET_TAGS).values(rows))


def _is(owner: str, file_id: str) -> ColumnElement[bool]:
    return (ASSETS.c.id == file_id) & (ASSETS.c.user_id == owner)


def _columns(file: StoredFile) -> dict[str, Any]:
    facts: dict[str, Any] = msgspec.to_builtins(file.metadata)
    return {
        "id": file.id,
        "user_id": file.owner,
        "sha256": file.sha256,
        "thumbnail": file.thumbnail,
        "proxy": file.proxy,
        "kind": file.kind,
        "media_type": file.media_type,
        "name": file.name,
        "bytes": file.size,
        # PostgreSQL refuses NUL, which a foreign file may hold in any of its texts.
        "facts": {key: value.replace("\0", "") if isinstance(value, str) else value for key, value in facts.items()},
        "tags": list(file.tags),
        "created_at": file.created,
        "expires_at": file.expires,
    }


def _file(row: Row[Any]) -> StoredFile:
    return StoredFile(
        id=row.id,
        owner=row.user_id,
        sha256=row.sha256,
        thumbnail=row.thumbnail,
        proxy=row.proxy,
        kind=row.kind,
        media_type=row.media_type,
        name=row.name,
        size=row.bytes,
        metadata=msgspec.convert(row.facts, FileMetadata),
        tags=tuple(row.tags),
        created=row.created_at,
        expires=row.expires_at,
    )
