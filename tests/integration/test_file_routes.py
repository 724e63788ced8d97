"""Files through a running server, on a database and a disk, looked into by the sandboxed child."""

import asyncio
import http.client
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from dependency_injector import providers
from PIL import Image

from reelwright.adapters.persistence.store import SqlStore
from reelwright.application.file_clean_up import give_back_lost
from reelwright.domain.ids import new_id
from tests import media
from tests.filing import PEOPLE, SMALL, Service, digest, eventually, filing, picture
from tests.service import container


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with filing(tmp_path_factory.mktemp("data")) as running:
        yield running


def test_a_raw_body_becomes_a_file_that_comes_back_whole_and_in_ranges(service: Service) -> None:
    photo = picture(1)
    answer = service("ada", "PUT", "", params={"name": "潮汐.png", "tag": ["sea", "Calm"]}, content=photo)
    assert answer.status_code == 201
    file = answer.json()
    assert (file["name"], file["kind"], file["media_type"], file["size"]) == (
        "潮汐.png",
        "image",
        "image/png",
        len(photo),
    )
    assert (file["tags"], file["sha256"], file["metadata"]["width"]) == (["sea", "Calm"], digest(photo), 64)
    assert answer.headers["location"] == f"/api/files/{file['id']}"
    assert service("ada", "GET", f"/{file['id']}").json() == file
    whole = service("ada", "GET", f"/{file['id']}/content")
    assert whole.content == photo
    assert whole.headers["etag"] == f'"{digest(photo)}"'
    assert "filename*=UTF-8''%E6%BD%AE" in whole.headers["content-disposition"]
    path = f"/{file['id']}/content"
    part = service("ada", "GET", path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, photo[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(photo)}"
    assert service("ada", "GET", path, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    assert service("ada", "GET", path, headers={"Range": f"bytes={len(photo)}-"}).status_code == 416
    head = service("ada", "HEAD", path)
    assert (head.headers["content-length"], head.content) == (str(len(photo)), b"")
    thumbnail = service("ada", "GET", f"/{file['id']}/thumbnail")
    assert thumbnail.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(thumbnail.content)).size[0] <= 512
    assert not service.leftovers()


def test_a_form_becomes_a_file(service: Service) -> None:
    photo = picture(2)
    how = {"files": {"file": ("beach.png", photo, "image/png")}, "data": {"tags": "sea, summer"}}
    answer = service("ada", "POST", "", **how)
    assert (answer.status_code, answer.json()["tags"]) == (201, ["sea", "summer"])
    again = service("ada", "POST", "", **how)
    assert (again.status_code, again.json()) == (200, answer.json())
    wrong = service("ada", "POST", "", files={"file": ("beach.png", picture(3), "video/mp4")})
    assert wrong.status_code == 422
    assert "it was sent as video/mp4, but its content is image/png" in wrong.json()["detail"]
    assert not service.leftovers()


def test_an_upload_goes_on_where_it_was_broken_off(service: Service, tmp_path: Path) -> None:
    film = media.clip(tmp_path / "a.mp4").read_bytes()
    begun = service(
        "ada", "POST", "/uploads", json={"name": "a.mp4", "size": len(film), "sha256": digest(film).upper()}
    )
    assert begun.status_code == 201
    place = begun.headers["location"].removeprefix("/api/files")
    cut, before = len(film) // 2, service.used("ada")

    connection = http.client.HTTPConnection(service.client.base_url.host, service.client.base_url.port)
    connection.putrequest("PATCH", f"/api/files{place}?offset=0")
    connection.putheader("Authorization", "Bearer ada")
    connection.putheader("Content-Length", str(len(film)))
    connection.endheaders(film[:cut])
    assert eventually(lambda: service("ada", "GET", place).headers["upload-offset"] == str(cut))
    busy = service("ada", "PATCH", place, params={"offset": cut}, content=film[cut:])
    assert (busy.status_code, busy.json()["detail"][:12]) == (409, "another part")
    connection.close()
    assert eventually(lambda: "are missing" in service("ada", "POST", f"{place}/finish", json={}).json()["detail"])
    early = service("ada", "POST", f"{place}/finish", json={})
    assert (early.status_code, early.headers["upload-offset"]) == (409, str(cut))
    for offset in (0, cut + 1):
        astray = service("ada", "PATCH", place, params={"offset": offset}, content=film[offset:])
        assert (astray.status_code, astray.headers["upload-offset"]) == (409, str(cut))
    spoilt = {"offset": cut, "sha256": digest(b"other")}
    assert service("ada", "PATCH", place, params=spoilt, content=film[cut:]).status_code == 422
    too_long = service("ada", "PATCH", place, params={"offset": cut}, content=film[cut:] + b"x")
    assert too_long.status_code == 422
    rest = service("ada", "PATCH", place, params={"offset": cut, "sha256": digest(film[cut:])}, content=film[cut:])
    assert (rest.status_code, rest.json()["received"]) == (200, len(film))
    done = service("ada", "POST", f"{place}/finish", json={"tags": ["sea"]})
    assert (done.status_code, done.json()["kind"], done.json()["seconds"]) == (201, "video", 1.0)
    assert service("ada", "GET", f"/{done.json()['id']}/content").content == film
    assert service("ada", "GET", place).status_code == 404
    assert service.used("ada") == before
    assert not service.leftovers()


def test_an_upload_that_is_given_up_leaves_nothing_and_costs_nothing(service: Service) -> None:
    before = service.used("ada")
    begun = service("ada", "POST", "/uploads", json={"name": "a.mp4", "size": 1000})
    place = begun.headers["location"].removeprefix("/api/files")
    assert service("ada", "PATCH", place, params={"offset": 0}, content=bytes(100)).json()["received"] == 100
    assert service.used("ada") == before + 1000
    assert service("ada", "DELETE", place).status_code == 204
    assert service("ada", "DELETE", place).status_code == 404
    assert service.used("ada") == before
    assert not service.leftovers()


@pytest.mark.parametrize(
    ("name", "content", "status", "told"),
    [
        ("x" * 300, b"x", 422, "longer than 255"),
        ("empty.png", b"", 422, "the file is empty"),
        ("cut.png", picture(9)[:60], 422, "cut.png"),
    ],
)
def test_a_file_that_is_none_is_refused_with_the_reason_and_leaves_nothing(
    service: Service, name: str, content: bytes, status: int, told: str
) -> None:
    kept, used = service.kept(), service.used("ada")
    answer = service.send("ada", content, name)
    assert answer.status_code == status, answer.text
    assert told in answer.json()["detail"]
    assert service.kept() == kept
    assert service.used("ada") == used
    assert not service.leftovers()


def test_half_an_upload_leaves_nothing_behind(service: Service) -> None:
    kept, used = service.kept(), service.used("ada")
    connection = http.client.HTTPConnection(service.client.base_url.host, service.client.base_url.port)
    connection.putrequest("PUT", "/api/files?name=half.png")
    connection.putheader("Authorization", "Bearer ada")
    connection.putheader("Content-Length", "500000")
    connection.endheaders(picture(4))
    assert eventually(lambda: service.used("ada") == used + 500_000)
    connection.close()
    assert eventually(lambda: service.used("ada") == used)
    assert service.kept() == kept
    assert not service.leftovers()


def test_a_list_goes_by_pages_kind_and_tag(service: Service) -> None:
    ids = [service.send("bob", picture(20 + at), tag="Sea" if at else "land").json()["id"] for at in range(3)]
    text = service.send("bob", b"# Tides\n\nThe sea rises and falls twice a day.\n", "tides.md").json()
    assert text["media_type"] == "text/markdown"
    first = service("bob", "GET", "", params={"limit": 2}).json()
    assert [one["id"] for one in first["items"]] == [text["id"], ids[2]]
    rest = service("bob", "GET", "", params={"limit": 2, "cursor": first["next"]}).json()
    assert ([one["id"] for one in rest["items"]], rest["next"]) == ([ids[1], ids[0]], None)
    tagged = service("bob", "GET", "", params={"kind": "image", "tag": "sea"}).json()["items"]
    assert [one["id"] for one in tagged] == [ids[2], ids[1]]
    statistics = service("bob", "GET", "/statistics").json()
    assert (statistics["files"], [one["kind"] for one in statistics["kinds"]]) == (4, ["image", "document"])
    assert statistics["bytes"] == service.used("bob")
    for wrong in ({"limit": 0}, {"limit": 101}, {"kind": "song"}, {"cursor": "x"}):
        assert service("bob", "GET", "", params=wrong).status_code == 422, wrong


def test_name_and_tags_change_and_a_deleted_file_is_gone(service: Service) -> None:
    used = service.used("bob")
    file = service.send("bob", picture(40)).json()
    path = f"/{file['id']}"
    changed = service("bob", "PATCH", path, json={"name": "dusk.png", "tags": ["late"]})
    assert changed.json() == file | {"name": "dusk.png", "tags": ["late"]}
    assert service("bob", "PATCH", path, json={"name": "a/b"}).status_code == 422
    assert service("bob", "PATCH", path, json={"nmae": "b"}).status_code == 422
    kept = service.kept()
    assert service("bob", "DELETE", path).status_code == 204
    assert service.kept() == kept - 2
    assert service.used("bob") == used
    for method, place in (("GET", path), ("GET", f"{path}/content"), ("DELETE", path)):
        assert service("bob", method, place).status_code == 404


def test_the_same_content_of_two_users_tells_neither_of_the_other(service: Service) -> None:
    photo = picture(60)
    first = service.send("ada", photo)
    second = service.send("bob", photo)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]
    assert service("ada", "DELETE", f"/{first.json()['id']}").status_code == 204
    assert service("bob", "GET", f"/{second.json()['id']}/content").content == photo


