"""Clips: played at their speed, fitted, and led back to their start where they are shorter than their scene."""

from fractions import Fraction
from pathlib import Path
from typing import Protocol

import av
import numpy as np

from ...domain.easing import smooth
from ...domain.errors import UnusableAsset
from ...domain.narration import SAMPLE_RATE
from ...domain.pictures import Clip
from .animation import Animation
from .filling import Region, contained, fill_around
from .fitting import Fitter
from .footage import Footage
from .orientation import UPRIGHT, Orientation
from .planes import Planes, new_planes
from .scratch import scratch
from .stills import is_photo

_JOINT = Fraction(1, 3)
"""Seconds in which a loop's last picture dissolves into its start."""


class Frames(Protocol):
    """Pictures by their time."""

    pixel_aspect: Fraction
    orientation: Orientation | None
    """Known once a picture was asked for."""
    seamless: bool
    """Whether it was made to be repeated."""

    def at(self, seconds: Fraction) -> av.VideoFrame: ...

    def close(self) -> None: ...


def open_frames(path: Path, fps: int) -> Frames:
    """The moving picture of a file. Raises UnusableAsset."""
    return Animation(path, fps) if is_photo(path) else Footage(path, fps)


class ClipPicture:
    """A clip ready to be drawn; frames of the scene are cheap in rising order. Belongs to one renderer.

    ``samples`` is the clip's own length at 48 kHz.
    """

    def __init__(self, clip: Clip, path: Path, samples: int, fps: int, width: int, height: int) -> None:
        self.clip, self._fps = clip, fps
        self._size = width, height
        self._start = Fraction(clip.start, SAMPLE_RATE)
        self._speed = Fraction(clip.speed).limit_denominator(1000)
        self._length = max((Fraction(samples, SAMPLE_RATE) - self._start) / self._speed, Fraction(1, fps))
        self._path = path
        self._frames = open_frames(path, fps)
        self._fitted: tuple[Fitter, Region] | None = None
        self._end: Planes | None = None

    def draw(self, frame: int, out: Planes) -> None:
        """The clip's picture at ``frame`` of the scene, filling ``out``."""
        loops, offset = divmod(Fraction(frame, self._fps), self._length)
        joint = Fraction(0) if self._frames.seamless else min(_JOINT, self._length / 4)
        if loops and offset < joint and self._end is None:
            self._end = new_planes(*self._size)
            self._draw_at(self._length - Fraction(1, self._fps), self._end)
        self._draw_at(offset, out)
        if loops and offset < joint:
            assert self._end is not None  # noqa: S101 - drawn above
            _dissolve(self._end, out, round(256 * smooth(min(1.0, float((offset + Fraction(1, self._fps)) / joint)))))

    def signature(self, frame: int) -> object:
        """Every frame of a clip may differ."""
        return frame

    def close(self) -> None:
        self._frames.close()

    def _draw_at(self, offset: Fraction, out: Planes) -> None:
        picture = self._frames.at(self._start + offset * self._speed)
        orientation = self._frames.orientation or UPRIGHT
        if self._fitted is None:
            self._fitted = self._fitting(picture, orientation)
        fitter, region = self._fitted
        try:
            fitter.draw(picture, region.of(out), orientation, self._frames.pixel_aspect)
        except av.FFmpegError as error:
            raise UnusableAsset(self._path, f"a picture in it cannot be drawn ({error.strerror})") from error
        fill_around(region, out)

    def _fitting(self, picture: av.VideoFrame, orientation: Orientation) -> tuple[Fitter, Region]:
        width, height = self._size
        aspect = width / height
        if self.clip.fit == "contain":
            across, down = orientation.size(float(picture.width * self._frames.pixel_aspect), picture.height)
            aspect = across / down
        region = contained(aspect, width, height)
        return Fitter(region.width, region.height, focus=self.clip.focus), region


def _dissolve(old: Planes, new: Planes, weight: int) -> None:
    """new = old + (new - old) * weight / 256, rounded."""
    for first, target in zip(old, new, strict=True):
        mixed = scratch("loop", target.shape, np.uint16)
        np.multiply(target, np.uint16(weight), out=mixed, dtype=np.uint16)
        kept = scratch("loop-kept", target.shape, np.uint16)
        np.multiply(first, np.uint16(256 - weight), out=kept, dtype=np.uint16)
        np.add(mixed, kept, out=mixed)
        np.add(mixed, 128, out=mixed)
        np.right_shift(mixed, 8, out=mixed)
        target[...] = mixed
