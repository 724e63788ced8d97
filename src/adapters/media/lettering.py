"""Captions and titles of a style, drawn as sprites for one frame size."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from math import ceil

from ...domain.style import Box, CaptionStyle, Style, Type, rgb
from ...domain.timeline import Cue, Title
from .ink import Layer, Mask, Paint, Rect, around, compose, shadow
from .layout import LEADING, Block, Page, Setting, lay_out
from .plates import plate
from .segmentation import clean
from .sprites import Sprite
from .text import upper

FLATNESS = 0.7
"""Padding above and below text as a share of that beside it: line height adds white there already."""
SHADOW_BLUR, SHADOW_DROP = 0.06, 0.05
"""Standard deviation and offset of the shadow, in ems."""
KEPT = 32
"""Cues, their states and titles that are kept: some for each worker, about 1.5 MB each at 1080p."""
STEADY, YIELDING = 30.0, 20.0
"""How dearly captions, which should keep one size, and titles pay for being smaller."""
RULE_WIDTH, RULE_HEIGHT, RULE_GAP = 1.8, 0.09, 0.38
"""The bar under a title, in ems of the title."""


class Lettering:
    """Draws the text of one style in frames of ``width`` x ``height`` pixels and a ``language`` (BCP 47).

    Captions and titles keep inside the style's safe area whatever they say: they shrink, take more lines, and at last
    break inside words. What no font can show is left out. One Lettering may serve all threads of a render: it keeps no
    state but a few finished sprites, and fonts are locked while in use.
    """

    def __init__(self, style: Style, width: int, height: int, language: str) -> None:
        self.style, self.width, self.height, self.language = style, width, height, language
        safe = style.safe_area
        self.area = Rect(
            ceil(width * safe.left / 2) * 2,
            ceil(height * safe.top / 2) * 2,
            int(width * (1 - safe.right) / 2) * 2,
            int(height * (1 - safe.bottom) / 2) * 2,
        )
        self._cue = lru_cache(maxsize=KEPT)(self._set_cue)
        self._state = lru_cache(maxsize=KEPT)(self._draw_state)
        self._title = lru_cache(maxsize=KEPT)(self._draw_title)

    def caption(self, cue: Cue, lit: int) -> tuple[Sprite, ...]:
        """What is laid over a frame while the word ``lit`` of ``cue`` is spoken (-1 for none), the lowest first.

        The words of a cue stay where they are whichever is lit. Raises UnknownName and MissingPart for the fonts.
        """
        captions = self.style.captions
        marked = captions.lit_fill is not None or captions.lit_box is not None
        words = tuple((word.text, word.space) for word in cue.words)
        sprite = self._state(words, lit if marked and 0 <= lit < len(words) else -1)
        return (sprite,) if sprite.planes else ()

    def title(self, title: Title) -> Sprite:
        """``title`` at its place, without motion: fading and rising are ``blend``'s opacity and dy.

        Raises UnknownName and MissingPart for the fonts.
        """
        return self._title(title.text)

    def _draw_state(self, words: tuple[tuple[str, bool], ...], lit: int) -> Sprite:
        return self._cue(words).draw(lit)

    def _set_cue(self, words: tuple[tuple[str, bool], ...]) -> "_CaptionDrawing":
        style = self.style.captions
        lit_pad = style.lit_box.padding if style.lit_box else 0.0
        stroke = style.type.stroke_width
        side, top, bottom = _margins(style.type, style.box, style.lit_box)
        setting = Setting(
            kind=style.type,
            language=self.language,
            pixels=self._pixels(style.type),
            most_lines=style.max_lines,
            shrinking=STEADY,
            side=side,
            top=top,
            bottom=bottom,
            leading=max(LEADING, 2 * stroke + 0.08, FLATNESS * lit_pad + stroke + 0.06),
            space=lit_pad + stroke + 0.05 if style.lit_box else 0.0,
            gap=stroke + 0.08 if style.lit_box else 0.0,
        )
        block = lay_out(
            tuple((self._cased(clean(text), style.type), spaced) for text, spaced in words),
            setting,
            Page(area=self.area, middle=style.position * self.height),
        )
        return _CaptionDrawing(style, block, self.area)

    def _draw_title(self, text: str) -> Sprite:
        style = self.style.titles
        side, top, bottom = _margins(style.type, style.box, None)
        ruled = RULE_GAP + RULE_HEIGHT if style.rule else 0.0
        setting = Setting(
            kind=style.type,
            language=self.language,
            pixels=self._pixels(style.type),
            most_lines=style.max_lines,
            shrinking=YIELDING,
            side=side,
            top=top,
            bottom=bottom + ruled,
            leading=max(LEADING - 0.06, 2 * style.type.stroke_width + 0.08),
        )
        words = ((self._cased(clean(text, newlines=True), style.type), False),)
        block = lay_out(words, setting, Page(area=self.area, middle=style.position * self.height))
        if not block.pieces:
            return Sprite()
        em, rows, rule = block.em, list(block.rows), None
        if style.rule:
            last, middle = rows[-1], (self.area.left + self.area.right) // 2
            rule = Rect(
                middle - round(RULE_WIDTH * em / 2),
                last.bottom + round(RULE_GAP * em),
                middle + round(RULE_WIDTH * em / 2),
                last.bottom + round(RULE_GAP * em) + max(2, round(RULE_HEIGHT * em)),
            )
            rows[-1] = replace(last, bottom=rule.bottom)
        layers: list[Layer] = []
        if style.box:
            layers += _boxed(rows, style.box, em)
        layers += _letters(block, style.type, _shadow(block, style.type))
        if rule is not None and style.rule is not None:
            bar = plate([rule], rule.height / 2)
            layers += [Paint(bar, rgb(style.rule))] if bar else []
        return compose(layers, around(layer.rect for layer in layers).even() & self.area)

    def _pixels(self, kind: Type) -> int:
        return max(1, round(kind.size * min(self.width, self.height)))

    def _cased(self, text: str, kind: Type) -> str:
        return upper(text, self.language) if kind.uppercase else text


class _CaptionDrawing:
    """A cue set once: from it the cue with no word lit, and with any one.

    Boxes lie below all letters and strokes below all fills, so what marks a word covers none of its neighbours. Only
    the rectangle that a lit word changes is composed anew.
    """

    def __init__(self, style: CaptionStyle, block: Block, area: Rect) -> None:
        self._style, self._block = style, block
        self._plate = _boxed(block.rows, style.box, block.em) if style.box else []
        self._shadow = _shadow(block, style.type)
        lights = [rect for word in {piece.word for piece in block.pieces} for rect in self._lit_boxes(word)]
        layers = [layer.rect for layer in self._layers()]
        self._bounds = around([*layers, *lights]).even() & area
        self._unlit = Sprite() if self._bounds.empty else compose(self._layers(), self._bounds)

    def draw(self, lit: int) -> Sprite:
        """The cue with the word ``lit`` marked, -1 for none."""
        pieces = [piece.glyphs.rect for piece in self._block.word(lit)]
        changed = around([*pieces, *self._lit_boxes(lit)]).even() & self._bounds
        return self._unlit if changed.empty else self._unlit.patched(compose(self._layers(lit), changed))

    def _layers(self, lit: int = -1) -> list[Layer]:
        style = self._style
        layers = [*self._plate]
        if style.lit_box:
            for rect in self._lit_boxes(lit):
                layers += _painted(plate([rect], style.lit_box.radius * self._block.em), style.lit_box)
        return layers + _letters(self._block, style.type, self._shadow, lit, style.lit_fill)

    def _lit_boxes(self, word: int) -> list[Rect]:
        """Boxes behind a word, one in each row that it takes."""
        box, pieces = self._style.lit_box, self._block.word(word)
        return [self._lit_box(word, row, box) for row in sorted({piece.row for piece in pieces})] if box else []

    def _lit_box(self, word: int, row: int, box: Box) -> Rect:
        """As high as the row; beside the word its padding, or less where a neighbour is near."""
        em, line = self._block.em, self._block.rows[row]
        ink = around(piece.glyphs.ink for piece in self._block.word(word) if piece.row == row)
        others = [piece.glyphs.ink for piece in self._block.pieces if piece.row == row and piece.word != word]
        near = [max(other.left - ink.right, ink.left - other.right) for other in others if not other.empty]
        free = min(near, default=em) - round((0.4 * self._style.type.stroke_width + 0.03) * em)
        side = max(0, min(round(box.padding * em), free))
        return _padded(Rect(ink.left, line.top, ink.right, line.bottom), side, round(FLATNESS * box.padding * em))


def _padded(rect: Rect, side: int, flat: int) -> Rect:
    return Rect(rect.left - side, rect.top - flat, rect.right + side, rect.bottom + flat)


def _painted(mask: Mask | None, box: Box) -> list[Layer]:
    return [Paint(mask, rgb(box.fill), box.opacity)] if mask else []


def _boxed(rows: Sequence[Rect], box: Box, em: int) -> list[Layer]:
    """One plate behind all rows."""
    side, flat = round(box.padding * em), round(FLATNESS * box.padding * em)
    return _painted(plate([_padded(row, side, flat) for row in rows], box.radius * em), box)


def _shadow(block: Block, kind: Type) -> Paint | None:
    if not kind.shadow:
        return None
    masks = [mask for piece in block.pieces if (mask := piece.glyphs.stroke or piece.glyphs.fill)]
    mask = shadow(masks, SHADOW_BLUR * block.em, round(SHADOW_DROP * block.em))
    return Paint(mask, rgb(kind.stroke), kind.shadow) if mask else None


def _letters(block: Block, kind: Type, under: Paint | None, lit: int = -1, lit_fill: str | None = None) -> list[Layer]:
    """Shadow, then every stroke, then every fill, so that no word's stroke lies on its neighbour."""
    layers: list[Layer] = [under] if under else []
    glyphs = [(piece.word, piece.glyphs) for piece in block.pieces]
    layers += [Paint(part.stroke, rgb(kind.stroke)) for _, part in glyphs if part.stroke]
    for word, part in glyphs:
        if part.fill:
            layers.append(Paint(part.fill, rgb(lit_fill if word == lit and lit_fill else kind.fill)))
        if part.picture:
            layers.append(part.picture)
    return layers


def _margins(kind: Type, *boxes: Box | None) -> tuple[float, float, float]:
    """What is drawn around the letters of a type: beside, above and below them, in ems."""
    padding = max((box.padding for box in boxes if box), default=0.0)
    blur = 2.5 * SHADOW_BLUR if kind.shadow else 0.0
    around_letters = kind.stroke_width + blur
    return (
        max(padding, around_letters),
        max(FLATNESS * padding, around_letters),
        max(FLATNESS * padding, around_letters + (SHADOW_DROP if kind.shadow else 0.0)),
    )
