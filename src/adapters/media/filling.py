"""What is shown around a picture that does not cover the frame: itself, blurred and darkened."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .planes import BLACK, Plane, Planes, window
from .scaling import enlarge, scaled

_GRID = 60
"""Pixels of the shorter side of what is blurred, so that it looks the same at every resolution."""
_LIGHT = 0.55
"""What is left of its brightness."""
_PASSES = 2


class Region(NamedTuple):
    """Even pixels of the frame on which a whole picture is shown."""

    left: int
    top: int
    width: int
    height: int

    def of(self, planes: Planes) -> Planes:
        """The region's part of planes, which writes through."""
        return window(planes, *self)


def contained(
    aspect: float, width: int, height: int, within: tuple[float, float, float, float] = (0, 0, 1, 1)
) -> Region:
    """The largest region of an ``aspect`` (width over height) within a part of the frame, its edges as shares of it."""
    left, top, right, bottom = within
    room = (right - left) * width, (bottom - top) * height
    across = min(room[0], room[1] * aspect)
    down = min(room[1], room[0] / aspect)
    columns, rows = max(2, round(across / 2) * 2), max(2, round(down / 2) * 2)
    return Region(
        min(round((left * width + (room[0] - across) / 2) / 2) * 2, width - columns),
        min(round((top * height + (room[1] - down) / 2) / 2) * 2, height - rows),
        columns,
        rows,
    )


def fill_around(region: Region, out: Planes) -> None:
    """Fill what ``region`` leaves of ``out`` with what is in it."""
    height, width = out[0].shape
    if (region.width, region.height) == (width, height):
        return
    for source, target, part, black in zip(region.of(out), out, (1, 2, 2), BLACK, strict=True):
        _around(source, target, region, part, black)


def _around(source: Plane, target: Plane, region: Region, part: int, black: int) -> None:
    rows, columns = source.shape
    height, width = target.shape
    down = min(rows, max(1, round(columns * height / width)))
    across = min(columns, max(1, round(rows * width / height)))
    top, left = (rows - down) // 2, (columns - across) // 2
    grain = max(1.0, min(width, height) / _GRID)
    small = max(2, round(width / grain)), max(2, round(height / grain))
    shrunk = scaled(source[top : top + down, left : left + across], *small, "AREA", key=("shrink", part))
    light = _blurred(shrunk.astype(np.float32)) - black
    first, last = region.top // part, (region.top + region.height) // part
    start, end = region.left // part, (region.left + region.width) // part
    parts = [(slice(0, first), slice(None)), (slice(last, None), slice(None))]
    parts += [(slice(first, last), slice(0, start)), (slice(first, last), slice(end, None))]
    enlarge(black + light * np.float32(_LIGHT), target, parts, key=("fill", part))


def _blurred(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Two box blurs of five, which look like a Gaussian's."""
    for _ in range(_PASSES):
        for axis in (0, 1):
            edged = np.pad(picture, [(2, 2) if axis == index else (0, 0) for index in (0, 1)], mode="edge")
            count = picture.shape[axis]
            shifted = [np.take(edged, range(n, n + count), axis=axis) for n in range(5)]
            picture = np.mean(shifted, axis=0, dtype=np.float32)
    return picture
