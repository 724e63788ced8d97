"""The description of the API is true: every answer to any request is one that it documents."""

import re
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from litestar import get, post
from litestar.params import FromPath, JSONBody

from reelwright.adapters.http import create_app
from reelwright.adapters.http.authentication import ADMIN, PUBLIC
from reelwright.adapters.http.problem_kinds import KINDS
from tests.service import Story, application, container, files, served, story


class Room(msgspec.Struct):
    number: int


@get("/test/rooms/{number:int}", opt=PUBLIC, sync_to_thread=False)
def room(number: FromPath[int]) -> Room:
    return Room(number=number)


@post("/test/locked", opt=ADMIN, sync_to_thread=False)
def locked(data: JSONBody[Story]) -> None:
    return None


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    parts = container(tmp_path_factory.mktemp("data"), rate_per_address=None, rate_per_user=None)
    folder = tmp_path_factory.mktemp("files")
    (folder / "film.mp4").write_bytes(b"film")
    return create_app(parts, routes=[story, room, locked, *files(folder)])


@pytest.fixture(scope="module")
def api(app: Any) -> Any:
    return schemathesis.openapi.from_asgi("/api/openapi.json", app)


@pytest.fixture(scope="module")
def document(api: Any) -> dict[str, Any]:
    found: dict[str, Any] = api.raw_schema
    return found


@pytest.mark.parametrize("mode", [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE])
def test_every_answer_is_documented(api: Any, mode: schemathesis.GenerationMode) -> None:
    asked = 0
    for found in api.get_all_operations():
        operation = found.ok()
        if mode is schemathesis.GenerationMode.NEGATIVE and not (operation.query or operation.body):
            continue

        @given(operation.as_strategy(generation_mode=mode))
        @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        def ask(case: Any) -> None:
            nonlocal asked
            asked += 1
            case.call_and_validate()

        ask()
    assert asked >= 25


def test_the_document_is_openapi_3_1_with_a_summary_and_an_example_for_every_answer(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert {"/api/video/templates", "/api/video/voices", "/api/system/health", "/api/system/version"} <= set(
        document["paths"]
    )
    for path, operations in document["paths"].items():
        if not path.startswith("/api/"):
            continue
        for operation in operations.values():
            assert operation["summary"], path
            assert re.fullmatch("[a-z]+[A-Za-z]+", operation["operationId"]), path
            for status, answer in operation["responses"].items():
                if "$ref" in answer or status in ("204", "304"):
                    continue
                (media,) = answer["content"].values()
                assert media["examples"], f"{path} {status}"


def test_every_operation_documents_its_problems(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert {"400", "429", "500"} <= set(operation["responses"]), path
    locked_one = document["paths"]["/test/locked"]["post"]
    assert locked_one["security"] == [{"bearer": []}]
    assert {"401", "403", "408", "413", "415", "422"} <= set(locked_one["responses"])
    open_one = document["paths"]["/test/story"]["post"]
    assert "security" not in open_one
    assert "401" not in open_one["responses"]
    assert "404" in document["paths"]["/test/rooms/{number}"]["get"]["responses"]


def test_every_problem_has_an_example_without_holes(document: dict[str, Any]) -> None:
    for slug in KINDS:
        (media,) = document["components"]["responses"][slug]["content"].values()
        assert media["example"]["type"] == f"/problems/{slug}"
        assert media["example"]["detail"]
        assert "{" not in media["example"]["detail"]


@pytest.mark.parametrize("address", ["/docs", "/docs/"])
def test_the_page_brings_everything_with_it(tmp_path: Path, address: str) -> None:
    with served(application(tmp_path)) as client:
        page = client.get(address)
        assert page.headers["content-type"].startswith("text/html")
        policy = page.headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "default-src 'none'" in policy
        named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert len(named) == 4
        for one in named:
            assert not one.startswith(("http", "//"))
            answer = client.get(page.url.join(one))
            assert answer.status_code == 200
            assert len(answer.content) > 100
            assert client.get(page.url.join(one), headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
        bundle = client.get("/docs/swagger-ui-bundle.js", headers={"Accept-Encoding": "gzip"})
        assert bundle.headers["content-encoding"] == "gzip"
        assert bundle.headers["content-type"].startswith("text/javascript")
        assert int(bundle.headers["content-length"]) < len(bundle.content) / 3
        plain: httpx.Response = client.get("/docs/swagger-ui-bundle.js", headers={"Accept-Encoding": "identity"})
        assert plain.content == bundle.content
