"""Texts that mean no good, in every field of every route that the API's document tells of, on both databases."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from reelwright.adapters.http import create_app
from reelwright.bootstrap import Container
from tests.belongings import MAKERS, without_media
from tests.isolation import Owner, Route
from tests.people import bearer, kind, sign_in
from tests.service import served
from tests.video_service import document

DEEP = b'{"a":' * 10_000 + b"1" + b"}" * 10_000, b"[" * 10_000 + b"]" * 10_000
BROKEN = b'{"name": "\\ud800"}', b'{"name": "\xed\xa0\x80"}', b'{"name": "\xff"}', b'{"name": "a'


@pytest.fixture(scope="module")
def client(parts: Container) -> Iterator[httpx.Client]:
    without_media(parts, document())
    with served(create_app(parts)) as client:
        yield client


@pytest.fixture(scope="module")
def owner(client: httpx.Client) -> Owner:
    return Owner(client)


@pytest.fixture(scope="module")
def values(owner: Owner) -> dict[str, str]:
    """Ids of things that are there, so that no field is passed over because there is nothing to change."""
    return {name: make(owner) for name, make in MAKERS.items()}


@pytest.fixture(scope="module")
def every(client: httpx.Client) -> list[Route]:
    document = client.get("/api/openapi.json").json()
    return [
        Route(method=method.upper(), path=path, operation=operation, ids=())
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if path not in ("/api/users/logout", "/api/users/account")
    ]


def headers(client: httpx.Client, owner: Owner, route: Route) -> dict[str, str]:
    return bearer(sign_in(client, "root").json()) if route.for_administrators else owner.headers


def refused(answer: httpx.Response, what: str) -> None:
    assert 400 <= answer.status_code < 500, f"{what}: {answer.status_code} {answer.text}"
    assert kind(answer)[0] not in (405, 429), what
    assert answer.json()["detail"], what


def spoilt(body: Any, text: str) -> Iterator[Any]:
    """The body once for each text in it, with another in its place."""
    if isinstance(body, dict):
        for key, value in body.items():
            yield from ({**body, key: other} for other in spoilt(value, text))
    elif isinstance(body, list):
        for at, value in enumerate(body):
            yield from ([*body[:at], other, *body[at + 1 :]] for other in spoilt(value, text))
    elif isinstance(body, str):
        yield text


def test_json_that_cannot_be_read_is_refused_by_every_route(
    client: httpx.Client, owner: Owner, values: dict[str, str], every: list[Route]
) -> None:
    tried = 0
    for route in every:
        path, how = route.request(values)
        if "json" in how:
            who = headers(client, owner, route) | {"Content-Type": "application/json"}
            for body in (*DEEP, *BROKEN):
                answer = client.request(route.method, path, content=body, params=how["params"], headers=who)
                assert kind(answer) == (400, "invalid-request"), f"{route.method} {path} {body[:20]!r}"
                tried += 1
    assert tried >= 60


@pytest.mark.parametrize("text", ["a\0b", "\0", "\ud800"], ids=["NUL within", "NUL", "surrogate"])
def test_a_text_that_is_none_is_refused_in_every_field(
    client: httpx.Client, owner: Owner, values: dict[str, str], every: list[Route], text: str
) -> None:
    tried = 0
    for route in every:
        path, how = route.request(values)
        who = headers(client, owner, route) | {"Content-Type": "application/json"}
        for body in spoilt(how.pop("json", None), text):
            answer = client.request(route.method, path, content=json.dumps(body), params=how["params"], headers=who)
            refused(answer, f"{route.method} {path} {body}")
            tried += 1
    assert tried >= 15


@pytest.mark.parametrize("sent", ["a%00b", "%00", "%ED%A0%80", "a%FFb"])
def test_a_text_that_is_none_is_refused_in_every_address(
    client: httpx.Client, owner: Owner, values: dict[str, str], every: list[Route], sent: str
) -> None:
    tried = 0
    for route in every:
        path, how = route.request(values)
        who = headers(client, owner, route)
        query = how.pop("params")
        for one in (route.operation or {}).get("parameters", ()):
            if one["in"] == "query":
                pairs = "&".join(f"{name}={quote(str(value))}" for name, value in query.items() if name != one["name"])
                answer = client.request(route.method, f"{path}?{pairs}&{one['name']}={sent}", headers=who, **how)
                refused(answer, f"{route.method} {path} {one['name']}")
                assert [fault["parameter"] for fault in answer.json()["errors"]] == [one["name"]]
                tried += 1
            elif one["in"] == "path":
                place = route.path.format_map(dict.fromkeys(values, sent))
                refused(client.request(route.method, place, headers=who, **how), f"{route.method} {place}")
                tried += 1
    assert tried >= 20


@pytest.mark.parametrize("field", ["name", "tags"])
@pytest.mark.parametrize("text", [b"a\0b", b"\xed\xa0\x80", b"a\xff"])
def test_a_text_that_is_none_is_refused_in_a_form(client: httpx.Client, owner: Owner, field: str, text: bytes) -> None:
    before = owner("GET", "/api/files")
    sent = {"file": ("a.png", b"image/png\nform"), field: (None, text)}
    answer = client.post("/api/files", files=sent, headers=owner.headers)
    refused(answer, field)
    assert owner("GET", "/api/files") == before
