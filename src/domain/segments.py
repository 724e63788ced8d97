"""Where the timeline is cut into segments that are rendered on their own and joined without re-encoding."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .timeline import Timeline

LONGEST = 2
"""Seconds of a segment at the most: short enough that one changed scene still fills every core."""

LONGEST_CHAIN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The half-open run of frames ``start`` to ``end``."""

    start: int
    end: int

    @property
    def frames(self) -> int:
        return self.end - self.start


def plan(timeline: Timeline, longest: int = LONGEST) -> tuple[Segment, ...]:
    """Segments of at most about ``longest`` seconds, in order, without a gap.

    They are cut right after each transition and inside long scenes, never within a transition: a cut there would make
    two segments draw both scenes.
    """
    span = longest * timeline.output.fps
    after = [start + overlap for start, overlap in zip(timeline.starts, timeline.overlaps[:-1], strict=True)]
    segments: list[Segment] = []
    for (start, end), overlap in zip(pairwise([*after, timeline.frames]), timeline.overlaps[1:], strict=True):
        free = end - overlap - start
        pieces = max(1, -(-(end - start) // span))
        edges = [start + free * piece // pieces for piece in range(pieces)]
        segments += [Segment(start=a, end=b) for a, b in pairwise([*edges, end]) if b > a]
    return tuple(segments)


def chains(timeline: Timeline, segments: tuple[Segment, ...], workers: int) -> tuple[tuple[Segment, ...], ...]:
    """Segments, given in order, grouped by who should render them: a clip that runs on into the next is decoded on.

    A chain has at most LONGEST_CHAIN segments, and few enough that one long clip still fills every worker.
    """
    longest = max(1, min(LONGEST_CHAIN, len(segments) // (workers + 1)))
    grouped: list[list[Segment]] = []
    for segment in segments:
        chain = grouped[-1] if grouped else []
        follows = 0 < len(chain) < longest and chain[-1].end == segment.start
        if follows and _clip_runs_on(timeline, segment.start):
            chain.append(segment)
        else:
            grouped.append([segment])
    return tuple(map(tuple, grouped))


def _clip_runs_on(timeline: Timeline, frame: int) -> bool:
    before, after = timeline.at(frame - 1).shots[-1].scene, timeline.at(frame).shots[0].scene
    return before == after and timeline.scenes[after].clip is not None


def in_turn(costs: Sequence[int], workers: int) -> list[int]:
    """The order, as indices, in which ``workers`` should take tasks of such ``costs`` so that they end together.

    Those that are much longer than usual come first and the shortest last, the longer of them before; the others stay
    in order, so that neighbours share their pictures.
    """
    by_cost = sorted(range(len(costs)), key=costs.__getitem__)
    short = by_cost[: 2 * workers]
    usual = costs[by_cost[len(costs) // 2]] if costs else 0
    long = [task for task in reversed(by_cost) if 2 * costs[task] > 3 * usual and task not in short]
    others = [task for task in range(len(costs)) if task not in short and task not in long]
    return [*long, *others, *reversed(short)]
