"""What fills the frame in a scene: a photo, a clip, or an animated background."""

from dataclasses import dataclass, field
from typing import Literal

from .errors import InvalidInput, UnknownName
from .motion import Motion
from .ranges import in_range
from .style import check_palette

LEVELS = (-60.0, 12.0)
"""dB beside the narration's loudness, from and to, that music and the sound of clips may have."""
SPEEDS = (0.25, 4.0)
"""Seconds of a clip that may pass in one, from and to."""
Fit = Literal["cover", "contain"]
FITS: tuple[Fit, ...] = ("cover", "contain")
"""``cover`` fills the frame and cuts off what is over; ``contain`` shows all, on a blur of the same picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A still picture that fills the frame and moves.

    ``focus`` is the point of the picture, x and y in 0..1, that ``cover`` keeps in view.
    """

    asset: str
    motion: Motion = field(default_factory=Motion)
    fit: Fit = "cover"
    focus: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        check_fit(self.fit, self.focus)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A moving picture that fills the frame, from its own ``start`` (samples); it loops where it is too short.

    ``speed`` is how many of its seconds pass in one, 0.25 to 4; ``fit`` and ``focus`` are as for a photo. ``level`` is
    that of its own sound in dB beside the narration's loudness, None for silence; ``duck`` in dB by which that sound
    gives way to speech.
    """

    asset: str
    start: int = 0
    fit: Fit = "cover"
    focus: tuple[float, float] | None = None
    speed: float = 1.0
    level: float | None = None
    duck: float = -10.0

    def __post_init__(self) -> None:
        if self.start < 0:
            raise InvalidInput(f"start is {self.start}: 0 or more samples are right")
        in_range("speed", self.speed, *SPEEDS)
        check_fit(self.fit, self.focus)
        if self.level is not None:
            in_range("level", self.level, *LEVELS)
        in_range("duck", self.duck, -60, 0)


def check_fit(fit: str, focus: tuple[float, float] | None) -> None:
    """Raises UnknownName, InvalidInput."""
    if fit not in FITS:
        raise UnknownName("fit", fit, FITS)
    for axis, value in zip(("focus x", "focus y"), focus or (), strict=False):
        in_range(axis, value, 0, 1)


BackdropKind = Literal[
    "aurora", "waves", "orbs", "rays", "gradient", "mist", "grid", "starfield", "confetti", "stripes", "burst", "paper"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backdrop:
    """An animated background: ``colours`` from the deepest to the brightest, ``seed`` for its shapes."""

    kind: BackdropKind
    colours: tuple[str, ...]
    seed: int = 0

    def __post_init__(self) -> None:
        check_palette(self.colours)
