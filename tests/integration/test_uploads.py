"""Uploads to a running server: whole files arrive, everything else leaves nothing behind."""

import hashlib
import os
import socket
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.service import LIMIT, application, files, served

PHOTO = bytes(os.urandom(2_500_000))
DIGEST = hashlib.sha256(PHOTO).hexdigest()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture
def folder(place: Path) -> Path:
    """Where the uploads go, empty at the start of a test."""
    for path in place.iterdir():
        path.unlink()
    return place


@pytest.fixture(scope="module")
def client(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with served(application(tmp_path_factory.mktemp("data"), routes=files(place), body_grace=0.5)) as client:
        yield client


def left(folder: Path) -> list[str]:
    """What lies in the folder once the server had a moment to clean up."""
    for _ in range(100):
        found = sorted(path.name for path in folder.iterdir())
        if not [name for name in found if name.endswith(".part")]:
            break
        time.sleep(0.02)
    return found


def test_a_raw_body_becomes_a_file(client: httpx.Client, folder: Path) -> None:
    answer = client.put("/test/raw", content=PHOTO, headers={"Content-Type": "image/png"})
    assert answer.status_code == 201
    assert answer.json() == {"bytes": len(PHOTO), "sha256": DIGEST}
    assert (folder / "kept").read_bytes() == PHOTO
    assert left(folder) == ["kept"]


def test_a_body_of_unsaid_length_becomes_a_file_too(client: httpx.Client, folder: Path) -> None:
    pieces = (PHOTO[at : at + 70_000] for at in range(0, len(PHOTO), 70_000))
    assert client.put("/test/raw", content=pieces).json()["sha256"] == DIGEST


def test_a_form_gives_its_file_its_name_and_its_texts(client: httpx.Client, folder: Path) -> None:
    answer = client.post(
        "/test/form",
        files={"file": ("潮汐.png", PHOTO, "image/png")},
        data={"tags": "sea, 海", "kind": "image"},
    )
    assert answer.status_code == 201
    assert answer.json() == {
        "bytes": len(PHOTO),
        "sha256": DIGEST,
        "name": "潮汐.png",
        "fields": {"tags": "sea, 海", "kind": "image"},
    }
    assert left(folder) == []


@pytest.mark.parametrize("path", ["/test/raw", "/test/form"])
def test_a_file_that_says_it_is_too_large_is_refused_before_it_is_read(
    client: httpx.Client, folder: Path, path: str
) -> None:
    headers = {"Content-Length": str(10 << 30), "Content-Type": "multipart/form-data; boundary=x"}
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=5) as connection:
        lines = [f"{'PUT' if path.endswith('raw') else 'POST'} {path} HTTP/1.1", "Host: test"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        heard = connection.recv(65536)
    assert heard.startswith(b"HTTP/1.1 413")
    assert str(LIMIT).encode() in heard
    assert left(folder) == []


@pytest.mark.parametrize("path", ["/test/raw", "/test/form"])
def test_a_file_that_turns_out_too_large_leaves_nothing(client: httpx.Client, folder: Path, path: str) -> None:
    def pieces() -> Iterator[bytes]:
        if path.endswith("form"):
            yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        for _ in range(100):
            yield bytes(65536)

    method = "PUT" if path.endswith("raw") else "POST"
    answer = client.request(method, path, content=pieces(), headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status_code == 413
    assert left(folder) == []


def test_a_caller_who_hangs_up_leaves_nothing(client: httpx.Client, folder: Path) -> None:
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=5) as connection:
        connection.sendall(
            b"PUT /test/raw HTTP/1.1\r\nHost: test\r\nContent-Length: 2500000\r\n\r\n" + PHOTO[:1_500_000]
        )
        deadline = time.monotonic() + 5
        while not any(folder.iterdir()):
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert left(folder) == []
    assert client.get("/api/system/version").status_code == 200


def test_a_caller_who_falls_silent_leaves_nothing(client: httpx.Client, folder: Path) -> None:
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=5) as connection:
        connection.sendall(b"PUT /test/raw HTTP/1.1\r\nHost: test\r\nContent-Length: 2500000\r\n\r\n" + PHOTO[:1_000])
        assert connection.recv(65536).startswith(b"HTTP/1.1 408")
    assert left(folder) == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "malformed"),
        (b"--x--\r\n", "no file"),
        (b"no boundary at all", "malformed"),
        (b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf', "malformed"),
        (b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n\r\n--x--\r\n', "empty"),
        (b'--x\r\nContent-Disposition: form-data; name="other"; filename="a"\r\n\r\n1\r\n--x--\r\n', "'other'"),
        (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 40 + b"--x--\r\n", "too many parts"),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n1\r\n' * 2 + b"--x--\r\n",
            "two files",
        ),
    ],
)
def test_a_form_that_is_wrong_says_how(client: httpx.Client, folder: Path, body: bytes, says: str) -> None:
    answer = client.post("/test/form", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status_code == 400
    assert says in answer.json()["detail"]
    assert left(folder) == []


def test_a_form_with_a_text_too_long_is_refused(client: httpx.Client, folder: Path) -> None:
    answer = client.post("/test/form", files={"file": ("a", b"1")}, data={"note": "x" * 70_000})
    assert answer.status_code == 413
    assert left(folder) == []


@pytest.mark.parametrize("media_type", ["", "application/json", "multipart/form-data"])
def test_what_is_no_form_is_refused(client: httpx.Client, media_type: str) -> None:
    answer = client.post("/test/form", content=b"{}", headers={"Content-Type": media_type})
    assert answer.status_code == 415


def test_an_empty_body_is_no_file(client: httpx.Client, folder: Path) -> None:
    assert client.put("/test/raw", content=b"").status_code == 400
    assert left(folder) == []


def test_a_large_file_is_never_held_in_memory(tmp_path: Path, folder: Path, monkeypatch: Any) -> None:
    size = 64 << 20
    monkeypatch.setattr("tests.service.LIMIT", size)
    block = bytes(1 << 16)
    with served(application(tmp_path / "data", routes=files(folder))) as client:
        client.put("/test/raw", content=block)
        tracemalloc.start()
        try:
            answer = client.put("/test/raw", content=(block for _ in range(size // len(block))))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert answer.json()["bytes"] == size
    assert peak < 8 << 20
