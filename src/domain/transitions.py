"""Transitions: how one scene gives way to the next.

A transition is a pure function of eased progress and a direction that says as data, in a Mix, how the two pictures
share the frame; the compositor knows placements, masks, pieces, blurs and dips, not names. At progress 0 only the
outgoing picture shows, at 1 only the incoming. A new one is one function and one entry in TRANSITIONS.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from .easing import EASINGS, smooth
from .errors import InvalidInput, UnknownName
from .mix import Blur, Dip, Direction, Mask, Mix, Piece, Placement

FOUR_WAYS: tuple[Direction, ...] = ("left", "right", "up", "down")
STEPS: dict[Direction, tuple[int, int]] = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
"""The way that things move, as a step in x and y."""


def crossfade(p: float, direction: Direction) -> Mix:
    """The incoming picture appears through the outgoing one."""
    return Mix(opacity=p)


def blur(p: float, direction: Direction) -> Mix:
    """The outgoing picture goes out of focus, the incoming one comes into it."""
    amount = 0.04 * _swell(p)
    return Mix(opacity=smooth(_within(p, 0.2, 0.8)), blur=Blur(x=amount, y=amount))


def dissolve(p: float, direction: Direction) -> Mix:
    """The incoming picture comes through grain by grain."""
    return Mix(mask=Mask(shape="noise", reach=p, feather=0.12))


def dip_to_black(p: float, direction: Direction) -> Mix:
    """The outgoing picture fades to black, the incoming one from it."""
    return _dip(p, "#000000")


def dip_to_white(p: float, direction: Direction) -> Mix:
    """The outgoing picture fades to white, the incoming one from it."""
    return _dip(p, "#ffffff")


def flash(p: float, direction: Direction) -> Mix:
    """A flash of light, in whose afterglow the incoming picture settles."""
    peak = 0.25
    if p < peak:
        return Mix(opacity=0.0, dip=Dip(colour="#ffffff", opacity=(p / peak) ** 2))
    glow = (1 - p) / (1 - peak)
    return Mix(incoming=Placement(zoom=1 + 0.1 * glow**2), dip=Dip(colour="#ffffff", opacity=glow**1.5))


def slide(p: float, direction: Direction) -> Mix:
    """The incoming picture slides over the outgoing one, which drifts along."""
    dx, dy = STEPS[direction]
    return Mix(
        outgoing=Placement(x=dx * p / 3, y=dy * p / 3),
        incoming=Placement(x=-dx * (1 - p), y=-dy * (1 - p)),
    )


def push(p: float, direction: Direction) -> Mix:
    """The incoming picture pushes the outgoing one out of the frame."""
    dx, dy = STEPS[direction]
    return Mix(outgoing=Placement(x=dx * p, y=dy * p), incoming=Placement(x=-dx * (1 - p), y=-dy * (1 - p)))


def whip_pan(p: float, direction: Direction) -> Mix:
    """The camera is torn round to the incoming picture, in streaks."""
    dx, dy = STEPS[direction]
    pushed, amount = push(p, direction), 0.14 * _swell(p)
    return Mix(outgoing=pushed.outgoing, incoming=pushed.incoming, blur=Blur(x=abs(dx) * amount, y=abs(dy) * amount))


def split(p: float, direction: Direction) -> Mix:
    """The outgoing picture parts in the middle and lets the incoming one through."""
    behind = Placement(zoom=1 + 0.12 * (1 - p))
    if direction == "horizontal":
        halves = Piece(picture="outgoing", right=0.5, x=-p / 2), Piece(picture="outgoing", left=0.5, x=p / 2)
    else:
        halves = Piece(picture="outgoing", bottom=0.5, y=-p / 2), Piece(picture="outgoing", top=0.5, y=p / 2)
    return Mix(incoming=behind, pieces=halves if p < 1 else ())


def wipe(p: float, direction: Direction) -> Mix:
    """A soft edge passes over the frame and leaves the incoming picture behind it."""
    return Mix(mask=Mask(shape="edge", reach=p, direction=direction, feather=0.1))


def blinds(p: float, direction: Direction) -> Mix:
    """Slats open, all at once, on the incoming picture."""
    return Mix(mask=Mask(shape="blinds", reach=p, direction=direction, feather=0.15))


def circle(p: float, direction: Direction) -> Mix:
    """The incoming picture opens as a circle, or closes around the outgoing one."""
    return Mix(mask=Mask(shape="circle", reach=p, direction=direction, feather=0.035))


def diamond(p: float, direction: Direction) -> Mix:
    """The incoming picture opens as a diamond, or closes around the outgoing one."""
    return Mix(mask=Mask(shape="diamond", reach=p, direction=direction, feather=0.015))


def clock(p: float, direction: Direction) -> Mix:
    """The hand of a clock sweeps the incoming picture in."""
    return Mix(mask=Mask(shape="clock", reach=p, direction=direction, feather=0.012))


def zoom(p: float, direction: Direction) -> Mix:
    """The camera dives through the outgoing picture, or draws back into the incoming one."""
    opacity = smooth(_within(p, 0.2, 0.8))
    if direction == "out":
        return Mix(incoming=Placement(zoom=1 + 0.8 * (1 - p)), opacity=opacity)
    return Mix(outgoing=Placement(zoom=1 + 0.9 * p), incoming=Placement(zoom=1 + 0.3 * (1 - p)), opacity=opacity)


def glitch(p: float, direction: Direction) -> Mix:
    """The signal breaks up: bands jump aside and change over, colours part."""
    force = _swell(p)
    chance = random.Random(f"glitch {int(p * 10)}")  # noqa: S311 - the same bands every time are what is wanted
    pieces, top = [], 0.0
    while top < 1:
        bottom = min(1.0, top + 0.015 + 0.12 * chance.random() ** 2)
        incoming = chance.random() < p
        jump = force * 0.3 * (2 * chance.random() - 1) ** 3
        if jump or incoming != (p >= 0.5):
            pieces.append(Piece(picture="incoming" if incoming else "outgoing", top=top, bottom=bottom, x=jump))
        top = bottom
    return Mix(opacity=float(p >= 0.5), pieces=tuple(pieces), fringe=0.025 * force)


def _swell(p: float) -> float:
    """0 at both ends, exactly, and 1 in the middle."""
    return math.sin(math.pi * p) if 0 < p < 1 else 0.0


def _within(p: float, start: float, end: float) -> float:
    """Progress between two moments of the whole, 0 before and 1 after them."""
    return min(1.0, max(0.0, (p - start) / (end - start)))


def _dip(p: float, colour: str) -> Mix:
    return Mix(opacity=float(p >= 0.5), dip=Dip(colour=colour, opacity=1 - abs(2 * p - 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """An entry of TRANSITIONS: the function, the directions that it knows, the usual one first, and its usual pace."""

    mix: Callable[[float, Direction], Mix]
    directions: tuple[Direction, ...] = ()
    seconds: float = 0.5
    easing: str = "smooth"

    @property
    def description(self) -> str:
        """The function's first line."""
        return (self.mix.__doc__ or "").strip().splitlines()[0]

    def at(self, p: float, direction: Direction | None = None) -> Mix:
        """The mix at eased progress ``p``, in the usual direction unless one is given."""
        return self.mix(p, direction or (*self.directions, "left")[0])


