"""Two pictures in one frame: placements and masks of a transition carried out on planes."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ...domain.transitions import Mask, Mix, Placement
from .planes import Plane, Planes, new_planes
from .scaling import scaled
from .scratch import scratch

_ROWS = 32
"""Rows of a block: small enough that the blocks of one step stay in the cache."""
Weights = NDArray[np.uint16]
"""Shares of the incoming picture, 0 to 256, of a shape that broadcasts to the plane's block."""


class Mixer:
    """Mixes pictures of one frame size; belongs to one renderer."""

    def __init__(self, width: int, height: int) -> None:
        self._zoomed = new_planes(width, height), new_planes(width, height)

    def mix(self, outgoing: Planes, incoming: Planes, mix: Mix, out: Planes) -> None:
        """Fill ``out``; the three are different frames."""
        outgoing = _zoom(outgoing, mix.outgoing.zoom, self._zoomed[0])
        incoming = _zoom(incoming, mix.incoming.zoom, self._zoomed[1])
        width, height = out[0].shape[1], out[0].shape[0]
        for first, second, target, part in zip(outgoing, incoming, out, (1, 2, 2), strict=True):
            _paste(first, target, mix.outgoing, width, height, part)
            rows, columns = _landing(mix.incoming, width, height, part)
            region = target[rows, columns]
            source = second[_mirrored(rows, target.shape[0]), _mirrored(columns, target.shape[1])]
            if mix.mask is not None:
                for block, weights in _weights(mix.mask, target.shape, width, height, part):
                    _lerp(target[block], second[block], weights)
            elif mix.opacity < 1:
                weight = np.array([[round(mix.opacity * 256)]], np.uint16)
                for top in range(0, region.shape[0], _ROWS):
                    _lerp(region[top : top + _ROWS], source[top : top + _ROWS], weight)
            else:
                region[...] = source


def _zoom(planes: Planes, zoom: float, out: Planes) -> Planes:
    if zoom <= 1:
        return planes
    height, width = planes[0].shape
    across, down = round(width / zoom / 2) * 2, round(height / zoom / 2) * 2
    left, top = (width - across) // 4 * 2, (height - down) // 4 * 2
    for source, target, part in zip(planes, out, (1, 2, 2), strict=True):
        crop = source[top // part : (top + down) // part, left // part : (left + across) // part]
        target[...] = scaled(crop, target.shape[1], target.shape[0], "BILINEAR", key=("zoom", part))
    return out


def _shift(share: float, length: int, part: int) -> int:
    """A shift in a plane's pixels, even on luma; two pictures a frame apart stay exactly a frame apart."""
    return math.floor(share * length / 2 + 0.5) * 2 // part


def _landing(place: Placement, width: int, height: int, part: int) -> tuple[slice, slice]:
    """The rows and columns of the frame that a shifted picture covers."""
    dx, dy = _shift(place.x, width, part), _shift(place.y, height, part)
    across, down = width // part, height // part
    return (
        slice(min(down, max(0, dy)), max(0, min(down, down + dy))),
        slice(min(across, max(0, dx)), max(0, min(across, across + dx))),
    )


def _mirrored(span: slice, length: int) -> slice:
    """The part of a picture that lands on ``span`` of the frame it was shifted within."""
    return slice(length - span.stop, length - span.start)


def _paste(source: Plane, target: Plane, place: Placement, width: int, height: int, part: int) -> None:
    rows, columns = _landing(place, width, height, part)
    target[rows, columns] = source[_mirrored(rows, target.shape[0]), _mirrored(columns, target.shape[1])]


def _weights(mask: Mask, shape: tuple[int, ...], width: int, height: int, part: int) -> Iterator[tuple[slice, Weights]]:
    """Blocks of rows with the mask's weights in them."""
    down, across = shape
    feather = max(mask.feather * max(width, height), 1.0)
    x = (np.arange(across, dtype=np.float32) + 0.5) * part
    y = (np.arange(down, dtype=np.float32) + 0.5) * part
    if mask.shape == "circle":
        reach = mask.reach * (math.hypot(width, height) / 2 + feather)
        x2, y2 = ((x - width / 2) ** 2)[None], ((y - height / 2) ** 2)[:, None]
        for top in range(0, down, _ROWS):
            block = slice(top, top + _ROWS)
            yield block, _soft(np.asarray(reach - np.sqrt(x2 + y2[block]), np.float32), feather)
        return
    length = width if mask.direction in ("left", "right") else height
    along = x[None] if mask.direction in ("left", "right") else y[:, None]
    if mask.direction in ("left", "up"):
        along = length - along
    weights = _soft(mask.reach * (length + feather) - along, feather)
    for top in range(0, down, _ROWS):
        block = slice(top, top + _ROWS)
        yield block, weights if weights.shape[0] == 1 else weights[block]


def _soft(inside: NDArray[np.float32], feather: float) -> Weights:
    """0 outside, 256 from ``feather`` pixels inside on."""
    return np.asarray(np.clip(inside * (256 / feather), 0, 256), np.uint16)


def _lerp(target: Plane, source: Plane, weights: Weights) -> None:
    """target += (source - target) * weights / 256, rounded; exact at 0 and 256."""
    first = scratch("lerp-first", target.shape, np.uint16)
    second = scratch("lerp-second", target.shape, np.uint16)
    np.multiply(target, 256 - weights, out=first, dtype=np.uint16)
    np.multiply(source, weights, out=second, dtype=np.uint16)
    np.add(first, second, out=first)
    np.add(first, 128, out=first)
    np.right_shift(first, 8, out=first)
    target[...] = first
