"""The masks of transitions: which share of the incoming picture every pixel of a plane takes.

A mask is a still field of moments, one a pixel, over which its reach rises; so a frame costs a subtraction and a
clip, and only where the soft rim is: tiles that lie wholly before or behind it are told by their extremes.
"""

import itertools
import math
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...domain.mix import Direction, Mask, Shape
from .lerping import blocks
from .scratch import scratch

WHOLE = 256
"""The weight of a pixel that is all incoming picture."""
_TILE_ROWS, _TILE_COLUMNS = 32, 120
_SLATS = 9
"""Blinds along the frame's longer side."""
_GRAINS = 200, 45
"""Grains of the noise along the shorter side: fine, and in clouds."""
_LEVELS = 4096

Moments = NDArray[np.float32]
"""When each pixel is reached: 0 at once, 1 last."""
Weights = NDArray[np.uint16]


class _Field(NamedTuple):
    """Moments in 256ths of the feather, and the least and the greatest of every tile."""

    moments: NDArray[np.int16]
    least: NDArray[np.int16]
    greatest: NDArray[np.int16]


class _Grid(NamedTuple):
    """A plane's pixel centres in pixels of luma, from the frame's middle; a row of x and a column of y."""

    x: Moments
    y: Moments
    width: int
    height: int


def shares(mask: Mask, width: int, height: int, part: int) -> Iterator[tuple[tuple[slice, slice], Weights | int]]:
    """Blocks of a plane that the incoming picture reaches, with its weights in them: 256 where it is alone.

    ``width`` and ``height`` are the frame's, ``part`` is 1 for luma and 2 for chroma. Weights hold until the next
    block is asked for.
    """
    if mask.reach <= 0:
        return
    field = _field(mask.shape, mask.direction, mask.feather, mask.seed, width, height, part)
    reach = round(mask.reach * (WHOLE / mask.feather + WHOLE))
    reached = (reach > field.least).astype(np.int8) + (reach - WHOLE >= field.greatest)
    row = 0
    for states, alike in itertools.groupby(reached.tolist()):
        top, row = row, row + sum(1 for _ in alike)
        column = 0
        for state, run in itertools.groupby(states):
            left, column = column, column + sum(1 for _ in run)
            rows = slice(top * _TILE_ROWS, min(row * _TILE_ROWS, height // part))
            columns = slice(left * _TILE_COLUMNS, min(column * _TILE_COLUMNS, width // part))
            if state == 2:
                yield (rows, columns), WHOLE
            elif state == 1:
                for block in blocks(rows, columns.stop - columns.start):
                    yield (block, columns), _weights(field.moments[block, columns], reach)


def _weights(moments: NDArray[np.int16], reach: int) -> Weights:
    weights = scratch("mask-weights", moments.shape, np.int16)
    np.subtract(np.int16(reach), moments, out=weights)
    np.clip(weights, np.int16(0), np.int16(WHOLE), out=weights)
    return weights.view(np.uint16)


@lru_cache(maxsize=8)
def _field(shape: Shape, direction: Direction, feather: float, seed: int, width: int, height: int, part: int) -> _Field:
    x = ((np.arange(width // part, dtype=np.float32) + 0.5) * part - width / 2)[None]
    y = ((np.arange(height // part, dtype=np.float32) + 0.5) * part - height / 2)[:, None]
    share = MASKS[shape](_Grid(x, y, width, height), direction, seed)
    across = np.broadcast_to(share * np.float32(WHOLE / feather), (height // part, width // part))
    moments = np.rint(across).astype(np.int16)
    downs, rights = np.arange(0, height // part, _TILE_ROWS), np.arange(0, width // part, _TILE_COLUMNS)
    least = np.minimum.reduceat(np.minimum.reduceat(moments, downs, axis=0), rights, axis=1)
    greatest = np.maximum.reduceat(np.maximum.reduceat(moments, downs, axis=0), rights, axis=1)
    return _Field(moments, least, greatest)


def _along(grid: _Grid, direction: Direction) -> Moments:
    """0 at the side that things come from, 1 at the one that they go to."""
    upright = direction in ("up", "down")
    share = grid.y / grid.height + 0.5 if upright else grid.x / grid.width + 0.5
    return np.asarray(1 - share if direction in ("left", "up") else share, np.float32)


def _edge(grid: _Grid, direction: Direction, seed: int) -> Moments:
    return _along(grid, direction)


def _blinds(grid: _Grid, direction: Direction, seed: int) -> Moments:
    length = grid.height if direction in ("up", "down") else grid.width
    slats = max(2, round(_SLATS * length / max(grid.width, grid.height)))
    return np.asarray(_along(grid, direction) * slats % 1, np.float32)


def _circle(grid: _Grid, direction: Direction, seed: int) -> Moments:
    radius = np.sqrt(grid.x**2 + grid.y**2) / (math.hypot(grid.width, grid.height) / 2)
    return np.asarray(1 - radius if direction == "in" else radius, np.float32)


def _diamond(grid: _Grid, direction: Direction, seed: int) -> Moments:
    radius = (np.abs(grid.x) + np.abs(grid.y)) / ((grid.width + grid.height) / 2)
    return np.asarray(1 - radius if direction == "in" else radius, np.float32)


def _clock(grid: _Grid, direction: Direction, seed: int) -> Moments:
    x = -grid.x if direction == "counterclockwise" else grid.x
    return np.asarray(np.arctan2(x, -grid.y) / np.float32(2 * math.pi) % 1, np.float32)


def _noise(grid: _Grid, direction: Direction, seed: int) -> Moments:
    """Fine grain that thickens in clouds, evened out: every moment comes to the same number of pixels."""
    chance = np.random.default_rng(seed)
    short = min(grid.width, grid.height)
    noise: Moments = np.zeros((grid.y.size, grid.x.size), np.float32)
    for grains, strength in zip(_GRAINS, (0.7, 1.0), strict=True):
        size = max(3.0, short / grains)
        lattice = chance.random((int(grid.height / size) + 2, int(grid.width / size) + 2), np.float32)
        down, right = (grid.y[:, 0] + grid.height / 2) / size, (grid.x[0] + grid.width / 2) / size
        noise += np.float32(strength) * _between(_between(lattice, down).T, right).T
    levels = (noise * np.float32(_LEVELS / float(noise.max()))).astype(np.intp)
    order = np.cumsum(np.bincount(levels.ravel(), minlength=_LEVELS + 1)) / noise.size
    return np.asarray(order.astype(np.float32)[levels], np.float32)


def _between(rows: Moments, places: Moments) -> Moments:
    """Rows read off at ``places`` between them, smoothly."""
    first = places.astype(np.intp)
    share = places - first
    share = (share * share * (3 - 2 * share))[:, None]
    return np.asarray(rows[first] + (rows[first + 1] - rows[first]) * share, np.float32)


MASKS: dict[Shape, Callable[[_Grid, Direction, int], Moments]] = {
    "edge": _edge,
    "blinds": _blinds,
    "circle": _circle,
    "diamond": _diamond,
    "clock": _clock,
    "noise": _noise,
}
