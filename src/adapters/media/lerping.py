"""Linear interpolation between planes, in 16-bit integers and blocks that stay in the cache."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .planes import Plane
from .scratch import scratch

_PIXELS = 36_000
"""Pixels of a block: few enough that all the arrays of one step stay in the second-level cache."""


def blocks(rows: slice, width: int) -> Iterator[slice]:
    """``rows`` of ``width`` pixels in blocks."""
    step = max(1, _PIXELS // max(1, width))
    for top in range(rows.start, rows.stop, step):
        yield slice(top, min(top + step, rows.stop))


def lerp(first: Plane, second: Plane, weights: NDArray[np.uint16] | int, out: Plane) -> None:
    """out = first + (second - first) * weights / 256, rounded; exact at 0 and 256.

    ``out`` may be either of the two. ``weights`` is one for all or one a pixel.
    """
    if isinstance(weights, int) and weights == 256:
        np.copyto(out, second)
        return
    for rows in blocks(slice(0, out.shape[0]), out.shape[1]):
        share = weights[rows] if isinstance(weights, np.ndarray) else weights
        target = out[rows]
        one, other = scratch("lerp-one", target.shape, np.uint16), scratch("lerp-other", target.shape, np.uint16)
        rest: NDArray[np.uint16] | int = 256 - share if isinstance(share, int) else _rest(share)
        np.copyto(one, first[rows])  # cast first, multiply then: half the time of a multiplication that casts
        np.copyto(other, second[rows])
        np.multiply(one, rest, out=one)
        np.multiply(other, share, out=other)
        np.add(one, other, out=one)
        np.add(one, 128, out=one)
        np.right_shift(one, 8, out=one)
        np.copyto(target, one, casting="unsafe")


def _rest(shares: NDArray[np.uint16]) -> NDArray[np.uint16]:
    rest: NDArray[np.uint16] = scratch("lerp-rest", shares.shape, np.uint16)
    return np.subtract(256, shares, out=rest)


def towards(plane: Plane, value: int, weight: int) -> None:
    """Move every pixel of ``plane`` by ``weight`` 256ths of its way to ``value``; exact at 0 and 256."""
    for rows in blocks(slice(0, plane.shape[0]), plane.shape[1]):
        target = plane[rows]
        pixels = scratch("lerp-one", target.shape, np.uint16)
        np.copyto(pixels, target)
        np.multiply(pixels, 256 - weight, out=pixels)
        np.add(pixels, value * weight + 128, out=pixels)
        np.right_shift(pixels, 8, out=pixels)
        np.copyto(target, pixels, casting="unsafe")
