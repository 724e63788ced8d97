"""The description of the API is true: every answer to any request is one that it documents."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import schemathesis
from dependency_injector import providers
from hypothesis import HealthCheck, given, settings
from litestar import get, post
from litestar.params import FromPath, JSONBody
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from reelwright.adapters.fakes.inspector import LabelInspector
from reelwright.adapters.fakes.making import PlainScripts, TextMaker
from reelwright.adapters.http import create_app
from reelwright.adapters.http.authentication import ADMIN, PUBLIC
from reelwright.adapters.http.problem_kinds import KINDS
from tests.people import ROOT, accounts_in, bearer, newcomer, sign_in
from tests.service import Story, application, container, files, served, story

ENDS_A_SESSION = ("/api/users/logout", "/api/users/account", "/api/users/change-password")


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


MODES = pytest.mark.parametrize(
    "mode", [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE], ids=["good", "bad"]
)


def ask(operation: Any, mode: schemathesis.GenerationMode, *, most: int = 15, **options: Any) -> Counter[int]:
    """The statuses of answers to generated requests, each checked to be as it is described."""
    statuses: Counter[int] = Counter()

    @given(operation.as_strategy(generation_mode=mode))
    @settings(max_examples=most, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def one(case: Any) -> None:
        statuses[case.call_and_validate(**options).status_code] += 1

    one()
    return statuses


def operations(api: Any, mode: schemathesis.GenerationMode) -> Iterator[Any]:
    """Those that can be asked in this mode."""
    for found in api.get_all_operations():
        operation = found.ok()
        if operation.path == "/api/video/events":  # its answer has no end
            continue
        if mode is schemathesis.GenerationMode.POSITIVE or operation.query or operation.body:
            yield operation


def unsaid(operation: Any) -> list[Any]:
    """Checks that cannot hold.

    No schema can say the rules of names, passwords and contents, and every value of a form is text once it is sent.
    """
    ruled = ("/api/users", "/api/files", "/api/projects", "/api/video")
    checks = [positive_data_acceptance] if operation.path.startswith(ruled) else []
    form = any(body.media_type == "multipart/form-data" for body in operation.body)
    return [*checks, negative_data_rejection] if form else checks


@MODES
def test_every_answer_is_documented(api: Any, mode: schemathesis.GenerationMode) -> None:
    statuses: Counter[int] = Counter()
    for operation in operations(api, mode):
        # Who is not signed in gets the same answer to whatever is sent.
        most = 3 if "security" in operation.definition.raw else 15
        statuses += ask(operation, mode, most=most, excluded_checks=unsaid(operation))
    assert statuses.total() >= 25
    assert max(statuses) < 500


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A service with accounts in a database, where nobody has to wait for having guessed."""
    folder = tmp_path_factory.mktemp("running")
    patient = {"login_attempts": 10**6, "login_attempts_per_address": 10**6}
    parts = accounts_in(folder, f"sqlite:///{folder / 'reelwright.db'}", **patient, **ROOT)
    parts.inspector.override(providers.Object(LabelInspector()))
    parts.maker.override(providers.Object(TextMaker({})))
    parts.scripts.override(providers.Object(PlainScripts()))
    with served(create_app(parts)) as client:
        yield client


def signed_in(client: httpx.Client, role: str) -> dict[str, str]:
    """The headers of an administrator, or of a new user."""
    return bearer(sign_in(client, "root").json() if role == "admin" else newcomer(client)[1])


@MODES
@pytest.mark.parametrize("role", ["user", "admin"])
def test_every_answer_to_who_is_signed_in_is_documented(
    running: httpx.Client, role: str, mode: schemathesis.GenerationMode
) -> None:
    api: Any = schemathesis.openapi.from_url(f"{running.base_url}/api/openapi.json")
    statuses: Counter[int] = Counter()
    for operation in operations(api, mode):
        if role == "user" or operation.path not in ENDS_A_SESSION:
            # A request that is wrong only in its token becomes right by the token that is sent.
            unfit = [*unsaid(operation), negative_data_rejection]
            statuses += ask(operation, mode, headers=signed_in(running, role), excluded_checks=unfit)
    assert max(statuses) < 500
    assert statuses[200] >= 5 if mode is schemathesis.GenerationMode.POSITIVE else statuses[422] >= 25


def test_the_document_is_openapi_3_1_with_a_summary_and_an_example_for_every_answer(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert {"/api/video/templates", "/api/video/voices", "/api/system/health", "/api/system/version"} <= set(
        document["paths"]
    )
    assert {path for path in document["paths"] if path.startswith("/api/users")} == {
        "/api/users",
        "/api/users/register",
        "/api/users/login",
        "/api/users/refresh",
        "/api/users/logout",
        "/api/users/profile",
        "/api/users/stats/{user_id}",
        "/api/users/quota",
        "/api/users/usage-history",
        "/api/users/change-password",
        "/api/users/account",
        "/api/users/webhook-secret",
        "/api/users/webhook-deliveries",
        "/api/users/webhook-deliveries/{delivery_id}/redeliver",
        "/api/users/{user_id}/plan",
    }
    for path, operations in document["paths"].items():
        if not path.startswith("/api/"):
            continue
        for operation in operations.values():
            assert operation["summary"], path
            assert re.fullmatch("[a-z]+[A-Za-z]+", operation["operationId"]), path
            for media in operation.get("requestBody", {"content": {}})["content"].values():
                assert media["schema"]["examples"], path
            for status, answer in operation["responses"].items():
                if "$ref" in answer or status in ("204", "304"):
                    continue
                for media in answer["content"].values():
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
