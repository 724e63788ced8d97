"""How two scenes share the frame while one gives way to the other.

A transition is a pure function of eased progress and direction. It says where the two pictures sit and what mask
lets the incoming one through; the compositor knows placements and masks, not names. At progress 0 only the
outgoing picture shows, at 1 only the incoming.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from .easing import EASINGS
from .errors import InvalidInput, UnknownName

Direction = Literal["left", "right", "up", "down"]
DIRECTIONS: dict[str, tuple[int, int]] = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
"""The way that things move, as a step in x and y."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """``x`` and ``y`` shift a picture by frame widths and heights; ``zoom`` >= 1 enlarges it about its middle."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """Where the incoming picture shows: an opening ``circle`` or the swept side of a moving ``edge``.

    ``reach`` 0 opens nothing, 1 the whole frame; ``feather`` is the soft rim's width as a share of the frame's
    longer side.
    """

    shape: Literal["circle", "edge"]
    reach: float
    direction: Direction = "left"
    feather: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """The incoming picture over the outgoing one, at ``opacity``, through ``mask``."""

    outgoing: Placement = field(default_factory=Placement)
    incoming: Placement = field(default_factory=Placement)
    opacity: float = 1.0
    mask: Mask | None = None


def crossfade(p: float, direction: Direction) -> Mix:
    """The incoming picture appears through the outgoing one."""
    return Mix(opacity=p)


def slide(p: float, direction: Direction) -> Mix:
    """The incoming picture slides over the outgoing, which drifts a third of the way."""
    dx, dy = DIRECTIONS[direction]
    return Mix(
        outgoing=Placement(x=dx * p / 3, y=dy * p / 3),
        incoming=Placement(x=-dx * (1 - p), y=-dy * (1 - p)),
    )


def push(p: float, direction: Direction) -> Mix:
    """The incoming picture pushes the outgoing one out of the frame."""
    dx, dy = DIRECTIONS[direction]
    return Mix(outgoing=Placement(x=dx * p, y=dy * p), incoming=Placement(x=-dx * (1 - p), y=-dy * (1 - p)))


def wipe(p: float, direction: Direction) -> Mix:
    """A soft edge passes over the frame and leaves the incoming picture behind it."""
    return Mix(mask=Mask(shape="edge", reach=p, direction=direction, feather=0.06))


def zoom(p: float, direction: Direction) -> Mix:
    """The camera dives through the outgoing picture while the incoming one settles."""
    return Mix(outgoing=Placement(zoom=1 + 0.6 * p), incoming=Placement(zoom=1 + 0.25 * (1 - p)), opacity=p)


def circle(p: float, direction: Direction) -> Mix:
    """The incoming picture opens as a circle from the middle."""
    return Mix(mask=Mask(shape="circle", reach=p, feather=0.02))


TRANSITIONS: dict[str, Callable[[float, Direction], Mix]] = {
    "crossfade": crossfade,
    "slide": slide,
    "push": push,
    "wipe": wipe,
    "zoom": zoom,
    "circle": circle,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """The overlap of a scene with the one before it, in frames."""

    kind: str
    frames: int
    direction: Direction = "left"
    easing: str = "smooth"

    def __post_init__(self) -> None:
        if self.kind not in TRANSITIONS:
            raise UnknownName("transition", self.kind, TRANSITIONS)
        if self.easing not in EASINGS:
            raise UnknownName("easing", self.easing, EASINGS)
        if self.frames < 1:
            raise InvalidInput(f"frames is {self.frames}: at least 1 is right; leave the transition out for a cut")

    def mix(self, frame: int) -> Mix:
        """The mix at ``frame`` of the overlap; the pure first and last states lie just outside it."""
        p = EASINGS[self.easing]((frame + 1) / (self.frames + 1))
        return TRANSITIONS[self.kind](p, self.direction)
