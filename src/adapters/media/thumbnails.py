"""Small pictures that stand for files: photos, frames and waveforms, as JPEG."""

from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...domain.pictures import Photo
from .fitting import Fitter
from .footage import Footage
from .orientation import UPRIGHT
from .photo import photo_planes
from .planes import Planes, new_frame, new_planes, planes_of, rgb_of
from .worth import worth

SIDE = 512
"""Pixels of a thumbnail's longer side."""
_PLACES = (0.1, 0.25, 0.4, 0.55, 0.7, 0.85)
"""Where in a video frames are looked at, as shares of its length."""

_WAVE = 512, 192
_WAVE_GROUND, _WAVE_INK, _WAVE_CORE = (18, 24, 38), (72, 149, 239), (150, 200, 255)


def photo_thumbnail(path: Path, width: int, height: int, to: Path) -> None:
    """Of a photo of that size, upright. Raises UnusableAsset."""
    across, down = _fitted(width, height)
    _save(photo_planes(Photo(asset=""), path, across, down), to)


def video_thumbnail(path: Path, width: int, height: int, seconds: float, to: Path) -> None:
    """The frame with the most to see of a few along a video of that size, upright. Raises UnusableAsset."""
    across, down = _fitted(width, height)
    footage = Footage(path, fps=30)
    fitter, best, most = Fitter(across, down), new_planes(across, down), -1.0
    planes = new_planes(across, down)
    try:
        for place in _PLACES:
            frame = footage.at(Fraction(place * seconds).limit_denominator(1000))
            fitter.draw(frame, planes, footage.orientation or UPRIGHT, footage.pixel_aspect)
            if (own := worth(planes[0])) > most:
                best, planes, most = planes, best, own
    finally:
        footage.close()
    _save(best, to)


def _fitted(width: int, height: int) -> tuple[int, int]:
    """Even sides of the same aspect, the longer one SIDE at most."""
    scale = min(1.0, SIDE / max(width, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def _save(planes: Planes, to: Path) -> None:
    height, width = planes[0].shape
    frame = new_frame(width, height, 1)
    for target, plane in zip(planes_of(frame), planes, strict=True):
        target[...] = plane
    write_jpeg(Image.fromarray(rgb_of(frame)), to)


def write_jpeg(picture: Image.Image, to: Path) -> None:
    """As every thumbnail is written."""
    picture.save(to, "JPEG", quality=85, optimize=True)


def waveform(peaks: NDArray[np.float32], levels: NDArray[np.float32], to: Path) -> None:
    """A sound from left to right: its peaks, and inside them its mean level, each of one value for every 10 ms.

    Both are amplitudes of 0 to 1; a quiet sound is drawn larger, up to four times.
    """
    width, height = _WAVE
    edges = np.linspace(0, len(peaks), width + 1).astype(int)
    picture = np.empty((height, width, 3), np.uint8)
    picture[...] = _WAVE_GROUND
    gain = min(4.0, 0.96 / max(float(peaks.max(initial=0.0)), 1e-3))
    middle = np.abs(np.arange(height) - (height - 1) / 2)
    for values, colour in ((peaks, _WAVE_INK), (levels, _WAVE_CORE)):
        for column in range(width):
            part = values[edges[column] : max(edges[column] + 1, edges[column + 1])]
            top = float(part.max(initial=0.0)) if values is peaks else float(part.mean()) if len(part) else 0.0
            reach = max(0.6, top * gain * height / 2)
            picture[middle < reach, column] = colour
    write_jpeg(Image.fromarray(picture), to)
