"""The sound of clips, on the clock of their pictures.

Where the picture of a clip begins again, so does its sound, on the same sample; where a scene goes on with the clip
at the very place at which the scene before left it, the sound runs on without a seam.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, pairwise
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.error import BlockingIOError as NothingYet
from av.error import EOFError as NothingMore
from av.error import FFmpegError
from av.filter import Graph

from ...domain.errors import UnusableAsset
from ...domain.narration import SAMPLE_RATE
from ...domain.pictures import Clip
from ...domain.timeline import Scene, Timeline
from .containers import open_media
from .sound import Reader, Samples, decoded, resampled, soft_edged

BORDER = SAMPLE_RATE * 30 // 1000
"""Samples (30 ms) over which a clip's sound comes and goes where its scene has no transition."""
_PREROLL = SAMPLE_RATE // 2
"""Samples before a clip's start from which it is decoded: codecs need some time to come in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A stretch of the timeline, in samples, over which a clip is heard without a break, and its fades."""

    clip: Clip
    level: float
    start: int
    end: int
    rise: int
    fall: int


def runs(timeline: Timeline) -> list[Run]:
    """Where clips are heard, in order. Fades follow the overlaps of transitions, or take 30 ms at a cut."""
    output = timeline.output
    found: list[Run] = []
    before: Scene | None = None
    for first, scene, (into, out) in zip(timeline.starts, timeline.scenes, pairwise(timeline.overlaps), strict=True):
        start, end = output.samples(first), output.samples(first + scene.frames)
        fall = output.samples(out) or BORDER
        clip = scene.clip
        if clip is not None and clip.level is not None and timeline.assets[clip.asset].has_sound:
            if found and before is not None and found[-1].end == start and _goes_on(timeline, before, scene):
                found[-1] = replace(found[-1], end=end, fall=fall)
            else:
                rise = output.samples(into) or BORDER
                found.append(Run(clip=clip, level=clip.level, start=start, end=end, rise=rise, fall=fall))
        before = scene
    return found


def _goes_on(timeline: Timeline, before: Scene, scene: Scene) -> bool:
    """Whether a scene shows what comes next in the clip of the scene before, at the same level."""
    if before.clip is None or scene.clip is None or scene.transition is not None:
        return False
    reached = before.clip.start + round(timeline.output.samples(before.frames) * before.clip.speed)
    return replace(before.clip, start=reached) == scene.clip and reached < timeline.assets[before.clip.asset].samples


def clip_sound(
    path: Path, start: int, length: int, *, shortest: int = 1, speed: float = 1.0
) -> Generator[Samples, None, None]:
    """The sound of a clip from ``start`` on, over and over without end, at ``speed`` times its pace.

    ``length`` is the clip's, and a turn lasts what is left of it but at least ``shortest`` samples, as its picture
    does: sound that ends before is followed by silence, and what is longer is cut off. Raises UnusableAsset.
    """
    samples = max(round((length - start) / speed), shortest)
    turn = round(samples * speed)
    while True:
        blocks: Iterator[Samples] = _from(path, start, turn)
        with Reader(soft_edged(blocks if speed == 1 else _stretched(blocks, speed))) as reader:
            left = samples
            while left and (block := reader.read(min(left, SAMPLE_RATE // 4))).shape[1]:
                yield block
                left -= block.shape[1]
        yield from _silence(left)


def _silence(samples: int) -> Iterator[Samples]:
    for at in range(0, samples, SAMPLE_RATE):
        yield np.zeros((2, min(SAMPLE_RATE, samples - at)), np.float32)


def _from(path: Path, start: int, samples: int) -> Iterator[Samples]:
    """At most ``samples`` of a clip's sound from ``start`` on, counted from the clip's first picture."""
    try:
        with open_media(path) as container:
            for block in _aligned(path, container, start):
                yield block[:, :samples]
                samples -= block.shape[1]
                if samples <= 0:
                    return
    except UnusableAsset:
        raise
    except (FFmpegError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnusableAsset(path, f"its sound cannot be decoded ({reason.lower()})") from error


def _aligned(path: Path, container: InputContainer, start: int) -> Iterator[Samples]:
    """The sound from sample ``start`` of the clip's own clock on, which begins with its first picture."""
    audio = container.streams.audio[0]
    base = audio.time_base or Fraction(1, SAMPLE_RATE)
    picture = container.streams.video[0] if container.streams.video else audio
    zero = Fraction(picture.start_time or 0) * (picture.time_base or base)
    target = zero + Fraction(max(0, start - _PREROLL), SAMPLE_RATE)
    if start > 2 * _PREROLL:
        container.seek(int(target / base), stream=audio)
    frames = decoded(path, container, audio)
    first = next(frames, None)
    if first is None:
        return
    time = Fraction(first.pts) * (first.time_base or base) if first.pts is not None else zero
    late = round((time - zero) * SAMPLE_RATE) - start
    yield from _silence(late)
    for block in resampled(chain([first], frames)):
        early = min(max(-late, 0), block.shape[1])
        late += early
        if early < block.shape[1]:
            yield block[:, early:]


def _stretched(blocks: Iterator[Samples], speed: float) -> Generator[Samples, None, None]:
    """The sound ``speed`` times as fast at its own pitch, by libavfilter's overlap-add."""
    graph = Graph()
    nodes = [graph.add_abuffer(sample_rate=SAMPLE_RATE, format="fltp", layout="stereo")]
    while not 0.5 <= speed <= 2:
        step = 2.0 if speed > 2 else 0.5
        nodes.append(graph.add("atempo", f"{step}"))
        speed /= step
    nodes += [graph.add("atempo", f"{speed:.9f}"), graph.add("aformat", "sample_fmts=fltp"), graph.add("abuffersink")]
    graph.link_nodes(*nodes).configure()
    at = 0
    for block in chain(blocks, (None,)):
        if block is None:
            graph.push(None)
        else:
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout="stereo")
            frame.sample_rate, frame.time_base, frame.pts = SAMPLE_RATE, Fraction(1, SAMPLE_RATE), at
            graph.push(frame)
            at += block.shape[1]
        while True:
            try:
                pulled = graph.pull()
            except (NothingYet, NothingMore):
                break
            yield np.asarray(pulled.to_ndarray(), np.float32)
