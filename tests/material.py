"""Files of every kind that users bring, each made of the same four coloured quarters."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from reelwright.adapters.media.clip import ClipPicture
from reelwright.adapters.media.photo import PhotoPicture
from reelwright.adapters.media.planes import Planes, new_frame, new_planes, planes_of
from reelwright.domain.asset import Asset
from reelwright.domain.timeline import Clip, Photo

RGB = NDArray[np.uint8]
COLOURS = ((200, 40, 40), (40, 170, 60), (50, 60, 190), (210, 190, 60))
"""Of the upper left, upper right, lower left and lower right quarter."""
WIDTH, HEIGHT = 96, 64


def quarters(width: int = WIDTH, height: int = HEIGHT) -> RGB:
    picture = np.empty((height, width, 3), np.uint8)
    for index, colour in enumerate(COLOURS):
        row, column = divmod(index, 2)
        picture[row * height // 2 : (row + 1) * height // 2, column * width // 2 : (column + 1) * width // 2] = colour
    return picture


def image() -> Image.Image:
    return Image.fromarray(quarters())


def draw(
    asset: Asset, *, frame: int = 0, frames: int = 30, size: tuple[int, int] = (WIDTH, HEIGHT), **how: object
) -> RGB:
    """What a scene of 30 frames a second shows of an asset, as RGB."""
    out: Planes = new_planes(*size)
    for plane in out:
        plane[...] = 1
    picture: PhotoPicture | ClipPicture
    if asset.kind == "photo":
        picture = PhotoPicture(Photo(asset="it", **how), Path(asset.path), frames, *size)  # type: ignore[arg-type]
    else:
        picture = ClipPicture(Clip(asset="it", **how), Path(asset.path), asset.samples, 30, *size)  # type: ignore[arg-type]
    picture.draw(frame, out)
    picture.close()
    return to_rgb(out)


def to_rgb(planes: Planes) -> RGB:
    height, width = planes[0].shape
    frame = new_frame(width, height, 30)
    for target, plane in zip(planes_of(frame), planes, strict=True):
        target[...] = plane
    return np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)


def corners(picture: RGB) -> list[tuple[int, int, int]]:
    """The colour in the middle of each quarter, in the order of COLOURS."""
    height, width = picture.shape[:2]
    found = []
    for row in (height // 4, 3 * height // 4):
        for column in (width // 4, 3 * width // 4):
            patch = picture[row - 2 : row + 3, column - 2 : column + 3].reshape(-1, 3).mean(0)
            found.append((round(patch[0]), round(patch[1]), round(patch[2])))
    return found


def off(picture: RGB, colours: Sequence[tuple[int, int, int]] = COLOURS) -> int:
    """The greatest error of any channel in any quarter."""
    return int(np.abs(np.array(corners(picture)) - np.array(colours)).max())


def video(
    path: Path,
    pictures: Iterable[av.VideoFrame],
    *,
    codec: str = "ffv1",
    pixel_format: str = "yuv420p",
    times: Sequence[int] | None = None,
    time_base: Fraction = Fraction(1, 30),
    options: dict[str, str] | None = None,
    rotation: int = 0,
    mirrored: bool = False,
    pixel_aspect: Fraction | None = None,
    interlaced: bool = False,
) -> Path:
    """Encode pictures, one each 30th of a second or at ``times`` in ``time_base``."""
    with av.open(str(path), "w") as container:
        stream: Any = None
        for number, picture in enumerate(pictures):
            if stream is None:
                stream = container.add_stream(codec, rate=30, options=options or {})
                stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, pixel_format
                context = stream.codec_context
                context.time_base = time_base
                context.colorspace, context.color_range = picture.colorspace, picture.color_range
                context.color_trc, context.color_primaries = picture.color_trc, picture.color_primaries
                if pixel_aspect is not None:
                    context.sample_aspect_ratio = pixel_aspect
                if interlaced:
                    context.flags |= 1 << 18 | 1 << 29
                if rotation or mirrored:
                    stream.set_display_rotation(rotation, hflip=mirrored)
            picture.pts = times[number] if times is not None else number
            picture.time_base = time_base
            container.mux(stream.encode(picture))
        assert stream is not None
        container.mux(stream.encode(None))
    return path


def picture(rgb: RGB, pixel_format: str = "yuv420p", matrix: int = 1, full: bool = False) -> av.VideoFrame:
    """A frame of any pixel format, tagged with its matrix and range."""
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
    made = frame.reformat(
        format=pixel_format, dst_colorspace=matrix, dst_color_range=2 if full else 1, interpolation="BICUBIC", threads=1
    )
    if not av.VideoFormat(pixel_format).is_rgb:
        made.colorspace = {5: 6}.get(matrix, matrix)
        made.color_range = 2 if full else 1
    return made