def test_storage_is_reserved_before_a_file_is_read_and_free_again(service: Service) -> None:
    photo = picture(70)
    noise = bytes(SMALL + 1)
    refused = service.send("poor", noise)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/quota-exceeded")
    assert "the quota of storage_bytes is 4000" in refused.json()["detail"]
    assert service("poor", "POST", "/uploads", json={"name": "a.png", "size": SMALL + 1}).status_code == 403
    begun = service("poor", "POST", "/uploads", json={"name": "a.png", "size": SMALL - len(photo) + 1}).json()
    assert service.send("poor", photo).status_code == 403
    assert service("poor", "DELETE", f"/uploads/{begun['id']}").status_code == 204
    file = service.send("poor", photo)
    assert (file.status_code, service.used("poor")) == (201, len(photo))
    assert service.send("poor", photo).status_code == 200
    unsaid = service("poor", "PUT", "", params={"name": "b.png"}, content=iter([noise[:2000], noise[:2000]]))
    assert unsaid.status_code == 403
    assert service.used("poor") == len(photo)
    assert service("poor", "DELETE", f"/{file.json()['id']}").status_code == 204
    assert service.used("poor") == 0
    assert not service.leftovers()


def test_only_administrators_clean_up(service: Service) -> None:
    orphan = digest(b"orphan")
    place = service.folder / "files" / orphan[:2] / orphan[2:4] / orphan
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"orphan")
    assert service("ada", "POST", "/cleanup", json={}).status_code == 403
    planned = service("root", "POST", "/cleanup", json={"dry_run": True})
    assert planned.json() == {"expired": [], "uploads": [], "orphans": [orphan], "bytes": 6}
    assert service("root", "POST", "/cleanup", json={"dryrun": True}).status_code == 422
    assert place.exists()
    assert service("root", "POST", "/cleanup", json={}).json() == planned.json()
    assert not place.exists()


