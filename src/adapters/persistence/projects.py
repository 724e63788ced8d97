"""Projects in the table ``projects``."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, desc, func, insert, select, update

from ...domain.project import Project, ProjectSummary
from .statements import Statements, storable
from .tables import PROJECTS

_SUMMARY = ("id", "name", "description", "version", "archived_at", "created_at", "updated_at")


class SqlProjects:
    """See :class:`~reelwright.application.project_ports.Projects`."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def add(self, project: Project) -> None:
        await self._statements.execute(insert(PROJECTS).values(_columns(project)))

    async def get(self, owner: str, project_id: str) -> Project | None:
        if not storable(project_id):
            return None
        found = select(PROJECTS).where(PROJECTS.c.id == project_id, PROJECTS.c.user_id == owner)
        row = (await self._statements.execute(found)).one_or_none()
        if row is None:
            return None
        return Project(
            id=row.id,
            owner=row.user_id,
            name=row.name,
            description=row.description,
            script=row.script,
            settings=row.settings,
            version=row.version,
            archived_at=row.archived_at,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )

    async def replace(self, before: Project, after: Project) -> bool:
        changed = update(PROJECTS).where(_unchanged(before)).values(_columns(after))
        return (await self._statements.execute(changed)).rowcount == 1

    async def delete(self, before: Project) -> bool:
        return (await self._statements.execute(delete(PROJECTS).where(_unchanged(before)))).rowcount == 1

    async def page(
        self, owner: str, *, archived: bool | None = None, after: str | None = None, limit: int
    ) -> Sequence[ProjectSummary]:
        found = select(*(PROJECTS.c[name] for name in _SUMMARY)).where(PROJECTS.c.user_id == owner)
        if archived is not None:
            found = found.where(PROJECTS.c.archived_at.is_not(None) if archived else PROJECTS.c.archived_at.is_(None))
        if after is not None:
            found = found.where(PROJECTS.c.id < after)
        rows = await self._statements.execute(found.order_by(desc(PROJECTS.c.id)).limit(limit))
        return [ProjectSummary(**row._mapping) for row in rows]

    async def count(self, owner: str) -> int:
        counted = select(func.count()).select_from(PROJECTS).where(PROJECTS.c.user_id == owner)
        return int(await self._statements.scalar(counted))


def _unchanged(project: Project) -> ColumnElement[bool]:
    return (
        (PROJECTS.c.id == project.id) & (PROJECTS.c.user_id == project.owner) & (PROJECTS.c.version == project.version)
    )


def _columns(project: Project) -> dict[str, Any]:
    return {
        "id": project.id,
        "user_id": project.owner,
        "name": project.name,
        "description": project.description,
        "script": project.script,
        "settings": dict(project.settings),
        "version": project.version,
        "archived_at": project.archived_at,
        "created_at": project.created_at,
        "updated_at": project.updated_at,
    }
