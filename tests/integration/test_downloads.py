"""A stored file over HTTP: whole, in parts, and not at all when the caller has it."""

import email
import email.policy
import hashlib
import logging
import os
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import httpx
import pytest

from tests.service import application, files, served

FILM = bytes(os.urandom(700_001))
MODIFIED = 1_700_000_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    (folder / "film.mp4").write_bytes(FILM)
    os.utime(folder / "film.mp4", (MODIFIED, MODIFIED))
    return folder


@pytest.fixture(scope="module")
def client(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with served(application(tmp_path_factory.mktemp("data"), routes=files(folder))) as client:
        yield client


def test_the_whole_file_comes_with_its_name_and_validators(client: httpx.Client) -> None:
    answer = client.get("/test/film", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.content == FILM
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-length"] == str(len(FILM))
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["last-modified"] == formatdate(MODIFIED, usegmt=True)
    assert answer.headers["etag"].startswith('"')
    assert "filename*=UTF-8''Ebbe%20&%20Flut%20%E6%BD%AE%E6%B1%90.mp4" in answer.headers["content-disposition"]
    assert "content-encoding" not in answer.headers


def test_head_tells_the_same_and_sends_nothing(client: httpx.Client) -> None:
    head, whole = client.head("/test/film"), client.get("/test/film")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-length", "content-type", "etag", "last-modified", "accept-ranges", "content-disposition"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, len(FILM)),
        ("bytes=100-299999", 100, 300_000),
        ("bytes=-5", len(FILM) - 5, len(FILM)),
        ("bytes=-99999999", 0, len(FILM)),
        ("bytes=699999-99999999", 699_999, len(FILM)),
        ("bytes=5-9, 99999999-", 5, 10),
    ],
)
def test_a_range_is_answered_with_its_bytes(client: httpx.Client, wanted: str, start: int, end: int) -> None:
    answer = client.get("/test/film", headers={"Range": wanted})
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(FILM)}"
    assert answer.headers["content-length"] == str(end - start)
    assert answer.content == FILM[start:end]


def test_several_ranges_come_as_parts(client: httpx.Client) -> None:
    answer = client.get("/test/film", headers={"Range": "bytes=0-9, 300000-599999, -3"})
    assert answer.status_code == 206
    assert answer.headers["content-length"] == str(len(answer.content))
    whole = b"Content-Type: " + answer.headers["content-type"].encode() + b"\r\n\r\n" + answer.content
    parts = email.message_from_bytes(whole, policy=email.policy.HTTP).get_payload()
    assert isinstance(parts, list)
    spans = [(0, 10), (300_000, 600_000), (len(FILM) - 3, len(FILM))]
    assert len(parts) == 3
    boundary = answer.headers["content-type"].partition("boundary=")[2].encode()
    bodies = [piece.partition(b"\r\n\r\n")[2] for piece in answer.content.split(b"\r\n--" + boundary)[1:-1]]
    for part, body, (start, end) in zip(parts, bodies, spans, strict=True):
        assert part["Content-Range"] == f"bytes {start}-{end - 1}/{len(FILM)}"
        assert part["Content-Type"] == "video/mp4"
        assert body == FILM[start:end]


def test_a_range_outside_the_file_is_refused_with_its_size(client: httpx.Client) -> None:
    answer = client.get("/test/film", headers={"Range": "bytes=700001-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(FILM)}"
    assert answer.json()["type"] == "/problems/range-not-satisfiable"


@pytest.mark.parametrize("wanted", ["bytes=9-5", "lines=0-1", "bytes=x", "bytes=" + "0-0," * 40])
def test_what_is_no_range_gets_the_whole_file(client: httpx.Client, wanted: str) -> None:
    assert client.get("/test/film", headers={"Range": wanted}).status_code == 200


def test_conditions_are_honoured(client: httpx.Client) -> None:
    etag = client.head("/test/film").headers["etag"]
    known = client.get("/test/film", headers={"If-None-Match": etag, "Range": "bytes=0-9"})
    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", etag)
    since = {"If-Modified-Since": formatdate(MODIFIED, usegmt=True)}
    assert client.get("/test/film", headers=since).status_code == 304
    assert client.get("/test/film", headers={"If-Match": '"older"'}).status_code == 412
    same = client.get("/test/film", headers={"If-Range": etag, "Range": "bytes=0-9"})
    changed = client.get("/test/film", headers={"If-Range": '"older"', "Range": "bytes=0-9"})
    assert (same.status_code, changed.status_code) == (206, 200)
    assert changed.content == FILM


def test_a_download_resumed_after_a_break_is_the_same_file(client: httpx.Client) -> None:
    with client.stream("GET", "/test/film") as first:
        etag = first.headers["etag"]
        got = next(first.iter_raw(100_000))
    rest = client.get("/test/film", headers={"Range": f"bytes={len(got)}-", "If-Range": etag})
    assert hashlib.sha256(got + rest.content).digest() == hashlib.sha256(FILM).digest()


def test_a_file_that_is_gone_is_not_found(client: httpx.Client, folder: Path) -> None:
    (folder / "film.mp4").rename(folder / "away")
    try:
        answer = client.get("/test/film")
    finally:
        (folder / "away").rename(folder / "film.mp4")
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/not-found"


def test_an_empty_file_is_empty(client: httpx.Client, folder: Path) -> None:
    (folder / "film.mp4").rename(folder / "away")
    (folder / "film.mp4").touch()
    try:
        whole, part = client.get("/test/film"), client.get("/test/film", headers={"Range": "bytes=0-"})
    finally:
        (folder / "away").replace(folder / "film.mp4")
    assert (whole.status_code, whole.content) == (200, b"")
    assert part.status_code == 416


def test_nothing_more_is_read_for_a_caller_who_hung_up(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with (tmp_path / "film.mp4").open("wb") as film:
        film.truncate(64 << 30)
    with (
        caplog.at_level(logging.INFO, "reelwright.http"),
        served(application(tmp_path / "data", routes=files(tmp_path))) as client,
    ):
        with client.stream("GET", "/test/film") as answer:
            assert len(next(answer.iter_raw())) > 0
        until = time.monotonic() + 3
        while not any("GET /test/film 200" in line for line in caplog.messages) and time.monotonic() < until:
            time.sleep(0.02)
        assert any("GET /test/film 200" in line for line in caplog.messages), "it goes on reading 64 GiB"


def test_a_body_that_nobody_waits_for_does_not_spoil_the_answer(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(FILM)
    with served(application(tmp_path / "data", routes=files(tmp_path), body_grace=0.05)) as client:

        def late() -> Iterator[bytes]:
            time.sleep(0.3)
            yield b"late"

        assert client.request("GET", "/test/film", content=late()).content == FILM
