"""A house of projects and files over the shipped fakes."""

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from reelwright.adapters.documents.project_zip import ZipProjects
from reelwright.adapters.fakes.inspector import LabelInspector
from reelwright.adapters.fakes.storage import MemoryStorage
from reelwright.adapters.fakes.store import MemoryStore
from reelwright.adapters.storage.uploads import DiskUploads
from reelwright.application.file_clean_up import FileCleanUp
from reelwright.application.files import FileLibrary
from reelwright.application.project_exchange import ProjectExchange
from reelwright.application.projects import ProjectLibrary
from reelwright.application.quotas import Quotas
from reelwright.application.storage_quota import StorageQuota
from reelwright.domain.file import StoredFile
from reelwright.domain.project import Project
from reelwright.domain.quota import PLANS, Plan
from tests.accounts import added, person

PICTURE, FILM, SONG, TEXT = b"image/png\nsea", b"video/mp4\nwaves", b"audio/mpeg\nsurf", b"text/plain\nwords"
NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)


class House:
    """Projects and files over fakes, of Ada, Bob and Cat; Bob's plan has room for forty bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store, self.storage = folder, MemoryStore(), MemoryStorage()
        quotas = Quotas(PLANS | {"small": Plan(name="small", storage_bytes=40)})
        uploads, allowance = DiskUploads(folder / "uploads"), StorageQuota(quotas)
        self.files = FileLibrary(
            store=self.store,
            storage=self.storage,
            uploads=uploads,
            inspector=LabelInspector(),
            scratch=folder / "scratch",
            allowance=allowance,
        )
        self.clean_up = FileCleanUp(self.files, store=self.store, storage=self.storage, uploads=uploads)
        hours = count()
        self.projects = ProjectLibrary(self.store, most=5, clock=lambda: NOON + timedelta(hours=next(hours)))
        self.exchange = ProjectExchange(
            store=self.store,
            projects=self.projects,
            files=self.files,
            storage=self.storage,
            archives=ZipProjects(largest=1 << 20),
            allowance=allowance,
        )

    async def send(self, data: bytes, name: str = "sea.png", owner: str = "ada", **how: Any) -> StoredFile:
        path = self.folder / "sent"
        path.write_bytes(data)
        return await self.files.receive(owner, path, name=name, **how)

    async def exported(self, project: Project) -> bytes:
        return b"".join((await self.exchange.export(project.owner, project.id)).blocks)

    async def bring(self, data: bytes, owner: str = "ada", **how: Any) -> Project:
        path = self.folder / "archive.zip"
        path.write_bytes(data)
        try:
            return await self.exchange.bring(owner, path, **how)
        finally:
            path.unlink()

    @property
    def rows(self) -> Any:
        return self.store.rows

    def actions(self, owner: str = "ada") -> list[tuple[str, str]]:
        uses = sorted(self.rows.usage.values(), key=lambda use: use.id)
        noted = [(use.action, use.subject) for use in uses if use.user_id == owner]
        audits = sorted(self.rows.audit.values(), key=lambda one: one.id)
        assert noted == [(one.action, one.subject) for one in audits if one.actor == owner]
        return noted

    def state(self, owner: str) -> Any:
        """All that an import could leave behind."""
        files = {one for one in self.rows.files.values() if one.owner == owner}
        remains = [path for path in self.folder.rglob("*") if path.is_file()]
        used = sum(
            amount for (user, what, _), amount in self.rows.counters.items() if (user, what) == (owner, "storage_bytes")
        )
        return files, set(self.storage.contents), remains, used, set(self.rows.projects)


async def opened(folder: Path) -> House:
    made = House(folder)
    for name in ("ada", "bob", "cat"):
        await added(made.store, person(name, id=name, plan="small" if name == "bob" else "free"))
    return made
