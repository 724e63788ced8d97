"""Who may pass, and how often."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from reelwright.application.access import Rate
from tests.service import application, served


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with served(application(tmp_path_factory.mktemp("data"), rate_per_address=None, rate_per_user=None)) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_valid_token_tells_who_asks(client: httpx.Client) -> None:
    assert client.get("/test/me", headers=bearer("ada")).json() == {"user": "ada", "role": "user"}
    assert client.get("/test/me", headers={"Authorization": "bearer  root"}).json()["role"] == "admin"


@pytest.mark.parametrize(
    ("headers", "challenge"),
    [
        ({}, 'Bearer realm="reelwright"'),
        (bearer("eve"), 'Bearer realm="reelwright", error="invalid_token"'),
        ({"Authorization": "Bearer"}, 'Bearer realm="reelwright", error="invalid_token"'),
        ({"Authorization": "Basic YWRhOmFkYQ=="}, 'Bearer realm="reelwright", error="invalid_token"'),
        ({"Cookie": "token=ada"}, 'Bearer realm="reelwright"'),
    ],
)
def test_without_a_valid_token_nothing_is_told(client: httpx.Client, headers: dict[str, str], challenge: str) -> None:
    answer = client.get("/test/me?token=ada&access_token=ada", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == challenge
    assert answer.json()["type"] == "/problems/unauthenticated"
    assert "ada" not in answer.text.replace("/test/me", "")


def test_a_route_for_administrators_is_for_them_alone(client: httpx.Client) -> None:
    assert client.get("/test/admin", headers=bearer("root")).json() == {"allowed": True}
    assert client.get("/test/admin", headers=bearer("ada")).status_code == 403
    assert client.get("/test/admin").status_code == 401


def test_a_websocket_gives_its_token_as_a_subprotocol(client: httpx.Client) -> None:
    address = f"ws://{client.base_url.host}:{client.base_url.port}/test/live"
    offered = [Subprotocol("reelwright.v1"), Subprotocol("bearer.ada")]
    with connect(address, subprotocols=offered, proxy=None) as socket:
        assert socket.recv(timeout=5) == "ada"
        assert socket.subprotocol == "reelwright.v1"
    with pytest.raises(InvalidStatus) as refused:
        connect(f"{address}?token=ada", proxy=None)
    assert refused.value.response.status_code == 403


def test_an_address_that_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    with served(application(tmp_path, rate_per_address=Rate(requests=10, seconds=600))) as client:

        def ask(number: int) -> httpx.Response:
            return client.get("/api/system/version" if number % 2 else "/nothing")

        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(ask, range(40)))
    refused = [one for one in answers if one.status_code == 429]
    assert len(refused) == 30
    for answer in refused:
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert answer.headers["ratelimit-policy"] == '"address";q=10;w=600'
        assert answer.headers["ratelimit"].startswith('"address";r=0;t=')
        assert answer.json()["type"] == "/problems/too-many-requests"
    passed = [one for one in answers if one.status_code != 429]
    assert sorted(int(one.headers["ratelimit"].split("r=")[1].split(";")[0]) for one in passed) == list(range(10))


def test_one_user_s_haste_does_not_slow_another(tmp_path: Path) -> None:
    app = application(tmp_path, rate_per_address=None, rate_per_user=Rate(requests=3, seconds=600))

    async def statuses(token: str) -> list[int]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            answers = [await client.get("/test/me", headers=bearer(token)) for _ in range(5)]
            return [one.status_code for one in answers]

    assert asyncio.run(statuses("ada")) == [200] * 3 + [429] * 2
    assert asyncio.run(statuses("root")) == [200] * 3 + [429] * 2
