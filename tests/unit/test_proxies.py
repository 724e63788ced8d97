"""Who waits for a proxy, and what becomes of one that cannot be made; over the shipped fakes."""

import asyncio
import threading
from pathlib import Path

from reelwright.adapters.fakes.files import MemoryFiles
from reelwright.adapters.fakes.inspector import LabelInspector
from reelwright.adapters.fakes.storage import MemoryStorage
from reelwright.adapters.storage.uploads import DiskUploads
from reelwright.application.files import FileLibrary
from reelwright.application.ports import CancelSignal
from reelwright.application.proxies import Making, Proxies
from reelwright.domain.errors import InvalidFile
from reelwright.domain.progress import Listener


class Noting(LabelInspector):
    """Notes whose turn it is, and fails for the names in ``damaged``."""

    def __init__(self, *damaged: str) -> None:
        self.damaged, self.order, self.may_end = set(damaged), list[str](), threading.Event()

    def proxy(
        self, file: Path, name: str, into: Path, *, progress: Listener | None, cancel: CancelSignal | None
    ) -> Path:
        self.order.append(name)
        assert self.may_end.wait(10)
        if name in self.damaged:
            raise InvalidFile(name, "it ends in the middle")
        return super().proxy(file, name, into, progress=progress, cancel=cancel)


def library(folder: Path, inspector: LabelInspector) -> FileLibrary:
    return FileLibrary(
        store=MemoryFiles(),
        storage=MemoryStorage(),
        uploads=DiskUploads(folder / "uploads"),
        inspector=inspector,
        scratch=folder / "scratch",
    )


async def film(files: FileLibrary, owner: str, name: str) -> str:
    path = files.scratch / name
    path.write_bytes(f"video/mp4\n{owner} {name}".encode())
    return (await files.receive(owner, path, name=name)).id


async def ended(proxies: Proxies, file_id: str) -> None:
    async with asyncio.timeout(10):
        while proxies.asked(file_id) is not None:
            await asyncio.sleep(0.01)


def test_owners_take_turns(tmp_path: Path) -> None:
    async def ask() -> list[str]:
        inspector = Noting()
        files = library(tmp_path, inspector)
        proxies = Proxies(files)
        wanted = [(owner, await film(files, owner, name)) for owner, name in asked]
        for owner, file_id in wanted:
            assert await proxies.ask(owner, file_id) == Making(state="waiting")
            inspector.may_end.set()
        for _, file_id in wanted:
            await ended(proxies, file_id)
        return inspector.order

    asked = [("ann", "a1"), ("ann", "a2"), ("ann", "a3"), ("bob", "b1"), ("cat", "c1"), ("bob", "b2")]
    assert asyncio.run(ask()) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_one_that_fails_says_why_and_may_be_asked_for_again(tmp_path: Path) -> None:
    async def ask() -> None:
        inspector = Noting("a")
        files = library(tmp_path, inspector)
        proxies = Proxies(files)
        file_id = await film(files, "ann", "a")
        await proxies.ask("ann", file_id)
        inspector.may_end.set()
        await ended(proxies, file_id)
        assert proxies.failure(file_id) == "a: it ends in the middle"
        inspector.damaged.clear()
        assert await proxies.ask("ann", file_id) == Making(state="waiting")
        assert not proxies.failure(file_id)
        await ended(proxies, file_id)
        assert await proxies.ask("ann", file_id) == Making(state="made", progress=1.0)

    asyncio.run(ask())


def test_after_the_end_nothing_waits_and_all_may_be_asked_for_again(tmp_path: Path) -> None:
    async def ask() -> None:
        inspector = Noting()
        files = library(tmp_path, inspector)
        proxies = Proxies(files)
        first, second = await film(files, "ann", "a"), await film(files, "ann", "b")
        await proxies.ask("ann", first)
        await proxies.ask("ann", second)
        inspector.may_end.set()
        await proxies.close()
        assert proxies.asked(second) is None
        assert "b" not in inspector.order
        assert await proxies.ask("ann", second) == Making(state="waiting")
        await ended(proxies, second)
        assert inspector.order[-1] == "b"

    asyncio.run(ask())
