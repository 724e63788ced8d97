"""``/api/projects``: projects that go out of a service as one archive, and come into one."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Annotated, Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Stream

from ...application.project_exchange import LARGEST_ARCHIVE, ProjectExchange
from . import project_bodies as bodies
from .asgi import exchange as request_of
from .authentication import signed_in
from .downloads import content_disposition
from .file_bodies import answer
from .project_bodies import ProjectBody
from .projects import Asked, ProjectId, created
from .uploads import declared, uploaded, uploaded_form

_BYTES = {"type": "string", "format": "binary", "minLength": 1, "examples": ["(the bytes of Tides.zip)"]}
_GIVES: dict[str, Any] = {
    "answers": {
        "200": {
            "description": "The archive, streamed",
            "content": {
                "application/zip": {
                    "schema": {"type": "string", "format": "binary"},
                    "examples": {"archive": {"summary": "curl -OJ", "value": "(the bytes of Tides.zip)"}},
                }
            },
        }
    },
    "problems": ("conflict", "unavailable"),
}
_TAKES: dict[str, Any] = {
    "body": {
        "required": True,
        "description": "An archive as `export` gives it, as it is or in a form",
        "content": {
            "application/zip": {"schema": _BYTES},
            "application/octet-stream": {"schema": _BYTES},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary", "minLength": 1}},
                    "required": ["file"],
                    "examples": [{"file": "(the bytes of Tides.zip)"}],
                }
            },
        },
    },
    "problems": ("storage-full", "quota-exceeded", "not-found"),
}


class ProjectArchives(Controller):
    path = "/api/projects"
    tags = ("projects",)

    @get(
        "/{project_id:str}/export",
        opt=_GIVES,
        summary="Export a project",
        description=(
            "One ZIP archive: `project.json` with name, settings and the list of files, `script.md`, "
            "and in `files/` the contents of the files that the settings name."
        ),
        operation_id="exportProject",
    )
    async def export_project(
        self, request: Asked, exchange: NamedDependency[ProjectExchange], project_id: ProjectId
    ) -> Stream:
        made = await exchange.export(signed_in(request.scope).user, project_id)
        headers = {"Content-Disposition": content_disposition(f"{made.project.name}.zip")}
        blocks = iter(()) if request_of(request.scope).head else made.blocks
        return Stream(_drawn(blocks), media_type="application/zip", headers=headers)

    @post(
        "/import",
        opt=_TAKES,
        request_max_body_size=None,
        summary="Import a project",
        description=(
            "A new project of an exported archive. Its files are looked into as every file and get new ids; "
            "those that the user has already are used as they are. All of it comes or nothing does."
        ),
        operation_id="importProject",
        responses={
            201: answer(ProjectBody, bodies.project(bodies.PROJECT), "The project, at the address in `Location`")
        },
    )
    async def import_project(
        self,
        request: Asked,
        exchange: NamedDependency[ProjectExchange],
        name: Annotated[str | None, QueryParameter(description="What to call it, instead of its own name.")] = None,
    ) -> Response[ProjectBody]:
        owner = signed_in(request.scope).user
        form = request.content_type[0] == "multipart/form-data"
        length = declared(request, LARGEST_ARCHIVE + (1 << 20), LARGEST_ARCHIVE)
        async with AsyncExitStack() as stack:
            async with exchange.room(owner, length):
                receive = uploaded_form if form else uploaded
                sent = await stack.enter_async_context(receive(request, exchange.scratch, limit=LARGEST_ARCHIVE))
            made = await exchange.bring(owner, sent.path, name=name)
        return created(request, made)


async def _drawn(blocks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The blocks of what reads from a disk meanwhile."""
    while (block := await asyncio.to_thread(next, blocks, None)) is not None:
        yield block
