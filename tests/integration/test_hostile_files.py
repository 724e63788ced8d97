"""Files that mean no good, sent in every way there is: each is refused with its reason, and nothing of it stays."""

import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests import hostile, papers
from tests.filing import Service, digest, eventually, filing, picture

Way = Callable[[Service, bytes, str], tuple[int, dict[str, Any]]]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with filing(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture
def untouched(service: Service) -> Iterator[None]:
    """Afterwards there is on the disk and in the quota what was there before."""
    kept, used = service.kept(), service.used("ada")
    yield
    assert not service.leftovers()
    assert eventually(lambda: service.used("ada") == used)
    assert service.kept() == kept


def raw(service: Service, content: bytes, name: str) -> tuple[int, dict[str, Any]]:
    answer = service.send("ada", content, name)
    return answer.status_code, answer.json()


def in_a_form(service: Service, content: bytes, name: str) -> tuple[int, dict[str, Any]]:
    answer = service(
        "ada", "POST", "", files={"file": ("a.png", content, "application/octet-stream")}, data={"name": name}
    )
    return answer.status_code, answer.json()


def in_parts(service: Service, content: bytes, name: str) -> tuple[int, dict[str, Any]]:
    begun = service("ada", "POST", "/uploads", json={"name": name, "size": len(content)})
    if begun.is_error:
        return begun.status_code, begun.json()
    place = f"/uploads/{begun.json()['id']}"
    for at in range(0, len(content), 1 << 20):
        service("ada", "PATCH", place, params={"offset": at}, content=content[at : at + (1 << 20)]).raise_for_status()
    answer = service("ada", "POST", f"{place}/finish", json={})
    return answer.status_code, answer.json()


WAYS = pytest.mark.parametrize("way", [raw, in_a_form, in_parts])


@WAYS
@pytest.mark.parametrize(
    ("name", "content", "status", "told"),
    [
        ("film.mp4", b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", 415, "a playlist"),
        ("film.mp4", b"ffconcat version 1.0\nfile /etc/passwd\n", 415, "a playlist"),
        ("../../etc/cron.d/x", b"image/png\n", 422, "a path; the name alone"),
        ("C:\\Windows\\x.png", b"image/png\n", 422, "a path; the name alone"),
        ("a\x1b[2J.png", b"image/png\n", 422, "invisible characters"),
        ("\u202egnp.exe", b"image/png\n", 422, "invisible characters"),
        ("..", b"image/png\n", 422, "a name such as"),
    ],
    ids=["m3u8", "ffconcat", "path", "drive", "escape", "turned", "dots"],
)
@pytest.mark.usefixtures("untouched")
def test_a_lie_in_the_name_is_seen_through(
    service: Service, way: Way, name: str, content: bytes, status: int, told: str
) -> None:
    found, problem = way(service, content, name)
    assert (found, told in problem["detail"]) == (status, True), problem


PDF = papers.pdf(papers.column(["The sea."]))


@pytest.mark.parametrize(
    ("way", "name", "content", "status", "told"),
    [
        (raw, "bomb.png", hostile.png_bomb, 422, "decompression bomb"),
        (in_parts, "text.docx", hostile.text_docx_bomb, 422, "unpacks to more than 20 MB"),
        (raw, "zips.docx", hostile.nested_zip, 415, "a ZIP archive"),
        (in_parts, "film.mp4", hostile.gzip_bomb, 415, "a gzip archive"),
        (in_a_form, "both.jpg", lambda: picture(5, kind="jpeg") + hostile.archive(), 422, "and an archive in one"),
        (raw, "script.txt", lambda: b"a=/*" + PDF + b"*/alert(1)", 422, "something stands before the PDF"),
        (in_parts, "both.pdf", lambda: PDF + hostile.archive(), 422, "and an archive in one"),
    ],
    ids=["PNG", "docx", "ten zips", "gzip", "JPEG and ZIP", "PDF and JS", "PDF and ZIP"],
)
@pytest.mark.usefixtures("untouched")
def test_bombs_and_files_of_two_kinds_are_refused(
    service: Service, way: Way, name: str, content: Callable[[], bytes], status: int, told: str
) -> None:
    found, problem = way(service, content(), name)
    assert (found, told in problem["detail"]) == (status, True), problem


def talk(service: Service, head: str, *lines: str, body: bytes = b"", drip: bytes = b"") -> tuple[int, dict[str, Any]]:
    """What the service says to raw bytes; ``drip`` comes a byte at a time, as long as somebody listens."""
    host = service.client.base_url
    with socket.create_connection((host.host, host.port or 0), timeout=10) as connection:
        connection.sendall(
            "\r\n".join([head, "Host: test", "Authorization: Bearer ada", *lines, "", ""]).encode() + body
        )
        connection.settimeout(0.1)
        heard = b""
        for one in drip:
            try:
                connection.sendall(bytes([one]))
                heard = connection.recv(65536)
                break
            except TimeoutError:
                continue
        connection.settimeout(10)
        while piece := connection.recv(65536):
            heard += piece
    top, _, told = heard.partition(b"\r\n\r\n")
    return int(top.split()[1]), json.loads(told)


@pytest.mark.parametrize(
    ("head", "begins"),
    [
        ("PUT /api/files?name=slow.png", b"\x89PNG"),
        ("POST /api/files", b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'),
        ("PATCH /api/files/uploads/{id}?offset=0", b"\x89PNG"),
    ],
    ids=["raw", "form", "part"],
)
@pytest.mark.usefixtures("untouched")
def test_who_sends_a_byte_now_and_then_is_told_to_hurry(service: Service, head: str, begins: bytes) -> None:
    begun = service("ada", "POST", "/uploads", json={"name": "a.png", "size": 90_000}).json()["id"]
    lines = (
        f"{head.format(id=begun)} HTTP/1.1",
        "Content-Length: 90000",
        "Content-Type: multipart/form-data; boundary=x",
    )
    status, problem = talk(service, *lines, body=begins, drip=b"x" * 60)
    assert service("ada", "DELETE", f"/uploads/{begun}").status_code == 204
    assert (status, problem["type"]) == (408, "/problems/request-timeout")


@pytest.mark.parametrize(
    ("lines", "body", "kind"),
    [
        (["Content-Length: -1"], b"x", "invalid-request"),
        (["Content-Length: 1", "Content-Length: 2"], b"xx", "invalid-request"),
        (["Content-Length: 5", "Transfer-Encoding: chunked"], b"0\r\n\r\n", "invalid-request"),
        (["Transfer-Encoding: chunked"], b"zz\r\nxx\r\n", "invalid-request"),
        (["Content-Length: 0"], b"", "invalid-input"),
        ([], b"", "invalid-request"),
    ],
    ids=["negative", "two", "both", "no chunk", "nothing", "unsaid"],
)
@pytest.mark.usefixtures("untouched")
def test_a_body_of_a_wrong_length_is_no_file(service: Service, lines: list[str], body: bytes, kind: str) -> None:
    status, problem = talk(service, "PUT /api/files?name=a.png HTTP/1.1", *lines, "Connection: close", body=body)
    assert (status, problem["type"]) == (422 if kind == "invalid-input" else 400, f"/problems/{kind}")


@pytest.mark.usefixtures("untouched")
def test_a_part_that_breaks_off_counts_as_far_as_it_came_and_no_further(service: Service) -> None:
    content = picture(6, (300, 200))
    begun = service("ada", "POST", "/uploads", json={"name": "a.png", "size": len(content)}).json()["id"]
    place, host = f"/uploads/{begun}", service.client.base_url
    for whole in ("", f"&sha256={digest(content)}"):
        at = service("ada", "GET", place).json()["received"]
        connection = http.client.HTTPConnection(host.host, host.port or 0)
        connection.putrequest("PATCH", f"/api/files{place}?offset={at}{whole}")
        connection.putheader("Authorization", "Bearer ada")
        connection.putheader("Content-Length", str(len(content) - at))
        connection.endheaders(content[at : at + 100])
        time.sleep(0.2)
        connection.close()
        time.sleep(0.3)
        assert service("ada", "GET", place).json()["received"] == (at if whole else 100)
    early = service("ada", "POST", f"{place}/finish", json={})
    assert (early.status_code, early.headers["upload-offset"]) == (409, "100")
    assert service("ada", "DELETE", place).status_code == 204
