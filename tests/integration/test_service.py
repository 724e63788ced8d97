"""The service as a caller meets it: a running server, its routes and what surrounds every answer."""

import asyncio
import gzip
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from reelwright import __version__
from reelwright.adapters.http import create_app
from reelwright.adapters.http.kept import Kept
from tests.service import application, container, served


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with served(application(tmp_path_factory.mktemp("data"))) as client:
        yield client


def in_process(app: Any, path: str, method: str = "GET", **options: Any) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            return await client.request(method, path, **options)

    return asyncio.run(ask())


def test_the_templates_are_those_of_the_library(client: httpx.Client) -> None:
    found = client.get("/api/video/templates").raise_for_status().json()
    names = [one["name"] for one in found]
    assert names == sorted(names)
    assert "tide" in names
    assert len(names) >= 16
    tide = next(one for one in found if one["name"] == "tide")
    assert tide["description"]
    assert all(colour.startswith("#") for colour in tide["colours"])


def test_the_voices_can_be_asked_for_by_language(client: httpx.Client) -> None:
    every = client.get("/api/video/voices").json()
    assert [one["name"] for one in every] == ["tone-en", "tone-zh"]
    assert [one["name"] for one in client.get("/api/video/voices", params={"language": "zh"}).json()] == ["tone-zh"]
    assert client.get("/api/video/voices", params={"language": "fr"}).json() == []


