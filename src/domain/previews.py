"""What stands for a video beside it: a poster, which is one picture, and a teaser, which is a short silent loop."""

from pathlib import Path

from .errors import UnknownName
from .timeline import Timeline

POSTER_FILES = (".jpg", ".jpeg", ".png", ".webp")
TEASER_FILES = (".gif", ".webp")

TEASER_SIDE = 320
"""Pixels of a teaser's shorter side."""
EXCERPTS = 3
EXCERPT_SECONDS = 1.2
_TEASER_RATE = 15
_MOST_CANDIDATES = 12


def check_poster(file: Path) -> None:
    """Raises UnknownName for a file of another kind than POSTER_FILES."""
    if file.suffix.lower() not in POSTER_FILES:
        raise UnknownName("kind of poster", file.suffix or file.name, POSTER_FILES)


def check_teaser(file: Path) -> None:
    """Raises UnknownName for a file of another kind than TEASER_FILES."""
    if file.suffix.lower() not in TEASER_FILES:
        raise UnknownName("kind of teaser", file.suffix or file.name, TEASER_FILES)


def settled(timeline: Timeline, scene: int) -> tuple[int, int]:
    """The half-open span of the timeline's frames in which a scene is alone on the screen; empty for one that never is.

    A scene with a title is settled only in the middle half of its title's time, when the title has come and not yet
    begun to go.
    """
    start, this = timeline.starts[scene], timeline.scenes[scene]
    begin, end = timeline.overlaps[scene], this.frames - timeline.overlaps[scene + 1]
    if this.title is not None:
        quarter = (this.title.end - this.title.start) // 4
        begin, end = max(begin, this.title.start + quarter), min(end, this.title.end - quarter)
    return start + begin, max(start + begin, start + end)


def poster_candidates(timeline: Timeline) -> tuple[int, ...]:
    """Frames of which any may be the poster, by scene: a title card's alone, where the video begins with one.

    Without it, the middles of the scenes in which nothing overlaps; of many scenes, some that are spread evenly.
    """
    spans = [settled(timeline, scene) for scene in range(len(timeline.scenes))]
    middles = [(begin + end) // 2 for begin, end in spans if begin < end]
    if timeline.scenes[0].title is not None and spans[0][0] < spans[0][1]:
        return (middles[0],)
    if not middles:
        return (timeline.frames // 2,)
    count = min(len(middles), _MOST_CANDIDATES)
    return tuple(middles[index * len(middles) // count] for index in range(count))


def teaser_step(timeline: Timeline) -> int:
    """Every how many frames of the timeline a teaser shows one: 12 to 15 a second."""
    return round(timeline.output.fps / _TEASER_RATE)


def teaser_frames(timeline: Timeline) -> tuple[int, ...]:
    """The timeline's frames that a teaser shows, in order: excerpts from its beginning, its middle and its end.

    An excerpt keeps clear of transitions where its scene is long enough for that. A video hardly longer than all
    excerpts is shown whole.
    """
    step = teaser_step(timeline)
    length = round(EXCERPT_SECONDS * timeline.output.fps)
    if timeline.frames <= (EXCERPTS + 1) * length:
        return tuple(range(0, timeline.frames, step))
    shown: list[int] = []
    for excerpt in range(EXCERPTS):
        earliest = excerpt * timeline.frames // EXCERPTS
        latest = (excerpt + 1) * timeline.frames // EXCERPTS - length
        start = (earliest + latest) // 2
        if excerpt == 0:
            start = min(start, (sum(settled(timeline, 0)) - length) // 2)
        begin, end = settled(timeline, timeline.at(min(max(start, earliest), latest) + length // 2).shots[-1].scene)
        start = min(max(start, begin), end - length) if end - begin >= length else start
        start = min(max(start, earliest), latest)
        shown += range(start, start + length, step)
    return tuple(shown)
