"""Videos through a running server: ordered, watched, fetched, edited and removed; the making itself is a fake."""

import asyncio
import hashlib
import io
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from dependency_injector import providers

from reelwright.adapters.documents.timeline_json import to_plain
from reelwright.adapters.fakes.inspector import LabelInspector
from reelwright.adapters.fakes.making import PlainScripts, TextMaker
from reelwright.adapters.http import create_app
from reelwright.adapters.persistence.store import SqlStore
from reelwright.application.access import Identity
from reelwright.bootstrap import Container
from reelwright.domain.errors import Unauthenticated
from reelwright.domain.ids import new_id
from reelwright.domain.quota import PLANS, Plan
from reelwright.domain.style import CaptionStyle, Style, TitleStyle, Type
from tests import accounts, timelines
from tests.service import container, served

TYPE = Type(font="inter")
PEOPLE = {name: new_id() for name in ("ada", "bob", "root", "poor", "leaver")}
SPEECH = "speech:" + "5e" * 32
SCRIPT = {"script": "The sea rises twice a day. The moon is the reason."}
TOO_BIG = 8 << 20


async def verify(token: str) -> Identity:
    if token not in PEOPLE:
        raise Unauthenticated("the token is not valid")
    return Identity(user=PEOPLE[token], role="admin" if token == "root" else "user")


def document() -> dict[str, Any]:
    """The timeline that every made video has."""
    spoken = timelines.scene(60, "speech-01", words=((5, 20), (20, 50)))
    made = timelines.timeline(spoken, sounds={"speech-01": Path("x")})
    made = replace(made, style=Style(captions=CaptionStyle(type=TYPE), titles=TitleStyle(type=TYPE)))
    plain = to_plain(made)
    plain["assets"]["speech-01"] |= {"path": SPEECH, "samples": 90_000}
    return plain


