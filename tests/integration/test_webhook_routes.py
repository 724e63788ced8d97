"""Webhooks as a caller of the service meets them, and the page and the document that describe them."""

import asyncio
import json
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx
import msgspec
import pytest

from reelwright.adapters.http import create_app
from reelwright.adapters.http.webhook_bodies import VideoEvent
from reelwright.adapters.http.webhook_description import WEBHOOKS
from reelwright.adapters.persistence.store import SqlStore
from reelwright.application.webhooks import Webhooks
from reelwright.bootstrap import Container
from reelwright.domain.errors import InvalidField
from reelwright.domain.ids import new_id
from reelwright.domain.webhook import Event, signature
from reelwright.settings import WebhookSettings, variable
from tests.people import accounts_in, bearer, kind, newcomer
from tests.receiver import Answer, Receiver, receiving, signed_by
from tests.service import served

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/webhooks.md").read_text("utf-8")
SECRET, DELIVERIES = "/api/users/webhook-secret", "/api/users/webhook-deliveries"


@pytest.fixture(scope="module")
def parts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Container:
    folder = tmp_path_factory.mktemp("webhooks")
    made = accounts_in(folder, f"sqlite:///{folder / 'reelwright.db'}")
    made.webhook_settings.override(WebhookSettings(webhook_http=True, webhook_private_addresses=True))
    return made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def announce(parts: Container, user_id: str, address: str) -> Event:
    """As a job in another process would, but for the wake."""
    told = Event(id=new_id(), type="video.failed", at=datetime.now(UTC), video_id=new_id(), title="Tides")

    async def tell() -> None:
        store = SqlStore(parts.settings().database)
        async with store() as work:
            await Webhooks(store, wake=parts.deliveries().wake).announce(work, user_id, address, told)
            await work.commit()
        await store.close()

    asyncio.run(tell())
    return told


def listed(client: httpx.Client, me: dict[str, str], state: str) -> dict[str, Any]:
    """The newest delivery, once it is in a state."""
    for _ in range(1000):
        found = client.get(DELIVERIES, headers=me).raise_for_status().json()["items"]
        if found and found[0]["state"] == state:
            return cast("dict[str, Any]", found[0])
        time.sleep(0.01)
    raise AssertionError(found)


def test_a_webhook_is_delivered_by_the_service_and_shown_to_its_owner(
    client: httpx.Client, parts: Container, receiver: Receiver
) -> None:
    made, tokens = newcomer(client)
    me = bearer(tokens)
    receiver.answers = [Answer(status=410, body=b"closed")]
    told = announce(parts, made["id"], receiver.address)
    over = listed(client, me, "given_up")
    assert over.pop("created_at") <= over.pop("finished_at")
    assert over == {
        "id": told.id,
        "event": "video.failed",
        "video_id": told.video_id,
        "address": receiver.address,
        "state": "given_up",
        "attempts": 1,
        "next_attempt_at": None,
        "status_code": 410,
        "problem": "it answered 410: closed",
    }
    again = client.post(f"{DELIVERIES}/{told.id}/redeliver", headers=me)
    assert again.status_code == 202
    assert (again.json()["state"], again.json()["attempts"]) == ("waiting", 0)
    assert again.json()["next_attempt_at"]
    assert listed(client, me, "delivered")["status_code"] == 204
    answer = client.get(SECRET, headers=me)
    assert answer.headers["cache-control"] == "no-store"
    assert all(signed_by(came, answer.json()["secret"]) for came in receiver.requests)
    assert len(receiver.requests) == 2


def test_a_secret_is_the_same_until_it_is_rotated(client: httpx.Client) -> None:
    me = bearer(newcomer(client)[1])
    first = client.get(SECRET, headers=me).json()
    assert first == client.get(SECRET, headers=me).json()
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", first["secret"])
    assert first["previous_until"] is None
    second = client.post(SECRET, headers=me)
    assert (second.status_code, second.headers["cache-control"]) == (200, "no-store")
    assert second.json()["secret"] != first["secret"]
    assert second.json()["previous_until"] > second.json()["created_at"]
    assert client.get(SECRET, headers=me).json() == second.json()
    actions = client.get("/api/users/usage-history", headers=me).json()["items"]
    assert actions[0]["action"] == "webhook.rotate"


def test_nobody_else_sees_or_repeats_a_webhook(client: httpx.Client, parts: Container, receiver: Receiver) -> None:
    made, tokens = newcomer(client)
    told = announce(parts, made["id"], receiver.address)
    listed(client, bearer(tokens), "delivered")
    other = bearer(newcomer(client)[1])
    assert client.get(DELIVERIES, headers=other).json() == {"items": [], "next": None}
    for key in (told.id, new_id(), "%00", "a%00b", "x" * 3000):
        assert kind(client.post(f"{DELIVERIES}/{key}/redeliver", headers=other)) == (404, "not-found")
    for method, path in (("GET", SECRET), ("POST", SECRET), ("GET", DELIVERIES)):
        assert kind(client.request(method, path)) == (401, "unauthenticated")
    wrong = client.get(DELIVERIES, headers=other | {"Accept-Language": "zh"}, params={"cursor": "x"})
    assert kind(wrong) == (422, "invalid-input")
    assert wrong.json()["title"] == "输入无效"
    assert kind(client.get(DELIVERIES, headers=other, params={"limit": 101})) == (422, "invalid-input")
    assert len(receiver.requests) == 1


