"""A service that really runs, on a free port of this machine, with routes of the tests' own beside the real ones."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx
import msgspec
from dependency_injector import providers
from litestar import Request, WebSocket, get, post, put, websocket
from litestar.params import FromQuery, JSONBody
from litestar.types import ASGIApp

from reelwright.adapters.fakes.speech import ToneSpeech
from reelwright.adapters.fakes.store import MemoryStore
from reelwright.adapters.http import create_app
from reelwright.adapters.http.authentication import ADMIN, PUBLIC, signed_in
from reelwright.adapters.http.downloads import GIVES_FILE, Download
from reelwright.adapters.http.server import address_of, listen, server
from reelwright.adapters.http.settings import HttpSettings
from reelwright.adapters.http.uploads import TAKES_FILE, TAKES_FORM, uploaded, uploaded_form
from reelwright.application.access import Identity
from reelwright.bootstrap import Container
from reelwright.domain.errors import DiskFull, InvalidTimeline, Unauthenticated
from reelwright.settings import Settings

LIMIT = 3 << 20
"""Bytes that the tests' own upload routes take."""


class Scene(msgspec.Struct, forbid_unknown_fields=True):
    text: Annotated[str, msgspec.Meta(min_length=1)]
    seconds: Annotated[float, msgspec.Meta(ge=0, le=60)] = 0


class Story(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    scenes: list[Scene]


@post("/test/story", opt=PUBLIC, status_code=200, sync_to_thread=False)
def story(data: JSONBody[Story]) -> Story:
    return data


@get("/test/break", opt=PUBLIC, sync_to_thread=False)
def broken(kind: FromQuery[str] = "") -> None:
    if kind == "full":
        raise DiskFull("/srv/secret: no room")
    if kind == "timeline":
        raise InvalidTimeline("$.scenes[2].frames", "0 frames; at least 1 is right")
    raise RuntimeError("the password is hunter2")


@get("/test/me", sync_to_thread=False)
def me(request: Request[Any, Any, Any]) -> dict[str, str]:
    identity = signed_in(request.scope)
    return {"user": identity.user, "role": identity.role}


@get("/test/admin", opt=ADMIN, sync_to_thread=False)
def admin() -> dict[str, bool]:
    return {"allowed": True}


@websocket("/test/live")
async def live(socket: WebSocket[Any, Any, Any]) -> None:
    await socket.accept(subprotocols="reelwright.v1")
    await socket.send_text(signed_in(socket.scope).user)
    await socket.close()


async def verify(token: str) -> Identity:
    """A verifier as small as one can be: the tokens are names."""
    if token not in ("ada", "root"):
        raise Unauthenticated("the token is not valid")
    return Identity(user=token, role="admin" if token == "root" else "user")


def files(folder: Path) -> list[Any]:
    """Routes that take uploads into ``folder``, and one that gives ``folder/film.mp4`` back."""

    @put("/test/raw", opt=PUBLIC | TAKES_FILE, status_code=201, request_max_body_size=None)
    async def raw(request: Request[Any, Any, Any]) -> dict[str, Any]:
        async with uploaded(request, folder, limit=LIMIT) as upload:
            upload.path.replace(folder / "kept")
            return {"bytes": upload.bytes, "sha256": upload.sha256}

    @post("/test/form", opt=PUBLIC | TAKES_FORM, status_code=201, request_max_body_size=None)
    async def form(request: Request[Any, Any, Any]) -> dict[str, Any]:
        async with uploaded_form(request, folder, limit=LIMIT) as upload:
            return {"bytes": upload.bytes, "sha256": upload.sha256, "name": upload.name, "fields": upload.fields}

    @get("/test/film", opt=PUBLIC | GIVES_FILE)
    async def film() -> ASGIApp:
        return Download(folder / "film.mp4", name="Ebbe & Flut 潮汐.mp4", media_type="video/mp4")

    return [raw, form, film]


def container(folder: Path, **http: Any) -> Container:
    """The real parts with a voice of tones and a store in memory; ``http`` are HttpSettings."""
    made = Container()
    folder.mkdir(parents=True, exist_ok=True)
    made.settings.override(Settings(cache=folder / "cache", data=folder))
    made.speech.override(providers.Object(ToneSpeech()))
    made.store.override(providers.Object(MemoryStore()))
    made.http.override(HttpSettings(**http))
    return made


def application(folder: Path, *, routes: Sequence[Any] = (), limiter: Any = None, **http: Any) -> Any:
    own = [story, broken, me, admin, live, *routes]
    return create_app(container(folder, **http), verify=verify, limiter=limiter, routes=own)


@contextmanager
def served(app: Any) -> Iterator[httpx.Client]:
    """A client of a server that runs ``app`` in a thread until the block ends."""
    with listen("127.0.0.1", 0) as listening:
        running = server(app, trusted_proxies=())
        thread = threading.Thread(target=running.run, args=([listening],))
        thread.start()
        try:
            while not running.started:
                assert thread.is_alive()
                time.sleep(0.005)
            with httpx.Client(base_url=address_of(listening), timeout=20, trust_env=False) as client:
                yield client
        finally:
            running.should_exit = True
            thread.join(10)
            assert not thread.is_alive()
