"""Videos on their way, as who watches them over a WebSocket is told."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from reelwright.adapters.http import create_app, progress
from reelwright.application.access import Rate
from reelwright.domain.ids import new_id
from reelwright.domain.job import Problem, over
from tests.live import Live, at, ended, live, queued, running
from tests.service import container, served


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Live]:
    with live(tmp_path) as here:
        yield here


def address(here: Live, video_id: str | None = None) -> str:
    place = f"ws://{here.client.base_url.host}:{here.client.base_url.port}/api/video/progress"
    return place if video_id is None else f"{place}/{video_id}"


@contextmanager
def watching(here: Live, video_id: str | None = None, token: str = "ada", **how: Any) -> Iterator[ClientConnection]:
    """``token`` comes as a subprotocol, as a browser sends it."""
    offered = [Subprotocol("reelwright.v1"), Subprotocol(f"bearer.{token}")] if token else None
    with connect(address(here, video_id), subprotocols=offered, proxy=None, **how) as found:
        yield found


def told(found: ClientConnection) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(found.recv(timeout=5))
    return answer


def closed(found: ClientConnection) -> tuple[int, str]:
    """The code and the reason of the end, after whatever comes before."""
    with pytest.raises(ConnectionClosed) as end:  # noqa: PT012
        while True:
            found.recv(timeout=8)
    assert end.value.rcvd is not None
    return end.value.rcvd.code, end.value.rcvd.reason


def test_one_video_is_told_of_until_it_is_over(here: Live) -> None:
    job = here.video()
    with watching(here, job.id) as found:
        assert found.subprotocol == "reelwright.v1"
        assert found.response is not None
        assert "Sec-WebSocket-Extensions" not in found.response.headers
        shown = told(found)
        assert shown.pop("links")["status"] == f"/api/video/status/{job.id}"
        assert shown == {
            "id": job.id,
            "status": "queued",
            "stage": "",
            "progress": 0.0,
            "done": 0,
            "total": 0,
            "speed": 0.0,
            "left": None,
            "position": 0,
            "attempt": 0,
            "cancel_requested": False,
            "problem": None,
            "created": job.created.isoformat().replace("+00:00", "Z"),
            "started": None,
            "finished": None,
        }
        begun = running(job)
        here.tell(at(begun, 450))
        shown = told(found)
        assert (shown["status"], shown["stage"], shown["progress"]) == ("running", "render", 0.5)
        assert (shown["done"], shown["total"], shown["attempt"], shown["position"]) == (450, 900, 1, None)
        here.tell(ended(begun))
        assert told(found)["status"] == "succeeded"
        assert closed(found) == (1000, "the video is over")


def test_a_video_that_failed_says_why_in_the_language_of_the_caller(here: Live) -> None:
    job = here.video()
    here.record(over(job, "failed", job.created, Problem(kind="InvalidInput", message="the voice is no voice")))
    with watching(here, job.id, additional_headers={"Accept-Language": "zh"}) as found:
        problem = told(found)["problem"]
        assert (problem["type"], problem["title"]) == ("/problems/invalid-input", "输入无效")
        assert problem["detail"] == "the voice is no voice"
        assert closed(found)[0] == 1000
    broken = here.video()
    here.record(over(broken, "failed", job.created, Problem(kind="KeyError", message="/srv/secret")))
    with watching(here, broken.id) as found:
        problem = told(found)["problem"]
    assert problem["type"] == "/problems/internal"
    assert "secret" not in str(problem)


def test_all_videos_are_told_of_at_once_those_of_others_never(here: Live) -> None:
    with watching(here, token="eve") as hers, watching(here) as found:
        jobs = [running(here.video()) for _ in range(3)]
        begun = running(here.video("eve"))
        for job in jobs:
            here.tell(at(job, 1), ended(job))
        here.tell(at(begun, 2), ended(begun))
        seen = {told(found)["id"]: "" for _ in range(3)}
        assert set(seen) == {job.id for job in jobs}
        assert told(hers)["id"] == begun.id
        here.tell(at(running(here.video()), 4))
        assert told(found)["done"] == 4


def test_the_token_may_be_the_first_message(here: Live) -> None:
    job = here.video()
    with watching(here, job.id, token="") as found:
        assert found.subprotocol is None
        found.send('{"token": "ada"}')
        assert told(found)["id"] == job.id
    with watching(here, job.id, token="", additional_headers={"Authorization": "Bearer ada"}) as found:
        assert told(found)["id"] == job.id


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ('{"token": "mallory"}', 4401),
        ('{"token": 7}', 4400),
        ('{"tokens": "ada"}', 4400),
        ("ada", 4400),
        ("", 4400),
        ("[" * 5000, 4400),
        (b"\xff\xfe", 4400),
        ("x" * 20_000, 1009),
    ],
)
def test_a_first_message_that_is_no_token_ends_it(here: Live, first: str | bytes, code: int) -> None:
    with watching(here, token="") as found:
        found.send(first)
        assert closed(found)[0] == code


def test_without_a_token_it_ends_soon(here: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", 0.1)
    began = time.monotonic()
    with connect(f"{address(here)}?token=ada&access_token=ada", proxy=None) as found:
        assert closed(found) == (4401, "no token came within 0.1 s")
    assert time.monotonic() - began < 3


def test_a_wrong_token_is_told_as_a_code_that_a_browser_can_read(here: Live) -> None:
    with watching(here, token="mallory") as found:
        assert closed(found) == (4401, "this session has ended; sign in again")


def test_what_is_not_there_and_what_is_somebody_else_s_cannot_be_told_apart(here: Live) -> None:
    hers = here.video("eve")
    for video_id in (hers.id, new_id(), "x", "%00", "%ED%A0%80", "x" * 3000):
        with watching(here, video_id) as found:
            assert closed(found) == (4404, "there is no such video")


def test_an_ended_session_closes_what_is_open(tmp_path: Path) -> None:
    with live(tmp_path, live_check=0.1) as here:
        job = here.video()
        with watching(here) as found, watching(here, job.id) as other, watching(here, token="eve") as hers:
            told(other)
            here.revoked.add("ada")
            began = time.monotonic()
            assert closed(found) == closed(other) == (4401, "this session has ended; sign in again")
            assert time.monotonic() - began < 3
            begun = running(here.video("eve"))
            here.tell(at(begun, 1))
            assert told(hers)["id"] == begun.id


def test_a_later_token_goes_on_where_the_first_one_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_RENEWALS", 0.01)
    with live(tmp_path, live_check=0.1) as here:
        with watching(here) as found:
            found.send('{"token": "ada2"}')
            found.send('{"token": "ada2"}')
            time.sleep(0.3)
            here.revoked.add("ada")
            time.sleep(0.3)
            begun = running(here.video())
            here.tell(at(begun, 1))
            assert told(found)["id"] == begun.id
            found.send('{"token": "eve"}')
            assert closed(found) == (4401, "this is the token of somebody else")
        with watching(here, token="eve") as found:
            found.send("what?")
            assert closed(found)[0] == 4400


def test_a_user_has_only_so_many_open_at_once(tmp_path: Path) -> None:
    with (
        live(tmp_path, live_per_user=2) as here,
        watching(here) as first,
        watching(here),
        watching(here, token="eve") as hers,
    ):
        with watching(here) as found:
            code, reason = closed(found)
            assert (code, "At most 2" in reason) == (4429, True)
        refused = here.client.get("/api/video/events", headers={"Authorization": "Bearer ada"})
        assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many-streams")
        first.close()
        time.sleep(0.2)
        with watching(here) as again:
            begun, other = running(here.video()), running(here.video("eve"))
            here.tell(at(begun, 1), at(other, 1))
            assert told(again)["id"] == begun.id
            assert told(hers)["id"] == other.id


def test_an_address_that_opens_too_many_is_refused_with_a_problem(tmp_path: Path) -> None:
    app = create_app(container(tmp_path, rate_per_address=Rate(requests=2, seconds=600)))
    with served(app) as client:
        place = f"ws://{client.base_url.host}:{client.base_url.port}/api/video/progress"
        for _ in range(2):
            with connect(place, proxy=None):
                pass
        with pytest.raises(InvalidStatus) as refused, connect(place, proxy=None):
            pytest.fail("it was accepted")
    answer = refused.value.response
    assert answer.status_code == 429
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 100
    assert json.loads(answer.body or b"")["type"] == "/problems/too-many-requests"


def test_nothing_is_left_of_those_who_went(here: Live) -> None:
    job = here.video()
    for how in ("close", "vanish", "stay silent"):
        with watching(here, job.id) as found, watching(here) as every:
            told(found)
            assert here.readers == 2
            if how == "vanish":
                for one in (found, every):
                    one.socket.shutdown(socket.SHUT_RDWR)
        until = time.monotonic() + 5
        while here.readers and time.monotonic() < until:
            time.sleep(0.01)
        assert here.readers == 0


def test_who_reads_slowly_misses_progress_and_never_the_end(here: Live) -> None:
    job = running(here.video())
    with socket.create_connection((here.client.base_url.host, here.client.base_url.port or 0)) as slow:
        lines = [
            f"GET /api/video/progress/{job.id} HTTP/1.1",
            "Host: test",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Authorization: Bearer ada",
        ]
        slow.sendall("\r\n".join([*lines, "", ""]).encode())
        until = time.monotonic() + 5
        while here.readers == 0 and time.monotonic() < until:
            time.sleep(0.01)

        async def hurry() -> None:
            for frames in range(40_000):
                here.parts.progress().publish(at(job, frames, 40_000))
                if frames % 4 == 0:
                    await asyncio.sleep(0)

        here.run(hurry())
        here.tell(ended(job))
        slow.settimeout(5)
        received = b""
        while b"the video is over" not in received:
            part = slow.recv(1 << 16)
            assert part, "it was cut off"
            received += part
    assert b'"status":"succeeded"' in received
    assert received.count(b'"status":"running"') < 30_000


def test_the_queue_is_told_by_position(here: Live) -> None:
    ahead = here.video("eve")
    first, second = (here.run(queued(here.parts.store(), "eve")) for _ in range(2))
    with watching(here, second.id, token="eve") as found:
        position = told(found)["position"]
    with watching(here, first.id, token="eve") as found:
        assert position - told(found)["position"] == 1
    assert ahead.id < first.id


def test_the_programs_in_the_documentation_work(here: Live, capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[2] / "docs/progress.md").read_text("utf-8")
    programs = [part.split("```")[0] for part in page.split("```python\n")[1:]]
    assert len(programs) == 2
    for program in programs:
        job = here.video()
        here.record(ended(job).job)
        names = {"place": here.client.base_url.netloc.decode(), "video": job.id, "token": "ada"}
        exec(compile(program, "docs/progress.md", "exec"), names)
        assert capsys.readouterr().out == "succeeded 100%\n"
