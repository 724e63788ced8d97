"""Photos that move: decoded once to planes, then looked at through a sub-pixel view."""

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from ...domain.errors import UnusableAsset
from ...domain.timeline import Photo
from .planes import Plane, Planes, rgb_to_planes
from .scaling import LEAST_STEP, MARGIN, padded, view

PHOTO_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
MAX_PIXELS = 120_000_000
_PAPER = (255, 255, 255)
_HEADROOM = 0.35
"""Share of what is cut off that is cut at the top: faces stand above the middle of upright photos."""
_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"II*\0", b"MM\0*")
"""The first bytes of JPEG, PNG, GIF, BMP and TIFF files."""


def open_photo(path: Path) -> Image.Image:
    """The picture of a file, its content of one of PHOTO_FORMATS, not decoded yet. Raises UnusableAsset."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(path, formats=PHOTO_FORMATS)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Warning) as error:
        raise UnusableAsset(path, f"not a readable picture ({_reason(error)})") from error
    if image.width * image.height > MAX_PIXELS:
        raise UnusableAsset(
            path, f"{image.width} x {image.height} pixels: at most {MAX_PIXELS // 10**6} million are right"
        )
    return image


def is_photo(path: Path) -> bool:
    """Whether the content begins as a picture does, broken or not."""
    with path.open("rb") as file:
        head = file.read(32)
    return head.startswith(_SIGNATURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP") or head[4:12] == b"ftypavif"


def _reason(error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "its content is none of " + ", ".join(PHOTO_FORMATS)
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def decode_photo(path: Path, *, cover: tuple[int, int] | None = None) -> Image.Image:
    """An upright RGB picture; with ``cover``, cropped a little above its middle and scaled to just that size.

    Raises UnusableAsset where the file is broken.
    """
    image = open_photo(path)
    try:
        if cover is not None:
            turned = image.getexif().get(0x0112, 1) >= 5
            image.draft("RGB", cover[::-1] if turned else cover)
        image = ImageOps.exif_transpose(image)
        if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
            layered = image.convert("RGBA")
            image = Image.new("RGB", layered.size, _PAPER)
            image.paste(layered, mask=layered.getchannel("A"))
        else:
            image = image.convert("RGB")
        if cover is None:
            return image
        width, height = cover
        scale = max(width / image.width, height / image.height)
        across, down = min(image.width, width / scale), min(image.height, height / scale)
        left, top = (image.width - across) / 2, (image.height - down) * _HEADROOM
        # Downwards Hamming is as sharp as bicubic at half the price; upwards it would show blocks.
        kernel = Image.Resampling.HAMMING if scale < 0.8 else Image.Resampling.BICUBIC
        return image.resize(cover, kernel, box=(left, top, left + across, top + down), reducing_gap=2.0)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnusableAsset(path, f"a broken picture ({_reason(error)})") from error


class PhotoPicture:
    """A photo ready to be drawn at any frame of its scene; read-only, shared by all renderers."""

    def __init__(self, photo: Photo, path: Path, frames: int, width: int, height: int) -> None:
        self.photo, self.frames = photo, frames
        self.frame_size = width, height
        ratio = LEAST_STEP * max(photo.motion.start.zoom, photo.motion.end.zoom)
        self.size = round(width * ratio / 2) * 2, round(height * ratio / 2) * 2
        planes = rgb_to_planes(np.asarray(decode_photo(path, cover=self.size)))
        self._sources: tuple[Plane, Plane, Plane] = (
            padded(planes[0], MARGIN),
            padded(planes[1], MARGIN),
            padded(planes[2], MARGIN),
        )

    def draw(self, frame: int, out: Planes) -> None:
        """The view of ``frame`` of the scene onto ``out``."""
        pose = self.photo.motion.at(frame, self.frames)
        (width, height), (across, down) = self.size, self.frame_size
        shown_width, shown_height = width / pose.zoom, height / pose.zoom
        step = min(shown_width / across, shown_height / down)
        view(
            self._sources,
            (width - step * across) * pose.x,
            (height - step * down) * pose.y,
            step,
            out,
        )

    def signature(self, frame: int) -> object:
        """Equal for frames that look the same."""
        return 0 if self.photo.motion.still else frame

    def close(self) -> None:
        """Nothing to let go."""
