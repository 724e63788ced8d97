"""Proxies through a running server: made by the sandboxed child, in the background, one after another."""

import io
import time
from collections.abc import Iterator
from pathlib import Path

import av
import httpx
import pytest

from tests import media
from tests.filing import Service, eventually, filing, picture


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with filing(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("films")
    sizes = {"a": (960, 540), "b": (640, 480), "c": (480, 640)}
    return [media.clip(folder / f"{name}.mp4", 45, size).read_bytes() for name, size in sizes.items()]


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A film whose proxy takes some seconds."""
    return media.clip(tmp_path_factory.mktemp("long") / "long.mp4", 1200, (640, 480)).read_bytes()


def sent(service: Service, who: str, film: bytes) -> str:
    answer = service.send(who, film, "beach.mp4")
    assert answer.status_code in (200, 201), answer.text
    return str(answer.json()["id"])


def told(answer: httpx.Response) -> tuple[int, str, str]:
    problem = answer.json()
    return answer.status_code, problem["type"].removeprefix("/problems/"), problem["detail"]


def made(service: Service, who: str, file: str) -> httpx.Response:
    """The proxy, once it is there."""
    until = time.monotonic() + 60
    while (answer := service(who, "GET", f"/{file}/proxy")).status_code == 404 and time.monotonic() < until:
        time.sleep(0.05)
    assert answer.status_code == 200, answer.text
    return answer


def test_a_proxy_is_made_on_request_and_played_in_ranges(service: Service, films: list[bytes]) -> None:
    file = sent(service, "ada", films[0])
    assert service("ada", "GET", f"/{file}").json()["proxy"] is False
    missing = service("ada", "GET", f"/{file}/proxy")
    assert told(missing) == (404, "not-made", "there is no proxy of beach.mp4: POST to this address makes one")
    asked = service("ada", "POST", f"/{file}/proxy")
    assert (asked.status_code, asked.json()) == (202, {"state": "waiting", "progress": 0.0})
    assert asked.headers["location"] == f"/api/files/{file}/proxy"
    again = service("ada", "POST", f"/{file}/proxy")
    assert (again.status_code, again.json()["state"] in ("waiting", "making")) == (202, True)

    whole = made(service, "ada", file)
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["content-disposition"] == 'inline; filename="beach.mp4.mp4"'
    with av.open(io.BytesIO(whole.content), "r") as video:
        stream = video.streams.video[0]
        assert (stream.width, stream.height, stream.codec.name) == (640, 360, "h264")
        assert len([*video.decode(stream)]) == 45
    place = f"/{file}/proxy"
    part = service("ada", "GET", place, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert service("ada", "GET", place, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    assert service("ada", "HEAD", place).headers["content-length"] == str(len(whole.content))
    done = service("ada", "POST", place)
    assert (done.status_code, done.json()) == (200, {"state": "made", "progress": 1.0})
    assert service("ada", "GET", f"/{file}").json()["proxy"] is True
    assert not service.leftovers()


def test_proxies_are_made_one_after_another(service: Service, films: list[bytes]) -> None:
    files = [sent(service, "bob", film) for film in films]
    for file in files:
        assert service("bob", "POST", f"/{file}/proxy").status_code == 202
    making: list[int] = []

    def all_made() -> bool:
        states = [service("bob", "POST", f"/{file}/proxy").json()["state"] for file in files]
        making.append(len(list((service.folder / "scratch").glob("file-*"))))
        return states == ["made"] * 3

    until = time.monotonic() + 60
    while not all_made() and time.monotonic() < until:
        time.sleep(0.02)
    assert max(making) == 1
    assert all_made()


def test_what_is_no_video_has_no_proxy(service: Service) -> None:
    file = service.send("ada", picture(7)).json()["id"]
    refused = service("ada", "POST", f"/{file}/proxy")
    assert told(refused) == (422, "invalid-input", "beach.png: it is no video, and only videos have a proxy")
    assert told(service("ada", "GET", f"/{file}/proxy"))[:2] == (404, "not-made")


def test_a_deleted_video_takes_its_proxy_along_even_while_that_is_made(
    service: Service, films: list[bytes], long: bytes
) -> None:
    kept = service.kept()
    file = sent(service, "root", films[2])
    service("root", "POST", f"/{file}/proxy")
    made(service, "root", file)
    assert service("root", "DELETE", f"/{file}").status_code == 204
    assert service.kept() == kept

    file = sent(service, "root", long)
    service("root", "POST", f"/{file}/proxy")
    assert eventually(lambda: "is being made" in told(service("root", "GET", f"/{file}/proxy"))[2])
    assert service("root", "DELETE", f"/{file}").status_code == 204
    assert told(service("root", "GET", f"/{file}/proxy"))[1] == "not-found"
    began = time.monotonic()
    while list((service.folder / "scratch").iterdir()):
        assert time.monotonic() - began < 5, "the making goes on for a video that is gone"
        time.sleep(0.05)
    assert service.kept() == kept


def test_the_end_of_a_service_ends_what_is_being_made(tmp_path: Path, long: bytes) -> None:
    with filing(tmp_path / "data") as service:
        file = sent(service, "ada", long)
        service("ada", "POST", f"/{file}/proxy")
        assert eventually(lambda: "is being made" in told(service("ada", "GET", f"/{file}/proxy"))[2])
        began = time.monotonic()
    assert time.monotonic() - began < 3
    assert not list((tmp_path / "data/scratch").iterdir())
