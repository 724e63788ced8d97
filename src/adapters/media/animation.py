"""Animated pictures (GIF, WebP, AVIF, APNG) as footage: every frame for as long as it says."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image, ImageSequence

from .orientation import Orientation
from .stills import frame_of, in_rgb, open_photo, orientation_of, reading

_TOO_SHORT = Fraction(1, 50)
"""Seconds below which a duration means nothing; browsers show such a frame for a tenth."""
_USUAL = Fraction(1, 10)


def durations(path: Path) -> list[Fraction]:
    """Seconds of each frame; all of them are decoded. Raises UnusableAsset."""
    with open_photo(path) as image, reading(path, "a broken picture"):
        return [_duration(frame) for frame in _frames(image)]


class Animation:
    """Has the shape of Footage. Belongs to one renderer."""

    pixel_aspect = Fraction(1)
    seamless = True

    def __init__(self, path: Path, fps: int) -> None:
        self.path = path
        self._fps = fps
        self._image = open_photo(path)
        self.orientation: Orientation | None = orientation_of(self._image)
        self._frames: Iterator[Image.Image] | None = None
        self._current: av.VideoFrame | None = None
        self._begins = self._ends = Fraction(0)

    def at(self, seconds: Fraction) -> av.VideoFrame:
        """The frame on show at ``seconds``, the last one beyond the end."""
        target = seconds + Fraction(1, 2 * self._fps)
        with reading(self.path, "a broken picture"):
            if self._current is None or self._frames is None or target < self._begins:
                self._frames, self._current, self._ends = _frames(self._image), None, Fraction(0)
            picture = None
            while self._current is None or self._ends <= target:
                following = next(self._frames, None)
                if following is None:
                    break
                self._begins, self._ends = self._ends, self._ends + _duration(following)
                picture = following
                if self._current is None or self._ends > target:
                    self._current = frame_of(in_rgb(picture))
            if picture is not None and self._ends <= target:
                self._current = frame_of(in_rgb(picture))
        assert self._current is not None  # noqa: S101 - an animation has two frames at the least
        return self._current

    def close(self) -> None:
        self._image.close()


def _frames(image: Image.Image) -> Iterator[Image.Image]:
    """Each frame whole, without the still picture that an APNG shows where it cannot play."""
    for number, frame in enumerate(ImageSequence.Iterator(image)):
        frame.load()
        if number or not image.info.get("default_image"):
            yield frame


def _duration(frame: Image.Image) -> Fraction:
    seconds = Fraction(frame.info.get("duration") or 0).limit_denominator(1000) / 1000
    return seconds if seconds >= _TOO_SHORT else _USUAL
