"""Transitions: pure at both ends, whole in between."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.domain.easing import EASINGS
from reelwright.domain.transitions import DIRECTIONS, TRANSITIONS, Mix, Placement, Transition

KINDS = st.sampled_from(sorted(TRANSITIONS))
WAYS = st.sampled_from(sorted(DIRECTIONS))


def hidden(place: Placement) -> bool:
    return abs(place.x) >= 1 or abs(place.y) >= 1


def shows_only_outgoing(mix: Mix) -> bool:
    unseen = mix.opacity == 0 or (mix.mask is not None and mix.mask.reach == 0) or hidden(mix.incoming)
    return unseen and mix.outgoing == Placement()


def shows_only_incoming(mix: Mix) -> bool:
    return mix.opacity == 1 and (mix.mask is None or mix.mask.reach == 1) and mix.incoming == Placement()


@given(KINDS, WAYS)
def test_only_the_outgoing_picture_shows_at_0(kind: str, way: str) -> None:
    assert shows_only_outgoing(TRANSITIONS[kind](0.0, way))  # type: ignore[arg-type]


@given(KINDS, WAYS)
def test_only_the_incoming_picture_shows_at_1(kind: str, way: str) -> None:
    assert shows_only_incoming(TRANSITIONS[kind](1.0, way))  # type: ignore[arg-type]


@given(KINDS, WAYS, st.floats(0, 1))
def test_the_frame_is_covered_all_the_way(kind: str, way: str, p: float) -> None:
    """Where the outgoing picture has moved away the incoming one must be."""
    mix = TRANSITIONS[kind](p, way)  # type: ignore[arg-type]
    for gone, come in ((mix.outgoing.x, mix.incoming.x), (mix.outgoing.y, mix.incoming.y)):
        if gone > 0:
            assert come + 1 >= gone - 1e-9
            assert come <= 1e-9
        if gone < 0:
            assert come <= gone + 1 + 1e-9
            assert come >= -1e-9
    assert mix.outgoing.zoom >= 1
    assert mix.incoming.zoom >= 1


@pytest.mark.parametrize("name", sorted(EASINGS))
def test_easings_run_from_0_to_1_and_never_back(name: str) -> None:
    steps = [EASINGS[name](number / 100) for number in range(101)]
    assert steps[0] == pytest.approx(0)
    assert steps[-1] == pytest.approx(1)
    assert steps == sorted(steps)


@given(KINDS, st.integers(1, 60))
def test_a_transition_is_pure_just_outside_its_frames(kind: str, frames: int) -> None:
    transition = Transition(kind=kind, frames=frames)
    assert shows_only_outgoing(transition.mix(-1))
    assert shows_only_incoming(transition.mix(frames))
