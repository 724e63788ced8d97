"""Projects as a caller meets them: a running server on SQLite and on PostgreSQL."""

import http.client
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from dependency_injector import providers
from PIL import Image

from reelwright.adapters.fakes.inspector import LabelInspector
from reelwright.adapters.http import create_app
from reelwright.bootstrap import Container
from tests.archives import exported, zipped
from tests.people import accounts_in, bearer, kind, newcomer
from tests.service import served

PICTURE = b"image/png\nsea"
ZIP = {"Content-Type": "application/zip"}


@dataclass
class Person:
    """Somebody who is signed in, and the service that they use."""

    client: httpx.Client
    folder: Path
    headers: dict[str, str]

    def __call__(self, method: str, path: str = "", **how: Any) -> httpx.Response:
        headers = self.headers | how.pop("headers", {})
        return self.client.request(method, f"/api/projects{path}", headers=headers, **how)

    def send(self, data: bytes, name: str, **how: Any) -> dict[str, Any]:
        answer = self.client.put("/api/files", headers=self.headers, params={"name": name, **how}, content=data)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def make(self, **how: Any) -> dict[str, Any]:
        answer = self("POST", json={"name": "Tides"} | how)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def files(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get("/api/files", headers=self.headers).json()["items"]
        return found

    def state(self) -> Any:
        """All that an import could leave behind."""
        quota = self.client.get("/api/users/quota", headers=self.headers).json()["resources"]
        used = next(one["used"] for one in quota if one["resource"] == "storage_bytes")
        return self.files(), used, self("GET").json(), sorted((self.folder / "scratch").rglob("*"))


@pytest.fixture(scope="module")
def client(parts: Container) -> Iterator[httpx.Client]:
    parts.inspector.override(providers.Object(LabelInspector()))
    with served(create_app(parts)) as client:
        yield client


@pytest.fixture
def ada(client: httpx.Client, parts: Container) -> Person:
    return Person(client, parts.settings().data, bearer(newcomer(client)[1]))


@pytest.fixture
def bob(client: httpx.Client, parts: Container) -> Person:
    return Person(client, parts.settings().data, bearer(newcomer(client)[1]))


def test_the_life_of_a_project(ada: Person) -> None:
    photo = ada.send(PICTURE, "sea.png")
    settings = {"template": "tide", "fps": 25, "rate": 1.1, "assets": [photo["id"]]}
    answer = ada("POST", json={"name": "Tides", "script": "Twice a day. 潮起潮落。", "settings": settings})
    made = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert (made["name"], made["settings"], made["version"], made["archived"]) == ("Tides", settings, 1, None)
    path = answer.headers["location"].removeprefix("/api/projects")
    assert path == f"/{made['id']}"
    shown = ada("GET", path)
    assert (shown.json(), shown.headers["etag"]) == (made, '"1"')
    assert ada("GET", path, headers={"If-None-Match": '"1"'}).status_code == 304
    assert ada("HEAD", path).headers["etag"] == '"1"'

    changed = ada("PATCH", path, json={"name": "Ebb", "settings": {}}, headers={"If-Match": '"7", "1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert (changed.json()["name"], changed.json()["settings"]) == ("Ebb", {})
    assert changed.json()["script"] == made["script"]
    for condition in ('"1"', "1", 'W/"2"', '"x"', ""):
        for method, place, how in (("PATCH", path, {"json": {"name": "Flow"}}), ("DELETE", path, {})):
            stale = ada(method, place, headers={"If-Match": condition}, **how)
            assert kind(stale) == (412, "precondition-failed"), condition
    chinese = ada("DELETE", path, headers={"If-Match": '"1"', "Accept-Language": "zh"}).json()
    assert (chinese["title"], chinese["detail"]) == ("内容已变更", "该项目已在此期间更改；请先重新读取")

    copy = ada("POST", f"{path}/duplicate")
    assert (copy.status_code, copy.json()["name"], copy.json()["version"]) == (201, "Ebb (2)", 1)
    assert copy.headers["location"] == f"/api/projects/{copy.json()['id']}"
    assert ada("POST", f"{path}/duplicate", params={"name": "Flow"}).json()["name"] == "Flow"
    aside = ada("POST", f"{path}/archive", headers={"If-Match": "*"})
    assert (aside.status_code, aside.json()["archived"] is None, aside.json()["version"]) == (200, False, 3)
    names = {
        archived: [one["name"] for one in ada("GET", params=params).json()["items"]]
        for archived, params in ((None, {}), (True, {"archived": "true"}), (False, {"archived": "false"}))
    }
    assert names == {None: ["Flow", "Ebb (2)", "Ebb"], True: ["Ebb"], False: ["Flow", "Ebb (2)"]}
    assert ada("POST", f"{path}/unarchive").json()["archived"] is None

    first = ada("GET", params={"limit": 2}).json()
    rest = ada("GET", params={"limit": 2, "cursor": first["next"]}).json()
    assert ([one["name"] for one in rest["items"]], rest["next"]) == (["Ebb"], None)
    assert "script" not in first["items"][0]
    gone = ada("DELETE", path, headers={"If-Match": '"4"'})
    assert (gone.status_code, gone.content) == (204, b"")
    assert kind(ada("GET", path)) == (404, "not-found")
    assert [one["id"] for one in ada.files()] == [photo["id"]]
    history = ada.client.get("/api/users/usage-history", headers=ada.headers, params={"limit": 3}).json()["items"]
    assert [one["action"] for one in history] == ["project.delete", "project.unarchive", "project.archive"]


def test_the_longest_script_comes_back_whole(ada: Person) -> None:
    script = "潮" * 1_000_000
    made = ada.make(script=script)
    assert ada("GET", f"/{made['id']}").json()["script"] == script
    too_long = ada("PATCH", f"/{made['id']}", json={"script": script + "水"})
    assert kind(too_long) == (422, "invalid-input")
    assert too_long.json()["errors"][0]["pointer"] == "#/script"
    assert kind(ada("POST", json={"name": "x", "description": "x" * (9 << 20)})) == (413, "content-too-large")


def test_a_project_goes_from_one_to_another_as_one_file(ada: Person, bob: Person) -> None:
    photo, song = ada.send(PICTURE, "sea: 潮.png", tag=["sea", "Calm"]), ada.send(b"audio/mpeg\nsurf", "surf.mp3")
    settings = {"music": song["id"], "scenes": [{"text": "One.", "asset": photo["id"]}], "seed": 3}
    made = ada.make(name="潮 / Tides", description="of 2026", settings=settings)
    sent = ada("GET", f"/{made['id']}/export")
    assert (sent.status_code, sent.headers["content-type"]) == (200, "application/zip")
    assert "filename*=UTF-8''%E6%BD%AE%20_%20Tides.zip" in sent.headers["content-disposition"]
    head = ada("HEAD", f"/{made['id']}/export")
    assert (head.status_code, head.content) == (200, b"")
    with zipfile.ZipFile(io.BytesIO(sent.content)) as archive:
        assert archive.namelist() == ["project.json", "script.md", "files/surf.mp3", "files/sea_ 潮.png"]
        assert archive.testzip() is None

    answer = bob("POST", "/import", content=sent.content, headers=ZIP)
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    brought = answer.json()
    assert answer.headers["location"] == f"/api/projects/{brought['id']}"
    assert (brought["name"], brought["description"]) == ("潮 / Tides", "of 2026")
    files = {one["name"]: one for one in bob.files()}
    assert files["sea: 潮.png"]["tags"] == ["sea", "Calm"]
    assert {one["expires"] for one in files.values()} == {None}
    assert brought["settings"] == {
        "music": files["surf.mp3"]["id"],
        "scenes": [{"text": "One.", "asset": files["sea: 潮.png"]["id"]}],
        "seed": 3,
    }
    content = bob.client.get(f"/api/files/{files['surf.mp3']['id']}/content", headers=bob.headers)
    assert content.content == b"audio/mpeg\nsurf"

    again = bob("POST", "/import", params={"name": "Ebb"}, files={"file": ("Tides.zip", sent.content)})
    assert (again.status_code, again.json()["name"], again.json()["settings"]) == (201, "Ebb", brought["settings"])
    assert len(bob.files()) == 2
    assert not bob.state()[3]

    bob.client.delete(f"/api/files/{files['surf.mp3']['id']}", headers=bob.headers).raise_for_status()
    torn = bob("GET", f"/{brought['id']}/export")
    assert kind(torn) == (409, "conflict")
    assert "settings.music names is gone" in torn.json()["detail"]


def test_real_pictures_go_through_the_sandbox(tmp_path: Path) -> None:
    made = accounts_in(tmp_path, f"sqlite:///{tmp_path / 'reelwright.db'}")
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (1, 100, 200)).save(out, "png")
    with served(create_app(made)) as client:
        ada = Person(client, tmp_path, bearer(newcomer(client)[1]))
        good = ada("POST", "/import", content=zipped(exported({"sea.png": out.getvalue()})), headers=ZIP)
        assert good.status_code == 201, good.text
        (photo,) = ada.files()
        assert (photo["media_type"], photo["metadata"]["width"]) == ("image/png", 64)
        before = ada.state()
        playlist = b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n"
        bad = ada(
            "POST", "/import", content=zipped(exported({"a.png": out.getvalue(), "b.mp4": playlist})), headers=ZIP
        )
        assert kind(bad) == (415, "unsupported-media-type")
        assert "b.mp4: a playlist" in bad.json()["detail"]
        assert ada.state() == before


def test_what_belongs_to_another_is_not_there(ada: Person, bob: Person) -> None:
    made = ada.make()
    path = f"/{made['id']}"
    tries: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", path, {}),
        ("PATCH", path, {"json": {"name": "Mine"}}),
        ("DELETE", path, {}),
        ("POST", f"{path}/duplicate", {}),
        ("POST", f"{path}/archive", {}),
        ("POST", f"{path}/unarchive", {}),
        ("GET", f"{path}/export", {}),
    ]
    for method, place, how in tries:
        theirs, nowhere = bob(method, place, **how), bob(method, place.replace(made["id"], "0" * 36), **how)
        assert kind(theirs) == kind(nowhere) == (404, "not-found"), place
        assert theirs.json()["detail"].replace(made["id"], "0" * 36) == nowhere.json()["detail"]
        assert bob.client.request(method, f"/api/projects{place}", **how).status_code == 401
    photo = ada.send(PICTURE, "sea.png")
    stolen = bob("POST", json={"name": "Mine", "settings": {"logo": photo["id"]}})
    invented = bob("POST", json={"name": "Mine", "settings": {"logo": "0" * 36}})
    assert kind(stolen) == kind(invented) == (422, "invalid-input")
    assert stolen.json()["detail"].replace(photo["id"], "0" * 36) == invented.json()["detail"]
    assert bob("GET").json()["items"] == []
    assert ada("GET", path).json() == made


@pytest.mark.parametrize(
    ("body", "pointer", "told"),
    [
        ({"name": ""}, "#/name", "1 to 200"),
        ({"name": "Tides", "settings": {"scenes": [{"text": "a"}, {"txt": "b"}]}}, "#/settings/scenes/1/txt", "'text'"),
        ({"name": "Tides", "settings": {"templat": "tide"}}, "#/settings/templat", "did you mean 'template'?"),
        ({"name": "Tides", "settings": {"seed": 2**70}}, "#/settings/seed", "whole number"),
        ({"name": "Tides", "settings": {"title": "a\0b"}}, "#/settings/title", "NUL"),
        ({"name": "Tides", "script": "a\0b"}, "#/script", "plain text"),
        ({"name": "Tides", "settings": {"music": "a\0b"}}, "#/settings/music", "the id of a file"),
        ({"name": "Tides", "settings": []}, "#/settings", "Expected `object`"),
        ({"name": "Tides", "setings": {}}, "#", "unknown field `setings`"),
    ],
)
def test_what_is_wrong_is_said_by_a_pointer(ada: Person, body: Any, pointer: str, told: str) -> None:
    answer = ada("POST", json=body)
    assert kind(answer) == (422, "invalid-input")
    (error,) = answer.json()["errors"]
    assert error["pointer"] == pointer
    assert told in error["detail"]
    assert ada("GET").json()["items"] == []


@pytest.mark.parametrize(
    "body",
    [b"{", b'{"name": "\\ud800"}', b'{"name": "x", "settings": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_001],
    ids=["cut off", "half a character", "deep"],
)
def test_a_body_that_cannot_be_read_is_refused(ada: Person, body: bytes) -> None:
    answer = ada("POST", content=body, headers={"Content-Type": "application/json"})
    assert kind(answer) == (400, "invalid-request")


def test_a_query_that_is_none_is_refused(ada: Person) -> None:
    for wrong in ({"limit": 0}, {"limit": 101}, {"cursor": "x"}, {"archived": "maybe"}):
        assert kind(ada("GET", params=wrong)) == (422, "invalid-input"), wrong
    made = ada.make()
    for name in ("", "x" * 201, "a\0b"):
        answer = ada("POST", f"/{made['id']}/duplicate", params={"name": name})
        assert kind(answer) == (422, "invalid-input")
        assert answer.json()["errors"][0]["parameter"] == "name"


def test_a_hostile_archive_leaves_nothing_behind(ada: Person) -> None:
    ada.send(PICTURE, "mine.png")
    before = ada.state()
    good = zipped(exported({"sea.png": PICTURE, "sky.png": b"image/png\nsky"}))
    tries = {
        b"no archive at all": "no ZIP archive",
        good[:-1]: "no ZIP archive",
        good.replace(b"image/png\nsky", b"image/png\nSKY"): "checksum",
        good.replace(b"files/sky.png", b"files/../../x"): "leads elsewhere",
        zipped(exported({"sea.png": PICTURE, "sky.png": b"image/png\nsky", "run.exe": b"MZ"})): "run.exe",
        zipped(exported({"sea.png": PICTURE}, settings={"music": "file-0"})): "is of the kind image",
    }
    for archive, told in tries.items():
        answer = ada("POST", "/import", content=archive, headers=ZIP)
        assert answer.status_code in (415, 422), answer.text
        assert told in answer.json()["detail"]
        assert ada.state() == before
    assert kind(ada("POST", "/import", content=b"", headers=ZIP)) == (400, "invalid-request")
    assert kind(ada("POST", "/import", data={"name": "x"}, files={"other": b"x"})) == (400, "invalid-request")
    assert kind(ada("POST", "/import", content=good, params={"name": " "}, headers=ZIP)) == (422, "invalid-input")
    assert ada.state() == before


def test_an_archive_that_is_too_large_is_refused_before_it_is_read(ada: Person) -> None:
    before = ada.state()
    for length, expected in ((6 << 30, 403), (17 << 30, 413)):
        connection = http.client.HTTPConnection(ada.client.base_url.host, ada.client.base_url.port)
        connection.putrequest("POST", "/api/projects/import")
        connection.putheader("Authorization", ada.headers["Authorization"])
        connection.putheader("Content-Length", str(length))
        connection.endheaders()
        assert connection.getresponse().status == expected
        connection.close()
    assert ada.state() == before


def test_projects_go_with_their_account(ada: Person, bob: Person, parts: Container) -> None:
    made = ada.make()
    kept = bob.make()
    ada.client.delete("/api/users/account", headers=ada.headers).raise_for_status()
    assert ada("GET", f"/{made['id']}").status_code == 401
    assert bob("GET", f"/{kept['id']}").json() == kept
