"""Which way up a stored picture is shown: the eight orientations of EXIF, and display matrices."""

from typing import NamedTuple, cast

import av
import numpy as np
from av.sidedata.sidedata import SideDataContainer, Type

from .planes import Planes


class Orientation(NamedTuple):
    """From the stored picture to the shown one: rows and columns swapped first, then mirrored left-right, up-down."""

    swapped: bool = False
    mirrored: bool = False
    flipped: bool = False

    def size(self, width: float, height: float) -> tuple[float, float]:
        """Of the shown picture, from the stored one's; and the other way round."""
        return (height, width) if self.swapped else (width, height)

    def stored(self, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        """Where a box of the shown picture, its edges as shares of 0 to 1, lies in the stored one."""
        if self.mirrored:
            left, right = 1 - right, 1 - left
        if self.flipped:
            top, bottom = 1 - bottom, 1 - top
        return (top, left, bottom, right) if self.swapped else (left, top, right, bottom)

    def then(self, other: "Orientation") -> "Orientation":
        """This one, and the other after it."""
        mirrored, flipped = (self.flipped, self.mirrored) if other.swapped else (self.mirrored, self.flipped)
        return Orientation(self.swapped != other.swapped, mirrored != other.mirrored, flipped != other.flipped)

    def turn(self, planes: Planes) -> Planes:
        """The planes as shown; views where nothing but the direction of reading changes."""
        y, u, v = ((plane.T if self.swapped else plane)[self._step] for plane in planes)
        return y, u, v

    @property
    def _step(self) -> tuple[slice, slice]:
        return slice(None, None, -1 if self.flipped else 1), slice(None, None, -1 if self.mirrored else 1)


UPRIGHT = Orientation()
EXIF = {
    1: UPRIGHT,
    2: Orientation(mirrored=True),
    3: Orientation(mirrored=True, flipped=True),
    4: Orientation(flipped=True),
    5: Orientation(swapped=True),
    6: Orientation(swapped=True, mirrored=True),
    7: Orientation(swapped=True, mirrored=True, flipped=True),
    8: Orientation(swapped=True, flipped=True),
}
"""By the value of EXIF's tag 0x0112."""


def of_frame(frame: av.VideoFrame) -> Orientation:
    """By the display matrix of a decoded frame, to the nearest quarter of a turn."""
    try:
        matrix = cast("SideDataContainer", frame.side_data)[Type.DISPLAYMATRIX]
    except KeyError:
        return UPRIGHT
    a, b, _, c, d, *_ = np.frombuffer(bytes(matrix), np.int32).tolist()
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Orientation(mirrored=a < 0, flipped=d < 0)
    return Orientation(swapped=True, mirrored=c < 0, flipped=b < 0)
