"""Videos through a running server: watched, fetched, listed and removed; the making itself is a fake."""

import hashlib
import io
import time
import wave
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis

from reelwright.domain.ids import new_id
from tests.video_service import PEOPLE, SCRIPT, Service, eventually, faults, video_service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with video_service(tmp_path_factory.mktemp("data")) as running:
        yield running


def test_an_order_becomes_a_video_that_can_be_watched_and_fetched(service: Service) -> None:
    answer = service("ada", "POST", "/generate", json=SCRIPT | {"template": "neon", "fps": 25})
    assert answer.status_code == 202
    order = answer.json()
    assert order["status"] in ("queued", "running")
    assert answer.headers["location"] == order["links"]["status"] == f"/api/video/status/{order['id']}"
    video = service.ends("ada", order["id"])
    done = service("ada", "GET", f"/status/{video}").json()
    assert (done["progress"], done["attempt"], done["position"], done["problem"]) == (1.0, 1, None, None)
    assert (done["done"], done["total"]) == (10, 10)
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
    assert service("ada", "GET", f"/teaser/{video}").status_code == 404
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


def test_captions_come_in_three_formats(service: Service) -> None:
    video = service.made()
    subrip = service("ada", "GET", f"/captions/{video}")
    assert subrip.headers["content-type"] == "application/x-subrip; charset=utf-8"
    assert subrip.text.startswith("1\n00:00:00,167 --> 00:00:01,667\nword0 word1")
    assert service("ada", "GET", f"/captions/{video}", params={"format": "vtt"}).text.startswith("WEBVTT")
    assert "Dialogue:" in service("ada", "GET", f"/captions/{video}", params={"format": "ass"}).text
    assert service("ada", "GET", f"/captions/{video}", params={"format": "txt"}).status_code == 422


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


def test_every_answer_about_a_video_is_as_it_is_described(service: Service) -> None:
    api: Any = schemathesis.openapi.from_url(f"{service.client.base_url}/api/openapi.json")
    headers = {"Authorization": "Bearer ada"}
    made, asked = service.made(), Counter[int]()
    service.maker.pace = 0.05
    cancelled = service.order()
    service("ada", "DELETE", f"/cancel/{cancelled}")
    service.ends("ada", cancelled, "cancelled")
    service.maker.pace = 0
    for found in api.get_all_operations():
        operation = found.ok()
        if operation.path.startswith("/api/video") and operation.method.lower() in ("get", "head"):
            for video in (made, cancelled):
                how = {"path_parameters": {"video_id": video}} if "{video_id}" in operation.path else {}
                asked[operation.Case(headers=headers, **how).call_and_validate().status_code] += 1
    assert asked[200] >= 12
    assert asked[409] == 5
    bodies: dict[str, Any] = {"generate": SCRIPT, "batch": {"orders": [SCRIPT]}, f"re-render/{made}": {"changes": {}}}
    for path, body in bodies.items():
        operation = api[f"/api/video/{path.replace(made, '{video_id}')}"]["POST"]
        how = {"path_parameters": {"video_id": made}} if made in path else {}
        case = operation.Case(headers=headers, body=body, media_type="application/json", **how)
        assert case.call_and_validate().status_code == 202
    plan = api["/api/video/generate"]["POST"].Case(
        headers=headers, body=SCRIPT, query={"dry_run": "true"}, media_type="application/json"
    )
    assert plan.call_and_validate().json()["ok"]


def test_a_teaser_comes_with_a_video_that_was_asked_for_one(service: Service) -> None:
    video = service.made("ada", **SCRIPT, teaser="webp")
    loop = service("ada", "GET", f"/teaser/{video}")
    assert (loop.status_code, loop.headers["content-type"]) == (200, "image/webp")
    assert loop.text.startswith("the teaser of Order(")
    again = service("ada", "POST", f"/re-render/{video}", json={"changes": {"title": "New"}}).json()["id"]
    assert service("ada", "GET", f"/teaser/{service.ends('ada', again)}").status_code == 200
    wrong = faults(service("ada", "POST", "/generate", json=SCRIPT | {"teaser": "mp4"}))
    assert "there is no kind of teaser 'mp4'" in wrong["#/teaser"]
    kept = service.kept()
    assert service("ada", "DELETE", f"/{again}").status_code == 204
    assert service.kept() == kept - 3
