"""Clips: decoded in order, cover-fitted, and begun again where they are shorter than their scene."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

from ...domain.errors import UnusableAsset
from ...domain.narration import SAMPLE_RATE
from ...domain.timeline import Clip
from .containers import open_media
from .planes import PIXEL_FORMAT, Plane, Planes, planes_of
from .scaling import scaled

_HD = 720


class ClipPicture:
    """A clip ready to be drawn; frames of the scene are cheap in rising order. Belongs to one renderer."""

    def __init__(self, clip: Clip, path: Path, fps: int, samples: int) -> None:
        self.path = path
        self._fps = fps
        self._start = Fraction(clip.start, SAMPLE_RATE)
        self._length = max(Fraction(samples, SAMPLE_RATE) - self._start, Fraction(1, fps))
        self._container = open_media(path)
        if not self._container.streams.video:
            raise UnusableAsset(path, "there is no picture in it")
        self._stream = self._container.streams.video[0]
        self._stream.thread_type = "NONE"
        self._base = self._stream.time_base or Fraction(1, 90_000)
        self._first = Fraction(self._stream.start_time or 0) * self._base
        self._frames: Iterator[av.VideoFrame] | None = None
        self._current: av.VideoFrame | None = None
        self._next: av.VideoFrame | None = None

    def draw(self, frame: int, out: Planes) -> None:
        """The clip's picture at ``frame`` of the scene, covering ``out``."""
        offset = Fraction(frame, self._fps) % self._length
        _cover(self._at(self._start + offset), out)

    def signature(self, frame: int) -> object:
        """Every frame of a clip may differ."""
        return frame

    def close(self) -> None:
        self._container.close()

    def _at(self, seconds: Fraction) -> av.VideoFrame:
        """The frame on show at ``seconds``: the last that begins no later than half a frame after."""
        target = self._first + seconds + Fraction(1, 2 * self._fps)
        if (
            self._frames is None
            or (self._current is not None and self._time(self._current) > target)
            or (self._next is not None and target - self._time(self._next) > 10)
        ):
            self._seek(target)
        while True:
            if self._next is None:
                self._next = self._decode()
            if self._next is None or self._time(self._next) > target:
                break
            self._current, self._next = self._next, None
        picture = self._current or self._next
        if picture is None:
            raise UnusableAsset(self.path, "no picture in it could be decoded")
        return picture

    def _time(self, frame: av.VideoFrame) -> Fraction:
        return Fraction(frame.pts or 0) * self._base

    def _seek(self, target: Fraction) -> None:
        self._current = self._next = None
        self._container.seek(max(0, int(target / self._base)), stream=self._stream)
        self._frames = iter(self._container.decode(self._stream))

    def _decode(self) -> av.VideoFrame | None:
        assert self._frames is not None  # noqa: S101 - _at sought first
        try:
            return next(self._frames, None)
        except av.FFmpegError:
            return None


def _cover(frame: av.VideoFrame, out: Planes) -> None:
    """Crop about the middle and scale so that the frame, turned upright, covers ``out``."""
    turned = _turned(_bt709(frame), frame.rotation)
    rows, columns = turned[0].shape
    height, width = out[0].shape
    scale = max(width / columns, height / rows)
    across = min(columns, round(width / scale / 2) * 2)
    down = min(rows, round(height / scale / 2) * 2)
    left, top = (columns - across) // 4 * 2, (rows - down) // 4 * 2
    for source, target, part in zip(turned, out, (1, 2, 2), strict=True):
        crop = source[top // part : (top + down) // part, left // part : (left + across) // part]
        if crop.shape == target.shape:
            target[...] = crop
        else:
            target[...] = scaled(crop, target.shape[1], target.shape[0], "BICUBIC", key=("cover", part))


def _bt709(frame: av.VideoFrame) -> Planes:
    """Planes in BT.709 limited range; an unlabelled picture is BT.709 from 720 lines up, else BT.601."""
    unlabelled = frame.colorspace in (Colorspace.DEFAULT, 2)
    is_709 = frame.colorspace == Colorspace.ITU709 or (unlabelled and min(frame.width, frame.height) >= _HD)
    if frame.format.name == PIXEL_FORMAT and is_709 and frame.color_range != ColorRange.JPEG:
        return planes_of(frame)
    if frame.width < 2 or frame.height < 2:
        frame = frame.reformat(width=2, height=2)
    return planes_of(
        frame.reformat(
            width=frame.width // 2 * 2,
            height=frame.height // 2 * 2,
            format=PIXEL_FORMAT,
            src_colorspace=Colorspace.ITU709 if is_709 else (Colorspace.ITU601 if unlabelled else None),
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            interpolation="BICUBIC",
            threads=1,
        )
    )


def _turned(planes: Planes, rotation: int) -> Planes:
    """Planes turned counter-clockwise by ``rotation`` degrees, as the display matrix asks."""
    quarters = round(rotation / 90) % 4
    if not quarters:
        return planes
    y, u, v = (np.ascontiguousarray(np.rot90(plane, quarters)) for plane in planes)
    return y, u, v


def first_plane(path: Path) -> Plane:
    """Luma of a clip's first picture: proof that it can be decoded. Raises UnusableAsset."""
    with open_media(path) as container:
        if not container.streams.video:
            raise UnusableAsset(path, "there is no picture in it")
        try:
            frame = next(container.decode(container.streams.video[0]), None)
        except av.FFmpegError as error:
            raise UnusableAsset(path, f"its picture cannot be decoded ({error.strerror})") from error
        if frame is None:
            raise UnusableAsset(path, "no picture in it could be decoded")
        return planes_of(frame.reformat(format=PIXEL_FORMAT, threads=1))[0]
