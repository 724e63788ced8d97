"""The picture of a scene that has neither photo nor clip: painted small, enlarged, dithered.

A field is painted in floating point, handed to swscale in 16 bits and enlarged to 8 with an ordered dither, so that
wide gradients do not band.
"""

from collections.abc import Callable
from functools import lru_cache

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from ....domain.pictures import Backdrop
from ..planes import Plane, Planes, rows_of
from .canvas import Canvas, Field, Floats
from .paper import fibres, paper
from .places import grid, starfield, waves
from .shapes import burst, confetti, orbs, stripes
from .soft import aurora, gradient, mist, rays

Painter = Callable[[Canvas, float], Field]

BACKDROPS: dict[str, tuple[Painter, int]] = {
    "aurora": (aurora, 90),
    "waves": (waves, 180),
    "orbs": (orbs, 216),
    "rays": (rays, 108),
    "gradient": (gradient, 72),
    "mist": (mist, 90),
    "grid": (grid, 432),
    "starfield": (starfield, 360),
    "confetti": (confetti, 432),
    "stripes": (stripes, 360),
    "burst": (burst, 360),
    "paper": (paper, 120),
}
"""Kind -> its painter, and how many pixels of the shorter side it paints at the most."""


class BackdropPicture:
    """An animated background; belongs to one renderer."""

    def __init__(self, backdrop: Backdrop, width: int, height: int, fps: int) -> None:
        self._fps = fps
        self._paint, detail = BACKDROPS[backdrop.kind]
        scale = min(1.0, detail / min(width, height))
        columns, rows = round(width * scale), round(height * scale)
        self._canvas = Canvas(backdrop.colours, backdrop.seed, columns, rows)
        self._contexts = [VideoReformatter() for _ in range(3)]
        self._texture = _texture(height, width) if backdrop.kind == "paper" else None

    def draw(self, frame: int, out: Planes) -> None:
        """The background at ``frame`` of the scene onto ``out``."""
        field = self._paint(self._canvas, frame / self._fps)
        for plane, target, context in zip(field, out, self._contexts, strict=True):
            _enlarge(plane, target, context)
        if self._texture is not None:
            np.add(out[0], self._texture, out=out[0])

    def signature(self, frame: int) -> object:
        """Every frame differs."""
        return frame

    def close(self) -> None:
        """Nothing to let go."""


def _enlarge(channel: Floats, target: Plane, context: VideoReformatter) -> None:
    """Fill ``target``. From 16 bits to 8 swscale dithers with a pattern of 8 x 8."""
    height, width = target.shape
    fine = (channel * np.float32(256)).astype(np.uint16)
    frame = context.reformat(
        av.VideoFrame.from_ndarray(fine, format="gray16le"),
        width=width,
        height=height,
        format="gray",
        interpolation="BICUBIC",
        threads=1,
    )
    target[...] = rows_of(frame.planes[0], width, height)


@lru_cache(maxsize=2)
def _texture(height: int, width: int) -> NDArray[np.uint8]:
    """Steps to add to luma, negative ones as their complement: a sum that stays within a byte comes out right."""
    return fibres(height, width).view(np.uint8)
