"""``/api/projects``: scripts, the options of their videos and the files that these name, under one name."""

import re
from typing import Annotated, Any

from litestar import Controller, Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import HeaderParameter, PathParameter, QueryParameter

from ...application.paging import LONGEST_PAGE
from ...application.projects import ProjectLibrary
from ...domain.project import Project
from . import project_bodies as bodies
from .authentication import signed_in
from .file_bodies import answer, body
from .project_bodies import NewProject, ProjectBody, ProjectChange, ProjectList

Asked = Request[Any, Any, Any]
ProjectId = Annotated[
    str, PathParameter(description="The `id` of a project.", examples=[Example(value=bodies.PROJECT.id)])
]
_CURSOR = "^[A-Za-z0-9_-]{21}[AQgw]$"
_LARGEST = 8 << 20
"""Bytes of a body: the longest script, however JSON spells it, and long settings."""
Condition = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match",
        description="The `ETag` that the change is meant for: 412 where the project has another one by now.",
        examples=[Example(value='"3"')],
    ),
]
_CHANGES: dict[str, Any] = {"problems": ("precondition-failed", "unavailable")}
_NOW = bodies.project(bodies.PROJECT)


class Projects(Controller):
    path = "/api/projects"
    tags = ("projects",)

    @get(
        "/",
        opt={"problems": ("unavailable",)},
        summary="List the projects",
        description="The newest first, without their scripts and settings.",
        operation_id="listProjects",
        responses={200: answer(ProjectList, bodies.LIST, "A page of projects")},
    )
    async def list_projects(
        self,
        request: Asked,
        projects: NamedDependency[ProjectLibrary],
        archived: Annotated[
            bool | None, QueryParameter(description="Only those that are laid aside, or only the others.")
        ] = None,
        cursor: Annotated[
            str | None, QueryParameter(description="The `next` of the page before.", pattern=_CURSOR)
        ] = None,
        limit: Annotated[int, QueryParameter(description="The most projects of the page.", ge=1, le=LONGEST_PAGE)] = 50,
    ) -> ProjectList:
        owner = signed_in(request.scope).user
        return bodies.projects(await projects.page(owner, archived=archived, cursor=cursor, limit=limit))

    @post(
        "/",
        opt={"problems": ("quota-exceeded", "not-found", "unavailable")},
        request_max_body_size=_LARGEST,
        summary="Make a project",
        operation_id="createProject",
        responses={201: answer(ProjectBody, _NOW, "The project, at the address in `Location`")},
    )
    async def create_project(
        self,
        request: Asked,
        projects: NamedDependency[ProjectLibrary],
        data: Annotated[NewProject, body(bodies.NEW)],
    ) -> Response[ProjectBody]:
        made = await projects.create(
            signed_in(request.scope).user,
            name=data.name,
            description=data.description,
            script=data.script,
            settings=data.settings,
        )
        return created(request, made)

    @get(
        "/{project_id:str}",
        opt={"problems": ("unavailable",)},
        summary="Show a project",
        operation_id="getProject",
        responses={200: answer(ProjectBody, _NOW, "The project; its `ETag` is its version")},
    )
    async def get_project(
        self, request: Asked, projects: NamedDependency[ProjectLibrary], project_id: ProjectId
    ) -> Response[ProjectBody]:
        return told(await projects.get(signed_in(request.scope).user, project_id))

    @patch(
        "/{project_id:str}",
        opt=_CHANGES,
        request_max_body_size=_LARGEST,
        summary="Change a project",
        description="What is left out stays. With `If-Match` only where nobody else has changed it.",
        operation_id="updateProject",
        responses={200: answer(ProjectBody, _NOW, "The project as it is now")},
    )
    async def update_project(
        self,
        request: Asked,
        projects: NamedDependency[ProjectLibrary],
        project_id: ProjectId,
        data: Annotated[ProjectChange, body(bodies.CHANGE)],
        if_match: Condition = None,
    ) -> Response[ProjectBody]:
        changed = await projects.update(
            signed_in(request.scope).user,
            project_id,
            name=data.name,
            description=data.description,
            script=data.script,
            settings=data.settings,
            versions=wanted(if_match),
        )
        return told(changed)

    @delete(
        "/{project_id:str}",
        opt=_CHANGES,
        summary="Delete a project",
        description="Its files and videos stay.",
        operation_id="deleteProject",
    )
    async def delete_project(
        self,
        request: Asked,
        projects: NamedDependency[ProjectLibrary],
        project_id: ProjectId,
        if_match: Condition = None,
    ) -> None:
        await projects.delete(signed_in(request.scope).user, project_id, versions=wanted(if_match))

    @post(
        "/{project_id:str}/duplicate",
        opt={"problems": ("quota-exceeded", "unavailable")},
        summary="Copy a project",
        description="With the same script, settings and files.",
        operation_id="duplicateProject",
        responses={201: answer(ProjectBody, _NOW, "The copy, at the address in `Location`")},
    )
    async def duplicate_project(
        self,
        request: Asked,
        projects: NamedDependency[ProjectLibrary],
        project_id: ProjectId,
        name: Annotated[
            str | None, QueryParameter(description="What to call the copy, instead of `Tides (2)` after `Tides`.")
        ] = None,
    ) -> Response[ProjectBody]:
        return created(request, await projects.duplicate(signed_in(request.scope).user, project_id, name=name))

    @post(
        "/{project_id:str}/archive",
        status_code=200,
        opt=_CHANGES,
        summary="Lay a project aside",
        description="It can still be read, changed and exported, and `archived=false` leaves it out of the list.",
        operation_id="archiveProject",
        responses={200: answer(ProjectBody, _NOW, "The project as it is now")},
    )
    async def archive_project(
        self,
        request: Asked,
        projects: NamedDependency[ProjectLibrary],
        project_id: ProjectId,
        if_match: Condition = None,
    ) -> Response[ProjectBody]:
        owner = signed_in(request.scope).user
        return told(await projects.set_archived(owner, project_id, True, versions=wanted(if_match)))

    @post(
        "/{project_id:str}/unarchive",
        status_code=200,
        opt=_CHANGES,
        summary="Take a project up again",
        operation_id="unarchiveProject",
        responses={200: answer(ProjectBody, _NOW, "The project as it is now")},
    )
    async def unarchive_project(
        self,
        request: Asked,
        projects: NamedDependency[ProjectLibrary],
        project_id: ProjectId,
        if_match: Condition = None,
    ) -> Response[ProjectBody]:
        owner = signed_in(request.scope).user
        return told(await projects.set_archived(owner, project_id, False, versions=wanted(if_match)))


def told(project: Project, status: int = 200, **headers: str) -> Response[ProjectBody]:
    return Response(bodies.project(project), status_code=status, headers={"ETag": f'"{project.version}"', **headers})


def created(request: Asked, project: Project) -> Response[ProjectBody]:
    return told(project, 201, Location=f"{request.scope.get('root_path', '')}/api/projects/{project.id}")


def wanted(if_match: str | None) -> frozenset[int] | None:
    """The versions that If-Match names (RFC 9110, 13.1.1), None where there is no such condition or any will do."""
    if if_match is None or if_match.strip() == "*":
        return None
    tags = (re.fullmatch(r'"(\d{1,9})"', one.strip()) for one in if_match.split(","))
    return frozenset(int(tag[1]) for tag in tags if tag)
