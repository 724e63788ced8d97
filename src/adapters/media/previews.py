"""Posters and teasers, drawn from the timeline and not decoded from its video."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import av
from av.filter import Graph
from PIL import Image

from ...application.ports import CancelSignal
from ...application.writing import whole
from ...domain.errors import Cancelled
from ...domain.output import Output
from ...domain.previews import (
    TEASER_SIDE,
    check_poster,
    check_teaser,
    poster_candidates,
    teaser_frames,
    teaser_step,
)
from ...domain.timeline import Timeline
from .compositor import Compositor
from .contact_sheet import contact_sheet
from .lettering import Lettering
from .pictures import PhotoShelf
from .planes import new_frame, planes_of, rgb_of
from .worth import worth

_CANDIDATE_SIDE = 180
_DRAWN_SIDE = 720
"""Pixels of the shorter side at which a teaser is drawn before it is scaled down: drawn small, edges are ragged."""
_CENTISECONDS = 100

_JPEG: tuple[str, dict[str, Any]] = ("JPEG", {"quality": 92, "progressive": True, "optimize": True})
_POSTERS: dict[str, tuple[str, dict[str, Any]]] = {
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".png": ("PNG", {"optimize": True}),
    ".webp": ("WEBP", {"quality": 90, "method": 4}),
}
"""Suffix -> Pillow's format and options."""


class TimelinePreviews:
    """Writes the pictures that stand for a timeline's video, each file whole or not at all."""

    def poster(self, timeline: Timeline, to: Path) -> None:
        """A still of the video's own size, by its suffix JPEG, PNG or WebP.

        It is the title card where the video begins with one, and else the scene's middle with the most to see, without
        captions, which would be cut off in mid-sentence. Raises UnknownName, UnusableAsset, DiskFull and OutputFailed.
        """
        check_poster(to)
        bare = replace(timeline, scenes=tuple(replace(scene, cues=()) for scene in timeline.scenes))
        candidates = poster_candidates(bare)
        best = candidates[0]
        if len(candidates) > 1:
            drawn = _drawn(_sized(bare, _CANDIDATE_SIDE), candidates)
            worths = [worth(planes_of(frame)[0]) for frame in drawn]
            best = max(zip(worths, candidates, strict=True))[1]
        self.still(bare, best, to)

    def still(self, timeline: Timeline, frame: int, to: Path) -> None:
        """One frame as it is in the video, in the video's own size. Raises as ``poster`` does."""
        check_poster(to)
        form, options = _POSTERS[to.suffix.lower()]
        picture = Image.fromarray(rgb_of(next(_drawn(timeline, (frame,)))))
        with whole(to) as part:
            picture.save(part, form, **options)

    def sheet(self, rows: Sequence[tuple[str, Timeline, Sequence[int]]], to: Path) -> None:
        """A PNG of frames that rise, reduced, each timeline's under its name. Raises OutputFailed, DiskFull."""
        named = [
            (name, [Image.fromarray(rgb_of(frame)) for frame in _drawn(timeline, frames)])
            for name, timeline, frames in rows
        ]
        with whole(to) as part:
            contact_sheet(named).save(part, "PNG")

    def teaser(self, timeline: Timeline, to: Path, *, cancel: CancelSignal | None = None) -> None:
        """A silent loop of 3 to 5 seconds, 320 pixels across its shorter side, by its suffix GIF or animated WebP.

        Raises Cancelled, UnknownName, UnusableAsset, DiskFull and OutputFailed.
        """
        check_teaser(to)
        large = _sized(timeline, min(_DRAWN_SIDE, timeline.output.short_side))
        size = _size(timeline.output, TEASER_SIDE)
        frames = (_scaled(frame, size) for frame in _drawn(large, teaser_frames(timeline), cancel))
        pace = Fraction(teaser_step(timeline), timeline.output.fps)
        with whole(to) as part:
            (_write_gif if to.suffix.lower() == ".gif" else _write_webp)(frames, pace, part)


def _sized(timeline: Timeline, short: int) -> Timeline:
    """The same timeline drawn smaller, its shorter side ``short`` pixels."""
    width, height = _size(timeline.output, short)
    return replace(timeline, output=replace(timeline.output, width=width, height=height))


def _size(output: Output, short: int) -> tuple[int, int]:
    """Width and height of the same aspect, both even."""
    scale = Fraction(short, output.short_side)
    return round(output.width * scale / 2) * 2, round(output.height * scale / 2) * 2


def _scaled(frame: av.VideoFrame, size: tuple[int, int]) -> av.VideoFrame:
    return frame.reformat(width=size[0], height=size[1], interpolation="AREA", threads=1)


def _drawn(timeline: Timeline, numbers: Iterable[int], cancel: CancelSignal | None = None) -> Iterator[av.VideoFrame]:
    """A fresh frame for each number, all of which rise."""
    output = timeline.output
    lettering = Lettering(timeline.style, output.width, output.height, timeline.language)
    compositor = Compositor(timeline, PhotoShelf(timeline), lettering)
    try:
        for number in numbers:
            if cancel is not None and cancel.is_set():
                raise Cancelled
            frame = new_frame(output.width, output.height, output.fps)
            compositor.draw(number, planes_of(frame))
            yield frame
    finally:
        compositor.close()


def _times(count: int, pace: Fraction, units: int) -> list[int]:
    """When each of ``count`` frames and the end comes, in ``units`` a second: rounded, but never drifting."""
    return [round(number * pace * units) for number in range(count + 1)]


def _write_webp(frames: Iterator[av.VideoFrame], pace: Fraction, to: Path) -> None:
    pictures = [Image.fromarray(rgb_of(frame)) for frame in frames]
    durations = [after - before for before, after in pairwise(_times(len(pictures), pace, 1000))]
    pictures[0].save(
        to, "WEBP", save_all=True, append_images=pictures[1:], duration=durations, loop=0, quality=70, method=4
    )


def _write_gif(frames: Iterator[av.VideoFrame], pace: Fraction, to: Path) -> None:
    """One palette of 255 colours for the whole loop, chosen over all its frames, and an ordered dither.

    An ordered dither stays put where the picture does, so unchanged parts need not be stored again.
    """
    given = list(frames)
    width, height = given[0].width, given[0].height
    graph = Graph()
    source = graph.add_buffer(width=width, height=height, format=given[0].format, time_base=Fraction(1, _CENTISECONDS))
    split, palette = graph.add("split"), graph.add("palettegen", "stats_mode=full")
    use, sink = graph.add("paletteuse", "dither=bayer:bayer_scale=3:diff_mode=rectangle"), graph.add("buffersink")
    source.link_to(split)
    split.link_to(palette, 0, 0)
    split.link_to(use, 1, 0)
    palette.link_to(use, 0, 1)
    use.link_to(sink)
    graph.configure()
    times = _times(len(given), pace, _CENTISECONDS)
    for frame, time in zip(given, times, strict=False):
        frame.pts, frame.time_base = time, Fraction(1, _CENTISECONDS)
        graph.push(frame)
    graph.push(None)
    with av.open(str(to), "w", format="gif", options={"loop": "0"}) as container:
        stream = container.add_stream("gif", rate=round(1 / pace))
        stream.width, stream.height, stream.pix_fmt = width, height, "pal8"
        stream.time_base = stream.codec_context.time_base = Fraction(1, _CENTISECONDS)
        for _ in given:
            container.mux(stream.encode(cast("av.VideoFrame", graph.pull())))
        container.mux(stream.encode(None))
