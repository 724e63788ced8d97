"""``MemoryProjects``: the records of projects in the memory."""

from collections.abc import Callable, Sequence

from ...domain.project import Project, ProjectSummary, summary


class MemoryProjects:
    """Works on ``rows``, by id; ``owner`` raises Conflict for an account that is not there."""

    def __init__(self, rows: dict[str, Project], owner: Callable[[str], None]) -> None:
        self._rows, self._owner = rows, owner

    async def add(self, project: Project) -> None:
        self._owner(project.owner)
        self._rows[project.id] = project

    async def get(self, owner: str, project_id: str) -> Project | None:
        found = self._rows.get(project_id)
        return found if found is not None and found.owner == owner else None

    async def replace(self, before: Project, after: Project) -> bool:
        if not await self._unchanged(before):
            return False
        self._rows[before.id] = after
        return True

    async def delete(self, before: Project) -> bool:
        if not await self._unchanged(before):
            return False
        del self._rows[before.id]
        return True

    async def page(
        self, owner: str, *, archived: bool | None = None, after: str | None = None, limit: int
    ) -> Sequence[ProjectSummary]:
        found = [
            summary(one)
            for one in self._rows.values()
            if one.owner == owner
            and archived in (None, one.archived_at is not None)
            and (after is None or one.id < after)
        ]
        return sorted(found, key=lambda one: one.id, reverse=True)[:limit]

    async def count(self, owner: str) -> int:
        return sum(one.owner == owner for one in self._rows.values())

    async def _unchanged(self, before: Project) -> bool:
        found = await self.get(before.owner, before.id)
        return found is not None and found.version == before.version
