"""Pictures as YUV 4:2:0 planes: BT.709, limited range, 8 bits, from decode to encode."""

from fractions import Fraction
from typing import TypeVar, cast

import av
import numpy as np
from av.video.plane import VideoPlane
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from numpy.typing import NDArray

Sample = TypeVar("Sample", np.uint8, np.uint16)
Plane = NDArray[np.uint8]
Planes = tuple[Plane, Plane, Plane]
"""Y of shape (height, width); U and V of half of either side."""

PIXEL_FORMAT = "yuv420p"
BLACK = (16, 128, 128)


def new_planes(width: int, height: int) -> Planes:
    """Planes of a frame of even sides, their content undefined."""
    return (
        np.empty((height, width), np.uint8),
        np.empty((height // 2, width // 2), np.uint8),
        np.empty((height // 2, width // 2), np.uint8),
    )


def rows_of(plane: VideoPlane, width: int, height: int, dtype: type[Sample] = np.uint8) -> NDArray[Sample]:  # type: ignore[assignment]
    """A plane of libav as an array of shape (height, width) that shares its memory."""
    flat = np.frombuffer(cast("memoryview", plane), dtype)
    return flat.reshape(-1, plane.line_size // flat.itemsize)[:height, :width]


def planes_of(frame: av.VideoFrame) -> Planes:
    """The planes of a yuv420p frame as views that write through to it."""
    if frame.format.name != PIXEL_FORMAT:
        raise ValueError(f"the frame is {frame.format.name}, not {PIXEL_FORMAT}")
    width, height = frame.width, frame.height
    sizes = ((height, width), (-(-height // 2), -(-width // 2)), (-(-height // 2), -(-width // 2)))
    y, u, v = (rows_of(plane, columns, rows) for plane, (rows, columns) in zip(frame.planes, sizes, strict=True))
    return y, u, v


def window(planes: Planes, left: int, top: int, width: int, height: int) -> Planes:
    """Even pixels of the frame as parts of its planes, which write through."""
    y, u, v = (
        plane[top // part : (top + height) // part, left // part : (left + width) // part]
        for plane, part in zip(planes, (1, 2, 2), strict=True)
    )
    return y, u, v


def new_frame(width: int, height: int, fps: int) -> av.VideoFrame:
    """A frame to draw on and to encode, tagged with what its planes mean."""
    frame = av.VideoFrame(width, height, PIXEL_FORMAT)
    frame.colorspace = Colorspace.ITU709
    frame.color_range = ColorRange.MPEG
    frame.color_primaries = ColorPrimaries.BT709
    frame.color_trc = ColorTrc.BT709
    frame.time_base = Fraction(1, fps)
    return frame


def rgb_to_planes(pixels: NDArray[np.uint8]) -> Planes:
    """Full-range sRGB pixels of shape (height, width, 3), sides even, as planes."""
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24").reformat(
        format=PIXEL_FORMAT,
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        interpolation="BICUBIC",
        threads=1,
    )
    y, u, v = (plane.copy() for plane in planes_of(frame))
    return y, u, v


def rgb_of(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """The full-range sRGB pixels, of shape (height, width, 3), of a BT.709 limited-range frame."""
    converted = frame.reformat(
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation="BICUBIC",
        threads=1,
    )
    return np.asarray(converted.to_ndarray(), np.uint8)


def yuv(rgb: NDArray[np.float32]) -> NDArray[np.float32]:
    """Gamma-coded RGB in 0..255, last axis of 3, as BT.709 limited-range Y, U, V in 0..255."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return np.stack(
        (
            16 + luma * (219 / 255),
            128 + (blue - luma) * (224 / 255 / 1.8556),
            128 + (red - luma) * (224 / 255 / 1.5748),
        ),
        axis=-1,
    ).astype(np.float32)
