"""Transitions as data: where things go, what is refused, what is usual."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.domain.easing import EASINGS
from reelwright.domain.errors import InvalidInput, UnknownName
from reelwright.domain.mix import Blur, Dip, Mask, Mix, Piece, Placement
from reelwright.domain.template import TransitionChoice
from reelwright.domain.transitions import TRANSITIONS, Transition

WAYS = [(name, way) for name, kind in TRANSITIONS.items() for way in kind.directions or (None,)]


@given(st.sampled_from(WAYS), st.floats(0, 1))
def test_the_frame_is_covered_all_the_way(way: tuple[str, str | None], p: float) -> None:
    """Where the outgoing picture has moved away the incoming one must be."""
    mix = TRANSITIONS[way[0]].at(p, way[1])  # type: ignore[arg-type]
    for gone, come in ((mix.outgoing.x, mix.incoming.x), (mix.outgoing.y, mix.incoming.y)):
        if gone > 0:
            assert come + 1 >= gone - 1e-9
            assert come <= 1e-9
        if gone < 0:
            assert come <= gone + 1 + 1e-9
            assert come >= -1e-9
    assert mix.outgoing.zoom >= 1
    assert mix.incoming.zoom >= 1
    assert 0 <= mix.opacity <= 1
    if mix.mask is not None:
        assert mix.incoming.x == mix.incoming.y == mix.outgoing.x == mix.outgoing.y == 0


@pytest.mark.parametrize(("kind", "way"), WAYS)
@pytest.mark.parametrize("p", [0.0, 1.0])
def test_nothing_is_blurred_dipped_or_fringed_at_the_ends(kind: str, way: str | None, p: float) -> None:
    mix = TRANSITIONS[kind].at(p, way)  # type: ignore[arg-type]
    assert mix.blur in (None, Blur())
    assert mix.dip is None or mix.dip.opacity == 0
    assert mix.fringe == 0


@pytest.mark.parametrize("name", sorted(EASINGS))
def test_easings_run_from_0_to_1_and_never_back(name: str) -> None:
    steps = [EASINGS[name](number / 100) for number in range(101)]
    assert steps[0] == pytest.approx(0)
    assert steps[-1] == pytest.approx(1)
    assert steps == sorted(steps)


@given(st.sampled_from(WAYS), st.integers(1, 60), st.sampled_from(sorted(EASINGS)))
def test_the_pure_states_lie_just_outside_of_a_transition(
    way: tuple[str, str | None], frames: int, easing: str
) -> None:
    kind, direction = way
    transition = Transition(kind=kind, frames=frames, direction=direction, easing=easing)  # type: ignore[arg-type]
    assert transition.mix(-1) == TRANSITIONS[kind].at(0.0, direction)  # type: ignore[arg-type]
    assert transition.mix(frames) == TRANSITIONS[kind].at(1.0, direction)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(TRANSITIONS))
def test_every_transition_says_what_it_does_and_what_is_usual(name: str) -> None:
    kind = TRANSITIONS[name]
    assert kind.description.endswith(".")
    assert kind.easing in EASINGS
    assert len(set(kind.directions)) == len(kind.directions) != 1
    choice = TransitionChoice(kind=name)
    assert choice.frames(30) == round(kind.seconds * 30)
    transition = choice.lasting(12)
    assert transition is not None
    usual = kind.directions[0] if kind.directions else None
    assert [transition.mix(frame) for frame in range(12)] == [
        Transition(kind=name, frames=12, direction=usual, easing=kind.easing).mix(frame) for frame in range(12)
    ]


def test_a_choice_may_differ_from_what_is_usual() -> None:
    choice = TransitionChoice(kind="push", seconds=0.2, direction="up", easing="linear")
    assert choice.frames(30) == 6
    transition = choice.lasting(3)
    assert transition is not None
    assert transition.mix(1).incoming == Placement(y=0.5)
    assert TransitionChoice(kind="cut").frames(30) == 0


def test_directions_of_one_transition_are_different_mixes() -> None:
    for name, kind in TRANSITIONS.items():
        mixes = [kind.at(0.3, way) for way in kind.directions]
        assert all(a != b for i, a in enumerate(mixes) for b in mixes[:i]), name


def test_what_a_transition_does_not_know_is_refused() -> None:
    with pytest.raises(UnknownName, match="'whip-pan'"):
        Transition(kind="whip-pam", frames=3)
    with pytest.raises(UnknownName, match="'smooth'"):
        Transition(kind="push", frames=3, easing="smoth")
    with pytest.raises(InvalidInput, match="circle does not go left: out, in are right"):
        Transition(kind="circle", frames=3, direction="left")
    with pytest.raises(InvalidInput, match="crossfade does not go up: leave the direction out"):
        TransitionChoice(kind="crossfade", direction="up")
    with pytest.raises(InvalidInput, match="frames is 0"):
        Transition(kind="push", frames=0)
    with pytest.raises(InvalidInput, match="seconds is 9"):
        TransitionChoice(kind="push", seconds=9)


def test_parts_of_a_mix_keep_their_ranges() -> None:
    with pytest.raises(InvalidInput, match="reach"):
        Mask(shape="circle", reach=1.2)
    with pytest.raises(InvalidInput, match="feather"):
        Mask(shape="circle", reach=0.5, feather=0)
    with pytest.raises(InvalidInput, match=r"x is 0\.5"):
        Blur(x=0.5)
    with pytest.raises(InvalidInput, match="opacity"):
        Dip(colour="#000000", opacity=2)
    with pytest.raises(InvalidInput, match="no colour"):
        Dip(colour="black", opacity=1)


def test_a_mix_knows_which_pictures_it_needs() -> None:
    def needs(mix: Mix) -> tuple[bool, bool]:
        return mix.needs_outgoing, mix.needs_incoming

    assert needs(Mix(opacity=0.0)) == (True, False)
    assert needs(Mix(opacity=0.5)) == (True, True)
    assert needs(Mix()) == (False, True)
    assert needs(Mix(incoming=Placement(x=0.5))) == (True, True)
    assert needs(Mix(mask=Mask(shape="circle", reach=1))) == (True, True)
    assert needs(Mix(pieces=(Piece(picture="outgoing", right=0.5),))) == (True, True)
    assert needs(Mix(opacity=0.0, pieces=(Piece(picture="incoming", right=0.5),))) == (True, True)
