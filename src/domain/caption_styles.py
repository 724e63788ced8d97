"""Caption styles by name: each takes a template's captions and gives them its own way, in their fonts and colours."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from .errors import InvalidInput, UnknownName
from .ranges import in_range
from .style import Box, CaptionStyle, rgb

GOLD, RUST = "#ffd23f", "#b5452f"
"""What marks a word where the template has no colour for it: over dark, over light."""
DARK, LIGHT = "#101018", "#ffffff"
STROKE, SHADOW = 0.07, 0.5
"""The least stroke in ems, and the least shadow, of letters that no box lies behind."""
LEGIBLE = 0.52
"""The least brightness of a colour that marks light letters."""
PLATE = 0.72
"""Opacity of a plate that the template does not have."""


def _brightness(colour: str) -> float:
    """Luma of BT.709, 0 to 1."""
    red, green, blue = rgb(colour)
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def accent(style: CaptionStyle) -> str:
    """The colour of the style that marks a word and stands out from the others, or else gold or rust.

    Beside light letters it is made as light as reading over a dark picture needs; beside dark letters, which stand on
    a light plate, only a dark one counts.
    """
    light = _brightness(style.type.fill) >= 0.5
    own = [style.lit_fill, style.keyword_fill, style.lit_box.fill if style.lit_box else None]
    fill = rgb(style.type.fill)
    for colour in own:
        if colour is None or (not light and _brightness(colour) >= LEGIBLE):
            continue
        if sum(abs(a - b) for a, b in zip(rgb(colour), fill, strict=True)) > 120:
            return _at_least(colour, LEGIBLE) if light else colour
    return GOLD if light else RUST


def _at_least(colour: str, brightness: float) -> str:
    """``colour`` mixed with as much white as makes it so bright."""
    own = _brightness(colour)
    white = max(0.0, (brightness - own) / (1 - own)) if own < 1 else 0.0
    return "#" + "".join(f"{round(part + (255 - part) * white):02x}" for part in rgb(colour))


def _unmarked(style: CaptionStyle) -> CaptionStyle:
    return replace(style, animation="none", lit_fill=None, lit_box=None, keyword_fill=None)


def _outlined(style: CaptionStyle) -> CaptionStyle:
    """Without a plate: light letters with a dark stroke and a shadow, which read over any picture.

    A mark that was chosen for dark letters gives way to gold.
    """
    kind = style.type
    fill, stroke, mark = kind.fill, kind.stroke, style.lit_fill
    if mark and not style.lit_box:
        mark = _at_least(mark, LEGIBLE) if _brightness(fill) >= 0.5 else GOLD
    if _brightness(fill) < 0.5:
        behind = style.box.fill if style.box else LIGHT
        fill, stroke = (behind if _brightness(behind) >= 0.5 else LIGHT), fill
    elif _brightness(stroke) >= 0.5:
        stroke = DARK
    return replace(
        style,
        box=None,
        lit_fill=mark,
        type=replace(
            kind,
            fill=fill,
            stroke=stroke,
            stroke_width=max(kind.stroke_width, STROKE),
            shadow=max(kind.shadow, SHADOW),
        ),
    )


def _plated(style: CaptionStyle) -> CaptionStyle:
    """On the template's plate, or on one of the colour of its stroke."""
    if style.box:
        return style
    light = _brightness(style.type.fill) >= 0.5
    stroke = style.type.stroke
    behind = stroke if (_brightness(stroke) < 0.5) == light else DARK if light else LIGHT
    return replace(
        style,
        box=Box(fill=behind, opacity=PLATE, padding=0.32, radius=0.22),
        type=replace(style.type, stroke_width=0.0, shadow=0.0),
    )


def _readable(style: CaptionStyle) -> CaptionStyle:
    """As the template has it: on its plate, or outlined."""
    return style if style.box else _outlined(style)


def _in_accent(style: CaptionStyle) -> CaptionStyle:
    """Marked by the letters' colour alone."""
    return replace(style, lit_fill=accent(style), lit_box=None, keyword_fill=None)


def plain(style: CaptionStyle) -> CaptionStyle:
    """Outlined letters, nothing moves."""
    return _unmarked(_outlined(style))


def boxed(style: CaptionStyle) -> CaptionStyle:
    """A plate behind the lines, nothing moves."""
    return _unmarked(_plated(style))


def highlight(style: CaptionStyle) -> CaptionStyle:
    """The spoken word is marked by a colour, or by a box where the template has one."""
    if style.lit_fill is None and style.lit_box is None:
        style = _in_accent(style)
    return replace(_readable(style), animation="highlight", keyword_fill=None)


def karaoke(style: CaptionStyle) -> CaptionStyle:
    """Each word fills from left to right while it is spoken, and stays filled."""
    return replace(_in_accent(_readable(style)), animation="fill")


def pop(style: CaptionStyle) -> CaptionStyle:
    """The spoken word swells and comes back, marked by a colour or a box."""
    return replace(highlight(style), animation="pop")


def typewriter(style: CaptionStyle) -> CaptionStyle:
    """The letters come one by one as they are spoken."""
    return replace(_unmarked(_outlined(style)), animation="typewriter")


def bounce(style: CaptionStyle) -> CaptionStyle:
    """Each word drops onto its place when it is spoken."""
    return replace(highlight(_outlined(style)), animation="bounce")


def keyword(style: CaptionStyle) -> CaptionStyle:
    """Two lines with the word that matters most in a colour of its own."""
    marked = replace(_unmarked(_readable(style)), keyword_fill=accent(style))
    return replace(marked, max_lines=2, max_words=max(style.max_words, 6))


CAPTION_STYLES: dict[str, Callable[[CaptionStyle], CaptionStyle]] = {
    "plain": plain,
    "boxed": boxed,
    "highlight": highlight,
    "karaoke": karaoke,
    "pop": pop,
    "typewriter": typewriter,
    "bounce": bounce,
    "keyword": keyword,
}

POSITIONS = {"top": 0.0, "middle": 0.5, "bottom": 1.0}
"""Name of a place -> height of the captions' middle, before the safe area holds them."""
CAPTION_SIZES = (0.4, 2.5)
"""How many times the template's size captions may be set, from and to."""


@lru_cache(maxsize=64)
def restyled(style: CaptionStyle, name: str | None) -> CaptionStyle:
    """``style`` in the way of the caption style ``name``; as it is without one. Raises UnknownName."""
    if not name:
        return style
    if name not in CAPTION_STYLES:
        raise UnknownName("caption style", name, CAPTION_STYLES)
    return CAPTION_STYLES[name](style)


def position_of(place: str) -> float:
    """The height that ``place`` means: top, middle, bottom or a number from 0 to 1. Raises InvalidInput."""
    if place in POSITIONS:
        return POSITIONS[place]
    try:
        height = float(place)
    except ValueError:
        height = -1.0
    if not 0 <= height <= 1:
        raise InvalidInput(
            f"the caption position is {place!r}: {', '.join(POSITIONS)} or a number from 0 (top) to 1 (bottom) is right"
        )
    return height


def chosen(style: CaptionStyle, *, name: str = "", position: str = "", size: float = 1.0) -> CaptionStyle:
    """``style`` as somebody wants it: the caption style ``name``, a position, ``size`` times as large.

    Raises UnknownName and InvalidInput.
    """
    in_range("the caption size", size, *CAPTION_SIZES)
    style = restyled(style, name)
    if position:
        style = replace(style, position=position_of(position))
    larger = min(0.5, max(0.01, style.type.size * size))
    return replace(style, type=replace(style.type, size=larger))