def test_who_leaves_takes_files_and_uploads_along(service: Service) -> None:
    kept = service.kept()
    service.send("leaver", picture(80)).raise_for_status()
    service("leaver", "POST", "/uploads", json={"name": "a.png", "size": 10}).raise_for_status()
    assert service.kept() == kept + 2

    async def leave() -> None:
        parts = container(service.folder)
        parts.store.override(providers.Singleton(SqlStore, f"sqlite:///{service.folder / 'reelwright.db'}"))
        await parts.accounts().delete_account(PEOPLE["leaver"])
        await parts.store().close()

    asyncio.run(leave())
    assert service.kept() == kept
    assert not service.leftovers()
    assert service.send("leaver", picture(81)).status_code == 404


def test_what_a_crash_left_reserved_is_given_back_at_the_start(service: Service) -> None:
    begun = service("bob", "POST", "/uploads", json={"name": "a.png", "size": 100}).json()
    used = service.used("bob")

    async def crash_and_start() -> int:
        parts = container(service.folder)
        parts.store.override(providers.Singleton(SqlStore, f"sqlite:///{service.folder / 'reelwright.db'}"))
        async with parts.store()() as work:
            await parts.storage_quota().reserve(work, PEOPLE["bob"], new_id(), 12345)
            await work.commit()
        count = await give_back_lost(parts.store(), parts.uploads(), parts.storage_quota())
        await parts.store().close()
        return count

    assert asyncio.run(crash_and_start()) == 1
    assert service.used("bob") == used
    assert service("bob", "DELETE", f"/uploads/{begun['id']}").status_code == 204
