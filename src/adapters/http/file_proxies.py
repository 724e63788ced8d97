"""``/api/files/{id}/proxy``: small copies of videos, made on request."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.types import ASGIApp

from ...application.files import FileLibrary
from ...application.proxies import Proxies
from ...domain.file import StoredFile
from . import file_bodies as bodies
from .authentication import signed_in
from .downloads import GIVES_FILE
from .file_bodies import Proxy, answer
from .files import Asked, FileId, variant
from .problem_kinds import Refusal

_FILE: dict[str, Any] = GIVES_FILE
_GIVES_PROXY = _FILE | {
    "answers": {**_FILE["answers"], "404": {"$ref": "#/components/responses/not-made"}},
}


class FileProxies(Controller):
    path = "/api/files/{file_id:str}/proxy"
    tags = ("files",)

    @post(
        "/",
        status_code=202,
        opt={"problems": ("invalid-input", "unavailable")},
        summary="Have a proxy made",
        description=(
            "A small MP4 of a video, H.264 and AAC, 360 pixels on its shorter side, for looking at it in a browser. "
            "It is made in the background, one at a time; whoever asks again is told how far it is. "
            "A restart of the service forgets what was asked for."
        ),
        operation_id="makeFileProxy",
        responses={
            200: answer(Proxy, Proxy(state="made", progress=1.0), "It is there, at the address in `Location`"),
            202: answer(Proxy, bodies.PROXY, "It will be there, at the address in `Location`"),
        },
    )
    async def make(self, request: Asked, proxies: NamedDependency[Proxies], file_id: FileId) -> Response[Proxy]:
        asked = await proxies.ask(signed_in(request.scope).user, file_id)
        place = {"Location": f"{request.scope.get('root_path', '')}/api/files/{file_id}/proxy"}
        return Response(bodies.proxy(asked), status_code=200 if asked.state == "made" else 202, headers=place)

    @get(
        "/",
        opt=_GIVES_PROXY,
        summary="Get the proxy",
        description="With ranges and conditions. Where it is not made yet, 404 tells how far it is or why it failed.",
        operation_id="getFileProxy",
    )
    async def proxy(
        self, request: Asked, files: NamedDependency[FileLibrary], proxies: NamedDependency[Proxies], file_id: FileId
    ) -> ASGIApp:
        file = await files.get(signed_in(request.scope).user, file_id)
        if file.proxy is None:
            raise Refusal("not-made", problem=_missing(file, proxies))
        return await variant(request, files, file_id, "proxy")


def _missing(file: StoredFile, proxies: Proxies) -> str:
    """Why a file has no proxy, and what to do."""
    asked, failure = proxies.asked(file.id), proxies.failure(file.id)
    if file.kind != "video":
        return f"{file.name} is no video, and only videos have a proxy"
    if failure:
        return f"{failure}; POST to this address tries again"
    if asked is None:
        return f"there is no proxy of {file.name}: POST to this address makes one"
    if asked.state == "waiting":
        return f"the proxy of {file.name} waits for others to be made"
    return f"the proxy of {file.name} is being made, and {asked.progress:.0%} is done"
