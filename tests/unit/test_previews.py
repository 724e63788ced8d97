"""Which frames stand for a video."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.domain.errors import UnknownName
from reelwright.domain.output import FRAME_RATES
from reelwright.domain.previews import (
    check_poster,
    check_teaser,
    poster_candidates,
    settled,
    teaser_frames,
    teaser_step,
)
from reelwright.domain.timeline import Timeline, Title
from reelwright.domain.transitions import Transition
from tests.timelines import scene, timeline


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    lengths = draw(st.lists(st.integers(1, 400), min_size=1, max_size=15))
    scenes = [scene(lengths[0])]
    for before, after in pairwise(lengths):
        overlap = draw(st.integers(0, min(before, after) // 2))
        made = scene(after)
        scenes.append(replace(made, transition=Transition(kind="crossfade", frames=overlap)) if overlap else made)
    if draw(st.booleans()) and lengths[0] > 1:
        end = lengths[0] - (scenes[1].transition.frames if len(scenes) > 1 and scenes[1].transition else 0)
        scenes[0] = replace(scenes[0], title=Title(text="Tides", start=0, end=max(1, end)))
    return timeline(*scenes, fps=draw(st.sampled_from(FRAME_RATES)))


@given(timelines())
def test_a_poster_is_a_frame_in_which_nothing_overlaps(plan: Timeline) -> None:
    alone = any(begin < end for begin, end in (settled(plan, index) for index in range(len(plan.scenes))))
    candidates = poster_candidates(plan)
    assert 1 <= len(candidates) <= 12
    assert list(candidates) == sorted(candidates)
    for frame in candidates:
        assert 0 <= frame < plan.frames
        assert plan.at(frame).transition is None or not alone


def test_a_title_card_is_the_poster_once_its_words_are_there() -> None:
    card = replace(scene(90), title=Title(text="Tides", start=10, end=70))
    (frame,) = poster_candidates(timeline(card, scene(200)))
    assert frame == 40


@given(timelines())
def test_a_teaser_is_short_and_in_order(plan: Timeline) -> None:
    frames, fps = teaser_frames(plan), plan.output.fps
    assert list(frames) == sorted(set(frames))
    assert 0 <= frames[0] <= frames[-1] < plan.frames
    seconds = len(frames) * teaser_step(plan) / fps
    assert seconds <= 5
    assert seconds >= min(3.5, plan.frames / fps)
    assert 12 <= fps / teaser_step(plan) <= 15


def test_a_teaser_shows_the_beginning_the_middle_and_the_end() -> None:
    plan = timeline(*[scene(300) for _ in range(6)])
    shown = {plan.at(frame).shots[0].scene for frame in teaser_frames(plan)}
    assert min(shown) == 0
    assert len(shown) == 3
    assert max(shown) >= 4


def test_an_excerpt_keeps_clear_of_transitions() -> None:
    fade = Transition(kind="crossfade", frames=30)
    plan = timeline(scene(200), *[replace(scene(200), transition=fade) for _ in range(4)])
    assert all(plan.at(frame).transition is None for frame in teaser_frames(plan))


def test_other_kinds_of_file_are_refused_with_what_is_right() -> None:
    check_poster(Path("a.JPG"))
    check_teaser(Path("a.gif"))
    with pytest.raises(UnknownName, match=r"\.jpg, \.jpeg, \.png, \.webp"):
        check_poster(Path("a.gif"))
    with pytest.raises(UnknownName, match=r"\.gif, \.webp"):
        check_teaser(Path("a.mp4"))
