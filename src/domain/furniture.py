"""The furniture of a video: what stands in the frame beside pictures, captions and titles.

Lengths are shares of the frame's shorter side unless they are in ems, so that one look serves every frame size.
"""

from dataclasses import dataclass, field
from typing import Literal

from .errors import InvalidInput
from .ranges import check_span, in_range
from .style import Box, Type, rgb

Corner = Literal["top-left", "top-right", "bottom-left", "bottom-right"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerThirdStyle:
    """How the name of a chapter looks that is shown while it begins: a line of text, and a smaller one above it.

    ``position`` is the height of its middle, 0 the top of the frame and 1 its bottom; it makes way for captions.
    ``accent`` colours a bar at its left. ``kicker_box`` lies behind the upper line, ``box`` behind the other one, or
    behind both where the upper one has none. Without ``kicker`` there is no upper line.
    """

    type: Type
    kicker: Type | None = None
    box: Box | None = None
    kicker_box: Box | None = None
    accent: str | None = None
    position: float = 0.82
    seconds: float = 4.0

    def __post_init__(self) -> None:
        in_range("position", self.position, 0, 1)
        in_range("seconds", self.seconds, 1, 30)
        if self.accent is not None:
            rgb(self.accent)
        if self.kicker is None and self.kicker_box is not None:
            raise InvalidInput("there is a kicker_box but no kicker: leave it out, or say how the kicker is set")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressBar:
    """A thin bar that grows with the video.

    ``margin`` is what it keeps clear of the frame's edges; at 0 it runs along the edge from side to side, else its
    ends are round. ``parts`` cuts it where chapters or scenes begin.
    """

    fill: str
    track: str = "#ffffff"
    track_opacity: float = 0.25
    height: float = 0.008
    edge: Literal["top", "bottom"] = "top"
    margin: float = 0.0
    parts: Literal["whole", "chapters", "scenes"] = "whole"

    def __post_init__(self) -> None:
        rgb(self.fill)
        rgb(self.track)
        in_range("track_opacity", self.track_opacity, 0, 1)
        in_range("height", self.height, 0.002, 0.05)
        in_range("margin", self.margin, 0, 0.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoStyle:
    """Where a logo stands: in a corner of the safe area, its longer side ``size`` long."""

    corner: Corner = "top-right"
    size: float = 0.13
    opacity: float = 0.9

    def __post_init__(self) -> None:
        in_range("size", self.size, 0.02, 0.5)
        in_range("opacity", self.opacity, 0.05, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCardStyle:
    """A last scene without narration: how long it stands, and how large the logo above its text is."""

    seconds: float = 3.0
    logo_size: float = 0.3

    def __post_init__(self) -> None:
        in_range("seconds", self.seconds, 1, 20)
        in_range("logo_size", self.logo_size, 0.05, 0.8)


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerThird:
    """A chapter's name over the half-open span of a scene's frames ``start`` to ``end``, eased in and out."""

    text: str
    start: int
    end: int
    kicker: str = ""

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise InvalidInput("a lower third has no text: leave the lower third out instead")
        check_span("a lower third", self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Emblem:
    """A picture above a title that comes and goes with it; ``size`` is its longer side."""

    asset: str
    size: float = 0.3

    def __post_init__(self) -> None:
        in_range("size", self.size, 0.05, 0.8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A picture that stays in a corner; it gives way to an emblem."""

    asset: str
    style: LogoStyle = field(default_factory=LogoStyle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """What a timeline is furnished with."""

    lower_third: LowerThirdStyle | None = None
    progress_bar: ProgressBar | None = None
    logo: Logo | None = None
