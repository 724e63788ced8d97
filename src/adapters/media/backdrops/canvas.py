"""What painters of backgrounds paint on: coordinates, colours, and the numbers that a seed gave.

Fields are YUV, not RGB: that conversion is affine, so colours mixed in shares mix the same in either, and nothing has
to be converted in a frame. Mixtures of colours stay in their range by themselves.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ....domain.style import rgb
from ..planes import BLACK, yuv

Floats = NDArray[np.float32]
Field = Floats
"""BT.709 limited-range YUV in 0..255, float32 of shape (3, rows, columns)."""
Colour = Floats
"""Y, U and V of one colour."""
CHANCES = 256

_BLACK = np.array(BLACK, np.float32)


class Canvas:
    """A field of ``columns`` x ``rows`` and all that its frames share.

    ``x`` and ``y`` count from the middle in lengths of the shorter side, y downwards; ``width`` and ``height`` are the
    sides in the same unit. ``chance`` holds CHANCES numbers from 0 to 1.
    """

    def __init__(self, colours: Sequence[str], seed: int, columns: int, rows: int) -> None:
        self.colours: list[Colour] = list(yuv(np.array([rgb(colour) for colour in colours], np.float32)))
        self.columns, self.rows, self.short = columns, rows, min(columns, rows)
        self.x = _middles(columns, self.short)[None, :]
        self.y = _middles(rows, self.short)[:, None]
        self.width, self.height = columns / self.short, rows / self.short
        self.chance = np.random.default_rng(seed).uniform(0, 1, CHANCES)
        self.kept: dict[str, Floats] = {}
        """What a painter computed for its first frame and needs in all."""

    @property
    def deep(self) -> Colour:
        """The colour of the ground."""
        return self.colours[0]

    def dim(self, share: float) -> Colour:
        """The ground mixed with black; a light one with less of it, since it would turn grey."""
        return darker(self.deep, share if self.deep[0] < 128 else 0.25 * share)

    def colour(self, index: int) -> Colour:
        """A colour after the deepest one, taken in turn."""
        return self.colours[1 + index % (len(self.colours) - 1)]

    def new(self) -> Field:
        return np.empty((3, self.rows, self.columns), np.float32)

    def gradient(self, top: Colour, bottom: Colour) -> Field:
        """A fresh field that runs from one colour at its upper edge to another at its lower one."""
        field = self.new()
        share = self.y / self.height + np.float32(0.5)
        for plane, first, last in zip(field, top, bottom, strict=True):
            plane[...] = first + (last - first) * share
        return field

    def around(self, x: float, y: float, radius: float) -> tuple[slice, slice]:
        """The rows and columns that a disc touches."""
        left, right = (round((x + side * radius) * self.short + self.columns / 2) for side in (-1, 1))
        top, bottom = (round((y + side * radius) * self.short + self.rows / 2) for side in (-1, 1))
        return slice(max(0, top), max(0, bottom + 1)), slice(max(0, left), max(0, right + 1))


def _middles(count: int, unit: int) -> Floats:
    return np.asarray((np.arange(count) + 0.5 - count / 2) / unit, np.float32)


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    return np.asarray(first + (second - first) * np.float32(share), np.float32)


def darker(colour: Colour, share: float) -> Colour:
    """``colour`` mixed with black."""
    return mixed(colour, _BLACK, share)


def over(field: Field, colour: Colour, share: Floats) -> None:
    """Lay a colour over a field in place; ``share`` is 0 to 1, of a shape that broadcasts to the field's planes."""
    for plane, value in zip(field, colour, strict=True):
        plane += (value - plane) * share


def smoothstep(low: float, high: float, value: Floats) -> Floats:
    share = np.clip((value - np.float32(low)) * np.float32(1 / (high - low)), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def inside(distance: Floats, pixel: float) -> Floats:
    """Coverage where a signed distance is negative, its edge one ``pixel`` wide."""
    return np.asarray(np.clip(0.5 - distance * np.float32(1 / pixel), 0, 1), np.float32)
