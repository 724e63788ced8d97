"""Projects that travel: each with its script and its files in one archive, out of a service and into one."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from ..domain.errors import Conflict, InvalidFile, InvalidInput, NoSuchFile
from ..domain.file import StoredFile, file_name, file_tags
from ..domain.ids import Clock, new_id, now
from ..domain.options import named_files, with_files
from ..domain.project import Project, valid_settings
from .file_ports import Allowance, Storage
from .files import FileLibrary
from .project_ports import Bundle, BundledFile, ProjectArchives
from .projects import ProjectLibrary
from .records import note
from .store import Store, Work
from .writing import writing

LARGEST_ARCHIVE = 16 << 30
"""Bytes that an archive may have, packed and unpacked."""
_EXPIRES = timedelta(days=1)
"""Files of an import that a crash cuts off are cleaned up after this long."""
_MANIFEST = "project.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """An archive on its way out; ``blocks`` reads what it gives, and blocks."""

    project: Project
    blocks: Iterator[bytes]


class ProjectExchange:
    """``storage`` and ``allowance`` are those of ``files``; ``at_once`` archives are taken in at the same time."""

    def __init__(
        self,
        *,
        store: Store,
        projects: ProjectLibrary,
        files: FileLibrary,
        storage: Storage,
        archives: ProjectArchives,
        allowance: Allowance | None = None,
        at_once: int = 2,
        clock: Clock = now,
    ) -> None:
        self._store, self._projects, self._files, self._storage = store, projects, files, storage
        self._archives, self._allowance, self._clock = archives, allowance, clock
        self._turn = asyncio.Semaphore(at_once)

    @property
    def scratch(self) -> Path:
        """A folder for archives on their way to ``bring``."""
        return self._files.scratch

    async def export(self, owner: str, project_id: str) -> Export:
        """Raises NotFound, and Conflict where a file that the settings name is gone, or the whole is too large."""
        project = await self._projects.get(owner, project_id)
        async with self._store(read_only=True) as work:
            found = [(file_id, await work.files.get(owner, file_id)) for file_id in project.files]
        kept = [file for _, file in found if file is not None]
        missing = {file_id for file_id, file in found if file is None}
        for place, file_id, _ in named_files(project.settings):
            if file_id in missing:
                raise Conflict(f"the file {file_id!r} that settings.{place} names is gone; name another one first")
        if sum(file.size for file in kept) > LARGEST_ARCHIVE - (64 << 20):
            raise Conflict(
                f"the files of the project are larger than {LARGEST_ARCHIVE >> 30} GiB, too much for one archive"
            )
        bundle = Bundle(
            name=project.name,
            description=project.description,
            script=project.script,
            settings=project.settings,
            files=_bundled(kept),
        )
        async with self._store() as work:
            await note(work, at=self._clock(), user_id=owner, action="project.export", subject=project_id)
            await work.commit()
        blocks = self._archives.write(bundle, project.updated_at, lambda file: self._storage.open(file.sha256))
        return Export(project=project, blocks=blocks)

    @asynccontextmanager
    async def room(self, owner: str, size: int | None) -> AsyncIterator[None]:
        """Keep ``size`` bytes, None where that is not known, while an archive arrives. Raises QuotaExceeded."""
        if size is None or self._allowance is None:
            yield
            return
        archive_id = new_id()
        async with self._store() as work:
            await self._allowance.reserve(work, owner, archive_id, size)
            await work.commit()
        try:
            yield
        finally:
            async with self._store() as work:
                await self._allowance.give_back(work, archive_id)
                await work.commit()

    async def bring(self, owner: str, archive: Path, *, name: str | None = None) -> Project:
        """A new project of the archive at ``archive``, which stays the caller's; ``name`` is another name for it.

        Files get new ids, and are looked into as every file; those that the owner has already are used as they are.
        All of it comes or nothing does. Raises InvalidFile and below, InvalidField for the name, QuotaExceeded.
        """
        async with self._turn:
            bundle = await asyncio.to_thread(self._archives.read, archive)
            project = self._project(owner, bundle, name)
            brought: list[str] = []
            try:
                ids = {file.id: await self._take(owner, archive, file, brought) for file in bundle.files}
                project = replace(project, settings=with_files(project.settings, ids.__getitem__))
                with _of_manifest():
                    await self._projects.check_files(project)
                return await self._projects.add(project, "project.import", also=self._keeping(owner, brought))
            except BaseException:
                await asyncio.shield(self._remove(owner, brought))
                raise

    def _project(self, owner: str, bundle: Bundle, name: str | None) -> Project:
        """The project with the ids of the archive, when everything but the files' contents was seen to be right."""
        at = self._clock()
        with _of_manifest():
            made = Project(
                id=new_id(),
                owner=owner,
                name=bundle.name,
                description=bundle.description,
                script=bundle.script,
                settings=valid_settings(bundle.settings, bundle.script),
                created_at=at,
                updated_at=at,
            )
            for file in bundle.files:
                file_name(file.name)
                file_tags(file.tags)
                self._files.limits.check_size(file.name, file.size)
        listed = {file.id for file in bundle.files}
        for place, file_id, _ in named_files(made.settings):
            if file_id not in listed:
                raise InvalidFile(_MANIFEST, f"settings.{place} names {file_id!r}, which is none of its files")
        for file in bundle.files:
            if file.id not in made.files:
                raise InvalidFile(_MANIFEST, f"nothing in the settings names {file.path}; leave the file out")
        return made if name is None else replace(made, name=name)

    async def _take(self, owner: str, archive: Path, file: BundledFile, brought: list[str]) -> str:
        """The id of the owner's own file of that content; a new one is put down in ``brought`` first."""
        handle, temporary = tempfile.mkstemp(prefix="upload-", dir=self.scratch)
        os.close(handle)
        path = Path(temporary)
        try:
            await asyncio.to_thread(self._unpack, archive, file, path)
            file_id = new_id()
            brought.append(file_id)
            kept = await self._files.receive(
                owner,
                path,
                name=file.name,
                tags=file.tags,
                file_id=file_id,
                sha256=file.sha256,
                expires=self._clock() + _EXPIRES,
            )
        finally:
            path.unlink(missing_ok=True)
        if kept.id != file_id:
            brought.remove(file_id)
        return kept.id

    def _unpack(self, archive: Path, file: BundledFile, to: Path) -> None:
        # Opened for update: a file that was removed meanwhile does not come again.
        with writing(to), to.open("r+b") as target:
            for block in self._archives.content(archive, file):
                target.write(block)

    def _keeping(self, owner: str, brought: list[str]) -> Callable[[Work], Awaitable[None]]:
        """The new files are there for good from the moment on in which the project is."""

        async def keep(work: Work) -> None:
            for file_id in brought:
                file = await work.files.get(owner, file_id)
                if file is None:
                    raise NoSuchFile(file_id)
                await work.files.update(replace(file, expires=None))

        return keep

    async def _remove(self, owner: str, brought: list[str]) -> None:
        for file_id in brought:
            with suppress(NoSuchFile):
                await self._files.delete(owner, file_id)


@contextmanager
def _of_manifest() -> Iterator[None]:
    """What is wrong with a value inside an archive is no fault of the request's own fields."""
    try:
        yield
    except InvalidFile:
        raise
    except InvalidInput as error:
        raise InvalidFile(_MANIFEST, str(error)) from error


def _bundled(files: list[StoredFile]) -> tuple[BundledFile, ...]:
    """The files with a place in the archive each, under names that every system can unpack."""
    taken: set[str] = set()
    made = []
    for number, file in enumerate(files, 1):
        plain = "".join("_" if ch in '<>:"|?*' else ch for ch in file.name).strip(" .") or "file"
        while plain.casefold() in taken:
            plain = f"{number}-{plain}"
        taken.add(plain.casefold())
        made.append(
            BundledFile(
                id=file.id,
                path=f"files/{plain}",
                name=file.name,
                size=file.size,
                sha256=file.sha256,
                tags=file.tags,
            )
        )
    return tuple(made)
