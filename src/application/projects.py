"""Projects of users: made, listed, changed, copied, laid aside and removed."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..domain.errors import ChangedMeanwhile, InvalidField, NotFound, QuotaExceeded
from ..domain.ids import Clock, new_id, now
from ..domain.options import named_files
from ..domain.project import MOST_PROJECTS, Project, ProjectSummary, next_name, valid_settings
from .paging import Page, page, place_of, valid_limit
from .records import note
from .store import Store, Work

Versions = Collection[int] | None
"""The versions that a change is meant for; None is whichever there is."""


class ProjectLibrary:
    """The use cases. All methods raise StoreUnavailable, and NotFound for a project that is not the owner's.

    ``most`` is how many projects an owner may have.
    """

    def __init__(self, store: Store, *, most: int = MOST_PROJECTS, clock: Clock = now) -> None:
        self._store, self._most, self._clock = store, most, clock

    async def create(
        self,
        owner: str,
        *,
        name: str,
        description: str = "",
        script: str = "",
        settings: Mapping[str, Any] | None = None,
    ) -> Project:
        """Raises InvalidField, also for files that the owner has not, and QuotaExceeded."""
        at = self._clock()
        project = Project(
            id=new_id(),
            owner=owner,
            name=name,
            description=description,
            script=script,
            settings=valid_settings(settings or {}, script),
            created_at=at,
            updated_at=at,
        )
        await self.check_files(project)
        return await self.add(project, "project.create")

    async def get(self, owner: str, project_id: str) -> Project:
        async with self._store(read_only=True) as work:
            return await _existing(work, owner, project_id)

    async def page(
        self, owner: str, *, archived: bool | None = None, cursor: str | None = None, limit: int = 50
    ) -> Page[ProjectSummary]:
        """The newest first: archived ones, others or, for None, both. Raises InvalidField for cursor and limit."""
        after, most = place_of(cursor), valid_limit(limit)
        async with self._store(read_only=True) as work:
            found = await work.projects.page(owner, archived=archived, after=after, limit=most + 1)
        return page(found, most, lambda project: project.id)

    async def update(
        self,
        owner: str,
        project_id: str,
        *,
        name: str | None = None,
        description: str | None = None,
        script: str | None = None,
        settings: Mapping[str, Any] | None = None,
        versions: Versions = None,
    ) -> Project:
        """Change what is not None; ``settings`` are changed as a whole. Raises InvalidField, ChangedMeanwhile."""
        given = {"name": name, "description": description, "script": script, "settings": settings}
        changes = {key: value for key, value in given.items() if value is not None}

        def changed(project: Project, at: datetime) -> Project:
            made: Project = replace(project, **changes)  # type: ignore[arg-type]
            if "script" in changes or "settings" in changes:
                made = replace(made, settings=valid_settings(made.settings, made.script))
            return made

        if settings is not None:
            await self.check_files(changed(await self.get(owner, project_id), self._clock()))
        return await self._change(owner, project_id, versions, changed, "project.update", ", ".join(changes))

    async def set_archived(self, owner: str, project_id: str, archived: bool, *, versions: Versions = None) -> Project:
        """Lay it aside or bring it back; one that is as wanted stays as it is. Raises ChangedMeanwhile."""

        def changed(project: Project, at: datetime) -> Project:
            if archived == (project.archived_at is not None):
                return project
            return replace(project, archived_at=at if archived else None)

        action = "project.archive" if archived else "project.unarchive"
        return await self._change(owner, project_id, versions, changed, action)

    async def duplicate(self, owner: str, project_id: str, *, name: str | None = None) -> Project:
        """A new project with the same script, settings and files. Raises InvalidField for the name, QuotaExceeded."""
        at, original = self._clock(), await self.get(owner, project_id)
        copy = replace(
            original,
            id=new_id(),
            name=next_name(original.name) if name is None else name,
            version=1,
            archived_at=None,
            created_at=at,
            updated_at=at,
        )
        return await self.add(copy, "project.duplicate", detail=project_id)

    async def delete(self, owner: str, project_id: str, *, versions: Versions = None) -> None:
        """Its files and videos stay. Raises ChangedMeanwhile."""
        while True:
            async with self._store() as work:
                project = await _existing(work, owner, project_id, versions)
                if await work.projects.delete(project):
                    await note(work, at=self._clock(), user_id=owner, action="project.delete", subject=project_id)
                    await work.commit()
                    return

    async def add(
        self, project: Project, action: str, *, detail: str = "", also: Callable[[Work], Awaitable[None]] | None = None
    ) -> Project:
        """Keep a new project; what ``also`` awaits happens in the same unit of work. Raises QuotaExceeded."""
        async with self._store() as work:
            # The account's row is held, so that its projects are counted one after another.
            user = await work.users.lock(project.owner)
            if user is None or user.leaving:
                raise NotFound("user", project.owner)
            there = await work.projects.count(project.owner)
            if there >= self._most:
                raise QuotaExceeded("projects", asked=1, used=there, limit=self._most, period="always")
            await work.projects.add(project)
            if also is not None:
                await also(work)
            await _note(work, project, action, self._clock(), detail)
            await work.commit()
        return project

    async def _change(
        self,
        owner: str,
        project_id: str,
        versions: Versions,
        change: Callable[[Project, datetime], Project],
        action: str,
        detail: str = "",
    ) -> Project:
        while True:
            async with self._store() as work:
                before = await _existing(work, owner, project_id, versions)
                at = self._clock()
                after = change(before, at)
                if after == before:
                    return before
                after = replace(after, version=before.version + 1, updated_at=at)
                # Where somebody else was faster, it is looked at again: their change is kept, and the version checked.
                if await work.projects.replace(before, after):
                    await _note(work, after, action, at, detail)
                    await work.commit()
                    return after

    async def check_files(self, project: Project) -> None:
        """Raises InvalidField for a file that the owner has not, or of a kind that does not fit."""
        async with self._store(read_only=True) as work:
            found = {file_id: await work.files.get(project.owner, file_id) for file_id in project.files}
        for place, file_id, kinds in named_files(project.settings):
            file = found[file_id]
            if file is None:
                raise InvalidField(
                    f"settings.{place}", f"there is no file {file_id!r}; the id of one of yours is right"
                )
            if file.kind not in kinds:
                raise InvalidField(
                    f"settings.{place}", f"{file.name} is of the kind {file.kind}; {' or '.join(kinds)} is right"
                )


async def _existing(work: Work, owner: str, project_id: str, versions: Versions = None) -> Project:
    project = await work.projects.get(owner, project_id)
    if project is None:
        raise NotFound("project", project_id)
    if versions is not None and project.version not in versions:
        raise ChangedMeanwhile("project", project_id)
    return project


async def _note(work: Work, project: Project, action: str, at: datetime, detail: str) -> None:
    await note(work, at=at, user_id=project.owner, action=action, subject=project.id, detail=detail)
