"""``/api/files``: what a user sends as material, and gets back."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import PathParameter, QueryParameter
from litestar.types import ASGIApp

from ...application.file_ports import Stored
from ...application.files import FileLibrary
from ...application.paging import LONGEST_PAGE
from ...domain.file import FileKind, StoredFile, Variant
from . import file_bodies as bodies
from .authentication import ADMIN, signed_in
from .downloads import GIVES_FILE, Download
from .file_bodies import Cleaned, CleaningOrder, File, FileChange, FileList, FileStatistics, answer
from .parts import Parts
from .uploads import TAKES_FILE, TAKES_FORM, declared, uploaded, uploaded_form

Asked = Request[Any, Any, Any]
FileId = Annotated[str, PathParameter(description="The `id` of a file.", examples=[Example(value=bodies.FILE.id)])]
Tags = Annotated[list[str] | None, QueryParameter(description="A tag of the file; may come many times.", max_items=32)]
_CURSOR = "^[A-Za-z0-9_-]{21}[AQgw]$"
_KEEPS: dict[str, Any] = {"problems": ("not-found", "storage-full", "quota-exceeded", "unavailable")}
_KEPT = {
    200: answer(File, bodies.FILE, "The file with this content that was there already"),
    201: answer(File, bodies.FILE, "The file, at the address in `Location`"),
}
_WHAT = (
    "What it is, is told by its content; the name and the media type are only compared with it. "
    "The bytes count against the quota of storage before they are read."
)


class Files(Controller):
    path = "/api/files"
    tags = ("files",)

    @put(
        "/",
        status_code=201,
        opt=TAKES_FILE | _KEEPS,
        request_max_body_size=None,
        summary="Send a file",
        description=f"The body is the file. {_WHAT}",
        operation_id="putFile",
        responses=_KEPT,
    )
    async def put_file(
        self,
        request: Asked,
        files: NamedDependency[FileLibrary],
        name: Annotated[
            str, QueryParameter(description="What to call it; no path.", examples=[Example(value="beach.mp4")])
        ],
        tag: Tags = None,
    ) -> Response[File]:
        owner, limit = signed_in(request.scope).user, files.limits.largest
        length = declared(request, limit, limit)
        async with files.room(owner, name, length) as file_id, uploaded(request, files.scratch, limit=limit) as sent:
            kept = await files.receive(
                owner,
                sent.path,
                name=name,
                media_type=sent.media_type,
                tags=tag or (),
                file_id=file_id,
                sha256=sent.sha256,
            )
        return created(request, kept, file_id)

    @post(
        "/",
        opt=TAKES_FORM | _KEEPS,
        request_max_body_size=None,
        summary="Send a file in a form",
        description=f"The field `tags` may hold tags with commas between them, `name` another name. {_WHAT}",
        operation_id="postFile",
        responses=_KEPT,
    )
    async def post_file(self, request: Asked, files: NamedDependency[FileLibrary]) -> Response[File]:
        owner, limit = signed_in(request.scope).user, files.limits.largest
        length = declared(request, 2 * limit, limit)
        size = None if length is None else min(length, limit)
        async with (
            files.room(owner, "the file", size) as file_id,
            uploaded_form(request, files.scratch, limit=limit) as sent,
        ):
            tags = [tag for tag in sent.fields.get("tags", "").split(",") if tag.strip()]
            name = sent.fields.get("name") or sent.name
            kept = await files.receive(
                owner, sent.path, name=name, media_type=sent.media_type, tags=tags, file_id=file_id, sha256=sent.sha256
            )
        return created(request, kept, file_id)

    @get(
        "/",
        opt={"problems": ("unavailable",)},
        summary="List the files",
        description="The newest first.",
        operation_id="listFiles",
        responses={200: answer(FileList, bodies.FILES, "A page of files")},
    )
    async def list_files(
        self,
        request: Asked,
        files: NamedDependency[FileLibrary],
        kind: Annotated[FileKind | None, QueryParameter(description="Only those of this kind.")] = None,
        tag: Annotated[str | None, QueryParameter(description="Only those with this tag, in any case.")] = None,
        cursor: Annotated[
            str | None,
            QueryParameter(description="The `next` of the page before.", pattern=_CURSOR),
        ] = None,
        limit: Annotated[int, QueryParameter(description="The most files of the page.", ge=1, le=LONGEST_PAGE)] = 50,
    ) -> FileList:
        owner = signed_in(request.scope).user
        return bodies.files(await files.page(owner, kind=kind, tag=tag, cursor=cursor, limit=limit))

    @get(
        "/statistics",
        opt={"problems": ("unavailable",)},
        summary="Count the files",
        operation_id="getFileStatistics",
        responses={200: answer(FileStatistics, bodies.STATISTICS, "Files and bytes, in all and by kind")},
    )
    async def statistics(self, request: Asked, files: NamedDependency[FileLibrary]) -> FileStatistics:
        kinds = list(await files.usage(signed_in(request.scope).user))
        return FileStatistics(files=sum(one.files for one in kinds), bytes=sum(one.bytes for one in kinds), kinds=kinds)

    @post(
        "/cleanup",
        status_code=200,
        opt=ADMIN | {"problems": ("unavailable",)},
        summary="Remove what is not needed",
        description="Of everybody: expired files and uploads, and contents that no file refers to.",
        operation_id="cleanUpFiles",
        responses={200: answer(Cleaned, bodies.CLEANED, "What was removed, or would be")},
    )
    async def clean_up(
        self, parts: NamedDependency[Parts], data: Annotated[CleaningOrder, bodies.body(bodies.CLEANING)]
    ) -> Cleaned:
        return bodies.cleaned(await parts.clean_up()(dry_run=data.dry_run))

    @get(
        "/{file_id:str}",
        opt={"problems": ("unavailable",)},
        summary="Show a file",
        operation_id="getFile",
        responses={200: answer(File, bodies.FILE, "What is known of the file")},
    )
    async def get_file(self, request: Asked, files: NamedDependency[FileLibrary], file_id: FileId) -> File:
        return bodies.file(await files.get(signed_in(request.scope).user, file_id))

    @patch(
        "/{file_id:str}",
        opt={"problems": ("unavailable",)},
        summary="Change the name or the tags",
        operation_id="updateFile",
        responses={200: answer(File, bodies.FILE, "The file as it is now")},
    )
    async def update_file(
        self,
        request: Asked,
        files: NamedDependency[FileLibrary],
        file_id: FileId,
        data: Annotated[FileChange, bodies.body(bodies.CHANGE)],
    ) -> File:
        owner = signed_in(request.scope).user
        return bodies.file(await files.update(owner, file_id, name=data.name, tags=data.tags))

    @delete(
        "/{file_id:str}",
        opt={"problems": ("unavailable",)},
        summary="Delete a file",
        description="Its bytes are free again at once.",
        operation_id="deleteFile",
    )
    async def delete_file(self, request: Asked, files: NamedDependency[FileLibrary], file_id: FileId) -> None:
        await files.delete(signed_in(request.scope).user, file_id)

    @get(
        "/{file_id:str}/content",
        opt=GIVES_FILE,
        summary="Download a file",
        description="With ranges and conditions; the entity tag is the SHA-256 of the content.",
        operation_id="getFileContent",
    )
    async def content(self, request: Asked, files: NamedDependency[FileLibrary], file_id: FileId) -> ASGIApp:
        return await variant(request, files, file_id, "content")

    @get(
        "/{file_id:str}/thumbnail",
        opt=GIVES_FILE,
        summary="Get the thumbnail",
        description="A JPEG of at most 512 pixels: the photo, a frame, the waveform or the first lines.",
        operation_id="getFileThumbnail",
    )
    async def thumbnail(self, request: Asked, files: NamedDependency[FileLibrary], file_id: FileId) -> ASGIApp:
        return await variant(request, files, file_id, "thumbnail")


_SAVED: dict[Variant, tuple[str, str]] = {"thumbnail": (".jpg", "image/jpeg"), "proxy": (".mp4", "video/mp4")}
"""What a variant adds to the name of the file, and its media type."""


class _Answer:
    """A variant of a file, wherever the storage keeps it. The time is the record's: that of a content which several
    users share would tell them of each other."""

    def __init__(self, files: FileLibrary, file: StoredFile, stored: Stored, variant: Variant) -> None:
        self._files, self._file, self._stored, self._variant = files, file, stored, variant

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        added, media_type = _SAVED.get(self._variant, ("", self._file.media_type))
        with self._files.local(self._stored) as path:
            download = Download(
                path,
                name=self._file.name + added,
                media_type=media_type,
                etag=self._stored.key,
                modified=self._file.created,
                disposition="inline" if added else "attachment",
            )
            await download(scope, receive, send)


async def variant(request: Asked, files: FileLibrary, file_id: str, which: Variant) -> ASGIApp:
    """A content, thumbnail or proxy as the answer to a request. Raises NoSuchFile."""
    file, stored = await files.stored(signed_in(request.scope).user, file_id, which)
    return _Answer(files, file, stored, which)


def created(request: Asked, kept: StoredFile, file_id: str) -> Response[File]:
    """201 with the address of a new file, 200 for one that was there already."""
    place = {"Location": f"{request.scope.get('root_path', '')}/api/files/{kept.id}"}
    return Response(bodies.file(kept), status_code=201 if kept.id == file_id else 200, headers=place)
