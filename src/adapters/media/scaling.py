"""Scaling of planes by swscale: whole pictures, and sub-pixel views for slow zooms and pans.

swscale scales whole pixels only. A view that starts and ends between pixels is made of an integer crop, scaled by a
rational factor, of which an integer window is kept; the integers are solved so that the view is off by less than
1/24 pixel at either end.
"""

import threading
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from .planes import Plane, rows_of
from .scratch import scratch

MARGIN = 128
"""Pixels by which a plane is padded on every side, so that a crop may reach past the picture's edge."""
LEAST_STEP = 1.04
"""Views need more source than target pixels: nearer to 1:1 the rational factors run out of sub-pixel phases."""
_EXTRA = 96
_ROWS = 24
_OFFSETS = np.arange(1, _EXTRA + 1)[None]
_TOLERANCE = 1 / 24
_GRAIN_TILE = 256

_local = threading.local()


class Window(NamedTuple):
    """Crop ``source`` pixels from ``start``, scale them to ``scaled``, keep what follows ``offset``."""

    start: int
    source: int
    scaled: int
    offset: int


@lru_cache(maxsize=1024)
def solve(start: float, step: float, count: int) -> Window:
    """The window whose ``count`` pixels lie ``step`` source pixels apart, the first pixel's left edge at ``start``."""
    least: tuple[float, Window] | None = None
    for smallest in range(count + 2, count + _EXTRA + 2, _ROWS):
        scaled = np.arange(smallest, smallest + _ROWS)[:, None]
        offsets = _OFFSETS[:, : smallest + _ROWS - 1 - count]
        source = np.rint(step * scaled)
        actual = source / scaled
        exact = start + count * step / 2 - (offsets + count / 2) * actual
        first = np.rint(exact)
        error = np.abs(first - exact) + np.abs(actual - step) * (count / 2)
        cost = np.where(offsets + count > scaled, np.inf, np.maximum(error, _TOLERANCE) * 1e5 + scaled)
        row, column = divmod(int(cost.argmin()), offsets.shape[1])
        if least is None or cost[row, column] < least[0]:
            window = Window(int(first[row, column]), int(source[row, 0]), int(scaled[row, 0]), column + 1)
            least = float(cost[row, column]), window
        if error[row, column] <= _TOLERANCE:
            break
    assert least is not None  # noqa: S101 - there is a row
    return least[1]


def scaled(plane: NDArray[np.uint8], width: int, height: int, interpolation: str, key: object = None) -> Plane:
    """``plane`` (its rows contiguous) at another size. The result is a view of a fresh buffer.

    ``key`` names the kind of call: calls that share one reuse one swscale context.
    """
    contexts: dict[object, VideoReformatter] = _local.__dict__.setdefault("contexts", {})
    context = contexts.get(key)
    if context is None:
        context = contexts[key] = VideoReformatter()
    frame = context.reformat(
        av.VideoFrame.from_numpy_buffer(plane, format="gray"),
        width=width,
        height=height,
        format="gray",
        interpolation=interpolation,
        threads=1,
    )
    return rows_of(frame.planes[0], width, height)


def enlarge(channel: NDArray[np.float32], target: Plane, parts: Iterable[tuple[slice, slice]], key: object) -> None:
    """Fill ``parts`` (rows and columns) of ``target`` with what a small picture of levels in 0..254 has there.

    It is scaled in 16 bits and dithered to 8, so that wide gradients do not band.
    """
    height, width = target.shape
    contexts: dict[object, VideoReformatter] = _local.__dict__.setdefault("contexts", {})
    context = contexts.setdefault(key, VideoReformatter())
    frame = context.reformat(
        av.VideoFrame.from_ndarray(np.rint(np.clip(channel, 0, 254) * 256).astype(np.uint16), format="gray16le"),
        width=width,
        height=height,
        format="gray16le",
        interpolation="BICUBIC",
        threads=1,
    )
    fine, grain = rows_of(frame.planes[0], width, height, np.uint16), _grain(height, width)
    for part in parts:
        dithered = scratch("enlarge", fine[part].shape, np.uint16)
        np.add(fine[part], grain[part], out=dithered)
        np.right_shift(dithered, 8, out=dithered)
        target[part] = dithered


@lru_cache(maxsize=8)
def _grain(height: int, width: int) -> NDArray[np.uint16]:
    """Static noise of a level and a half, which the eye does not see and a gradient needs."""
    tile = np.random.default_rng(7).integers(0, 384, (_GRAIN_TILE, _GRAIN_TILE), dtype=np.uint16)
    return np.tile(tile, (-(-height // _GRAIN_TILE), -(-width // _GRAIN_TILE)))[:height, :width]


def padded(plane: Plane, margin: int) -> Plane:
    """``plane`` with its edge pixels repeated outwards."""
    return np.pad(plane, margin, mode="edge")


def view(sources: tuple[Plane, Plane, Plane], x: float, y: float, step: float, out: tuple[Plane, Plane, Plane]) -> None:
    """Fill ``out`` from padded ``sources``: luma pixels ``step`` source pixels apart, from (``x``, ``y``) on.

    ``sources`` carry MARGIN of padding on every plane; x and y count from the picture's own corner.
    """
    for source, target, part in zip(sources, out, (1, 2, 2), strict=True):
        height, width = target.shape
        left, columns, wide, dx = solve(x / part + MARGIN, step, width)
        top, rows, high, dy = solve(y / part + MARGIN, step, height)
        crop = source[top : top + rows, left : left + columns]
        picture = scaled(crop, wide, high, "BILINEAR", key=("view", part))
        target[...] = picture[dy : dy + height, dx : dx + width]