@dataclass
class Service:
    client: httpx.Client
    folder: Path
    maker: TextMaker
    parts: Container

    def __call__(self, who: str, method: str, path: str, **how: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {who}"} | how.pop("headers", {})
        return self.client.request(method, f"/api/video{path}", headers=headers, **how)

    def order(self, who: str = "ada", **order: Any) -> str:
        answer = self(who, "POST", "/generate", json=order or SCRIPT)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def made(self, who: str = "ada", **order: Any) -> str:
        return self.ends(who, self.order(who, **order))

    def ends(self, who: str, video: str, status: str = "succeeded") -> str:
        assert eventually(lambda: self(who, "GET", f"/status/{video}").json()["finished"] is not None)
        assert self(who, "GET", f"/status/{video}").json()["status"] == status
        return video

    def send(self, who: str, media_type: str, name: str, body: bytes = b"") -> str:
        headers = {"Authorization": f"Bearer {who}", "Content-Type": media_type}
        content = media_type.encode() + b"\n" + body + new_id().encode()
        answer = self.client.put("/api/files", params={"name": name}, content=content, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def used(self, who: str) -> dict[str, int]:
        """What the quotas say; they are asked for in a loop of their own."""

        async def look() -> dict[str, int]:
            store = SqlStore(f"sqlite:///{self.folder / 'reelwright.db'}")
            async with store(read_only=True) as work:
                user = await work.users.get(PEOPLE[who])
                assert user is not None
                standings = await self.parts.quotas().standings(work, user)
            await store.close()
            return {one.resource: one.used for one in standings}

        return asyncio.run(look())

    def kept(self) -> int:
        return sum(1 for _ in (self.folder / "videos").glob("??/??/*"))


def eventually(holds: Callable[[], bool], seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while not (found := holds()) and time.monotonic() < until:
        time.sleep(0.02)
    return found


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("data")
    url = f"sqlite:///{folder / 'reelwright.db'}"

    async def people() -> None:
        store = SqlStore(url)
        await store.migrate()
        async with store() as work:
            for name, user_id in PEOPLE.items():
                plan = "small" if name == "poor" else "unlimited"
                await work.users.add(accounts.person(name, id=user_id, plan=plan))
            await work.commit()
        await store.close()

    asyncio.run(people())
    parts, maker = container(folder, rate_per_address=None, rate_per_user=None), TextMaker(document())
    parts.store.override(providers.Singleton(SqlStore, url))
    parts.maker.override(providers.Object(maker))
    parts.scripts.override(providers.Object(PlainScripts()))
    parts.inspector.override(providers.Object(LabelInspector()))
    small = Plan(name="small", videos_a_day=2, ai_calls_a_day=1)
    parts.plans.override(providers.Object(PLANS | {"small": small}))
    with served(create_app(parts, verify=verify)) as client:
        yield Service(client, folder, maker, parts)


def faults(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return {one.get("pointer", one.get("parameter")): one["detail"] for one in answer.json()["errors"]}


def test_an_order_becomes_a_video_that_can_be_watched_and_fetched(service: Service) -> None:
    answer = service("ada", "POST", "/generate", json=SCRIPT | {"template": "neon", "fps": 25})
    assert answer.status_code == 202
    order = answer.json()
    assert (order["status"], order["progress"], order["attempt"]) == ("queued", 0.0, 0)
    assert answer.headers["location"] == order["links"]["status"] == f"/api/video/status/{order['id']}"
    video = service.ends("ada", order["id"])
    done = service("ada", "GET", f"/status/{video}").json()
    assert (done["progress"], done["attempt"], done["position"], done["problem"]) == (1.0, 1, None, None)
    assert set(done["links"]) == {"video", "status", "download", "thumbnail", "timeline", "captions", "re-render"}
    shown = service("ada", "GET", f"/{video}").json()
    assert shown["title"] == SCRIPT["script"]
    assert (shown["metadata"]["frames"], shown["size"] > 100) == (10, True)
    whole = service.client.get(done["links"]["download"], headers={"Authorization": "Bearer ada"})
    assert whole.content.startswith(b"the video of Order")
    assert whole.headers["etag"] == f'"{hashlib.sha256(whole.content).hexdigest()}"'
    assert whole.headers["content-type"] == "video/mp4"
    assert 'filename="The sea rises twice a day. The moon is the reason..mp4"' in whole.headers["content-disposition"]
    part = service("ada", "GET", f"/download/{video}", headers={"Range": "bytes=4-8"})
    assert (part.status_code, part.content) == (206, b"video")
    head = service("ada", "HEAD", f"/download/{video}")
    assert (head.content, head.headers["content-length"]) == (b"", str(len(whole.content)))
    known = {"If-None-Match": whole.headers["etag"]}
    assert service("ada", "GET", f"/download/{video}", headers=known).status_code == 304
    still = service("ada", "GET", f"/thumbnail/{video}")
    assert (still.headers["content-type"], still.content[:10]) == ("image/jpeg", b"the poster")


def test_what_is_not_finished_has_no_file_and_says_so(service: Service) -> None:
    service.maker.pace = 0.2
    try:
        first, second, third = (service.order() for _ in range(3))
        assert eventually(lambda: service("ada", "GET", f"/status/{first}").json()["done"] > 0)
        running, waiting = (service("ada", "GET", f"/status/{one}").json() for one in (first, third))
        assert (running["status"], running["stage"], running["total"]) == ("running", "render", 10)
        assert running["speed"] == 30.0
        assert 0 < running["progress"] < 1
        assert (waiting["status"], waiting["position"]) == ("queued", 1)
        assert set(waiting["links"]) == {"video", "status", "cancel"}
        for name in ("download", "thumbnail", "timeline", "captions"):
            early = service("ada", "GET", f"/{name}/{third}", headers={"Accept-Language": "zh"})
            assert (early.status_code, early.json()["type"]) == (409, "/problems/conflict")
            assert early.json()["detail"] == "与现有内容冲突：视频尚未完成：正在排队"
        assert service("ada", "DELETE", f"/{first}").status_code == 409
        for video, status in ((third, "cancelled"), (first, "running")):
            answer = service("ada", "DELETE", f"/cancel/{video}")
            assert (answer.status_code, answer.json()["status"]) == (200, status)
            assert answer.json()["cancel_requested"]
            asked = time.monotonic()
            service.ends("ada", video, "cancelled")
            assert time.monotonic() - asked < 1
            assert service("ada", "DELETE", f"/cancel/{video}").json()["status"] == "cancelled"
        service("ada", "DELETE", f"/cancel/{second}")
        service.ends("ada", second, "cancelled")
    finally:
        service.maker.pace = 0.0
    over = service.made()
    assert service("ada", "DELETE", f"/cancel/{over}").json()["detail"].startswith("the video has succeeded")


def test_a_cancelled_or_deleted_video_gives_its_quota_back(service: Service) -> None:
    before = service.used("bob")
    video = service.made("bob", script="Nobody else says this.")
    after = service.used("bob")
    assert after["videos"] == before["videos"] + 1
    assert after["render_seconds"] == before["render_seconds"] + 1
    assert after["storage_bytes"] == service("bob", "GET", f"/{video}").json()["size"]
    kept = service.kept()
    assert service("bob", "DELETE", f"/{video}").status_code == 204
    assert service.kept() == kept - 2
    assert service.used("bob")["storage_bytes"] == 0
    assert service("bob", "GET", f"/{video}").status_code == 404
    service.maker.pace = 0.2
    running = service.order("bob")
    assert service.used("bob")["storage_bytes"] > 100_000
    service("bob", "DELETE", f"/cancel/{running}")
    service.ends("bob", running, "cancelled")
    service.maker.pace = 0.0
    assert service.used("bob") | {"jobs": 0} == after | {"storage_bytes": 0, "jobs": 0}


def test_two_videos_with_one_content_share_it_until_the_last_goes(service: Service) -> None:
    kept = service.kept()
    first, second = service.made("bob", script="Twins."), service.made("bob", script="Twins.")
    assert service.kept() == kept + 2
    assert service("bob", "DELETE", f"/{first}").status_code == 204
    assert service("bob", "GET", f"/download/{second}").status_code == 200
    assert service("bob", "DELETE", f"/{second}").status_code == 204
    assert service.kept() == kept


def test_all_that_is_wrong_is_told_at_once_by_its_place(service: Service) -> None:
    sound, theirs = service.send("ada", "audio/mpeg", "a.mp3"), service.send("bob", "image/png", "b.png")
    wrong = {
        "template": "tied",
        "fps": 31,
        "codec": "vp9",
        "music": theirs,
        "assets": [sound, "../etc/passwd"],
        "webhook": "https://example.org",
        "project_id": new_id(),
        "scenes": [
            {"text": "One."},
            {"text": "Two.", "voice": "nobody", "speed": 9, "transition": {"kind": "wipe", "direction": "sideways"}},
            {},
        ],
    }
    found = faults(service("ada", "POST", "/generate", json=wrong))
    assert "did you mean 'tide'" in found.pop("#/template")
    assert "there is no frame rate '31'" in found.pop("#/fps")
    assert "mp4 does not hold vp9" in found.pop("#/codec")
    assert found.pop("#/music") == f"there is no file {theirs!r}: the id of one of your files is right"
    assert found.pop("#/assets/0") == "a.mp3 is an audio: an image or a video is right"
    assert "'../etc/passwd' is none" in found.pop("#/assets/1")
    assert "there is no voice 'nobody'" in found.pop("#/scenes/1/voice")
    assert "0.25" in found.pop("#/scenes/1/speed")
    assert "sideways" in found.pop("#/scenes/1/transition/direction")
    assert "neither text nor seconds" in found.pop("#/scenes/2")
    assert set(found) == {"#/webhook", "#/project_id"}
    assert set(faults(service("ada", "POST", "/generate", json={"fps": 30}))) == {"#"}
    both = {"script": "A.", "article": "B."}
    assert "script and article are there" in faults(service("ada", "POST", "/generate", json=both))["#"]
    topic = faults(service("ada", "POST", "/generate", json={"topic": "tides"}))["#/topic"]
    assert "REELWRIGHT_OPENAI_API_KEY" in topic
    unknown = service("ada", "POST", "/generate", json=SCRIPT | {"tempalte": "tide"})
    assert "tempalte" in faults(unknown).popitem()[1]
    assert (
        "seconds are there" in faults(service("ada", "POST", "/generate", json=SCRIPT | {"seconds": 30}))["#/seconds"]
    )
    assert set(faults(service("ada", "POST", "/generate", json={"script": "a\0b"}))) == {"#/script"}


def test_a_dry_run_tells_the_plan_and_keeps_nothing(service: Service) -> None:
    def plan(who: str = "ada", **order: Any) -> dict[str, Any]:
        answer = service(who, "POST", "/generate", params={"dry_run": "true"}, json=order)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    text = service.send("ada", "text/plain", "tides.txt", b"Twice a day.\n")
    before, used = service("ada", "GET", "/stats").json(), service.used("ada")
    good = plan(script="海水每天涨落两次。\n\n原因就是月亮。", voice="tone-en", format="webm", resolution="720p")
    assert (good["ok"], good["errors"], good["language"], good["voice"]) == (True, [], "zh", "tone-en")
    assert good["warnings"][0] == "the voice tone-en speaks en, and the text is in zh"
    assert [scene["text"] for scene in good["scenes"]] == ["海水每天涨落两次。", "原因就是月亮。"]
    assert good["seconds"] == pytest.approx(sum(scene["seconds"] for scene in good["scenes"]), abs=0.1)
    output = {"width": 720, "height": 1280, "fps": 30, "format": "webm", "codec": "vp9", "quality": "standard"}
    assert good["output"] == output
    quota = {one["resource"]: one for one in good["quota"]}
    assert quota["videos"] == {"resource": "videos", "amount": 1, "left": None}
    assert good["seconds"] < quota["render_seconds"]["amount"] < good["seconds"] + 4
    bad = plan(script="", template="tied", rate=9)
    assert (bad["ok"], bad["scenes"]) == (False, [])
    assert {one["pointer"] for one in bad["errors"]} == {"#/script", "#/template", "#/rate"}
    assert plan(document=text)["title"] == "tides"
    assert plan("poor", **SCRIPT)["ok"]
    assert service("ada", "GET", "/stats").json() == before
    assert service.used("ada") == used


def test_a_repeated_request_has_the_answer_of_the_first(service: Service) -> None:
    key, used = {"Idempotency-Key": "once"}, service.used("ada")["videos"]
    first = service("ada", "POST", "/generate", json=SCRIPT, headers=key).json()
    service.ends("ada", first["id"])
    again = service("ada", "POST", "/generate", json=SCRIPT, headers=key)
    assert (again.status_code, again.json()["id"], again.json()["status"]) == (202, first["id"], "succeeded")
    assert service.used("ada")["videos"] == used + 1
    other = service("ada", "POST", "/generate", json={"script": "Another."}, headers=key)
    assert (other.status_code, other.json()["type"]) == (409, "/problems/conflict")
    assert service("bob", "POST", "/generate", json=SCRIPT, headers=key).json()["id"] != first["id"]
    assert service("ada", "POST", "/generate", json=SCRIPT, headers={"Idempotency-Key": "x" * 256}).status_code == 422
    wrong = {"Idempotency-Key": "wrong"}
    assert service("ada", "POST", "/generate", json={"script": ""}, headers=wrong).status_code == 422
    assert service("ada", "POST", "/generate", json=SCRIPT, headers=wrong).status_code == 202


def test_a_batch_is_accepted_whole_or_not_at_all(service: Service) -> None:
    used = service.used("ada")["videos"]
    found = faults(service("ada", "POST", "/batch", json={"orders": [SCRIPT, {"script": "A.", "template": "tied"}]}))
    assert set(found) == {"#/orders/1/template"}
    assert service.used("ada")["videos"] == used
    key = {"Idempotency-Key": "batch"}
    answer = service("ada", "POST", "/batch", json={"orders": [SCRIPT, {"script": "Two."}]}, headers=key)
    ids = [one["id"] for one in answer.json()["videos"]]
    assert (answer.status_code, len(set(ids))) == (202, 2)
    again = service("ada", "POST", "/batch", json={"orders": [SCRIPT, {"script": "Two."}]}, headers=key)
    assert [one["id"] for one in again.json()["videos"]] == ids
    for video in ids:
        service.ends("ada", video)
    small = service("poor", "POST", "/batch", json={"orders": [SCRIPT] * 3})
    assert (small.status_code, small.json()["type"]) == (403, "/problems/quota-exceeded")
    assert service.used("poor")["videos"] == 0
    assert service("ada", "POST", "/batch", json={"orders": []}).status_code == 422


def test_captions_come_in_three_formats(service: Service) -> None:
    video = service.made()
    subrip = service("ada", "GET", f"/captions/{video}")
    assert subrip.headers["content-type"] == "application/x-subrip; charset=utf-8"
    assert subrip.text.startswith("1\n00:00:00,167 --> 00:00:01,667\nword0 word1")
    assert service("ada", "GET", f"/captions/{video}", params={"format": "vtt"}).text.startswith("WEBVTT")
    assert "Dialogue:" in service("ada", "GET", f"/captions/{video}", params={"format": "ass"}).text
    assert service("ada", "GET", f"/captions/{video}", params={"format": "txt"}).status_code == 422


def test_an_edited_timeline_becomes_a_new_video(service: Service) -> None:
    video = service.made()
    timeline = service("ada", "GET", f"/timeline/{video}").json()
    assert timeline == document()
    photo, theirs = service.send("ada", "image/png", "p.png"), service.send("bob", "image/png", "b.png")
    timeline["scenes"][0]["text"] = "Another line."
    timeline["assets"]["the photo.png"] = {"path": f"file:{photo}", "sha256": "", "kind": "photo"}
    answer = service("ada", "POST", f"/re-render/{video}", json={"timeline": timeline})
    assert answer.status_code == 202, answer.text
    made = service.ends("ada", answer.json()["id"])
    assert service("ada", "GET", f"/{made}").json()["based_on"] == video
    kept = service("ada", "GET", f"/timeline/{made}").json()
    assert kept["scenes"][0]["text"] == "Another line."
    assert kept["assets"]["the photo.png"]["sha256"] != ""

    def wrong(path: str, **asset: Any) -> dict[str, str]:
        edited = document()
        edited["assets"]["a.b"] = {"path": path, "sha256": "", "kind": "photo"} | asset
        return faults(service("ada", "POST", f"/re-render/{video}", json={"timeline": edited}))

    for path in ("/etc/passwd", "file:../x", "speech:" + "00" * 32, "https://example.org/x", f"file:{theirs}"):
        assert set(wrong(path)) == {"#/timeline/assets/a.b/path"}, path
    assert "is an image" in wrong(f"file:{photo}", kind="sound").popitem()[1]
    for change, place in (
        ({"scenes": []}, "#/timeline"),
        ({"fps": 3}, "#/timeline/fps"),
        ({"schema": "x"}, "#/timeline/schema"),
        ({"style": document()["style"] | {"titles": {"type": {"font": "x"}}}}, "#/timeline/style/titles/type/font"),
    ):
        body = {"timeline": document() | change}
        assert set(faults(service("ada", "POST", f"/re-render/{video}", json=body))) == {place}
    for body in ({}, {"timeline": document(), "changes": {}}):
        assert service("ada", "POST", f"/re-render/{video}", json=body).status_code == 422
    assert service("bob", "POST", f"/re-render/{video}", json={"timeline": document()}).status_code == 404


def test_a_changed_order_becomes_a_new_video(service: Service) -> None:
    song = service.send("ada", "audio/mpeg", "a.mp3")
    video = service.made(script="The tide.", music=song, template="neon", voice="tone-en")
    changed = service("ada", "POST", f"/re-render/{video}", json={"changes": {"template": "tide", "music": ""}})
    content = service("ada", "GET", f"/download/{service.ends('ada', changed.json()['id'])}").text
    assert "text='The tide.'" in content
    assert "template='tide'" in content
    assert "voice='tone-en'" in content
    assert "music=None" in content
    other = service("ada", "POST", f"/re-render/{video}", json={"changes": {"scenes": [{"text": "A scene."}]}})
    content = service("ada", "GET", f"/download/{service.ends('ada', other.json()['id'])}").text
    assert ("A scene." in content, "The tide." in content) == (True, False)
    found = faults(service("ada", "POST", f"/re-render/{video}", json={"changes": {"template": "tied", "fps": 7}}))
    assert set(found) == {"#/changes/template", "#/changes/fps"}


def test_the_list_goes_by_pages_status_and_never_shows_others(service: Service) -> None:
    ids = [service.made("root", script=f"Number {number}.") for number in range(3)]
    first = service("root", "GET", "", params={"limit": 2}).json()
    assert [one["id"] for one in first["items"]] == ids[:0:-1]
    rest = service("root", "GET", "", params={"limit": 2, "cursor": first["next"]}).json()
    assert ([one["id"] for one in rest["items"]], rest["next"]) == ([ids[0]], None)
    assert service("root", "GET", "", params={"status": "failed"}).json()["items"] == []
    assert service("root", "GET", "", params={"project_id": new_id()}).json()["items"] == []
    stats = service("root", "GET", "/stats").json()
    assert (stats["videos"], stats["by_status"]["succeeded"], stats["seconds"]) == (3, 3, 3)
    assert stats["bytes"] == sum(one["size"] for one in [*first["items"], *rest["items"]])
    for wrong in ({"limit": 0}, {"status": "done"}, {"cursor": "x"}):
        assert service("root", "GET", "", params=wrong).status_code == 422
    for method, path in (
        ("GET", ""),
        ("GET", "status/"),
        ("GET", "download/"),
        ("GET", "thumbnail/"),
        ("GET", "timeline/"),
        ("GET", "captions/"),
        ("DELETE", ""),
        ("DELETE", "cancel/"),
    ):
        assert service("bob", method, f"/{path}{ids[0]}").status_code == 404
        assert service("bob", method, f"/{path}%00").status_code == 404
        assert service.client.request(method, f"/api/video/{path}{ids[0]}").status_code == 401


def test_a_failure_is_told_as_a_problem_in_the_language_of_the_caller(service: Service) -> None:
    photo = service.send("ada", "image/png", "p.png")
    service.maker.pace = 0.3
    blocking = [service.order() for _ in range(2)]
    doomed = service.order(scenes=[{"text": "A.", "asset": photo}])
    service.client.delete(f"/api/files/{photo}", headers={"Authorization": "Bearer ada"}).raise_for_status()
    for video in blocking:
        service("ada", "DELETE", f"/cancel/{video}")
    service.maker.pace = 0.0
    service.ends("ada", doomed, "failed")
    problem = service("ada", "GET", f"/status/{doomed}").json()["problem"]
    assert problem["type"] == "/problems/not-found"
    assert (problem["title"], problem["status"]) == ("Not found", 404)
    assert problem["detail"] == f"there is no file {photo!r}"
    chinese = service("ada", "GET", f"/{doomed}", headers={"Accept-Language": "zh"}).json()["problem"]
    assert chinese["title"] == "未找到"
    assert service("ada", "GET", f"/download/{doomed}").json()["detail"] == "the video is not finished: it has failed"
    assert service("ada", "DELETE", f"/{doomed}").status_code == 204


def test_a_voice_is_heard_and_counted_once(service: Service) -> None:
    body = {"voice": "tone-en", "text": "Twice a day."}
    sound = service("poor", "POST", "/preview-voice", json=body)
    assert (sound.status_code, sound.headers["content-type"]) == (200, "audio/wav")
    with wave.open(io.BytesIO(sound.content)) as file:
        assert (file.getframerate(), file.getnchannels()) == (48_000, 1)
        assert file.getnframes() > 24_000
    assert service("poor", "POST", "/preview-voice", json=body).content == sound.content
    assert service.used("poor")["ai_calls"] == 1
    refused = service("poor", "POST", "/preview-voice", json={"voice": "tone-zh"})
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/quota-exceeded")
    assert service("ada", "POST", "/preview-voice", json={"voice": "tone-zh"}).status_code == 200
    for wrong, place in (({"voice": "x"}, "#/voice"), ({"voice": "tone-en", "text": "!?"}, "#/text")):
        assert set(faults(service("ada", "POST", "/preview-voice", json=wrong))) == {place}
    long = service("ada", "POST", "/preview-voice", json={"voice": "tone-en", "text": "a" * 301})
    assert long.status_code == 422


def test_only_administrators_clean_up(service: Service) -> None:
    orphan = hashlib.sha256(b"orphan").hexdigest()
    place = service.folder / "videos" / orphan[:2] / orphan[2:4] / orphan
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"orphan")
    assert service("ada", "POST", "/cleanup", json={}).status_code == 403
    planned = service("root", "POST", "/cleanup", json={"dry_run": True})
    assert planned.json() == {"orphans": [orphan], "bytes": 6, "requests": 0}
    assert place.exists()
    kept = service.kept()
    assert service("root", "POST", "/cleanup", json={}).json() == planned.json()
    assert service.kept() == kept - 1


def test_who_leaves_takes_videos_and_jobs_along(service: Service) -> None:
    kept = service.kept()
    service.made("leaver", script="I will leave.")
    assert service.kept() == kept + 2
    service.maker.pace = 0.2
    running, queued = service.order("leaver"), service.order("leaver")
    assert eventually(lambda: service("leaver", "GET", f"/status/{running}").json()["status"] == "running")
    service.client.delete("/api/users/account", headers={"Authorization": "Bearer leaver"}).raise_for_status()
    service.maker.pace = 0.0
    assert service.kept() == kept
    assert not (service.folder / "work" / PEOPLE["leaver"]).exists()
    for video in (running, queued):
        assert service("leaver", "GET", f"/status/{video}").status_code == 404
    assert service("leaver", "POST", "/generate", json=SCRIPT).status_code == 404


def test_a_body_that_is_too_large_or_deep_is_refused(service: Service) -> None:
    video = service.made()
    huge = b'{"timeline": {"title": "' + b"a" * TOO_BIG + b'"}}'
    headers = {"Content-Type": "application/json"}
    assert service("ada", "POST", f"/re-render/{video}", content=huge, headers=headers).status_code == 413
    deep = b'{"timeline": ' + b'{"a": ' * 10_000 + b"1" + b"}" * 10_000 + b"}"
    assert service("ada", "POST", f"/re-render/{video}", content=deep, headers=headers).status_code == 400
    for number in (10**30, -(10**30)):
        wrong = document()
        wrong["scenes"][0]["frames"] = number
        assert service("ada", "POST", f"/re-render/{video}", json={"timeline": wrong}).status_code == 422
        assert service("ada", "POST", "/generate", json=SCRIPT | {"seed": number}).status_code == 422
