"""What is drawn around letters: plates and boxes behind them, their shadow, their strokes."""

from collections.abc import Iterable, Mapping, Sequence

from ...domain.style import Box, Type, rgb
from .ink import Layer, Mask, Paint, Rect, heaped, shadow
from .layout import Piece
from .plates import plate
from .text import Glyphs

FLATNESS = 0.7
"""Padding above and below text as a share of that beside it: line height adds white there already."""
SHADOW_BLUR, SHADOW_DROP = 0.06, 0.05
"""Standard deviation and offset of the shadow, in ems."""


def margins(kind: Type, *boxes: Box | None) -> tuple[float, float, float]:
    """What is drawn around the letters of a type: beside, above and below them, in ems."""
    padding = max((box.padding for box in boxes if box), default=0.0)
    blur = 2.5 * SHADOW_BLUR if kind.shadow else 0.0
    around_letters = kind.stroke_width + blur
    return (
        max(padding, around_letters),
        max(FLATNESS * padding, around_letters),
        max(FLATNESS * padding, around_letters + (SHADOW_DROP if kind.shadow else 0.0)),
    )


def padded(rect: Rect, side: int, flat: int) -> Rect:
    return Rect(rect.left - side, rect.top - flat, rect.right + side, rect.bottom + flat)


def painted(mask: Mask | None, box: Box) -> list[Layer]:
    return [Paint(mask, rgb(box.fill), box.opacity)] if mask else []


def boxed(rows: Sequence[Rect], box: Box, em: int) -> list[Layer]:
    """One plate behind all rows."""
    side, flat = round(box.padding * em), round(FLATNESS * box.padding * em)
    return painted(plate([padded(row, side, flat) for row in rows], box.radius * em), box)


def soft_shadow(pieces: Iterable[Glyphs], kind: Type, em: int) -> Mask | None:
    """The shadow of some letters; None in a type without one."""
    if not kind.shadow:
        return None
    masks = [mask for glyphs in pieces if (mask := glyphs.stroke or glyphs.fill)]
    return shadow(masks, SHADOW_BLUR * em, round(SHADOW_DROP * em))


def letters(
    pieces: Sequence[tuple[int, Glyphs]], kind: Type, shadows: Iterable[Mask | None], fills: Mapping[int, str] = {}
) -> list[Layer]:
    """Shadows, then every stroke, then every fill, so that no word's stroke lies on its neighbour.

    ``pieces`` come with the indices of their words; ``fills`` are the colours of words that have not the type's own.
    """
    under = heaped(mask for mask in shadows if mask)
    layers: list[Layer] = [Paint(under, rgb(kind.stroke), kind.shadow)] if under else []
    layers += [Paint(part.stroke, rgb(kind.stroke)) for _, part in pieces if part.stroke]
    for word, part in pieces:
        if part.fill:
            layers.append(Paint(part.fill, rgb(fills.get(word, kind.fill))))
        if part.picture:
            layers.append(part.picture)
    return layers


def glyphs_of(pieces: Iterable[Piece]) -> list[tuple[int, Glyphs]]:
    return [(piece.word, piece.glyphs) for piece in pieces]
