"""Videos on their way, as who watches them by server-sent events is told."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from reelwright.domain.ids import new_id
from tests.live import Live, at, ended, live, running
from tests.people import kind

ADA = {"Authorization": "Bearer ada"}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Live]:
    with live(tmp_path, live_beat=0.2) as here:
        yield here


class Events:
    """What an EventSource makes of a stream; ``beats`` counts the comments."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer, self.retry, self.last_id, self.beats = answer, 0, "", 0
        self._lines = answer.iter_lines()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        data: list[str] = []
        for line in self._lines:
            field, _, value = line.partition(": ")
            if not line and data:
                yield json.loads("\n".join(data))
                data = []
            elif not field and value:
                self.beats += 1
            elif field == "data":
                data.append(value)
            elif field == "id":
                self.last_id = value
            elif field == "retry":
                self.retry = int(value)

    def next(self) -> dict[str, Any]:
        return next(iter(self))


@contextmanager
def watching(here: Live, video_id: str = "", **headers: str) -> Iterator[Events]:
    path = f"/api/video/events/{video_id}" if video_id else "/api/video/events"
    with here.client.stream("GET", path, headers=ADA | headers) as answer:
        assert answer.status_code == 200, answer.read()
        yield Events(answer)


def test_one_video_is_told_of_until_it_is_over(here: Live) -> None:
    job = here.video()
    with watching(here, job.id) as events:
        assert events.next()["status"] == "queued"
        assert events.retry == 2000
        begun = running(job)
        here.tell(at(begun, 90))
        shown = events.next()
        assert (shown["id"], shown["stage"], shown["progress"]) == (job.id, "render", 0.1)
        assert events.last_id == f"{job.id}.running"
        here.record(begun)
        here.record(ended(begun).job)
        here.tell(ended(begun))
        assert [one["status"] for one in events] == ["succeeded"]
        last = events.last_id
    with watching(here, job.id) as events:
        assert [one["status"] for one in events] == ["succeeded"]
    again = here.client.get(f"/api/video/events/{job.id}", headers=ADA | {"Last-Event-ID": last})
    assert (again.status_code, again.content) == (204, b"")


def test_a_stream_that_broke_off_begins_with_where_the_video_stands(here: Live) -> None:
    job = running(here.video())
    here.tell(at(job, 5))
    for last in (f"{job.id}.running", "nonsense", "%00", "0"):
        with watching(here, job.id, **{"Last-Event-ID": last}) as events:
            assert events.next()["done"] == 5
    here.tell(ended(job))


def test_all_videos_are_told_of_and_the_stream_shows_that_it_lives(here: Live) -> None:
    with watching(here) as events:
        job = running(here.video())
        time.sleep(0.7)
        here.tell(at(job, 1))
        shown = events.next()
        while shown["id"] != job.id:
            shown = events.next()
        assert shown["done"] == 1
        assert events.beats >= 2
        here.tell(ended(job))
        while (shown["id"], shown["status"]) != (job.id, "succeeded"):
            shown = events.next()


def test_nothing_on_the_way_may_hold_or_change_the_stream(here: Live) -> None:
    with watching(here, **{"Accept-Encoding": "gzip"}) as events:
        headers = events.answer.headers
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["x-accel-buffering"] == "no"
    assert headers["cache-control"] == "no-store, no-transform"
    assert not {"content-encoding", "content-length", "etag"} & set(headers)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-request-id"]


def test_it_is_refused_before_it_begins_with_a_problem(here: Live) -> None:
    hers = here.video("eve")
    for video_id in (hers.id, new_id(), "x", "%00", "%ED%A0%80"):
        assert kind(here.client.get(f"/api/video/events/{video_id}", headers=ADA)) == (404, "not-found")
    for path in ("", f"/{hers.id}"):
        answer = here.client.get(f"/api/video/events{path}?token=ada&access_token=ada")
        assert kind(answer) == (401, "unauthenticated")


def test_the_head_alone_can_be_asked_for(here: Live) -> None:
    answer = here.client.head("/api/video/events", headers=ADA)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_an_ended_session_ends_the_stream(tmp_path: Path) -> None:
    with live(tmp_path, live_check=0.1) as here, watching(here) as events:
        here.revoked.add("ada")
        began = time.monotonic()
        assert list(events) == []
        assert time.monotonic() - began < 3


def test_nothing_is_left_of_those_who_went(here: Live) -> None:
    with watching(here), watching(here):
        assert here.readers == 2
    until = time.monotonic() + 5
    while here.readers and time.monotonic() < until:
        time.sleep(0.01)
    assert here.readers == 0
