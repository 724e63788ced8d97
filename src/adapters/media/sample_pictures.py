"""Landscapes painted by rule: pictures to show templates with where there are no others."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...application.writing import writing

SIDE = 1440
"""Pixels of the square pictures."""

Floats = NDArray[np.float32]
Colour = tuple[int, int, int]


@contextmanager
def sample_pictures() -> Iterator[tuple[Path, ...]]:
    """The files of two landscapes, in a folder that is gone afterwards. Raises OutputFailed, DiskFull."""
    with TemporaryDirectory(prefix="reelwright-") as folder:
        paths = []
        for name, paint in (("mountains", mountains), ("lake", lake)):
            path = Path(folder, f"{name}.jpg")
            with writing(path):
                Image.fromarray(paint(SIDE)).save(path, quality=90)
            paths.append(path)
        yield tuple(paths)


def mountains(side: int) -> NDArray[np.uint8]:
    """Ridges behind each other in the haze of a bright morning: RGB, a square of ``side`` pixels."""
    x, y = _axes(side)
    field = _vertical(y, ((0.0, (92, 142, 190)), (0.32, (176, 203, 218)), (0.55, (246, 224, 196))))
    _glow(field, x, y, (0.68, 0.36), (255, 244, 214))
    layers = ((156, 178, 196), (122, 150, 172), (86, 118, 142), (56, 88, 106), (34, 62, 70), (20, 40, 42))
    for depth, colour in enumerate(layers):
        middle = 0.4 + 0.085 * depth
        height = middle + 0.06 - (0.16 - 0.012 * depth) * _rough(x[0], seed=depth + 3)
        cover = np.clip((y - height[None, :]) * side + 0.5, 0, 1)
        haze = np.clip((y - middle) * 3.2, 0, 0.42 if depth < len(layers) - 1 else 0)
        for plane, own, mist in zip(field, colour, (222, 222, 214), strict=True):
            plane += (own + (mist - own) * haze - plane) * cover
    return _grained(field)


def lake(side: int) -> NDArray[np.uint8]:
    """Still water below a low sun: RGB, a square of ``side`` pixels."""
    x, y = _axes(side)
    horizon = 0.52
    mirrored = np.where(y > horizon, horizon - (y - horizon) * 0.9, y).astype(np.float32)
    sway = np.sin(46 / (y - horizon + 0.16) + 2.2 * np.sin(x * 13 + y * 47)) * 0.012 * np.clip((y - horizon) * 5, 0, 1)
    sky: tuple[tuple[float, Colour], ...] = (
        (0.0, (38, 44, 92)),
        (0.25, (120, 74, 128)),
        (0.42, (232, 126, 96)),
        (0.52, (255, 196, 120)),
    )
    field = _vertical(mirrored, sky)
    _glow(field, (x + sway).astype(np.float32), mirrored, (0.42, 0.45), (255, 236, 190), radius=0.055)
    hills = horizon - 0.05 - 0.05 * _rough(x[0], seed=11)
    reflected = np.clip((mirrored - hills[None, :]) * side + 0.5, 0, 1) * np.where(y > horizon, 0.75, 1.0)
    for plane, own in zip(field, (40, 30, 58), strict=True):
        plane += (own - plane) * reflected
    ripple = 1 + 5 * sway - 0.28 * np.clip((y - horizon) * 1.6, 0, 1)
    field *= np.where(y > horizon, ripple, 1).astype(np.float32)
    return _grained(field)


def _axes(side: int) -> tuple[Floats, Floats]:
    """Coordinates of every pixel from 0 to 1, to the right and downwards."""
    middles = ((np.arange(side) + 0.5) / side).astype(np.float32)
    x, y = np.meshgrid(middles, middles)
    return x, y


def _vertical(y: Floats, stops: Sequence[tuple[float, Colour]]) -> Floats:
    """Shape (3, rows, columns): colours at heights, and what lies between them."""
    heights = [height for height, _ in stops]
    planes = [np.interp(y, heights, [colour[part] for _, colour in stops]) for part in range(3)]
    return np.asarray(planes, np.float32)


def _glow(
    field: Floats, x: Floats, y: Floats, place: tuple[float, float], colour: Colour, radius: float = 0.03
) -> None:
    """A sun and the light around it."""
    away = np.hypot(x - place[0], y - place[1])
    share = np.clip(0.75 * np.exp(-((away / 0.16) ** 2)) + np.clip((radius - away) * 300, 0, 1), 0, 1)
    for plane, own in zip(field, colour, strict=True):
        plane += (own - plane) * share


def _rough(x: Floats, seed: int) -> Floats:
    """A ridge over ``x``: octaves of folded waves, from about 0 to 1."""
    chance = np.random.default_rng(seed)
    line = np.zeros_like(x)
    for octave in range(7):
        wave = 2.3 * 1.87**octave * x + chance.uniform(0, 1)
        line += (1 - np.abs(2 * (wave % 1) - 1)) * np.float32(0.55**octave)
    return np.asarray(line / 2, np.float32)


def _grained(field: Floats) -> NDArray[np.uint8]:
    grain = np.random.default_rng(0).normal(0, 2.5, field.shape[1:]).astype(np.float32)
    return np.asarray(np.clip(field + grain, 0, 255).transpose(1, 2, 0), np.uint8)