TRANSITIONS = {
    "crossfade": Kind(mix=crossfade, seconds=0.6, easing="sine"),
    "blur": Kind(mix=blur, seconds=0.6),
    "dissolve": Kind(mix=dissolve, seconds=0.8),
    "dip-to-black": Kind(mix=dip_to_black, seconds=0.9),
    "dip-to-white": Kind(mix=dip_to_white, seconds=0.8),
    "flash": Kind(mix=flash, seconds=0.5, easing="linear"),
    "slide": Kind(mix=slide, directions=FOUR_WAYS, easing="snap"),
    "push": Kind(mix=push, directions=FOUR_WAYS, easing="snap"),
    "whip-pan": Kind(mix=whip_pan, directions=FOUR_WAYS, seconds=0.35),
    "split": Kind(mix=split, directions=("horizontal", "vertical"), seconds=0.6),
    "wipe": Kind(mix=wipe, directions=FOUR_WAYS, seconds=0.6),
    "blinds": Kind(mix=blinds, directions=("down", "up", "left", "right"), seconds=0.6),
    "circle": Kind(mix=circle, directions=("out", "in"), seconds=0.6),
    "diamond": Kind(mix=diamond, directions=("out", "in"), seconds=0.6),
    "clock": Kind(mix=clock, directions=("clockwise", "counterclockwise"), seconds=0.7),
    "zoom": Kind(mix=zoom, directions=("in", "out"), seconds=0.45),
    "glitch": Kind(mix=glitch, seconds=0.4, easing="linear"),
}


def check(kind: str, direction: Direction | None, easing: str | None) -> None:
    """Raises UnknownName for a kind or an easing that there is not, InvalidInput for a direction that it has not."""
    if kind not in TRANSITIONS:
        raise UnknownName("transition", kind, TRANSITIONS)
    directions = TRANSITIONS[kind].directions
    if direction is not None and direction not in directions:
        right = f"{', '.join(directions)} are right" if directions else "leave the direction out"
        raise InvalidInput(f"{kind} does not go {direction}: {right}")
    if easing is not None and easing not in EASINGS:
        raise UnknownName("easing", easing, EASINGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """The overlap of a scene with the one before it, in frames; without a direction or easing, the kind's usual one."""

    kind: str
    frames: int
    direction: Direction | None = None
    easing: str | None = None

    def __post_init__(self) -> None:
        check(self.kind, self.direction, self.easing)
        if self.frames < 1:
            raise InvalidInput(f"frames is {self.frames}: at least 1 is right; leave the transition out for a cut")

    def mix(self, frame: int) -> Mix:
        """The mix at ``frame`` of the overlap; the pure first and last states lie just outside it."""
        kind = TRANSITIONS[self.kind]
        p = EASINGS[self.easing or kind.easing]((frame + 1) / (self.frames + 1))
        return kind.at(p, self.direction)
