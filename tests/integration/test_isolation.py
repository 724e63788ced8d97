"""What belongs to somebody is not there for anybody else, on any route that there is or will be."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from dependency_injector import providers
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from reelwright.adapters.fakes.inspector import LabelInspector
from reelwright.adapters.http import create_app
from reelwright.application.files import FileLibrary
from reelwright.bootstrap import Container
from tests.isolation import NEVER, Owner, leaks
from tests.people import accounts_in, bearer, newcomer
from tests.service import served


def a_file(owner: Owner) -> str:
    """A film with a thumbnail and a proxy; a picture beside it, so that there are two."""
    owner("PUT", "/api/files", params={"name": f"{owner.mark}.png"}, content=f"image/png\n{owner.mark}".encode())
    film = {"name": f"{owner.mark}.mp4", "tag": owner.mark}
    made = owner("PUT", "/api/files", params=film, content=f"video/mp4\nthe {owner.mark} sea".encode())
    while owner("POST", f"/api/files/{made['id']}/proxy")["state"] != "made":
        time.sleep(0.01)
    return str(made["id"])


def an_upload(owner: Owner) -> str:
    begun = owner("POST", "/api/files/uploads", json={"name": f"{owner.mark}.mov", "size": 100})
    owner("PATCH", f"/api/files/uploads/{begun['id']}", params={"offset": 0}, content=owner.mark.encode())
    return str(begun["id"])


def a_project(owner: Owner) -> str:
    made = owner("POST", "/api/projects", json={"name": owner.mark, "script": f"The {owner.mark} sea."})
    return str(made["id"])


MAKERS: dict[str, Callable[[Owner], str]] = {
    "user_id": lambda owner: str(owner.id),
    "file_id": a_file,
    "upload_id": an_upload,
    "project_id": a_project,
}
"""A thing for every parameter that takes an id: every text that it is made of holds ``owner.mark``.

A route with another parameter fails the test until there is a maker for it here.
"""


class Basket(msgspec.Struct):
    thing_ids: list[str]


@contextmanager
def running(folder: Path, routes: Sequence[Any] = ()) -> Iterator[httpx.Client]:
    parts: Container = accounts_in(folder, f"sqlite:///{folder / 'reelwright.db'}")
    parts.inspector.override(providers.Object(LabelInspector()))
    with served(create_app(parts, routes=routes)) as client:
        yield client


def test_nobody_gets_at_what_belongs_to_another(tmp_path: Path) -> None:
    with running(tmp_path) as client:
        owner, stranger = Owner(client), bearer(newcomer(client)[1])
        made = {name: make(owner) for name, make in MAKERS.items()}
        places = "users/profile", "users/quota", "files", f"files/uploads/{made['upload_id']}"
        before = [owner("GET", f"/api/{place}") for place in places]
        assert leaks(client, owner, stranger, made) == []
        assert [owner("GET", f"/api/{place}") for place in places] == before


def test_a_route_with_an_id_that_nobody_makes_fails_the_walk(tmp_path: Path) -> None:
    @get("/test/things/{thing_id:str}", sync_to_thread=False)
    def in_path(thing_id: FromPath[str]) -> str:
        return thing_id

    @get("/test/of", sync_to_thread=False)
    def in_query(thing_id: FromQuery[str]) -> str:
        return thing_id

    @post("/test/made", sync_to_thread=False)
    def in_body(data: JSONBody[Basket]) -> Basket:
        return data

    for number, route in enumerate((in_path, in_query, in_body)):
        with running(tmp_path / str(number), [route]) as client, pytest.raises(KeyError, match=r"things?_ids?"):
            leaks(client, Owner(client), {}, dict.fromkeys(MAKERS, ""))


def test_a_route_that_does_not_ask_who_owns_a_thing_is_found_out(tmp_path: Path) -> None:
    owners: list[Owner] = []

    @get("/test/files/{file_id:str}/name")
    async def name_of(file_id: FromPath[str], files: NamedDependency[FileLibrary]) -> str:
        return (await files.get(str(owners[0].id), file_id)).name

    @get("/test/files")
    async def names(files: NamedDependency[FileLibrary]) -> list[str]:
        return [one.name for one in (await files.page(str(owners[0].id))).items]

    @post("/test/files/{file_id:str}/seen", sync_to_thread=False)
    def seen(file_id: FromPath[str]) -> dict[str, bool]:
        return {"there": file_id != NEVER}

    with running(tmp_path, [name_of, names, seen]) as client:
        owners.append(Owner(client))
        made = {name: make(owners[0]) for name, make in MAKERS.items()}
        told = leaks(client, owners[0], bearer(newcomer(client)[1]), made)
    assert {one for one in told if "/test/" in one} == {
        "GET /test/files/{file_id}/name: another gets 200",
        "GET /test/files/{file_id}/name: another reads moonlit",
        "GET /test/files/{file_id}/name: another sees that there is something",
        "HEAD /test/files/{file_id}/name: another gets 200",
        "HEAD /test/files/{file_id}/name: another sees that there is something",
        "GET /test/files: reads moonlit",
        "POST /test/files/{file_id}/seen: another gets 201",
        "POST /test/files/{file_id}/seen: another sees that there is something",
    }
    assert len(told) == 8
