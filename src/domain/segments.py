"""Where the timeline is cut into segments that are rendered on their own and joined without re-encoding."""

from dataclasses import dataclass
from itertools import pairwise

from .timeline import Timeline

LONGEST = 2
"""Seconds of a segment at the most: short enough that one changed scene still fills every core."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The half-open run of frames ``start`` to ``end``."""

    start: int
    end: int

    @property
    def frames(self) -> int:
        return self.end - self.start


def plan(timeline: Timeline, longest: int = LONGEST) -> tuple[Segment, ...]:
    """Cut right after each transition, so that no segment decodes a run of a clip again, and inside long scenes."""
    span = longest * timeline.output.fps
    cuts = [
        start + (scene.transition.frames if scene.transition else 0)
        for start, scene in zip(timeline.starts, timeline.scenes, strict=True)
    ]
    segments: list[Segment] = []
    for start, end in pairwise([*cuts, timeline.frames]):
        pieces = max(1, -(-(end - start) // span))
        edges = [start + (end - start) * piece // pieces for piece in range(pieces + 1)]
        segments += [Segment(start=a, end=b) for a, b in pairwise(edges) if b > a]
    return tuple(segments)
