"""Photos that move: decoded once to planes, then looked at through a sub-pixel view."""

from pathlib import Path

import numpy as np

from ...domain.motion import Motion, Pose
from ...domain.pictures import Photo
from .filling import contained, fill_around
from .fitting import Fitter
from .planes import Plane, Planes, new_frame, new_planes, planes_of, rgb_to_planes
from .scaling import LEAST_STEP, MARGIN, padded, view
from .stills import Pixels, as_srgb, load_still

_HEADROOM = 0.35
"""Share of what is cut off that is cut at the top: faces stand above the middle of upright photos."""


def photo_planes(photo: Photo, path: Path, width: int, height: int) -> Planes:
    """The photo covering planes of ``width`` by ``height``, or whole on its own blur. Raises UnusableAsset."""
    still = load_still(path, (width, height))
    out = new_planes(width, height)
    region = contained(width / height, width, height)
    if photo.fit == "contain":
        across, down = still.orientation.size(still.frame.width, still.frame.height)
        region = contained(across / down, width, height, always_seen(photo.motion))
    part = region.of(out)
    fitter = Fitter(region.width, region.height, focus=photo.focus, headroom=_HEADROOM)
    fitter.draw(still.frame, part, still.orientation)
    if still.profile is not None:
        for target, plane in zip(part, rgb_to_planes(as_srgb(_rgb(part), still.profile)), strict=True):
            target[...] = plane
    fill_around(region, out)
    return out


def always_seen(motion: Motion) -> tuple[float, float, float, float]:
    """The part of a picture that both ends of a motion show: left, top, right and bottom as shares of its sides."""

    def edges(pose: Pose) -> tuple[float, float, float, float]:
        seen = 1 / pose.zoom
        left, top = (1 - seen) * pose.x, (1 - seen) * pose.y
        return left, top, left + seen, top + seen

    first, last = edges(motion.start), edges(motion.end)
    return max(first[0], last[0]), max(first[1], last[1]), min(first[2], last[2]), min(first[3], last[3])


def _rgb(planes: Planes) -> Pixels:
    height, width = planes[0].shape
    frame = new_frame(width, height, 1)
    for target, plane in zip(planes_of(frame), planes, strict=True):
        target[...] = plane
    return np.asarray(frame.reformat(format="rgb24", interpolation="BICUBIC", threads=1).to_ndarray(), np.uint8)


class PhotoPicture:
    """A photo ready to be drawn at any frame of its scene; read-only, shared by all renderers."""

    def __init__(self, photo: Photo, path: Path, frames: int, width: int, height: int) -> None:
        self.photo, self.frames = photo, frames
        self.frame_size = width, height
        ratio = LEAST_STEP * max(photo.motion.start.zoom, photo.motion.end.zoom)
        self.size = round(width * ratio / 2) * 2, round(height * ratio / 2) * 2
        planes = photo_planes(photo, path, *self.size)
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
