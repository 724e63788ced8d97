"""``/api/files/uploads``: files that come in parts and go on where they were broken off."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from litestar import Controller, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import PathParameter, QueryParameter

from ...application.files import FileLibrary
from ...domain.errors import UploadOutOfStep
from ...domain.upload import Upload
from . import file_bodies as bodies
from .authentication import signed_in
from .file_bodies import File, UploadEnd, UploadStart, UploadState, answer
from .files import Asked, created
from .problem_kinds import Refusal
from .uploads import TAKES_FILE, chunks, declared

UploadId = Annotated[
    str, PathParameter(description="The `id` of an upload.", examples=[Example(value=bodies.STATE.id)])
]
_TAKES: dict[str, Any] = {"problems": ("not-found", "conflict", "storage-full", "unavailable")}


class FileUploads(Controller):
    path = "/api/files/uploads"
    tags = ("files",)

    @post(
        "/",
        opt={"problems": ("not-found", "storage-full", "quota-exceeded", "unavailable")},
        summary="Begin an upload in parts",
        description="Its bytes count against the quota of storage from now on. It is dropped after a day.",
        operation_id="beginUpload",
        responses={201: answer(UploadState, bodies.STATE, "The upload, at the address in `Location`")},
    )
    async def begin(
        self,
        request: Asked,
        files: NamedDependency[FileLibrary],
        data: Annotated[UploadStart, bodies.body(bodies.START)],
    ) -> Response[UploadState]:
        owner = signed_in(request.scope).user
        begun = await files.begin_upload(
            owner, name=data.name, size=data.size, sha256=data.sha256, media_type=data.media_type
        )
        return _state(begun, Location=f"{request.scope.get('root_path', '')}/api/files/uploads/{begun.id}")

    @get(
        "/{upload_id:str}",
        opt={"problems": ("unavailable",)},
        summary="Tell where an upload stands",
        operation_id="getUpload",
        responses={200: answer(UploadState, bodies.STATE, "How many bytes are there; `Upload-Offset` says it, too")},
    )
    async def show(
        self, request: Asked, files: NamedDependency[FileLibrary], upload_id: UploadId
    ) -> Response[UploadState]:
        return _state(await files.upload(signed_in(request.scope).user, upload_id))

    @patch(
        "/{upload_id:str}",
        opt=TAKES_FILE | _TAKES,
        request_max_body_size=None,
        summary="Send a part",
        description=(
            "The bytes from `offset` on, where the upload must stand: 409 says in `Upload-Offset` where it does. "
            "What arrived before the connection broke counts, unless `sha256` is given: "
            "then the part counts whole or not at all."
        ),
        operation_id="sendPart",
        responses={200: answer(UploadState, bodies.STATE, "How many bytes are there now")},
    )
    async def send_part(
        self,
        request: Asked,
        files: NamedDependency[FileLibrary],
        upload_id: UploadId,
        offset: Annotated[int, QueryParameter(description="Where the part begins.", ge=0, examples=[Example(value=0)])],
        sha256: Annotated[
            str | None, QueryParameter(description="The SHA-256 of the part.", pattern="^[0-9a-fA-F]{64}$")
        ] = None,
    ) -> Response[UploadState]:
        length = declared(request, files.limits.largest, files.limits.largest)
        async with _in_step():
            state = await files.add_part(
                signed_in(request.scope).user, upload_id, offset, chunks(request), length=length, sha256=sha256
            )
        return _state(state)

    @post(
        "/{upload_id:str}/finish",
        opt={"problems": ("conflict", "storage-full", "quota-exceeded", "unavailable")},
        summary="End an upload",
        description="The file is looked into and kept. Where it is refused, the upload is gone.",
        operation_id="finishUpload",
        responses={
            200: answer(File, bodies.FILE, "The file with this content that was there already"),
            201: answer(File, bodies.FILE, "The file, at the address in `Location`"),
        },
    )
    async def finish(
        self,
        request: Asked,
        files: NamedDependency[FileLibrary],
        upload_id: UploadId,
        data: Annotated[UploadEnd, bodies.body(bodies.END)],
    ) -> Response[File]:
        async with _in_step():
            kept = await files.finish_upload(signed_in(request.scope).user, upload_id, tags=data.tags)
        return created(request, kept, upload_id)

    @delete(
        "/{upload_id:str}",
        opt={"problems": ("unavailable",)},
        summary="Give an upload up",
        operation_id="abandonUpload",
    )
    async def abandon(self, request: Asked, files: NamedDependency[FileLibrary], upload_id: UploadId) -> None:
        await files.abandon_upload(signed_in(request.scope).user, upload_id)


@asynccontextmanager
async def _in_step() -> AsyncIterator[None]:
    """Raises a Refusal that says where an upload stands for a part that does not follow."""
    try:
        yield
    except UploadOutOfStep as error:
        headers = {"Upload-Offset": str(error.offset)}
        raise Refusal("conflict", problem=error.problem, headers=headers) from error


def _state(upload: Upload, **headers: str) -> Response[UploadState]:
    return Response(bodies.upload(upload), headers={"Upload-Offset": str(upload.received), **headers})
