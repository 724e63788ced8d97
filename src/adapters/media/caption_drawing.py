"""A cue set once, and from it whatever its words look like while they are spoken."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, floor

import numpy as np

from ...domain.caption_animations import ANIMATIONS, Moment, WordPose
from ...domain.style import Box, CaptionStyle
from .decoration import FLATNESS, boxed, letters, padded, painted, soft_shadow
from .ink import NOWHERE, Layer, Mask, Rect, around, compose, composed
from .layout import Block, Piece
from .plates import plate
from .scaling import scaled
from .segmentation import clusters, is_right_to_left
from .sprites import OPAQUE, Bytes, Floats, Sprite
from .text import Glyphs, Typesetter

CLEAR = 24
"""Clear pixels around the picture of a moving word, for the resampling to reach into."""
SMALLEST = 0.2
"""A moving word is never drawn at less than this share of its size: at that it cannot be read."""


@dataclass(frozen=True, slots=True)
class Look:
    """A word at rest: how many of its letters are there, whether it has the lit fill and the lit box."""

    letters: int
    filled: bool = False
    lit: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """Where a word is on its way: the rectangle that it takes, and its opacity of 256.

    ``source`` is the part of the word's own padded picture that is scaled to that; None where it is only moved.
    """

    word: int
    look: Look
    place: Rect
    source: Rect | None
    opacity: int


@dataclass(frozen=True, slots=True)
class Scenery:
    """What a cue looks like in a frame; two that are equal look the same.

    ``looks`` are the words at rest, those that move left out. ``filling`` are words with the pixels of their width
    that have the lit fill already.
    """

    looks: tuple[Look, ...]
    filling: tuple[tuple[int, int], ...] = ()
    moves: tuple[Move, ...] = ()


class _Alone:
    """A word without the others, as it is carried about."""

    def __init__(self, word: int, look: Look, cell: Rect, yuva: Floats) -> None:
        self.word, self.look = word, look
        self._cell, self._yuva = cell, yuva

    @cached_property
    def sprite(self) -> Sprite:
        return Sprite.from_premultiplied(self._yuva, self._cell.left, self._cell.top)

    @cached_property
    def planes(self) -> tuple[Bytes, ...]:
        """Premultiplied Y, U, V and α in bytes, with CLEAR pixels of nothing around."""
        levels = self._yuva * np.array([1, 1, 1, 255], np.float32)[:, None, None]
        return tuple(np.pad(np.rint(levels).astype(np.uint8), ((0, 0), (CLEAR, CLEAR), (CLEAR, CLEAR))))


def _sized(plane: Bytes, width: int, height: int) -> Bytes:
    return scaled(plane, width, height, "BILINEAR", key="word")


class CaptionDrawing:
    """Draws ``block``, whose ``language`` is a BCP 47 tag, inside of ``area``; ``keyword`` is the index of the word
    that has the keyword's fill, -1 for none.

    Boxes lie below all letters and strokes below all fills, so what marks a word covers none of its neighbours. A
    moving word lies on all others.
    """

    def __init__(self, style: CaptionStyle, block: Block, area: Rect, language: str, keyword: int) -> None:
        self._style, self._block, self._area, self._keyword = style, block, area, keyword
        self._setter = Typesetter(style.type, block.em, language)
        self._words = [block.word(index) for index in range(1 + max((p.word for p in block.pieces), default=-1))]
        self._shadows = [soft_shadow((piece.glyphs for piece in word), style.type, block.em) for word in self._words]
        self._letters = [_clusters(word) for word in self._words]
        self._plate = boxed(block.rows, style.box, block.em) if style.box else []
        self._lights: dict[int, list[Layer]] = {}
        self._cells = [self._cell(index) for index in range(len(self._words))]
        self._bounds = around([*(layer.rect for layer in self._plate), *self._cells]).even() & area
        self._last: _Alone | None = None
        asleep = ANIMATIONS[style.animation](Moment(since=-1, spoken=1, turn=1))
        self.beginning = self.scenery([asleep] * len(self._words)).looks
        """The words before the first of them is spoken."""

    def scenery(self, poses: Sequence[WordPose]) -> Scenery:
        """What the cue looks like while its words stand so."""
        looks: list[Look] = []
        filling: list[tuple[int, int]] = []
        moves: list[Move] = []
        for index, pose in enumerate(poses[: len(self._words)]):
            look = self._look(index, pose)
            opacity = round(OPAQUE * pose.opacity)
            if not look.letters or opacity <= 0 or self._cells[index].empty:
                looks.append(Look(0))
            elif pose.scale != 1 or pose.dx or pose.dy or opacity < OPAQUE:
                place, source = self._on_its_way(index, pose)
                if place == self._cells[index].even() and source is None and opacity == OPAQUE:
                    looks.append(look)
                else:
                    moves.append(Move(index, look, place, source, opacity))
                    looks.append(Look(0))
            else:
                looks.append(look)
                if 0 < pose.fill < 1 and self._style.lit_fill is not None:
                    looks[-1] = replace(look, filled=False)
                    filling.append((index, round(pose.fill * self._width(index) / 2) * 2))
        return Scenery(tuple(looks), tuple(filling), tuple(moves))

    def _look(self, index: int, pose: WordPose) -> Look:
        style = self._style
        count = len(self._letters[index])
        return Look(
            letters=min(count, ceil(pose.shown * count - 1e-9)),
            filled=style.lit_fill is not None and pose.fill >= (0.5 if pose.scale != 1 else 1),
            lit=style.lit_box is not None and pose.lit,
        )

    def whole(self, looks: tuple[Look, ...]) -> Sprite:
        """The cue with all words at rest, composed from the ground up."""
        return Sprite() if self._bounds.empty else compose(self._layers(looks, self._bounds), self._bounds)

    def changed(self, sprite: Sprite, word: int, looks: tuple[Look, ...]) -> Sprite:
        """``sprite``, which shows the cue as ``looks`` say but for ``word``, with that word as they say."""
        cell = self._cells[word].even() & self._bounds
        return sprite if cell.empty else sprite.patched(compose(self._layers(looks, cell), cell))

    def filled(self, sprite: Sprite, full: Sprite, word: int, pixels: int) -> Sprite:
        """``sprite`` with the first ``pixels`` of the width of ``word`` taken from ``full``."""
        for piece in self._words[word]:
            ink = piece.glyphs.ink
            if ink.empty or pixels <= 0:
                break
            done = min(pixels, ink.width)
            part = Rect(ink.left, ink.top, ink.left + done, ink.bottom)
            if is_right_to_left(piece.text):
                part = Rect(ink.right - done, ink.top, ink.right, ink.bottom)
            part = part.even() & self._bounds
            if not part.empty:
                sprite = sprite.patched(full.within(part.left, part.top, part.right, part.bottom))
            pixels -= done
        return sprite

    def moved(self, move: Move) -> Sprite:
        """A word by itself where it is on its way."""
        cell, place, source = self._cells[move.word].even(), move.place, move.source
        alone = self._alone(move.word, move.look, cell)
        if source is None:
            return alone.sprite.shifted(place.left - cell.left, place.top - cell.top)
        inside = slice(source.top, source.bottom), slice(source.left, source.right)
        y, u, v, alpha = (plane[inside] for plane in alone.planes)
        wide, high = place.width, place.height
        return Sprite.from_bytes(
            (_sized(y, wide, high), _sized(alpha, wide, high)),
            (_sized(u, wide // 2, high // 2), _sized(v, wide // 2, high // 2), _sized(alpha, wide // 2, high // 2)),
            place.left,
            place.top,
        )

    def _on_its_way(self, word: int, pose: WordPose) -> tuple[Rect, Rect | None]:
        """The even rectangle that a word takes, held inside of the area, and what of its padded picture fills it."""
        cell, area, em = self._cells[word].even(), self._area, self._block.em
        scale = min(max(SMALLEST, pose.scale), area.width / cell.width, area.height / cell.height)
        width, height = cell.width * scale, cell.height * scale
        left = (cell.left + cell.right - width) / 2 + pose.dx * em
        top = (cell.top + cell.bottom - height) / 2 + pose.dy * em
        left = max(area.left, min(left, area.right - width))
        top = max(area.top, min(top, area.bottom - height))
        if scale == 1:
            left, top = round(left / 2) * 2, round(top / 2) * 2
            return Rect(left, top, left + cell.width, top + cell.height), None
        place = Rect(floor(left), floor(top), ceil(left + width), ceil(top + height)).even() & area
        edges = (place.left - left, place.top - top, place.right - left, place.bottom - top)
        return place, Rect(*(round(edge / scale + CLEAR) for edge in edges))

    def _alone(self, word: int, look: Look, cell: Rect) -> "_Alone":
        kept = self._last
        if kept is not None and (kept.word, kept.look) == (word, look):
            return kept
        looks = tuple(look if index == word else Look(0) for index in range(len(self._words)))
        self._last = last = _Alone(word, look, cell, composed(self._layers(looks, cell, plain=True), cell))
        return last

    def _layers(self, looks: Sequence[Look], on: Rect, *, plain: bool = False) -> list[Layer]:
        """What is drawn ``on`` a rectangle, the lowest first; ``plain`` without the plate behind all lines."""
        style = self._style
        layers: list[Layer] = [] if plain else [*self._plate]
        pieces: list[tuple[int, Glyphs]] = []
        shadows: list[Mask | None] = []
        fills: dict[int, str] = {}
        for index, look in enumerate(looks):
            if not look.letters or (self._cells[index] & on).empty:
                continue
            if look.lit:
                layers += self._light(index)
            glyphs, shade = self._shown(index, look.letters)
            pieces += [(index, part) for part in glyphs]
            shadows.append(shade)
            if look.filled and style.lit_fill:
                fills[index] = style.lit_fill
            elif index == self._keyword and style.keyword_fill:
                fills[index] = style.keyword_fill
        return layers + letters(pieces, style.type, shadows, fills)

    def _shown(self, word: int, count: int) -> tuple[list[Glyphs], Mask | None]:
        """The first ``count`` letters of a word, and their shadow."""
        if count >= len(self._letters[word]):
            return [piece.glyphs for piece in self._words[word]], self._shadows[word]
        shown: list[Glyphs] = []
        for piece in self._words[word]:
            parts = clusters(piece.text)
            if count >= len(parts):
                shown.append(piece.glyphs)
            elif count > 0:
                shown.append(self._setter.draw("".join(parts[:count])).moved(piece.x, piece.y))
            count -= len(parts)
        return shown, soft_shadow(shown, self._style.type, self._block.em)

    def _width(self, word: int) -> int:
        return sum(piece.glyphs.ink.width for piece in self._words[word])

    def _cell(self, word: int) -> Rect:
        """Around all that a word changes at rest."""
        shade = self._shadows[word]
        drawn = [piece.glyphs.rect for piece in self._words[word]]
        return around([*drawn, shade.rect if shade else NOWHERE, *self._lit_boxes(word)]) & self._area

    def _light(self, word: int) -> list[Layer]:
        """The boxes behind a word while it is lit."""
        box = self._style.lit_box
        if box is not None and word not in self._lights:
            plates = [plate([rect], box.radius * self._block.em) for rect in self._lit_boxes(word)]
            self._lights[word] = [layer for mask in plates for layer in painted(mask, box)]
        return self._lights.get(word, [])

    def _lit_boxes(self, word: int) -> list[Rect]:
        """Where the boxes behind a word lie, one in each row that it takes."""
        box, pieces = self._style.lit_box, self._words[word]
        return [self._lit_box(word, row, box) for row in sorted({piece.row for piece in pieces})] if box else []

    def _lit_box(self, word: int, row: int, box: Box) -> Rect:
        """As high as the row; beside the word its padding, or less where a neighbour is near."""
        em, line = self._block.em, self._block.rows[row]
        ink = around(piece.glyphs.ink for piece in self._words[word] if piece.row == row)
        others = [piece.glyphs.ink for piece in self._block.pieces if piece.row == row and piece.word != word]
        near = [max(other.left - ink.right, ink.left - other.right) for other in others if not other.empty]
        free = min(near, default=em) - round((0.4 * self._style.type.stroke_width + 0.03) * em)
        side = max(0, min(round(box.padding * em), free))
        return padded(Rect(ink.left, line.top, ink.right, line.bottom), side, round(FLATNESS * box.padding * em))


def _clusters(pieces: Sequence[Piece]) -> list[str]:
    """The letters of a word as they may come one by one: all at once where they join or run from the right."""
    text = "".join(piece.text for piece in pieces)
    return [text] if is_right_to_left(text) else [cluster for piece in pieces for cluster in clusters(piece.text)]
