"""Bodies that are wrong, too large, too slow or of another kind: a clear answer, and the server goes on."""

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from reelwright.adapters.http.server import Punctual
from tests.service import application, served

GOOD: dict[str, Any] = {"title": "Tides", "scenes": [{"text": "In.", "seconds": 2}, {"text": "Out."}]}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with served(
        application(tmp_path_factory.mktemp("data"), body_limit=65536, body_grace=0.5, body_rate=100)
    ) as client:
        yield client


def talk(client: httpx.Client, *sent: bytes, pause: float = 0.0, seconds: float = 5.0) -> bytes:
    """What the server says to raw bytes until it closes the connection."""
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=seconds) as connection:
        try:
            for piece in sent:
                connection.sendall(piece)
                time.sleep(pause)
        except ConnectionError:
            pass
        heard = bytearray()
        while piece := connection.recv(65536):
            heard += piece
        return bytes(heard)


def head(length: int | str, path: str = "/test/story", *more: str) -> bytes:
    lines = f"POST {path} HTTP/1.1", "Host: test", "Content-Type: application/json", f"Content-Length: {length}", *more
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def problem_in(heard: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(heard.partition(b"\r\n\r\n")[2])
    return found


def test_a_good_body_is_taken(client: httpx.Client) -> None:
    answer = client.post("/test/story", json=GOOD)
    assert answer.status_code == 200
    assert answer.json()["scenes"][1] == {"text": "Out.", "seconds": 0}
    odd = {"Content-Type": "application/merge-patch+json; charset=utf-8"}
    assert client.post("/test/story", content=json.dumps(GOOD), headers=odd).status_code == 200


@pytest.mark.parametrize(
    ("change", "pointer", "detail"),
    [
        ({"scenes": [{"text": "In."}, {"text": 5}]}, "#/scenes/1/text", "Expected `str`"),
        ({"scenes": [{"text": "In.", "seconds": 99}]}, "#/scenes/0/seconds", "<= 60"),
        ({"scenes": [{"text": ""}]}, "#/scenes/0/text", "length >= 1"),
        ({"scenes": [{"text": "In.", "colour": 1}]}, "#/scenes/0", "unknown field `colour`"),
        ({"scenes": [{}]}, "#/scenes/0", "missing required field `text`"),
        ({"scenes": None}, "#/scenes", "Expected `array`"),
    ],
)
def test_what_is_wrong_in_a_body_is_pointed_at(
    client: httpx.Client, change: dict[str, Any], pointer: str, detail: str
) -> None:
    answer = client.post("/test/story", json={**GOOD, **change})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"] == pointer
    assert detail in error["detail"]


@pytest.mark.parametrize("body", [[], "text", None])
def test_a_body_of_another_shape_is_pointed_at_as_a_whole(client: httpx.Client, body: object) -> None:
    answer = client.post("/test/story", content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#"


@pytest.mark.parametrize(
    "body",
    [
        b'{"title": ',
        b"\xff\xfe",
        b'{"title": "\xed\xa0\x80"}',
        b'{"title": "\\ud800", "scenes": []}',
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    ],
    ids=["cut", "no UTF-8", "surrogate bytes", "lone surrogate", "deep lists", "deep objects"],
)
def test_a_body_that_is_no_json_is_refused(client: httpx.Client, body: bytes) -> None:
    answer = client.post("/test/story", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/invalid-request"
    assert answer.json()["detail"]


def test_an_empty_body_is_refused(client: httpx.Client) -> None:
    answer = client.post("/test/story", headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonish"])
def test_a_body_of_another_media_type_is_refused(client: httpx.Client, media_type: str) -> None:
    answer = client.post("/test/story", content=json.dumps(GOOD), headers={"Content-Type": media_type})
    assert answer.status_code == 415
    assert "application/json" in answer.json()["detail"]


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read(client: httpx.Client) -> None:
    began = time.monotonic()
    heard = talk(client, head(10_000_000_000) + b"{")
    assert b"413" in heard.split(b"\r\n")[0]
    assert problem_in(heard)["detail"] == "At most 65536 bytes are right"
    assert b"connection: close" in heard.lower()
    assert time.monotonic() - began < 8


def test_a_body_of_unsaid_length_is_refused_once_it_is_too_large(client: httpx.Client) -> None:
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(200):
            sent += 8192
            yield b" " * 8192

    answer = client.post("/test/story", content=body(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_who_waits_for_leave_to_send_too_much_is_told_at_once(client: httpx.Client) -> None:
    heard = talk(client, head(10_000_000, "/test/story", "Expect: 100-continue"))
    assert heard.startswith(b"HTTP/1.1 413")
    assert b"100 Continue" not in heard


def test_a_body_that_stops_coming_is_given_up(client: httpx.Client) -> None:
    began = time.monotonic()
    heard = talk(client, head(1000) + b'{"title"')
    assert heard.startswith(b"HTTP/1.1 408")
    assert problem_in(heard)["detail"] == "The body came too slowly; 8 bytes of it arrived"
    assert 0.4 < time.monotonic() - began < 8


def test_a_body_that_trickles_is_given_up(client: httpx.Client) -> None:
    heard = talk(client, head(1000), *[b" "] * 20, pause=0.1)
    assert heard.startswith(b"HTTP/1.1 408")


def test_a_head_that_trickles_is_given_up(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Punctual, "head_seconds", 0.3)
    began = time.monotonic()
    assert talk(client, b"GET / HTTP/1.1\r\n", b"X: y\r\n", pause=0.1) == b""
    assert talk(client) == b""
    assert time.monotonic() - began < 8


@pytest.mark.parametrize("start", [b"GET /", b"GET / HTTP/1.1\r\nHost: test\r\nCookie: "], ids=["address", "header"])
def test_a_head_that_grows_without_end_is_given_up(client: httpx.Client, start: bytes) -> None:
    heard = talk(client, start, *[b"a" * 40_000] * 20, pause=0.005)
    assert heard.startswith(b"HTTP/1.1 431") or heard == b""
    assert heard == b"" or problem_in(heard)["type"] == "/problems/head-too-large"


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00", "GET /中 HTTP/1.1\r\n\r\n".encode(), b"HELLO\r\n\r\n"])
def test_what_is_no_request_is_answered_with_a_problem(client: httpx.Client, sent: bytes) -> None:
    heard = talk(client, sent)
    assert heard.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert problem_in(heard)["type"] == "/problems/invalid-request"


def test_an_answer_to_a_small_unread_body_keeps_the_connection(client: httpx.Client) -> None:
    request = head(20, "/nothing") + b"x" * 20
    last = b"GET /api/system/version HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
    heard = talk(client, request, last, pause=0.1)
    assert heard.count(b"HTTP/1.1 404") == 1
    assert heard.count(b"HTTP/1.1 200") == 1


@pytest.mark.parametrize("length", ["-5", "abc", "1, 2"])
def test_a_length_that_is_none_is_refused(client: httpx.Client, length: str) -> None:
    assert talk(client, head(length) + b"{}", seconds=3).startswith(b"HTTP/1.1 400")


def test_the_server_goes_on_after_all_that(client: httpx.Client) -> None:
    for _ in range(3):
        talk(client, b"\x00\x01\x02 nonsense\r\n\r\n", seconds=3)
    assert client.get("/api/system/version").status_code == 200