def test_a_wrong_parameter_is_named(client: httpx.Client) -> None:
    answer = client.get("/api/video/voices", params={"language": "English"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    (error,) = answer.json()["errors"]
    assert error["parameter"] == "language"


def test_the_version_is_the_library_s(client: httpx.Client) -> None:
    assert client.get("/api/system/version").json() == {"name": "reelwright", "version": __version__}


def test_health_tells_of_every_component_and_not_where_it_lies(client: httpx.Client) -> None:
    answer = client.get("/api/system/health")
    found = answer.json()
    assert set(found["components"]) >= {"storage", "disk", "encoder", "font", "voice"}
    assert answer.status_code == (200 if found["status"] == "ok" else 503)
    assert found["components"]["storage"] == {"status": "ok", "present": 1, "missing": [], "remedy": ""}
    assert "/" not in answer.text.replace("reelwright/", "")


def test_health_fails_where_the_data_folder_is_gone(tmp_path: Path) -> None:
    parts = container(tmp_path / "data")
    app = create_app(parts)
    (tmp_path / "data").rmdir()
    answer = in_process(app, "/api/system/health")
    assert answer.status_code == 503
    assert answer.json()["status"] == "failing"
    assert answer.json()["components"]["storage"]["missing"] == ["data"]


def test_probing_often_does_not_look_often() -> None:
    looks = iter(range(10))
    moments = iter((0.0, 1.0, 4.9, 5.0, 5.0, 9.0))
    kept = Kept(lambda: next(looks), seconds=5, clock=lambda: next(moments))
    assert [kept() for _ in range(5)] == [0, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/api/videos/", 404, "not-found"),
        ("GET", "/docs/../../etc/passwd", 404, "not-found"),
        ("GET", "/docs/%2e%2e%2fapp.py", 404, "not-found"),
        ("POST", "/api/video/templates", 405, "method-not-allowed"),
        ("GET", "/test/break", 500, "internal"),
        ("GET", "/test/break?kind=full", 507, "storage-full"),
        ("GET", "/test/break?kind=timeline", 422, "invalid-input"),
        ("GET", "/test/me", 401, "unauthenticated"),
    ],
)
def test_every_error_is_a_problem_document(
    client: httpx.Client, method: str, path: str, status: int, kind: str
) -> None:
    answer = client.request(method, path)
    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"/problems/{kind}"
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-language"] == "en"


def test_a_problem_speaks_chinese_to_who_asks_for_it(client: httpx.Client) -> None:
    answer = client.get("/nothing", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"})
    assert answer.json()["title"] == "未找到"
    assert answer.json()["type"] == "/problems/not-found"
    assert answer.headers["content-language"] == "zh-CN"
    assert "Accept-Language" in answer.headers["vary"]
    assert client.get("/nothing", headers={"Accept-Language": "zh;q=0.1, en"}).json()["title"] == "Not found"


def test_a_wrong_timeline_is_pointed_at(client: httpx.Client) -> None:
    assert client.get("/test/break?kind=timeline").json()["errors"] == [
        {"detail": "0 frames; at least 1 is right", "pointer": "#/scenes/2/frames"}
    ]


def test_what_breaks_inside_is_logged_under_the_id_and_not_told(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "reelwright.http"):
        answer = client.get("/test/break", headers={"X-Request-ID": "caller-0001"})
        full = client.get("/test/break?kind=full")
    assert answer.json()["request_id"] == "caller-0001"
    assert "hunter2" not in answer.text
    assert "secret" not in full.text
    (error,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "hunter2" in str(error.exc_info)


@pytest.mark.parametrize("given", ["short", "a" * 65, "has space1", 'quote"quote', "<script>1"])
def test_a_request_id_that_could_do_harm_is_replaced(client: httpx.Client, given: str) -> None:
    found = client.get("/api/system/version", headers={"X-Request-ID": given}).headers["x-request-id"]
    assert found != given
    assert len(found) == 24


def test_a_valid_request_id_is_kept_and_every_other_request_gets_its_own(client: httpx.Client) -> None:
    kept = client.get("/api/system/version", headers={"X-Request-ID": "abc.DEF-123_x"})
    assert kept.headers["x-request-id"] == "abc.DEF-123_x"
    assert len({client.get("/api/system/version").headers["x-request-id"] for _ in range(5)}) == 5


def test_a_405_names_what_is_allowed(client: httpx.Client) -> None:
    assert client.delete("/api/system/version").headers["allow"] == "GET, HEAD, OPTIONS"
    assert client.options("/api/system/version").headers["allow"] == "GET, HEAD, OPTIONS"
    assert "DELETE" in client.delete("/api/system/version").json()["detail"]


def test_head_is_get_without_the_body(client: httpx.Client) -> None:
    whole, head = client.get("/api/video/templates"), client.head("/api/video/templates")
    assert head.status_code == 200
    assert head.content == b""
    for name in ("content-type", "content-length", "etag"):
        assert head.headers[name] == whole.headers[name]
    assert client.head("/nothing").status_code == 404


def test_a_list_that_did_not_change_is_not_sent_again(client: httpx.Client) -> None:
    first = client.get("/api/video/templates")
    again = client.get("/api/video/templates", headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert client.get("/api/video/templates", headers={"If-None-Match": '"other"'}).status_code == 200


def test_large_texts_are_compressed_for_who_takes_it(client: httpx.Client) -> None:
    with client.stream("GET", "/api/video/templates", headers={"Accept-Encoding": "gzip"}) as packed:
        raw = b"".join(packed.iter_raw())
    plain = client.get("/api/video/templates", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) == len(raw) < len(plain.content) / 2
    assert gzip.decompress(raw) == plain.content
    assert "content-encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["vary"]
    small = client.get("/api/system/version", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in small.headers


def test_every_answer_forbids_framing_and_sniffing(client: httpx.Client) -> None:
    for path in ("/api/system/version", "/nothing", "/docs", "/docs/start.js"):
        headers = client.get(path).headers
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "server" not in headers


def test_pages_of_other_origins_may_call_only_where_they_are_named(tmp_path: Path) -> None:
    app = application(tmp_path, cors_origins=("https://app.example",))
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    preflight = in_process(app, "/test/story", "OPTIONS", headers={"Origin": "https://app.example", **asked})
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "https://app.example"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "Authorization" in preflight.headers["access-control-allow-headers"]
    refused = in_process(app, "/test/story", "OPTIONS", headers={"Origin": "https://evil.example", **asked})
    assert not [name for name in refused.headers if name.startswith("access-control")]
    for path in ("/api/system/version", "/nothing", "/test/me"):
        answer = in_process(app, path, headers={"Origin": "https://app.example"})
        assert answer.headers["access-control-allow-origin"] == "https://app.example"
        assert "Origin" in answer.headers["vary"]
        assert "access-control-allow-credentials" not in answer.headers
    closed = in_process(application(tmp_path), "/api/system/version", headers={"Origin": "https://app.example"})
    assert "access-control-allow-origin" not in closed.headers
    everybody = in_process(
        application(tmp_path, cors_origins=("*",)), "/nothing", headers={"Origin": "https://x.example"}
    )
    assert everybody.headers["access-control-allow-origin"] == "*"


def test_a_token_of_no_account_is_never_valid(tmp_path: Path) -> None:
    from tests.service import me

    app = create_app(container(tmp_path), routes=[me])
    assert in_process(app, "/test/me", headers={"Authorization": "Bearer ada"}).status_code == 401


def test_answers_are_json_of_one_line(client: httpx.Client) -> None:
    text = client.get("/api/video/voices").text
    assert json.loads(text)
    assert "\n" not in text
