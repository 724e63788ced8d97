"""How two pictures share one frame, as data: the contract between transitions and the compositor.

A Mix is laid down in this order: the outgoing picture; the incoming one over it, at its opacity or through its mask;
the pieces; then fringe, blur and dip over all of that.
"""

from dataclasses import dataclass, field
from typing import Literal

from .ranges import in_range
from .style import rgb

Direction = Literal[
    "left", "right", "up", "down", "in", "out", "horizontal", "vertical", "clockwise", "counterclockwise"
]
Shape = Literal["edge", "blinds", "circle", "diamond", "clock", "noise"]
LEAST_FEATHER = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """``x`` and ``y`` shift a picture by frame widths and heights; ``zoom`` >= 1 enlarges it about its middle."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """Where the incoming picture shows. ``reach`` 0 opens nothing, 1 the whole frame.

    ``edge`` is the swept side of a line that moves in ``direction``, ``blinds`` many such lines; ``circle`` and
    ``diamond`` open "out" from the middle or close "in" on it; ``clock`` is swept by a hand from twelve; ``noise``
    opens grain by grain, the shares of all grains even, in an order that ``seed`` gives. ``feather`` is the soft rim's
    width as a share of the whole way, 0.01 to 1.
    """

    shape: Shape
    reach: float
    direction: Direction = "out"
    feather: float = LEAST_FEATHER
    seed: int = 0

    def __post_init__(self) -> None:
        in_range("reach", self.reach, 0, 1)
        in_range("feather", self.feather, LEAST_FEATHER, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A rectangle cut from one of the pictures and laid down shifted by ``x`` and ``y``; all shares of the frame."""

    picture: Literal["outgoing", "incoming"]
    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Blur:
    """A Gaussian blur: standard deviations across and down, as shares of the frame's shorter side, up to 0.25."""

    x: float = 0.0
    y: float = 0.0

    def __post_init__(self) -> None:
        in_range("x", self.x, 0, 0.25)
        in_range("y", self.y, 0, 0.25)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dip:
    """A plain ``colour`` (#rrggbb) over everything, at ``opacity``."""

    colour: str
    opacity: float

    def __post_init__(self) -> None:
        rgb(self.colour)
        in_range("opacity", self.opacity, 0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """The incoming picture over the outgoing one, at ``opacity`` or, with both pictures unshifted, through ``mask``.

    ``fringe`` pulls the two colour planes apart, U to the left and V to the right, each by that share of the width.
    """

    outgoing: Placement = field(default_factory=Placement)
    incoming: Placement = field(default_factory=Placement)
    opacity: float = 1.0
    mask: Mask | None = None
    pieces: tuple[Piece, ...] = ()
    fringe: float = 0.0
    blur: Blur | None = None
    dip: Dip | None = None

    @property
    def needs_outgoing(self) -> bool:
        """Whether the outgoing picture is looked at: not where the incoming one lies over the whole of it."""
        covered = self.mask is None and self.opacity >= 1 and self.incoming.x == self.incoming.y == 0
        return not covered or any(piece.picture == "outgoing" for piece in self.pieces)

    @property
    def needs_incoming(self) -> bool:
        """Whether the incoming picture is looked at."""
        return self.mask is not None or self.opacity > 0 or any(piece.picture == "incoming" for piece in self.pieces)
