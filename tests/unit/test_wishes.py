"""What a request says becomes an order, and whatever is wrong with it is named by its field."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.application.wishes import SOURCES, Wish, wished, with_project
from reelwright.domain.brief import Brief
from reelwright.domain.ids import new_id
from reelwright.domain.order import usual_length
from reelwright.domain.output import Output, usual_bytes
from reelwright.domain.project import Project
from reelwright.domain.scenes import SceneBrief
from reelwright.domain.template import TransitionChoice

FILE = "0192f0c8-5b1c-7d3e-8f90-1a2b3c4d5e6f"


def faults(wish: Wish) -> dict[str, str]:
    return {one.field: one.problem for one in wish.faults}


def test_every_option_comes_into_the_brief() -> None:
    wish = wished(
        {
            "scenes": [{"text": "One.", "asset": FILE, "start": 1.5, "transition": {"kind": "wipe", "seconds": 0.5}}],
            "music": FILE,
            "assets": [FILE, FILE],
            "caption_position": 0.3,
            "clip_sound": -9.0,
            "format": "webm",
            "codec": "av1",
            "project_id": "p",
        }
    )
    assert not wish.faults
    transition = TransitionChoice(kind="wipe", seconds=0.5)
    assert wish.order.brief == Brief(
        scenes=(SceneBrief(text="One.", asset=Path(FILE), start=1.5, transition=transition),),
        music=Path(FILE),
        caption_position="0.3",
        clip_sound=-9.0,
        format="webm",
        codec="av1",
    )
    assert (wish.order.assets, wish.project_id) == ((FILE,), "p")


@pytest.mark.parametrize(
    ("source", "kind"), [({"script": "A."}, "script"), ({"article": "A."}, "article"), ({"document": FILE}, "")]
)
def test_the_source_says_how_its_text_is_used(source: dict[str, Any], kind: str) -> None:
    wish = wished(source)
    assert wish.order.brief is not None
    assert (wish.faults, wish.order.brief.kind) == ((), kind)


def test_a_document_can_be_a_script_or_an_article() -> None:
    wish = wished({"document": FILE, "as": "script"})
    assert wish.order.brief == Brief(document=Path(FILE), kind="script")
    assert set(faults(wished({"script": "A.", "as": "article"}))) == {"as"}
    assert set(faults(wished({"document": FILE, "as": "poem"}))) == {"as"}


@pytest.mark.parametrize(
    ("given_fields", "fields"),
    [
        ({}, {""}),
        ({"template": "tide"}, {""}),
        ({"script": "A.", "topic": "B."}, {""}),
        ({"script": "  "}, {"script"}),
        ({"script": ""}, {"script"}),
        ({"article": "!"}, {"article"}),
        ({"topic": "tides"}, {"topic"}),
        ({"scenes": []}, {"scenes"}),
        ({"document": "x", "fps": 1}, {"document", "fps"}),
        ({"script": "A.", "codec": "vp9"}, {"codec"}),
        ({"script": "A.", "codec": "vp9", "format": "webm"}, set()),
        ({"script": "A.", "codec": "vp9", "format": "gif"}, {"format", "codec"}),
        ({"script": "A.", "seconds": 30.0}, {"seconds"}),
        ({"article": "A.", "seconds": 1.0, "rate": 9.0, "music": ""}, {"seconds", "rate", "music"}),
        ({"script": "A.", "assets": [new_id() for _ in range(201)]}, {"assets"}),
        ({"script": "\ud800", "title": "a\0"}, {"script", "title"}),
    ],
)
def test_what_is_wrong_is_named_by_its_field(given_fields: dict[str, Any], fields: set[str]) -> None:
    assert set(faults(wished(given_fields))) == fields


def test_scenes_are_wrong_one_by_one() -> None:
    scenes: list[dict[str, Any]] = [
        {"text": "One."},
        {"text": "Two.", "start": 3.0},
        {"text": "Three.", "asset": "nothing", "start": 3.0},
        {"text": "Four.", "transition": {"kind": "sparkle"}},
        {"text": "?!", "captions": "loud"},
    ]
    found = faults(wished({"scenes": scenes}))
    assert set(found) == {
        "scenes[1].start",
        "scenes[2].asset",
        "scenes[3].transition.kind",
        "scenes[4]",
        "scenes[4].captions",
    }
    assert "1 to 1,000 are right" in faults(wished({"scenes": [{"seconds": 1.0}] * 1001}))["scenes"]


def test_changes_take_the_place_of_what_was_and_leave_the_rest() -> None:
    base = Brief(text="Long ago.", kind="article", seconds=30, music=Path(FILE), voice="v", template="neon")
    same = wished({}, base=base, assets=[FILE])
    assert (same.order.brief, same.order.assets, same.faults) == (base, (FILE,), ())
    told = wished({"script": "Now.", "music": "", "assets": []}, base=base, assets=[FILE])
    assert told.order.brief == Brief(text="Now.", kind="script", voice="v", template="neon")
    assert told.order.assets == ()
    longer = wished({"seconds": 60.0}, base=base)
    assert longer.order.brief is not None
    assert (longer.order.brief.seconds, longer.order.brief.text) == (60, "Long ago.")
    assert set(faults(wished({"topic": "x", "fps": 1}, base=base))) == {"topic", "fps"}


_SCENE = st.fixed_dictionaries(
    {},
    optional={
        "text": st.sampled_from(["", "A.", "\0", "好。"]),
        "asset": st.sampled_from([FILE, "", "x"]),
        "seconds": st.floats(-1, 700),
        "speed": st.floats(0, 9),
        "level": st.floats(-99, 99),
        "transition": st.fixed_dictionaries(
            {"kind": st.sampled_from(["cut", "wipe", "x"])}, optional={"seconds": st.floats(-1, 9)}
        ),
    },
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "script": st.text(max_size=20),
            "article": st.text(max_size=20),
            "topic": st.text(max_size=20),
            "document": st.sampled_from([FILE, "x"]),
            "scenes": st.lists(_SCENE, max_size=3),
            "as": st.sampled_from(["script", "article", "x"]),
            "seconds": st.floats(-1, 999),
            "fps": st.integers(),
            "format": st.sampled_from(["mp4", "webm", "x"]),
            "codec": st.sampled_from(["vp9", "h264", ""]),
            "caption_position": st.floats(-1, 2) | st.text(max_size=5),
            "end_card": st.text(max_size=200),
            "assets": st.lists(st.sampled_from([FILE, "", "a/b"]), max_size=3),
        },
    ),
    st.booleans(),
)
def test_anything_becomes_an_order_or_says_what_is_wrong(request: dict[str, Any], changed: bool) -> None:
    wish = wished(request, base=Brief(text="Something.") if changed else None)
    assert wish.order.brief is not None
    if not changed and sum(name in request for name in SOURCES) != 1:
        assert wish.faults
    assert all(one.problem for one in wish.faults)


def test_a_video_is_expected_to_be_as_long_and_as_large_as_most_are() -> None:
    assert usual_length(Brief(document=Path(FILE)), 60.0) == 62
    assert usual_length(Brief(text="A.", kind="article", seconds=90)) == 92
    upright, small = Output(width=1080, height=1920, fps=30), Output(width=360, height=640, fps=30)
    assert 5e6 < usual_bytes(upright, 10) < 6e6
    assert usual_bytes(small, 10) < 1.2e6
    assert usual_bytes(Output(width=1080, height=1920, fps=30, format="mov", codec="prores"), 10) > 150e6


@pytest.mark.parametrize(
    ("script", "settings", "fields", "brief"),
    [
        ("A.", {"template": "neon"}, {}, Brief(text="A.", kind="script", template="neon")),
        ("A.", {"template": "neon"}, {"template": "tide"}, Brief(text="A.", kind="script")),
        ("A.", {"seconds": 30.0}, {}, Brief(text="A.", kind="article", seconds=30)),
        ("A.", {"kind": "article"}, {}, Brief(text="A.", kind="article")),
        ("", {"document": FILE, "kind": "script"}, {}, Brief(document=Path(FILE), kind="script")),
        ("", {"document": FILE, "kind": "script"}, {"script": "B."}, Brief(text="B.", kind="script")),
        ("A.", {"seconds": 30.0, "fps": 25}, {"script": "B."}, Brief(text="B.", kind="script", fps=25)),
        ("", {"scenes": [{"text": "A."}], "voice": None}, {}, Brief(scenes=(SceneBrief(text="A."),))),
    ],
)
def test_a_project_gives_what_a_request_leaves_out(
    script: str, settings: dict[str, Any], fields: dict[str, Any], brief: Brief
) -> None:
    at = datetime(2026, 5, 17, tzinfo=UTC)
    project = Project(id="p", owner="ada", name="Tides", script=script, settings=settings, created_at=at, updated_at=at)
    wish = wished(with_project(fields, project))
    assert (wish.order.brief, wish.faults) == (brief, ())
