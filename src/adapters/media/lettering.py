"""Captions and titles of a style, drawn as sprites for one frame size."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from math import ceil

from ...domain.caption_animations import WordPose, largest
from ...domain.captions import keyword
from ...domain.cue import Cue
from ...domain.style import CaptionStyle, Style, TitleStyle, Type, rgb
from ...domain.timeline import Title
from .caption_drawing import CaptionDrawing, Look, Scenery
from .decoration import FLATNESS, boxed, glyphs_of, letters, margins, soft_shadow
from .ink import Layer, Paint, Rect, around, compose
from .layout import LEADING, Block, Page, Setting, lay_out
from .plates import plate
from .segmentation import clean
from .sprites import OPAQUE, Sprite
from .text import upper

KEPT = 32
"""States of cues and titles that are kept: some for each worker, about 1.5 MB each at 1080p."""
LONG = 100
"""Words of a cue above which each of its states is composed from the ground up."""
STEADY, YIELDING = 30.0, 20.0
"""How dearly captions, which should keep one size, and titles pay for being smaller."""
SPACE = 0.25
"""Ems between words that swell, before they do."""
RULE_WIDTH, RULE_HEIGHT, RULE_GAP = 1.8, 0.09, 0.38
"""The bar under a title, in ems of the title."""

Words = tuple[tuple[str, bool], ...]
"""Words, each with whether a space follows it."""


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
        self._drawing = lru_cache(maxsize=KEPT)(self._set_cue)
        self._state = lru_cache(maxsize=KEPT)(self._draw_state)
        self._title = lru_cache(maxsize=KEPT)(self._draw_title)

    def scenery(self, cue: Cue, poses: Sequence[WordPose], style: CaptionStyle | None = None) -> Scenery:
        """What ``cue`` looks like while its words stand as ``poses`` say: equal for frames that look the same.

        ``style`` counts in place of the captions' of the whole. Raises UnknownName and MissingPart for the fonts.
        """
        return self._drawing_of(cue, style).scenery(poses)

    def caption(
        self, cue: Cue, poses: Sequence[WordPose], style: CaptionStyle | None = None
    ) -> tuple[tuple[Sprite, int], ...]:
        """The sprites that show ``cue`` so, the lowest first, each with its opacity of 256.

        The words of a cue have their places from the start; none moves because another one comes.
        """
        drawing = self._drawing_of(cue, style)
        scenery = drawing.scenery(poses)
        sprite = self._state(drawing, scenery.looks)
        for word, pixels in scenery.filling:
            sprite = drawing.filled(sprite, self._state(drawing, _with_filled(scenery.looks, word)), word, pixels)
        drawn = [(sprite, OPAQUE), *((drawing.moved(move), move.opacity) for move in scenery.moves)]
        return tuple((part, opacity) for part, opacity in drawn if part.planes)

    def title(self, title: Title) -> Sprite:
        """``title`` at its place, without motion: fading and rising are ``blend``'s opacity and dy.

        Raises UnknownName and MissingPart for the fonts.
        """
        return self._title(title.text)

    def _drawing_of(self, cue: Cue, style: CaptionStyle | None) -> CaptionDrawing:
        return self._drawing(tuple((word.text, word.space) for word in cue.words), style or self.style.captions)

    def _draw_state(self, drawing: CaptionDrawing, looks: tuple[Look, ...]) -> Sprite:
        """From the state before the last word that is not as at the cue's beginning: in a run of frames, the last."""
        for word in range(len(looks) - 1, -1, -1) if len(looks) <= LONG else ():
            if looks[word] != drawing.beginning[word]:
                before = (*looks[:word], drawing.beginning[word], *looks[word + 1 :])
                return drawing.changed(self._state(drawing, before), word, looks)
        return drawing.whole(looks)

    def _set_cue(self, words: Words, style: CaptionStyle) -> CaptionDrawing:
        lit_pad = style.lit_box.padding if style.lit_box else 0.0
        stroke = style.type.stroke_width
        swelling = largest(style.animation) - 1
        side, top, bottom = margins(style.type, style.box, style.lit_box)
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
            space=max(lit_pad + stroke + 0.05 if style.lit_box else 0.0, SPACE + swelling if swelling else 0.0),
            gap=max(stroke + 0.08 if style.lit_box else 0.0, swelling / 2),
        )
        cased = tuple((self._cased(clean(text), style.type), spaced) for text, spaced in words)
        accented = keyword([text for text, _ in words]) if style.keyword_fill else -1
        return CaptionDrawing(style, self._lay_out(cased, setting, style), self.area, self.language, accented)

    def _draw_title(self, text: str) -> Sprite:
        style = self.style.titles
        side, top, bottom = margins(style.type, style.box)
        setting = Setting(
            kind=style.type,
            language=self.language,
            pixels=self._pixels(style.type),
            most_lines=style.max_lines,
            shrinking=YIELDING,
            side=side,
            top=top,
            bottom=bottom + (RULE_GAP + RULE_HEIGHT if style.rule else 0.0),
            leading=max(LEADING - 0.06, 2 * style.type.stroke_width + 0.08),
        )
        block = self._lay_out(((self._cased(clean(text, newlines=True), style.type), False),), setting, style)
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
        pieces = glyphs_of(block.pieces)
        layers: list[Layer] = boxed(rows, style.box, em) if style.box else []
        layers += letters(pieces, style.type, [soft_shadow((glyphs for _, glyphs in pieces), style.type, em)])
        if rule is not None and style.rule is not None:
            bar = plate([rule], rule.height / 2)
            layers += [Paint(bar, rgb(style.rule))] if bar else []
        return compose(layers, around(layer.rect for layer in layers).even() & self.area)

    def _lay_out(self, words: Words, setting: Setting, style: CaptionStyle | TitleStyle) -> Block:
        return lay_out(words, setting, Page(area=self.area, middle=style.position * self.height))

    def _pixels(self, kind: Type) -> int:
        return max(1, round(kind.size * min(self.width, self.height)))

    def _cased(self, text: str, kind: Type) -> str:
        return upper(text, self.language) if kind.uppercase else text


def _with_filled(looks: tuple[Look, ...], word: int) -> tuple[Look, ...]:
    return (*looks[:word], replace(looks[word], filled=True), *looks[word + 1 :])
