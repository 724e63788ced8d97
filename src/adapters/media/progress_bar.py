"""The bar that grows with the video, over a frame that need not be drawn again for it."""

from bisect import bisect_right
from itertools import pairwise

import numpy as np

from ...domain.furniture import ProgressBar
from ...domain.style import rgb
from ...domain.timeline import Timeline
from .ink import Paint, Rect, compose
from .planes import Plane, Planes, window
from .plates import plate
from .sprites import OPAQUE, Sprite, blend

_GAP = 0.8
"""White between two parts, as a share of the bar's height."""
_NARROWEST = 3
"""How many gaps wide a part is at the least; where some would be narrower, the bar stays whole."""


class ProgressLine:
    """Draws the progress bar of ``timeline``; belongs to one compositor.

    ``keep`` remembers what lies below it in a frame and ``put_back`` restores that, so that the bar can be drawn at
    another length on the same frame. ``rect`` is where it lies.
    """

    def __init__(self, bar: ProgressBar, timeline: Timeline) -> None:
        output = timeline.output
        short = output.short_side
        height = max(2, round(bar.height * short / 2) * 2)
        margin = round(bar.margin * short / 2) * 2
        top = margin if bar.edge == "top" else output.height - margin - height
        starts = {"whole": (0,), "chapters": timeline.chapters, "scenes": timeline.starts}[bar.parts]
        self._ends = (*starts[1:], timeline.frames)
        self._spans = _spans(starts, timeline.frames, margin, output.width - margin, height)
        if not self._spans:
            self._ends, self._spans = (timeline.frames,), ((margin, output.width - margin),)
        parts = [Rect(left, top, right, top + height) for left, right in self._spans]
        radius = height / 2 if margin else 0.0
        self._track = _painted(parts, radius, bar.track, bar.track_opacity)
        self._filled = _painted(parts, radius, bar.fill, 1.0)
        self.rect = Rect(margin, top, output.width - margin, top + height)
        self._below: tuple[Plane, ...] = ()

    def reached(self, frame: int) -> float:
        """Pixels from the frame's left edge to where the bar ends after ``frame`` has been shown."""
        part = min(bisect_right(self._ends, frame), len(self._ends) - 1)
        start = self._ends[part - 1] if part else 0
        left, right = self._spans[part]
        return left + (right - left) * (frame + 1 - start) / (self._ends[part] - start)

    def draw(self, frame: int, out: Planes) -> None:
        """The last two columns fade in, so that the bar grows smoothly."""
        rect, reached = self.rect, self.reached(frame)
        edge = int(reached) // 2 * 2
        blend(self._track, out)
        blend(self._filled.within(rect.left, rect.top, edge, rect.bottom), out)
        tip = self._filled.within(edge, rect.top, edge + 2, rect.bottom)
        blend(tip, out, opacity=round(OPAQUE * (reached - edge) / 2))

    def keep(self, out: Planes) -> None:
        self._below = tuple(np.array(part) for part in self._parts(out))

    def put_back(self, out: Planes) -> None:
        for part, below in zip(self._parts(out), self._below, strict=True):
            part[...] = below

    def _parts(self, out: Planes) -> Planes:
        return window(out, self.rect.left, self.rect.top, self.rect.width, self.rect.height)


def _spans(starts: tuple[int, ...], frames: int, left: int, right: int, height: int) -> tuple[tuple[int, int], ...]:
    """The even columns of each part, as wide as it lasts; nothing where a part would be too narrow."""
    gap = max(2, round(_GAP * height / 2) * 2)
    room = right - left - gap * (len(starts) - 1)
    edges = [left + 2 * round(room * start / frames / 2) + gap * index for index, start in enumerate(starts)]
    spans = [(a, b - gap) for a, b in pairwise([*edges, right + gap])]
    return tuple(spans) if all(b - a >= _NARROWEST * gap for a, b in spans) else ()


def _painted(parts: list[Rect], radius: float, colour: str, opacity: float) -> Sprite:
    masks = [mask for part in parts if (mask := plate([part], radius))]
    whole = Rect(parts[0].left, parts[0].top, parts[-1].right, parts[-1].bottom)
    return compose([Paint(mask, rgb(colour), opacity) for mask in masks], whole)
