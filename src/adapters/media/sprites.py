"""Pictures with transparency, ready to be laid over a frame of YUV 4:2:0 planes.

Colour is BT.709 in limited range (ITU-R BT.709-6, table 3: luma 16 to 235, chroma 16 to 240) and premultiplied with
alpha. That conversion is affine, so layers composed as YUVA equal the same layers composed as RGBA and converted. A
chroma sample is the mean of the four pixels that it covers.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .planes import yuv

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint16]
Floats = NDArray[np.float32]

OPAQUE = 256
BLOCK_ROWS = 64
"""Rows blended at a time: two scratch rows of a wide sprite stay in the second-level cache."""


def premultiplied(rgba: Bytes) -> Floats:
    """Planes of Y·α, U·α, V·α and α, float32 (4, height, width), of straight RGBA bytes (height, width, 4)."""
    colours = yuv(rgba[..., :3].astype(np.float32))
    alpha = rgba[..., 3].astype(np.float32) / np.float32(255)
    planes = np.concatenate((np.moveaxis(colours, 2, 0), np.ones_like(alpha)[None]))
    planes *= alpha
    return planes


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """One plane of a sprite with its top left corner at (``x``, ``y``) of the frame's plane.

    ``colour`` and ``inverse`` are uint16 (height, width): the blend is ``(frame * inverse + colour) >> 8``, where
    inverse is 256·(1-α) and colour is 256·α·value + 128, the half that rounds. Values up to 240 keep it in 16 bits.
    """

    x: int
    y: int
    colour: Words
    inverse: Words


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A picture with alpha at a fixed place of the frame: planes Y, U, V, or none where nothing is to be seen.

    Corners and sides are even in pixels, so chroma lies exactly under luma. A place may reach out of the frame.
    """

    planes: tuple[Plane, ...] = ()

    @classmethod
    def from_rgba(cls, image: Image.Image, x: int, y: int) -> Self:
        """``image`` (RGBA, straight alpha) with its top left corner at the pixel (``x``, ``y``), cropped to its ink."""
        ink = image.getchannel("A").getbbox()
        if ink is None:
            return cls()
        left, top = (x + ink[0]) // 2 * 2 - x, (y + ink[1]) // 2 * 2 - y
        right, bottom = -(-(x + ink[2]) // 2) * 2 - x, -(-(y + ink[3]) // 2) * 2 - y
        rgba = np.asarray(image.crop((left, top, right, bottom)))
        return cls.from_premultiplied(premultiplied(rgba), x + left, y + top)

    @classmethod
    def from_premultiplied(cls, yuva: Floats, x: int, y: int) -> Self:
        """Planes of Y·α, U·α, V·α and α (0 to 1), float32 (4, height, width); ``x``, ``y`` and both sides even."""
        _, height, width = yuva.shape
        if x % 2 or y % 2 or height % 2 or width % 2:
            raise ValueError(f"a sprite of {width}x{height} at ({x}, {y}): even numbers are right")
        if not yuva.size:
            return cls()
        rows = yuva[1:, ::2] + yuva[1:, 1::2]
        small = (rows[:, :, ::2] + rows[:, :, 1::2]) * np.float32(0.25)
        luma_inverse, chroma_inverse = _inverse(yuva[3]), _inverse(small[2])
        return cls(
            (
                Plane(x, y, _colour(yuva[0]), luma_inverse),
                Plane(x // 2, y // 2, _colour(small[0]), chroma_inverse),
                Plane(x // 2, y // 2, _colour(small[1]), chroma_inverse),
            )
        )

    @classmethod
    def from_bytes(cls, luma: tuple[Bytes, Bytes], chroma: tuple[Bytes, Bytes, Bytes], x: int, y: int) -> Self:
        """Bytes of Y·α and α, and of U·α, V·α and α at half the size; ``x`` and ``y`` even.

        Quicker than ``from_premultiplied`` and as exact as a byte: for what is seen for one frame. Colour beyond its
        alpha, as resampling leaves it at edges, is cut off.
        """

        def colour(plane: Bytes, alpha: Bytes) -> Words:
            return np.asarray((np.minimum(plane, alpha).astype(np.uint16) << 8) + np.uint16(128), np.uint16)

        def inverse(alpha: Bytes) -> Words:
            wide = alpha.astype(np.uint16)
            return np.asarray(np.uint16(OPAQUE) - wide - (wide >> 7), np.uint16)

        u, v, small = chroma
        chroma_inverse = inverse(small)
        return cls(
            (
                Plane(x, y, colour(*luma), inverse(luma[1])),
                Plane(x // 2, y // 2, colour(u, small), chroma_inverse),
                Plane(x // 2, y // 2, colour(v, small), chroma_inverse),
            )
        )

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in pixels of the frame; zeros where nothing is to be seen."""
        if not self.planes:
            return (0, 0, 0, 0)
        luma = self.planes[0]
        height, width = luma.colour.shape
        return (luma.x, luma.y, luma.x + width, luma.y + height)

    @property
    def size(self) -> int:
        """Bytes of its planes."""
        return sum(plane.colour.nbytes + plane.inverse.nbytes for plane in self.planes)

    def within(self, left: int, top: int, right: int, bottom: int) -> "Sprite":
        """The part inside of a rectangle of even pixels of the frame; it shares memory with the whole."""
        planes = []
        for plane, step in zip(self.planes, (1, 2, 2), strict=False):
            rows = slice(max(0, top // step - plane.y), max(0, bottom // step - plane.y))
            columns = slice(max(0, left // step - plane.x), max(0, right // step - plane.x))
            colour, inverse = plane.colour[rows, columns], plane.inverse[rows, columns]
            if not colour.size:
                return Sprite()
            planes.append(Plane(plane.x + columns.start, plane.y + rows.start, colour, inverse))
        return Sprite(tuple(planes))

    def shifted(self, dx: int, dy: int) -> "Sprite":
        """It moved by even pixels; shares its memory."""
        steps = zip(self.planes, (1, 2, 2), strict=False)
        return Sprite(tuple(Plane(p.x + dx // step, p.y + dy // step, p.colour, p.inverse) for p, step in steps))

    def patched(self, patch: "Sprite") -> "Sprite":
        """A copy in which ``patch``, which lies inside its bounds, stands in the place of what was there."""
        planes = []
        for whole, part in zip(self.planes, patch.planes, strict=True):
            (height, width), top, left = part.colour.shape, part.y - whole.y, part.x - whole.x
            colour, inverse = whole.colour.copy(), whole.inverse.copy()
            colour[top : top + height, left : left + width] = part.colour
            inverse[top : top + height, left : left + width] = part.inverse
            planes.append(Plane(whole.x, whole.y, colour, inverse))
        return Sprite(tuple(planes))


def _colour(premultiplied_values: Floats) -> Words:
    return np.asarray(np.rint(premultiplied_values * np.float32(256) + np.float32(128)), np.uint16)


def _inverse(alpha: Floats) -> Words:
    return np.asarray(np.rint((np.float32(1) - alpha) * np.float32(256)), np.uint16)


class _Scratch(threading.local):
    """Two uint16 rows of blocks a thread, grown to the widest sprite that it has blended."""

    def __init__(self) -> None:
        self.first = self.second = np.empty(0, np.uint16)

    def blocks(self, size: int) -> tuple[Words, Words]:
        if self.first.size < size:
            self.first, self.second = np.empty(size, np.uint16), np.empty(size, np.uint16)
        return self.first, self.second


_scratch = _Scratch()


def blend(sprite: Sprite, planes: Sequence[NDArray[Any]], opacity: int = OPAQUE, dx: int = 0, dy: int = 0) -> None:
    """Lay ``sprite`` over the uint8 ``planes`` (Y full, U and V half size) in place.

    ``opacity`` is 0 to 256, ``dx`` and ``dy`` move it by even pixels; what falls outside of the planes is left out.
    Pixels under alpha 0 stay as they were, pixels under alpha 1 take the sprite's colour. Allocates nothing once a
    thread has blended a sprite of that width.
    """
    if opacity <= 0:
        return
    if dx % 2 or dy % 2:
        raise ValueError(f"a sprite moved by ({dx}, {dy}): even pixels are right")
    for index, (part, plane) in enumerate(zip(sprite.planes, planes, strict=False)):
        step = 1 if index == 0 else 2
        x, y = part.x + dx // step, part.y + dy // step
        height, width = part.colour.shape
        left, right = max(x, 0), min(x + width, plane.shape[1])
        top, bottom = max(y, 0), min(y + height, plane.shape[0])
        if left < right and top < bottom:
            inside = (slice(top - y, bottom - y), slice(left - x, right - x))
            _blend(plane[top:bottom, left:right], part.colour[inside], part.inverse[inside], min(opacity, OPAQUE))


def _blend(target: NDArray[Any], colour: Words, inverse: Words, opacity: int) -> None:
    height, width = target.shape
    first, second = _scratch.blocks(BLOCK_ROWS * width)
    for row in range(0, height, BLOCK_ROWS):
        rows = slice(row, min(row + BLOCK_ROWS, height))
        pixels = target[rows]
        mixed = first[: pixels.size].reshape(pixels.shape)
        np.multiply(pixels, inverse[rows], out=mixed)
        np.add(mixed, colour[rows], out=mixed)
        np.right_shift(mixed, 8, out=mixed)
        if opacity < OPAQUE:
            kept = second[: pixels.size].reshape(pixels.shape)
            np.multiply(pixels, np.uint16(OPAQUE - opacity), out=kept)
            np.multiply(mixed, np.uint16(opacity), out=mixed)
            np.add(mixed, kept, out=mixed)
            np.add(mixed, np.uint16(128), out=mixed)
            np.right_shift(mixed, 8, out=mixed)
        np.copyto(pixels, mixed, casting="unsafe")
