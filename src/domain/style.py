"""How text looks. Sizes are relative, so that one style serves every frame size.

``size`` is the font's em as a share of the frame's shorter side; everything inside a line (stroke, padding, radius)
counts in ems. Colours are ``#rrggbb``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .caption_animations import ANIMATIONS
from .errors import InvalidInput, UnknownName
from .ranges import in_range

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def rgb(colour: str) -> tuple[int, int, int]:
    """``#rrggbb`` as three bytes. Raises InvalidInput."""
    if not _COLOUR.fullmatch(colour):
        raise InvalidInput(f"{colour!r} is no colour: six hexadecimal digits after a # are right, as in #0a3d62")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def check_palette(colours: Sequence[str]) -> None:
    """Raises InvalidInput where there are not 2 to 8 colours."""
    if not 2 <= len(colours) <= 8:
        raise InvalidInput(f"there are {len(colours)} colours: 2 to 8 are right")
    for colour in colours:
        rgb(colour)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rounded box behind text; ``padding`` and ``radius`` in ems."""

    fill: str
    opacity: float = 1.0
    padding: float = 0.25
    radius: float = 0.25

    def __post_init__(self) -> None:
        rgb(self.fill)
        in_range("opacity", self.opacity, 0, 1)
        in_range("padding", self.padding, 0, 2)
        in_range("radius", self.radius, 0, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """A typeface as it is set: family, weight (100 to 900), size, fill, stroke and letter case."""

    font: str
    weight: int = 700
    size: float = 0.08
    fill: str = "#ffffff"
    stroke: str = "#000000"
    stroke_width: float = 0.0
    shadow: float = 0.0
    """Opacity of the soft shadow below the text, 0 for none."""
    uppercase: bool = False

    def __post_init__(self) -> None:
        rgb(self.fill)
        rgb(self.stroke)
        in_range("weight", self.weight, 100, 900)
        in_range("size", self.size, 0.01, 0.5)
        in_range("stroke_width", self.stroke_width, 0, 0.4)
        in_range("shadow", self.shadow, 0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionStyle:
    """Captions: their type, how many words at a time, how these move and what marks them.

    ``position`` is the height of the block's middle, 0 the top of the frame and 1 its bottom. ``box`` lies behind
    every line. ``animation`` names an entry of ANIMATIONS: it says which words are drawn in ``lit_fill`` and on
    ``lit_box``, and how they come and move. The word that matters most in a cue has ``keyword_fill``.
    """

    type: Type
    position: float = 0.7
    max_words: int = 6
    max_lines: int = 2
    box: Box | None = None
    lit_fill: str | None = None
    lit_box: Box | None = None
    animation: str = "highlight"
    keyword_fill: str | None = None

    def __post_init__(self) -> None:
        in_range("position", self.position, 0, 1)
        in_range("max_words", self.max_words, 1, 20)
        in_range("max_lines", self.max_lines, 1, 4)
        for colour in (self.lit_fill, self.keyword_fill):
            if colour is not None:
                rgb(colour)
        if self.animation not in ANIMATIONS:
            raise UnknownName("animation", self.animation, ANIMATIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleStyle:
    """Titles and chapter cards: their type, the height of their middle, and the colour of their rule."""

    type: Type
    position: float = 0.45
    max_lines: int = 5
    rule: str | None = None
    box: Box | None = None

    def __post_init__(self) -> None:
        in_range("position", self.position, 0, 1)
        in_range("max_lines", self.max_lines, 1, 8)
        if self.rule is not None:
            rgb(self.rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeArea:
    """Margins that text keeps clear, as shares of the frame's width (left, right) and height (top, bottom).

    The default is the 5 % title-safe margin of SMPTE ST 2046-1; upright video keeps clear of the players' own
    buttons too.
    """

    left: float = 0.05
    top: float = 0.05
    right: float = 0.05
    bottom: float = 0.05

    def __post_init__(self) -> None:
        for side, value in (("left", self.left), ("top", self.top), ("right", self.right), ("bottom", self.bottom)):
            in_range(side, value, 0, 0.45)


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Everything that text needs to be drawn."""

    captions: CaptionStyle
    titles: TitleStyle
    safe_area: SafeArea = field(default_factory=SafeArea)


UPRIGHT_SAFE_AREA = SafeArea(left=0.07, top=0.1, right=0.07, bottom=0.18)


def safe_area(width: int, height: int) -> SafeArea:
    return UPRIGHT_SAFE_AREA if height > width * 1.5 else SafeArea()
