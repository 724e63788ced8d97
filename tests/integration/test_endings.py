"""How a service ends: told to stop while answers are on their way, or killed while files are; and what it leaves."""

import asyncio
import io
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import get
from litestar.response import Stream
from PIL import Image

from reelwright.adapters.http.authentication import PUBLIC
from tests.filing import eventually
from tests.people import PASSWORD, ROOT, bearer, sign_in
from tests.processes import place_of, serving
from tests.service import application, served


@pytest.fixture(autouse=True)
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    """An administrator in every service."""
    for name, value in ROOT.items():
        monkeypatch.setenv(f"REELWRIGHT_{name.upper()}", value)


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=30) as client:
        yield client


def at_home(client: httpx.Client, process: Any) -> None:
    client.base_url = httpx.URL(place_of(process))
    client.headers.update(bearer(sign_in(client, "root", PASSWORD).raise_for_status().json()))


def connect(client: httpx.Client, head: str, body: bytes = b"") -> socket.socket:
    connection = socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=10)
    lines = [head, "Host: test", f"Authorization: {client.headers['authorization']}"]
    if body:
        lines.append("Content-Length: 50000000")
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
    return connection


def test_a_long_download_does_not_hold_up_the_end(tmp_path: Path, client: httpx.Client) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (4000, 4000), (30, 90, 200)).save(picture, "bmp")
    with serving("--port", "0", "--data", str(tmp_path)) as process:
        at_home(client, process)
        sent = client.put("/api/files?name=sea.bmp", content=picture.getvalue()).raise_for_status()
        with connect(client, f"GET /api/files/{sent.json()['id']}/content HTTP/1.1") as slow:
            assert slow.recv(4096).startswith(b"HTTP/1.1 200")
            time.sleep(0.2)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=20)
            took = time.monotonic() - began
    assert process.returncode == 0
    assert took < 4, "the caller alone would have held it for as long as he likes"
    assert "Traceback" not in err


def test_a_stream_without_end_does_not_hold_up_the_end(tmp_path: Path) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b"data: waiting\n\n"
        await asyncio.Event().wait()

    @get("/test/events", opt=PUBLIC)
    async def events() -> Stream:
        return Stream(endless(), media_type="text/event-stream")

    with ExitStack() as open_streams, served(application(tmp_path, routes=[events])) as client:
        answer = open_streams.enter_context(httpx.stream("GET", f"{client.base_url}/test/events", trust_env=False))
        assert next(answer.iter_raw()) == b"data: waiting\n\n"
        began = time.monotonic()
    assert time.monotonic() - began < 4


def test_what_a_crash_left_of_files_is_gone_at_the_next_start(tmp_path: Path, client: httpx.Client) -> None:
    scratch, uploads = tmp_path / "scratch", tmp_path / "uploads"
    with serving("--port", "0", "--data", str(tmp_path)) as process:
        at_home(client, process)
        begun = client.post("/api/files/uploads", json={"name": "a.png", "size": 10}).raise_for_status()
        place = begun.headers["location"]
        client.patch(f"{place}?offset=0", content=b"01234").raise_for_status()
        with connect(client, "PUT /api/files?name=half.png HTTP/1.1", os.urandom(3_000_000)):
            assert eventually(lambda: any(scratch.glob("upload-*.part")))
            process.kill()
            process.communicate(timeout=10)
    assert list(scratch.glob("upload-*.part"))
    for left in (scratch / "file-1/thumbnail.jpg", tmp_path / "files/parts/tmp1/half"):
        left.parent.mkdir(parents=True, exist_ok=True)
        left.write_bytes(b"left")
    for name in ("0.part", "1.draft", "2.done", "3.lock"):
        (uploads / name).write_bytes(b"left")
    with serving("--port", "0", "--data", str(tmp_path)) as process:
        at_home(client, process)
        assert not list(scratch.iterdir())
        assert not list((tmp_path / "files/parts").iterdir())
        assert {path.suffix for path in uploads.iterdir()} == {".part", ".json", ".lock"}
        assert client.get(place).json()["received"] == 5
        assert client.patch(f"{place}?offset=5", content=b"56789").json()["received"] == 10
        standings = client.get("/api/users/quota").json()["resources"]
    assert [one["used"] for one in standings if one["resource"] == "storage_bytes"] == [10]
