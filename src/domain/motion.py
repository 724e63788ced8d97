"""How a photo moves: Ken Burns as two poses and the way between them."""

from dataclasses import dataclass, field

from .easing import EASINGS
from .errors import UnknownName
from .ranges import in_range

MAX_ZOOM = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Where the frame looks at a photo that covers it.

    ``zoom`` 1 shows as much as covers the frame; ``x`` and ``y`` in [0, 1] place the view within what is cut
    off (0.5 the middle).
    """

    zoom: float = 1.0
    x: float = 0.5
    y: float = 0.5

    def __post_init__(self) -> None:
        in_range("zoom", self.zoom, 1, MAX_ZOOM)
        in_range("x", self.x, 0, 1)
        in_range("y", self.y, 0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """From one pose to another over the frames of a scene."""

    start: Pose = field(default_factory=Pose)
    end: Pose = field(default_factory=Pose)
    easing: str = "linear"

    def __post_init__(self) -> None:
        if self.easing not in EASINGS:
            raise UnknownName("easing", self.easing, EASINGS)

    @property
    def still(self) -> bool:
        return self.start == self.end

    def at(self, frame: int, frames: int) -> Pose:
        """The pose of ``frame`` of ``frames``. Zoom grows by equal ratios, which the eye takes for a steady pace."""
        p = EASINGS[self.easing](frame / max(1, frames - 1))
        return Pose(
            zoom=min(MAX_ZOOM, max(1.0, self.start.zoom * (self.end.zoom / self.start.zoom) ** p)),
            x=self.start.x + (self.end.x - self.start.x) * p,
            y=self.start.y + (self.end.y - self.start.y) * p,
        )


def _drift(
    zoom: tuple[float, float], x: tuple[float, float] = (0.5, 0.5), y: tuple[float, float] = (0.5, 0.5)
) -> Motion:
    return Motion(start=Pose(zoom=zoom[0], x=x[0], y=y[0]), end=Pose(zoom=zoom[1], x=x[1], y=y[1]))


MOTIONS: dict[str, Motion] = {
    "still": Motion(),
    "zoom-in": _drift((1.0, 1.15)),
    "zoom-out": _drift((1.15, 1.0)),
    "push-in": _drift((1.0, 1.3)),
    "pan-left": _drift((1.12, 1.12), x=(0.9, 0.1)),
    "pan-right": _drift((1.12, 1.12), x=(0.1, 0.9)),
    "pan-up": _drift((1.12, 1.12), y=(0.9, 0.1)),
    "pan-down": _drift((1.12, 1.12), y=(0.1, 0.9)),
    "drift-in": _drift((1.02, 1.16), x=(0.3, 0.6), y=(0.55, 0.4)),
    "drift-out": _drift((1.16, 1.02), x=(0.65, 0.4), y=(0.4, 0.55)),
}
