"""Photos of every kind into one decoded picture: libav for the common ones, Pillow for the rest."""

import math
import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import NamedTuple, cast

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, UnidentifiedImageError

from ...domain.errors import UnusableAsset
from .heif import is_heif, load_heif
from .orientation import EXIF, UPRIGHT, Orientation

PHOTO_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
MAX_PIXELS = 120_000_000
_SMALLEST = 2
"""Pixels of a picture's side at the least."""
_HUGE = 40_000_000
"""Pixels from which on photos are decoded one at a time, to bound memory."""
_one_by_one = threading.Lock()
_DECODERS = {"JPEG": "mjpeg", "MPO": "mjpeg", "PNG": "png", "WEBP": "webp"}
"""libav's names for what it decodes better than Pillow, where there is no palette and no alpha."""
_BT601, _LIMITED, _UNSAID = 6, 1, 2
"""Numbers of ITU-T H.273."""
_ANIMATED = ("GIF", "WEBP", "AVIF", "PNG")
_PAPER = (255, 255, 255)
_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""The first bytes of JPEG, PNG, GIF, BMP and TIFF files."""
_BROKEN = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    LookupError,
    ArithmeticError,
    RuntimeError,
    struct.error,
    Image.DecompressionBombError,
)
"""What Pillow raises over damaged files."""
ORIENTATION = 0x0112
"""EXIF's tag."""
_INDEXED = ("P", "1", "I;16", "I;16B", "I;16L")
"""Modes that Pillow does not average."""


Pixels = NDArray[np.uint8]
"""RGB of shape (height, width, 3)."""


class Still(NamedTuple):
    """A decoded picture, the way it is turned, and the ICC profile of its colours where that is not sRGB's."""

    frame: av.VideoFrame
    orientation: Orientation = UPRIGHT
    profile: bytes | None = None


