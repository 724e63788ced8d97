"""Animated backgrounds where there is no picture: soft fields of a template's palette.

A field is computed small, in floating point, enlarged by swscale in 16 bits and dithered to 8, so that wide
gradients do not band.
"""

import math
from collections.abc import Callable
from functools import lru_cache

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from ...domain.style import rgb
from ...domain.timeline import Backdrop
from .planes import Plane, Planes, rows_of, yuv

Field = NDArray[np.float32]
"""RGB in 0..255 of shape (rows, columns, 3)."""
_GRAIN_TILE = 256


class BackdropPicture:
    """An animated background; belongs to one renderer."""

    def __init__(self, backdrop: Backdrop, width: int, height: int, fps: int) -> None:
        self._fps = fps
        paint, divisor = BACKDROPS[backdrop.kind]
        self._paint = paint
        self._canvas = _Canvas(backdrop, -(-width // divisor), -(-height // divisor))
        self._contexts = [VideoReformatter() for _ in range(3)]

    def draw(self, frame: int, out: Planes) -> None:
        """The background at ``frame`` of the scene onto ``out``."""
        field = yuv(self._paint(self._canvas, frame / self._fps))
        for index, (target, context) in enumerate(zip(out, self._contexts, strict=True)):
            _enlarge(np.ascontiguousarray(field[..., index]), target, context)

    def signature(self, frame: int) -> object:
        """Every frame differs."""
        return frame

    def close(self) -> None:
        """Nothing to let go."""


def _enlarge(channel: NDArray[np.float32], target: Plane, context: VideoReformatter) -> None:
    height, width = target.shape
    fine = np.rint(np.clip(channel, 0, 254) * 256).astype(np.uint16)
    frame = context.reformat(
        av.VideoFrame.from_ndarray(fine, format="gray16le"),
        width=width,
        height=height,
        format="gray16le",
        interpolation="BICUBIC",
        threads=1,
    )
    wide = rows_of(frame.planes[0], width, height, np.uint16)
    np.right_shift(wide + _grain(height, width), 8, out=wide)
    target[...] = wide


@lru_cache(maxsize=8)
def _grain(height: int, width: int) -> NDArray[np.uint16]:
    """Static noise of a level and a half, which the eye does not see and a gradient needs."""
    tile = np.random.default_rng(7).integers(0, 384, (_GRAIN_TILE, _GRAIN_TILE), dtype=np.uint16)
    return np.tile(tile, (-(-height // _GRAIN_TILE), -(-width // _GRAIN_TILE)))[:height, :width]


class _Canvas:
    """What the frames of one background share: colours, coordinates, and the numbers that its seed gave."""

    def __init__(self, backdrop: Backdrop, columns: int, rows: int) -> None:
        self.colours = np.array([rgb(colour) for colour in backdrop.colours], np.float32)
        self.short = min(columns, rows)
        self.x = ((np.arange(columns, dtype=np.float32) + 0.5 - columns / 2) / self.short)[None, :]
        self.y = ((np.arange(rows, dtype=np.float32) + 0.5 - rows / 2) / self.short)[:, None]
        self.width, self.height = columns / self.short, rows / self.short
        self.chance = np.random.default_rng(backdrop.seed).uniform(0, 1, 64)

    def gradient(self, top: NDArray[np.float32], bottom: NDArray[np.float32]) -> Field:
        share = np.broadcast_to(self.y / self.height + 0.5, (self.y.shape[0], self.x.shape[1]))[..., None]
        return (top + (bottom - top) * share).astype(np.float32)

    def around(self, x: float, y: float, radius: float) -> tuple[slice, slice]:
        """The rows and columns that a disc touches."""
        across, down = self.x.shape[1], self.y.shape[0]
        left, right = (round((x + side * radius) * self.short + across / 2) for side in (-1, 1))
        top, bottom = (round((y + side * radius) * self.short + down / 2) for side in (-1, 1))
        return slice(max(0, top), max(0, bottom)), slice(max(0, left), max(0, right))

    def colour(self, index: int) -> NDArray[np.float32]:
        """A colour after the deepest one, taken in turn."""
        return np.asarray(self.colours[1 + index % (len(self.colours) - 1)])


def _smoothstep(low: float, high: float, value: NDArray[np.float32]) -> NDArray[np.float32]:
    share = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def _over(field: Field, colour: NDArray[np.float32], share: NDArray[np.float32]) -> None:
    field += (colour - field) * share[..., None]


def aurora(canvas: _Canvas, seconds: float) -> Field:
    """Large clouds of colour that drift through each other."""
    deep = canvas.colours[0]
    field = canvas.gradient(deep * 0.8, deep + (canvas.colour(0) - deep) * 0.25)
    for blob in range(5):
        a, b, c, d = canvas.chance[blob * 4 : blob * 4 + 4]
        turn = 2 * math.pi * (a + seconds * (0.03 + 0.025 * b) * (1 if c > 0.5 else -1))
        x = canvas.width * 0.45 * math.sin(turn)
        y = canvas.height * 0.45 * math.cos(turn * (0.8 + 0.4 * d) + 6 * c)
        radius = (0.32 + 0.26 * d) * (canvas.width + canvas.height) / 2
        distance = ((canvas.x - x) ** 2 + (canvas.y - y) ** 2) / radius**2
        _over(field, canvas.colour(blob), np.exp(-1.6 * distance) * 0.75)
    return field


def waves(canvas: _Canvas, seconds: float) -> Field:
    """A sky above swells that roll at different paces, each nearer one deeper."""
    deep, light = canvas.colours[0], canvas.colours[-1]
    mid = canvas.colours[len(canvas.colours) // 2]
    field = canvas.gradient(deep + (mid - deep) * 0.35, deep + (light - deep) * 0.55)
    layers = 5
    for layer in range(layers):
        near = layer / (layers - 1)
        a, b, c, d = canvas.chance[layer * 4 : layer * 4 + 4]
        level = canvas.height * (-0.06 + 0.44 * near)
        pace = (0.25 + 0.3 * near) * (1 if layer % 2 else -1)
        crest = level + 0.05 * (0.6 + near) * (
            np.sin(canvas.x * (3.2 + 1.6 * a) + seconds * pace * 2 + 6.3 * b)
            + 0.5 * np.sin(canvas.x * (6.5 + 2 * c) - seconds * pace * 1.3 + 6.3 * d)
        )
        below = _smoothstep(-0.005, 0.005, canvas.y - crest)
        depth = _smoothstep(0.0, 0.55, canvas.y - crest)
        bright = light + (mid - light) * near
        body = bright[None, None] + (deep - bright)[None, None] * (0.35 + 0.6 * depth[..., None] * (0.5 + 0.5 * near))
        field += (body - field) * (below * 0.82)[..., None]
    return field


def orbs(canvas: _Canvas, seconds: float) -> Field:
    """Out-of-focus lights that rise slowly."""
    deep = canvas.colours[0]
    field = canvas.gradient(deep + (canvas.colour(0) - deep) * 0.3, deep * 0.75)
    for orb in range(12):
        a, b, c, d = canvas.chance[orb * 4 : orb * 4 + 4]
        radius = 0.05 + 0.16 * d * d
        travel = canvas.height + 2 * radius
        y = canvas.height / 2 + radius - (b * travel + seconds * (0.03 + 0.05 * c)) % travel
        x = canvas.width * (a - 0.5) * 1.1 + 0.05 * math.sin(seconds * 0.6 * (0.5 + c) + 9 * b)
        rows, columns = canvas.around(x, y, radius)
        distance = np.sqrt((canvas.x[:, columns] - x) ** 2 + (canvas.y[rows] - y) ** 2)
        soft = 0.12 + 0.5 * c
        disc = 1 - _smoothstep(radius * (1 - soft), radius, distance)
        rim = 0.75 + 0.25 * _smoothstep(radius * 0.4, radius, distance)
        _over(field[rows, columns], canvas.colour(orb), disc * rim * (0.18 + 0.3 * d))
    return field


def rays(canvas: _Canvas, seconds: float) -> Field:
    """Broad diagonal bands of light that pass over each other."""
    deep = canvas.colours[0]
    field = canvas.gradient(deep + (canvas.colour(0) - deep) * 0.4, deep)
    for band in range(4):
        a, b, c, d = canvas.chance[band * 4 : band * 4 + 4]
        angle = math.radians(58 + 16 * a)
        along = canvas.x * math.sin(angle) + canvas.y * math.cos(angle)
        phase = along * (2.2 + 2.4 * b) + seconds * (0.18 + 0.22 * c) * (1 if d > 0.4 else -1) + 6.3 * d
        light = np.clip(np.sin(phase), 0, 1) ** 2
        _over(field, canvas.colour(band), np.asarray(light * (0.42 - 0.06 * band), np.float32))
    return field


BACKDROPS: dict[str, tuple[Callable[[_Canvas, float], Field], int]] = {
    "aurora": (aurora, 12),
    "waves": (waves, 6),
    "orbs": (orbs, 5),
    "rays": (rays, 10),
}
"""Kind -> its painter, and how many output pixels one computed pixel covers."""
