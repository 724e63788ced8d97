"""What every store of file records does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reelwright.adapters.fakes.files import MemoryFiles
from reelwright.application.file_ports import FileStore
from reelwright.domain.errors import NoSuchFile
from reelwright.domain.file import FileKind, KindUsage, StoredFile
from reelwright.domain.ids import now
from tests.accounts import person
from tests.conftest import open_store

pytestmark = pytest.mark.anyio
STORES = ("memory", "memory of files alone", "sqlite", "postgresql")
A, B, C = ("a" * 64, "b" * 64, "c" * 64)


@pytest.fixture(params=STORES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[FileStore]:
    """Each with three accounts, whose ids are their names."""
    if request.param == "memory of files alone":
        yield MemoryFiles()
        return
    opened = await open_store(request.param, tmp_path, request)
    async with opened() as work:
        for name in ("ann", "bob", "cat"):
            await work.users.add(person(name, id=name))
        await work.commit()
    yield opened
    await opened.close()


def record(owner: str = "ann", sha256: str = A, kind: FileKind = "image", **how: Any) -> StoredFile:
    return StoredFile(owner=owner, name="a", kind=kind, media_type=f"{kind}/x", size=10, sha256=sha256, **how)


async def add(store: FileStore, *files: StoredFile) -> None:
    async with store() as work:
        for file in files:
            await work.files.add(file)
        await work.commit()


async def test_what_was_committed_is_there_for_its_owner(store: FileStore) -> None:
    file = record(tags=("sea",), thumbnail=B)
    await add(store, file)
    async with store() as work:
        assert await work.files.get("ann", file.id) == file
        assert await work.files.find("ann", A) == file
        assert await work.files.get("bob", file.id) is None
        assert await work.files.find("bob", A) is None
        assert await work.files.find("ann", B) is None


async def test_what_was_not_committed_never_was(store: FileStore) -> None:
    file, kept = record(), record(sha256=B)
    await add(store, kept)
    async with store() as work:
        await work.files.add(file)
        await work.files.delete("ann", kept.id)
        assert await work.files.get("ann", file.id) == file
    with suppress(ConnectionResetError):
        async with store() as work:
            await work.files.update(replace(kept, name="changed"))
            raise ConnectionResetError
    async with store() as work:
        assert await work.files.get("ann", file.id) is None
        assert await work.files.get("ann", kept.id) == kept


async def test_a_record_is_changed_and_deleted(store: FileStore) -> None:
    file = record()
    await add(store, file)
    async with store() as work:
        await work.files.update(replace(file, name="b", proxy=C))
        await work.commit()
    async with store() as work:
        found = await work.files.get("ann", file.id)
        assert found is not None
        assert (found.name, found.proxy) == ("b", C)
        assert not await work.files.delete("bob", file.id)
        assert await work.files.delete("ann", file.id)
        assert not await work.files.delete("ann", file.id)
        with pytest.raises(NoSuchFile):
            await work.files.update(file)
        await work.commit()
    async with store() as work:
        assert await work.files.get("ann", file.id) is None


async def test_references_are_counted_over_all_owners_and_variants(store: FileStore) -> None:
    await add(store, record(), record("bob", thumbnail=B), record("bob", B, proxy=C), record("cat", C, thumbnail=C))
    async with store() as work:
        assert [await work.files.references(key) for key in (A, B, C, "d" * 64)] == [2, 2, 2, 0]


async def test_pages_are_by_id_newest_first(store: FileStore) -> None:
    files = [record(sha256=f"{number:064}", tags=("Sea",) if number % 2 else ()) for number in range(5)]
    film = record(kind="video", sha256=B)
    await add(store, *files, film, record("bob"))
    async with store() as work:
        page = await work.files.page("ann", limit=3)
        assert [file.id for file in page] == [film.id, files[4].id, files[3].id]
        rest = await work.files.page("ann", after=page[-1].id, limit=10)
        assert [file.id for file in rest] == [file.id for file in files[2::-1]]
        assert list(await work.files.page("ann", kind="video", limit=10)) == [film]
        assert len(await work.files.page("ann", tag="sea", limit=10)) == 2
        assert not await work.files.page("ann", kind="audio", limit=10)


async def test_usage_is_by_kind(store: FileStore) -> None:
    await add(store, record(), record(sha256=B, kind="video"), record("bob", C))
    async with store() as work:
        image, video = KindUsage(kind="image", files=1, bytes=10), KindUsage(kind="video", files=1, bytes=10)
        assert list(await work.files.usage("ann")) == [image, video]
        assert list(await work.files.usage()) == [replace(image, files=2, bytes=20), video]
        assert not await work.files.usage("nobody")


async def test_expired_records_come_by_id_from_a_place_on(store: FileStore) -> None:
    past, future = now() - timedelta(hours=1), now() + timedelta(hours=1)
    old = [record(sha256=f"{number:064}", expires=past) for number in range(3)]
    await add(store, *old, record(sha256=A), record(sha256=B, expires=future))
    async with store() as work:
        first = await work.files.expired(now(), limit=2)
        assert [file.id for file in first] == [file.id for file in old[:2]]
        assert list(await work.files.expired(now(), after=first[-1].id, limit=2)) == old[2:]


async def test_a_content_is_held_by_one_unit_of_work_at_a_time(store: FileStore) -> None:
    order: list[str] = []

    async def hold(name: str, *keys: str) -> None:
        async with store() as work:
            await work.files.lock(*keys)
            order.append(f"{name} in")
            await asyncio.sleep(0.02)
            order.append(f"{name} out")
            await work.commit()

    await asyncio.gather(hold("one", A, B), hold("two", B, A), hold("three", B))
    assert [entry.split()[1] for entry in order] == ["in", "out"] * 3
    assert all(order[at].split()[0] == order[at + 1].split()[0] for at in (0, 2, 4))


async def test_a_file_is_found_by_the_tags_that_it_has_now(store: FileStore) -> None:
    file = record(tags=("Sea", "Straße"))
    await add(store, file, record(sha256=B, tags=("calm",)))
    async with store() as work:
        assert list(await work.files.page("ann", tag="STRASSE", limit=10)) == [file]
        assert not await work.files.page("ann", tag="s\0a", limit=10)
        changed = replace(file, tags=("storm",))
        await work.files.update(changed)
        assert not await work.files.page("ann", tag="sea", limit=10)
        assert list(await work.files.page("ann", tag="storm", limit=10)) == [changed]


async def test_an_id_that_is_none_finds_nothing(store: FileStore) -> None:
    async with store() as work:
        for wrong in ("", "\0", "\ud800", "x" * 500):
            assert await work.files.get("ann", wrong) is None
            assert not await work.files.delete("ann", wrong)