def is_photo(path: Path) -> bool:
    """Whether the content begins as a picture does, broken or not. Raises UnusableAsset for a drawing in SVG."""
    head = _head(path)
    if b"<svg" in head or (head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml") and b"svg" in head):
        raise UnusableAsset(path, "a drawing in SVG; a picture exported from it as PNG is right")
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return head.startswith(_SIGNATURES) or webp or is_heif(head) or head[4:12] in (b"ftypavif", b"ftypavis")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(1024)


def open_photo(path: Path) -> Image.Image:
    """The picture of a file, its content of one of PHOTO_FORMATS, not decoded yet. Raises UnusableAsset."""
    with reading(path, "not a readable picture"), warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        image = Image.open(path, formats=PHOTO_FORMATS)
    if image.width * image.height > MAX_PIXELS:
        raise UnusableAsset(
            path, f"{image.width} x {image.height} pixels: at most {MAX_PIXELS // 10**6} million are right"
        )
    return image


def is_animated(image: Image.Image) -> bool:
    """Whether it plays; the pages of a TIFF and the second eye of a JPEG do not."""
    return image.format in _ANIMATED and bool(getattr(image, "is_animated", False))


@contextmanager
def reading(path: Path, problem: str) -> Iterator[None]:
    """Raises UnusableAsset with ``problem`` and the reason for anything that Pillow finds wrong inside."""
    try:
        yield
    except UnusableAsset:
        raise
    except _BROKEN as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        if isinstance(error, UnidentifiedImageError):
            reason = "its content is none of " + ", ".join(PHOTO_FORMATS)
        raise UnusableAsset(path, f"{problem} ({reason})") from error


def examine(path: Path) -> tuple[int, int, bool]:
    """Width and height upright, and whether it plays. Decodes all of the first picture. Raises UnusableAsset."""
    if is_heif(_head(path)):
        still, plays = Still(*load_heif(path, MAX_PIXELS)), False
        width, height = still.orientation.size(still.frame.width, still.frame.height)
    else:
        with open_photo(path) as image, reading(path, "a broken picture"), _room(image.width * image.height):
            width, height = orientation_of(image).size(*image.size)
            plays = is_animated(image)
            image.load()
    if min(width, height) < _SMALLEST:
        raise UnusableAsset(path, f"{width:.0f} x {height:.0f} pixels are too few to show")
    return int(width), int(height), plays


def orientation_of(image: Image.Image) -> Orientation:
    """Of what Pillow hands out; a TIFF it turns by itself."""
    if image.format == "TIFF":
        return UPRIGHT
    return EXIF.get(image.getexif().get(ORIENTATION, 1), UPRIGHT)


def load_still(path: Path, size: tuple[int, int]) -> Still:
    """Decode what a picture of ``size`` pixels needs, so a large photo may come smaller. Raises UnusableAsset."""
    if is_heif(_head(path)):
        return Still(*load_heif(path, MAX_PIXELS))
    with open_photo(path) as image, reading(path, "a broken picture"), _room(image.width * image.height):
        orientation = orientation_of(image) if image.format != "PNG" or _has_exif(path) else UPRIGHT
        ratio = min(side / wanted for side, wanted in zip(image.size, orientation.size(*size), strict=True))
        profile = _profile(image)
        if image.format in _DECODERS and image.mode in ("RGB", "L") and "transparency" not in image.info:
            frame = _decoded(path, image.format, ratio)
            if frame is not None:
                if profile is not None:
                    frame.color_primaries = frame.color_trc = _UNSAID
                return Still(frame, orientation, profile)
            image.draft("RGB", (math.ceil(image.width / max(1, ratio)), math.ceil(image.height / max(1, ratio))))
        image.load()
        whole = image.reduce(int(ratio / 1.5)) if ratio >= 3 and image.mode not in _INDEXED else image
        if whole.mode in ("CMYK", "LAB"):
            return Still(frame_of(_printed(whole, profile)), orientation)
        return Still(frame_of(in_rgb(whole)), orientation, profile)


def _has_exif(path: Path) -> bool:
    """Whether there may be EXIF in a PNG: Pillow would decode all of it to find out."""
    data = path.read_bytes()
    return b"eXIf" in data or b"Raw profile type exif" in data


@contextmanager
def _room(pixels: int) -> Iterator[None]:
    if pixels < _HUGE:
        yield
        return
    with _one_by_one:
        yield


def _decoded(path: Path, form: str, ratio: float) -> av.VideoFrame | None:
    """libav hands out the planes as they are in the file, and sooner; None for what only Pillow can read."""
    context = cast("av.VideoCodecContext", av.CodecContext.create(_DECODERS[form], "r"))
    context.thread_count = 1
    context.options = {"err_detect": "explode"}
    if _DECODERS[form] == "mjpeg" and ratio >= 2:
        context.options |= {"lowres": str(min(3, int(math.log2(ratio))))}
    try:
        frames = [*context.decode(av.Packet(path.read_bytes())), *context.decode(None)]
    except av.FFmpegError:
        return None
    if not frames or not isinstance(frames[0], av.VideoFrame):
        return None
    frame = frames[0]
    frame.pts, frame.time_base = 0, Fraction(1, 1000)
    if form == "WEBP" and not frame.format.is_rgb:
        frame.colorspace, frame.color_range = _BT601, _LIMITED
    return frame


def in_rgb(image: Image.Image) -> Image.Image:
    """Eight bits a channel, on white paper where it is transparent."""
    if image.mode.startswith("I") or image.mode == "F":
        return _eight_bits(image).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layered = image.convert("RGBA")
        flat = Image.new("RGB", layered.size, _PAPER)
        flat.paste(layered, mask=layered.getchannel("A"))
        return flat
    return image if image.mode == "RGB" else image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Deep greys: the high byte of 16 bits, 0 to 1 of floating point, or up to the greatest where that is more."""
    values = np.asarray(image)
    if values.dtype.kind == "f":
        values = np.nan_to_num(values)
        return Image.fromarray(np.uint8(np.clip(values / max(1.0, float(values.max())), 0, 1) * 255 + 0.5))
    top = int(values.max())
    deepest = 255 if top <= 255 and image.mode == "I" else max(65_535, top)
    return Image.fromarray(np.uint8(np.clip(values.astype(np.float32) * (255 / deepest) + 0.5, 0, 255)))


def frame_of(image: Image.Image) -> av.VideoFrame:
    frame = av.VideoFrame.from_numpy_buffer(np.array(image), format="rgb24")
    frame.pts, frame.time_base = 0, Fraction(1, 1000)
    return frame


def _profile(image: Image.Image) -> bytes | None:
    """The embedded ICC profile, None where it is sRGB's or there is none."""
    embedded = image.info.get("icc_profile")
    if not embedded or b"sRGB" in embedded or b"s\0R\0G\0B" in embedded:
        return None
    return bytes(embedded)


def _printed(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Inks, or L*a*b*, as sRGB; by the plain complement where nothing says which inks."""
    if image.mode == "LAB":
        return _into_srgb(image, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
    try:
        if profile is not None:
            return _into_srgb(image, ImageCms.ImageCmsProfile(BytesIO(profile)))
    except (OSError, ImageCms.PyCMSError):
        pass  # a profile that does not fit its picture says nothing
    return image.convert("RGB")


def _into_srgb(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    made = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    assert made is not None  # noqa: S101 - not in place
    return made


def as_srgb(pixels: Pixels, profile: bytes) -> Pixels:
    """RGB of an ICC profile as sRGB; unchanged where the profile is broken or not one of RGB."""
    try:
        made = _into_srgb(Image.fromarray(pixels), ImageCms.ImageCmsProfile(BytesIO(profile)))
    except (OSError, ImageCms.PyCMSError):
        return pixels
    return np.asarray(made)
