"""Small pictures that stand for files: photos, frames, waveforms and pages, as JPEG."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...domain.language import detect
from ...domain.pictures import Photo
from ...domain.script import Block
from ...domain.style import Type
from .fitting import Fitter
from .footage import Footage
from .orientation import UPRIGHT
from .photo import photo_planes
from .planes import Planes, new_frame, new_planes, planes_of
from .segmentation import breaks, clusters
from .text import Typesetter

SIDE = 512
"""Pixels of a thumbnail's longer side."""
_PLACES = (0.1, 0.25, 0.4, 0.55, 0.7, 0.85)
"""Where in a video frames are looked at, as shares of its length."""
_SHADOW, _LIGHT = 45, 205
"""Mean luma outside of which a picture counts as dark or glaring."""

_WAVE = 512, 192
_WAVE_GROUND, _WAVE_INK, _WAVE_CORE = (18, 24, 38), (72, 149, 239), (150, 200, 255)

_PAGE, _MARGIN = (362, 512), 30
"""Of A4's shape."""
_PAPER, _INK = 255, 32
_SIZES = {1: 21, 2: 17, 3: 14}
_TEXT = 12


def photo_thumbnail(path: Path, width: int, height: int, to: Path) -> None:
    """Of a photo of that size, upright. Raises UnusableAsset."""
    across, down = _fitted(width, height)
    _save(photo_planes(Photo(asset=""), path, across, down), to)


def video_thumbnail(path: Path, width: int, height: int, seconds: float, to: Path) -> None:
    """The frame with the most to see of a few along a video of that size, upright. Raises UnusableAsset."""
    across, down = _fitted(width, height)
    footage = Footage(path, fps=30)
    fitter, best, worth = Fitter(across, down), new_planes(across, down), -1.0
    planes = new_planes(across, down)
    try:
        for place in _PLACES:
            frame = footage.at(Fraction(place * seconds).limit_denominator(1000))
            fitter.draw(frame, planes, footage.orientation or UPRIGHT, footage.pixel_aspect)
            if (own := _worth(planes[0])) > worth:
                best, planes, worth = planes, best, own
    finally:
        footage.close()
    _save(best, to)


def _fitted(width: int, height: int) -> tuple[int, int]:
    """Even sides of the same aspect, the longer one SIDE at most."""
    scale = min(1.0, SIDE / max(width, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def _worth(luma: NDArray[np.uint8]) -> float:
    """How much there is to see: contrast and detail, less where nearly all is dark or glaring."""
    values = luma.astype(np.float32)
    detail = float(np.abs(np.diff(values, axis=0)).mean() + np.abs(np.diff(values, axis=1)).mean())
    mean = float(values.mean())
    strain = max(0.0, _SHADOW - mean, mean - _LIGHT)
    return (float(values.std()) + 4 * detail) / (1 + strain / 10)


def _save(planes: Planes, to: Path) -> None:
    height, width = planes[0].shape
    frame = new_frame(width, height, 1)
    for target, plane in zip(planes_of(frame), planes, strict=True):
        target[...] = plane
    pixels = frame.reformat(format="rgb24", interpolation="BICUBIC", threads=1).to_ndarray()
    _write(Image.fromarray(np.asarray(pixels, np.uint8)), to)


def _write(picture: Image.Image, to: Path) -> None:
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
    _write(Image.fromarray(picture), to)


def page(blocks: Sequence[Block], to: Path) -> None:
    """The first lines of a document as they would stand on a page."""
    width, height = _PAGE
    sheet = np.full((height, width), _PAPER, np.float32)
    language = detect(" ".join(block.text for block in blocks[:20]))
    top = float(_MARGIN)
    for block in blocks:
        em = _SIZES.get(block.level, _TEXT) if block.kind == "heading" else _TEXT
        setter = Typesetter(Type(font="inter", weight=700 if block.kind == "heading" else 400), em, language)
        indent = 14 * block.level if block.kind == "item" else 0
        left, room = _MARGIN + indent, width - 2 * _MARGIN - indent
        mark = f"{block.number}." if block.number else "•"
        for row, line in enumerate(_lines(block.text, setter, room, (height - top) / em)):
            top += 1.4 * em
            if top > height - _MARGIN:
                return _write(Image.fromarray(sheet.astype(np.uint8)), to)
            if block.kind == "item" and not row:
                _ink(sheet, setter, mark, left - 14, round(top))
            _ink(sheet, setter, line, left, round(top))
        top += 0.7 * em
    return _write(Image.fromarray(sheet.astype(np.uint8)), to)


def _lines(text: str, setter: Typesetter, room: float, most: float) -> list[str]:
    """Lines no wider than ``room``, broken where the language allows it, and no more of them than can be seen."""
    text = text[: int(most + 1) * 100]
    ends = [*breaks(text), len(text)]
    lines: list[str] = []
    start = last = 0
    for end in ends:
        if setter.width(text[start:end].rstrip()) > room and last > start:
            lines.append(text[start:last].strip())
            start = last
        last = end
    lines.append(text[start:].strip())
    return [part for line in lines if line for part in _cut(line, setter, room)]


def _cut(line: str, setter: Typesetter, room: float) -> list[str]:
    """A word that is wider than the page in pieces."""
    if setter.width(line) <= room:
        return [line]
    parts = [""]
    for cluster in clusters(line):
        if setter.width(parts[-1] + cluster) > room and parts[-1]:
            parts.append("")
        parts[-1] += cluster
    return parts


def _ink(sheet: NDArray[np.float32], setter: Typesetter, text: str, left: int, baseline: int) -> None:
    mask = setter.draw(text).fill
    if mask is None:
        return
    y, x = mask.y + baseline, mask.x + left
    rows, columns = mask.alpha.shape
    first, second = max(0, -y), max(0, -x)
    part = sheet[y + first : y + rows, x + second : x + columns]
    alpha = mask.alpha[first : first + part.shape[0], second : second + part.shape[1]] / np.float32(255)
    part += alpha * (_INK - part)
