"""Layers of colour put together on a rectangle of the frame, as premultiplied YUVA."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from PIL import Image, ImageFilter

from .planes import yuv
from .sprites import Bytes, Floats, Sprite, premultiplied


@dataclass(frozen=True, slots=True)
class Rect:
    """A half-open rectangle of whole pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return max(0, self.right - self.left)

    @property
    def height(self) -> int:
        return max(0, self.bottom - self.top)

    @property
    def empty(self) -> bool:
        return self.right <= self.left or self.bottom <= self.top

    def __and__(self, other: "Rect") -> "Rect":
        return Rect(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def __or__(self, other: "Rect") -> "Rect":
        if self.empty or other.empty:
            return other if self.empty else self
        return Rect(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def even(self) -> "Rect":
        """The smallest one around it whose sides lie on even pixels."""
        return Rect(self.left // 2 * 2, self.top // 2 * 2, -(-self.right // 2) * 2, -(-self.bottom // 2) * 2)


NOWHERE = Rect(0, 0, 0, 0)


def around(rects: Iterable[Rect]) -> Rect:
    """The smallest rectangle around all ``rects``; NOWHERE around none."""
    whole = NOWHERE
    for rect in rects:
        whole |= rect
    return whole


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """Coverage, uint8 (height, width), with its top left corner at (``x``, ``y``); no empty rows around it."""

    x: int
    y: int
    alpha: Bytes

    @classmethod
    def of(cls, image: Image.Image, x: int, y: int) -> Self | None:
        """The ink of an "L" image that lies at (``x``, ``y``); None where there is none."""
        ink = image.getbbox()
        if ink is None:
            return None
        return cls(x + ink[0], y + ink[1], np.asarray(image.crop(ink)))

    @property
    def rect(self) -> Rect:
        height, width = self.alpha.shape
        return Rect(self.x, self.y, self.x + width, self.y + height)

    def moved(self, dx: int, dy: int) -> Self:
        return replace(self, x=self.x + dx, y=self.y + dy)


def heaped(masks: Iterable[Mask]) -> Mask | None:
    """All ``masks`` as one, their coverage added up to full; None without any."""
    masks = list(masks)
    whole = around(mask.rect for mask in masks)
    if whole.empty:
        return None
    sheet = np.zeros((whole.height, whole.width), np.uint16)
    for mask in masks:
        top, left = mask.y - whole.top, mask.x - whole.left
        height, width = mask.alpha.shape
        sheet[top : top + height, left : left + width] += mask.alpha
    return Mask(whole.left, whole.top, np.minimum(sheet, 255).astype(np.uint8))


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Premultiplied YUVA, float32 (4, height, width), with its top left corner at (``x``, ``y``)."""

    x: int
    y: int
    yuva: Floats

    @classmethod
    def of(cls, image: Image.Image, x: int, y: int) -> Self | None:
        """The ink of an RGBA image whose colours are premultiplied already; None where there is none."""
        ink = image.getchannel("A").getbbox()
        if ink is None:
            return None
        straight = np.asarray(image.crop(ink)).astype(np.float32)
        alpha = straight[..., 3:]
        straight[..., :3] *= 255 / np.maximum(alpha, 1)
        rgba = np.rint(np.minimum(straight, 255)).astype(np.uint8)
        return cls(x + ink[0], y + ink[1], premultiplied(rgba))

    @property
    def rect(self) -> Rect:
        _, height, width = self.yuva.shape
        return Rect(self.x, self.y, self.x + width, self.y + height)

    def moved(self, dx: int, dy: int) -> Self:
        return replace(self, x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True, slots=True, eq=False)
class Paint:
    """A mask filled with one colour (R, G, B of 0 to 255)."""

    mask: Mask
    rgb: tuple[int, int, int]
    opacity: float = 1.0

    @property
    def rect(self) -> Rect:
        return self.mask.rect


Layer = Paint | Picture


def compose(layers: Iterable[Layer], on: Rect) -> Sprite:
    """``layers``, the lowest first, as a sprite of exactly the even rectangle ``on``."""
    return Sprite.from_premultiplied(composed(layers, on), on.left, on.top)


def composed(layers: Iterable[Layer], on: Rect) -> Floats:
    """``layers``, the lowest first, as premultiplied YUVA (4, height, width) of exactly the rectangle ``on``."""
    canvas = np.zeros((4, on.height, on.width), np.float32)
    for layer in layers:
        seen = layer.rect & on
        if seen.empty:
            continue
        under = canvas[:, seen.top - on.top : seen.bottom - on.top, seen.left - on.left : seen.right - on.left]
        rect = layer.rect
        inside = (
            slice(seen.top - rect.top, seen.bottom - rect.top),
            slice(seen.left - rect.left, seen.right - rect.left),
        )
        if isinstance(layer, Picture):
            part = layer.yuva[:, inside[0], inside[1]]
            under *= 1 - part[3]
            under += part
        else:
            alpha = layer.mask.alpha[inside] * np.float32(layer.opacity / 255)
            under *= 1 - alpha
            for plane, value in zip(under, (*yuv(np.array(layer.rgb, np.float32)), np.float32(1)), strict=True):
                plane += alpha * value
    return canvas


def shadow(masks: Iterable[Mask], blur: float, down: int) -> Mask | None:
    """The soft shadow below ``masks``: all of them together, ``down`` pixels lower, blurred by ``blur`` pixels."""
    masks = list(masks)
    whole = around(mask.rect for mask in masks)
    if whole.empty:
        return None
    margin = int(3 * blur) + 1
    image = Image.new("L", (whole.width + 2 * margin, whole.height + 2 * margin))
    sheet = np.array(image)
    for mask in masks:
        top, left = mask.y - whole.top + margin, mask.x - whole.left + margin
        height, width = mask.alpha.shape
        place = sheet[top : top + height, left : left + width]
        np.maximum(place, mask.alpha, out=place)
    soft = Image.fromarray(sheet).filter(ImageFilter.GaussianBlur(blur))
    return Mask.of(soft, whole.left - margin, whole.top - margin + down)
