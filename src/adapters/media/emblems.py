"""Logos and emblems: pictures with transparency, scaled once to a sprite at their place."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from ...domain.furniture import Logo
from .ink import Picture, Rect, compose
from .sprites import Sprite
from .stills import open_photo, reading


def corner_sprite(logo: Logo, path: Path, area: Rect, short: int) -> Sprite:
    """A logo in its corner of ``area``; ``short`` is the frame's shorter side. Raises UnusableAsset."""
    style = logo.style
    picture = _ink(path, round(style.size * short), area.width, area.height, style.opacity)
    if picture is None:
        return Sprite()
    rect = picture.rect
    x = area.left if style.corner.endswith("left") else area.right - rect.width
    y = area.top if style.corner.startswith("top") else area.bottom - rect.height
    return _at(picture, x, y, area)


def emblem_sprite(path: Path, longer: int, area: Rect, above: int) -> Sprite:
    """A picture in the middle of ``area`` from side to side, its ink ending ``above`` pixels from the frame's top.

    It is ``longer`` on its longer side, and smaller where there is no room. Raises UnusableAsset.
    """
    picture = _ink(path, longer, area.width, above - area.top, 1.0)
    if picture is None:
        return Sprite()
    rect = picture.rect
    return _at(picture, (area.left + area.right - rect.width) // 2, above - rect.height, area)


def _ink(path: Path, longer: int, width: int, height: int, opacity: float) -> Picture | None:
    """What can be seen of a picture file, ``longer`` pixels on its longer side or as large as there is room."""
    with open_photo(path) as opened, reading(path, "a broken picture"):
        image = ImageOps.exif_transpose(opened).convert("RGBA")
    ink = image.getchannel("A").point(lambda alpha: 255 if alpha > 2 else 0).getbbox()
    if ink is None or min(width, height) < 2:
        return None
    image = image.crop(ink)
    scale = min(longer / max(image.size), width / image.width, height / image.height)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    # Scaled with its colours premultiplied: what is transparent must not bleed into the edge.
    pixels = np.array(image.convert("RGBa").resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0))
    if opacity < 1:
        pixels = np.rint(pixels * np.float32(opacity)).astype(np.uint8)
    return Picture.of(Image.fromarray(pixels, "RGBA"), 0, 0)


def _at(picture: Picture, x: int, y: int, area: Rect) -> Sprite:
    placed = picture.moved(x - picture.x, y - picture.y)
    return compose([placed], placed.rect.even() & area)
