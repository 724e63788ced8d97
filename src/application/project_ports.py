"""The ports of projects: where they are recorded, and the archives that they travel in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from ..domain.project import Project, ProjectSummary


class Projects(Protocol):
    """The records of projects, within one unit of work."""

    async def add(self, project: Project) -> None:
        """Raises Conflict where the owner is gone."""
        ...

    async def get(self, owner: str, project_id: str) -> Project | None: ...

    async def replace(self, before: Project, after: Project) -> bool:
        """Change it; false where its version is no longer that of ``before``, or it is gone. One caller wins."""
        ...

    async def delete(self, before: Project) -> bool:
        """False where its version is no longer that of ``before``, or it is gone."""
        ...

    async def page(
        self, owner: str, *, archived: bool | None = None, after: str | None = None, limit: int
    ) -> Sequence[ProjectSummary]:
        """Newest first, by id; ``after`` is the id of the last one that was seen. None is archived ones and others."""
        ...

    async def count(self, owner: str) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledFile:
    """A file of a bundle. ``id`` is what the settings call it, ``path`` where it lies in the archive."""

    id: str
    path: str
    name: str
    size: int
    sha256: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What of a project travels in an archive."""

    name: str
    description: str
    script: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[BundledFile, ...] = ()


class ProjectArchives(Protocol):
    """Projects as files. Methods block: call them from a thread."""

    def write(self, bundle: Bundle, at: datetime, content: Callable[[BundledFile], Iterator[bytes]]) -> Iterator[bytes]:
        """The archive in blocks, without ever being whole; the same bundle and time give the same bytes."""
        ...

    def read(self, archive: Path) -> Bundle:
        """What a foreign archive holds, once every byte of it was seen to be as it says.

        Raises InvalidFile for everything else: another structure, a bomb, a wrong digest, a file that is not named.
        """
        ...

    def content(self, archive: Path, file: BundledFile) -> Iterator[bytes]:
        """The bytes of a file of an archive that was read before. Raises InvalidFile."""
        ...