def test_a_deleted_account_takes_its_webhooks_with_it(
    client: httpx.Client, parts: Container, receiver: Receiver
) -> None:
    made, tokens = newcomer(client)
    receiver.answers = [Answer(status=503)]
    announce(parts, made["id"], receiver.address)
    receiver.wait_for(1)
    client.get(SECRET, headers=bearer(tokens)).raise_for_status()
    assert client.delete("/api/users/account", headers=bearer(tokens)).status_code == 204

    async def left() -> tuple[object, object]:
        store = SqlStore(parts.settings().database)
        async with store(read_only=True) as work:
            found = await work.webhooks.newest(made["id"], before=None, limit=9), await work.webhooks.secret(made["id"])
        await store.close()
        return found

    assert asyncio.run(left()) == ((), None)


def test_the_service_ends_at_once_while_a_receiver_is_slow(tmp_path: Path, receiver: Receiver) -> None:
    parts = accounts_in(tmp_path, f"sqlite:///{tmp_path / 'reelwright.db'}")
    parts.webhook_settings.override(WebhookSettings(webhook_private_addresses=True))
    receiver.answers = [Answer(delay=20)]
    with served(create_app(parts)) as client:
        made, _ = newcomer(client)
        announce(parts, made["id"], receiver.address)
        receiver.wait_for(1)
        client.close()
        began = time.monotonic()
    assert time.monotonic() - began < 1


def test_the_document_describes_the_webhooks_with_true_examples(client: httpx.Client) -> None:
    document = client.get("/api/openapi.json").json()
    assert set(document["webhooks"]) == {"video.succeeded", "video.failed", "video.cancelled"}
    assert {"VideoEvent", "EndedVideo"} <= set(document["components"]["schemas"])
    secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfL3xBzlTU="
    for name, described in WEBHOOKS.items():
        operation = described["post"]
        (media,) = operation["requestBody"]["content"].values()
        assert msgspec.convert(media["example"], VideoEvent).type == name
        headers = {one["name"]: one["example"] for one in operation["parameters"]}
        body = json.dumps(media["example"], separators=(",", ":"))
        at = int(headers["webhook-timestamp"])
        assert headers["webhook-signature"] == signature([secret], headers["webhook-id"], at, body)


def test_what_the_page_shows_is_what_comes_and_its_python_verifies_it() -> None:
    (code,) = (one for one in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "def is_genuine" in one)
    names: dict[str, Any] = {}
    exec(code, names)
    shown = re.search(r"^(POST .*?)\n\n(\{.*?)\n```", PAGE, re.DOTALL | re.MULTILINE)
    assert shown
    assert msgspec.json.decode(shown[2], type=VideoEvent).data.status == "succeeded"
    secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfL3xBzlTU="
    told = dict(re.findall(r"^(webhook-[a-z]+): (.*)$", shown[1], re.MULTILINE))
    assert told["webhook-signature"] == signature([secret], told["webhook-id"], 1779019200, shown[2])

    body, now = shown[2].encode(), int(time.time())
    signed = {"webhook-id": "m", "webhook-timestamp": str(now)}
    signed["webhook-signature"] = signature(["whsec_bmV3IG9uZQ==", secret], "m", now, shown[2])
    is_genuine = names["is_genuine"]
    assert is_genuine(signed, body, secret)
    assert not is_genuine(signed, body + b" ", secret)
    assert not is_genuine(signed | {"webhook-id": "n"}, body, secret)
    assert not is_genuine(signed, body, "whsec_b3RoZXI=")
    assert not is_genuine(told, body, secret), "too old"


def test_the_shell_of_the_page_verifies_a_webhook(tmp_path: Path) -> None:
    (script,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    secret, body = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfL3xBzlTU=", '{"title":"潮汐 & $HOME"}'
    (tmp_path / "body").write_text(body, "utf-8")
    signatures = signature(["whsec_bmV3IG9uZQ==", secret], "m", 1779019200, body)

    def verdict(**changed: str) -> str:
        given = {"ID": "m", "AT": "1779019200", "SIGNATURES": signatures, "SECRET": secret, "PATH": "/usr/bin:/bin"}
        done = subprocess.run(
            ["/bin/sh", "-eu", "-c", script], cwd=tmp_path, env=given | changed, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    assert verdict() == "genuine"
    assert verdict(ID="n") == "forged"
    assert verdict(SECRET="whsec_b3RoZXI=") == "forged"
    (tmp_path / "body").write_text(body + " ", "utf-8")
    assert verdict() == "forged"


def test_every_setting_is_read_from_the_environment() -> None:
    given = {variable(one.name): "yes" if isinstance(one.default, bool) else "7" for one in fields(WebhookSettings)}
    expected = WebhookSettings(webhook_http=True, webhook_private_addresses=True, webhooks_at_once=7)
    assert WebhookSettings.from_environment(given) == expected
    assert WebhookSettings.from_environment({"REELWRIGHT_WEBHOOK_HTTP": "No"}) == WebhookSettings()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("WEBHOOK_HTTP", "maybe", "'maybe' is neither yes nor no"),
        ("WEBHOOKS_AT_ONCE", "many", "'many' is no whole number, such as 16"),
        ("WEBHOOKS_AT_ONCE", "0", "a whole number from 1 is right"),
    ],
)
def test_a_setting_that_is_wrong_is_named(name: str, value: str, told: str) -> None:
    with pytest.raises(InvalidField, match=told) as refused:
        WebhookSettings.from_environment({f"REELWRIGHT_{name}": value})
    assert refused.value.field == f"REELWRIGHT_{name}"


def test_the_container_lets_pass_what_the_operator_allows() -> None:
    made = Container()
    made.store.override(object())
    with pytest.raises(InvalidField):
        made.webhooks().address("http://127.0.0.1/")
    allowed = Container()
    allowed.store.override(object())
    allowed.webhook_settings.override(WebhookSettings(webhook_http=True, webhook_private_addresses=True))
    assert allowed.webhooks().address("http://127.0.0.1/")
