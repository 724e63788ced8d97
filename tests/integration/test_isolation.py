"""What belongs to somebody is not there for anybody else, on any route that there is or will be."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from reelwright.adapters.http import create_app
from reelwright.application.files import FileLibrary
from reelwright.bootstrap import Container
from tests.belongings import MAKERS, without_media
from tests.isolation import NEVER, Owner, leaks
from tests.people import accounts_in, bearer, newcomer
from tests.service import served
from tests.video_service import document


class Basket(msgspec.Struct):
    thing_ids: list[str]


@contextmanager
def running(folder: Path, routes: Sequence[Any] = ()) -> Iterator[httpx.Client]:
    parts: Container = accounts_in(folder, f"sqlite:///{folder / 'reelwright.db'}")
    without_media(parts, document())
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
