"""Orders over HTTP: what is wrong is told, plans are made, repeats and edits are understood."""

from collections.abc import Iterator
from typing import Any

import pytest

from reelwright.domain.ids import new_id
from tests.video_service import SCRIPT, Service, document, faults, video_service

TOO_BIG = 8 << 20


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with video_service(tmp_path_factory.mktemp("data")) as running:
        yield running


def test_all_that_is_wrong_is_told_at_once_by_its_place(service: Service) -> None:
    sound, theirs = service.send("ada", "audio/mpeg", "a.mp3"), service.send("bob", "image/png", "b.png")
    wrong = {
        "template": "tied",
        "fps": 31,
        "codec": "vp9",
        "music": theirs,
        "assets": [sound, "../etc/passwd"],
        "webhook": "https://192.168.0.1/hook",
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
    assert "needs a language model" in topic
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


def test_a_project_gives_its_script_and_settings_to_its_videos(service: Service) -> None:
    settings = {"template": "neon", "voice": "tone-en", "assets": [service.send("ada", "image/png", "a.png")]}
    project = {"name": "Tides", "script": "Twice a day.", "settings": settings}
    headers = {"Authorization": "Bearer ada"}
    project_id = service.client.post("/api/projects", json=project, headers=headers).json()["id"]
    video = service.made(project_id=project_id, template="tide")
    content = service("ada", "GET", f"/download/{video}").text
    assert "text='Twice a day.'" in content
    assert "template='tide'" in content
    assert "voice='tone-en'" in content
    assert settings["assets"][0] in content
    assert service("ada", "GET", f"/{video}").json()["project_id"] == project_id
    other = service.made(project_id=project_id, scenes=[{"text": "A scene."}])
    content = service("ada", "GET", f"/download/{other}").text
    assert ("Twice a day." in content, "template='neon'" in content) == (False, True)
    listed = service("ada", "GET", "", params={"project_id": project_id}).json()["items"]
    assert [one["id"] for one in listed] == [other, video]
    edited = service("ada", "POST", f"/re-render/{video}", json={"changes": {"fps": 25}}).json()["id"]
    assert service("ada", "GET", f"/{edited}").json()["project_id"] == project_id
    theirs = service("bob", "POST", "/generate", json={"project_id": project_id})
    assert set(faults(theirs)) == {"#", "#/project_id"}
