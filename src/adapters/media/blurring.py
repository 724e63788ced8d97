"""Gaussian blur of whole frames: made small by swscale, blurred there with a few taps, and enlarged again."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ...domain.mix import Blur
from .lerping import blocks, lerp
from .planes import Plane, Planes
from .scaling import scaled
from .scratch import scratch

_RESAMPLING = 0.12
"""Variance, in small pixels, that the way down and up adds by itself."""
_REACH = 2.6
"""Taps reach that many standard deviations."""
_MOST = 128


def blur(planes: Planes, amount: Blur) -> None:
    """Blur ``planes`` in place; what lies outside of the frame counts as what lies at its edge."""
    short = min(planes[0].shape)
    for plane, part in zip(planes, (1, 2, 2), strict=True):
        _blur(plane, amount.x * short / part, amount.y * short / part, part)


def _blur(plane: Plane, across: float, down: float, part: int) -> None:
    """By standard deviations in pixels of the plane; below one, the sharp picture mixed with one blurred by a pixel."""
    weight = round(min(1.0, max(across, down) ** 2) * 256)
    if not weight:
        return
    across, down = (max(1.0, deviation) if deviation else 0.0 for deviation in (across, down))
    height, width = plane.shape
    columns, rows = -(-width // _factor(across)), -(-height // _factor(down))
    small = _shrunk(plane, columns, rows, part).astype(np.float32)
    small = _softened(small, across * columns / width)
    small = _softened(small.T, down * rows / height).T
    fine = np.ascontiguousarray(np.rint(small).astype(np.uint8))
    lerp(plane, scaled(fine, width, height, "BILINEAR", key=("blur-up", part)), weight, plane)


def _shrunk(plane: Plane, columns: int, rows: int, part: int) -> Plane:
    """Step by step: above a factor of 8 the weights of swscale's filters do not add up to one."""
    while plane.shape != (rows, columns):
        height, width = plane.shape
        across, down = max(columns, -(-width // 8)), max(rows, -(-height // 8))
        plane = scaled(plane, across, down, "AREA", key=("blur-down", part, down == rows and across == columns))
    return plane


def _factor(deviation: float) -> int:
    """By how much a side is made smaller: 1 to 2 small pixels to the deviation, more above the largest factor."""
    if deviation <= 0:
        return 1
    return int(min(_MOST, max(2, 2 ** math.floor(math.log2(deviation)))))


def _softened(plane: NDArray[np.float32], deviation: float) -> NDArray[np.float32]:
    """Blurred along its rows; the way down and up is counted in."""
    if deviation <= 0:
        return plane
    taps = _taps(round(deviation * 64))
    reach = len(taps) - 1
    wide = np.pad(plane, ((0, 0), (reach, reach)), mode="edge")
    out = np.empty_like(plane)
    length = plane.shape[1]
    for rows in blocks(slice(0, plane.shape[0]), length):
        block, target = wide[rows], out[rows]
        pair = scratch("blur-pair", target.shape, np.float32)
        np.multiply(block[:, reach : reach + length], taps[0], out=target)
        for step, tap in enumerate(taps[1:], 1):
            np.add(block[:, reach - step :][:, :length], block[:, reach + step :][:, :length], out=pair)
            np.multiply(pair, tap, out=pair)
            np.add(target, pair, out=target)
    return out


@lru_cache(maxsize=256)
def _taps(deviation: int) -> tuple[np.float32, ...]:
    """The middle tap and those on either side, for a whole deviation in 64ths of a pixel."""
    variance = max(0.0, (deviation / 64) ** 2 - _RESAMPLING)
    if variance < 0.5:  # too narrow for the samples of a bell; three taps of the same variance
        return np.float32(1 - variance), np.float32(variance / 2)
    reach = math.ceil(math.sqrt(variance) * _REACH)
    weights = [math.exp(-(step**2) / (2 * variance)) for step in range(reach + 1)]
    whole = 2 * sum(weights) - weights[0]
    return tuple(np.float32(weight / whole) for weight in weights)
