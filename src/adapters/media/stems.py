"""The stems of a mix: narration, clips and music, each over the whole timeline and measured by itself.

Narration is short to decode and is read from its files as often as it is needed; music and clips are decoded once,
into raw files that the stems are then read from.
"""

import math
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...application.ports import CancelSignal
from ...domain.errors import Cancelled, UnusableAsset
from ...domain.narration import SAMPLE_RATE
from ...domain.timeline import Timeline
from .clip_sound import Run, clip_sound, runs
from .loudness import Meter
from .raw import BLOCK, raw_blocks, raw_writer
from .sound import EDGE, JOINT, SHORTEST_LOOP, Reader, Samples, looped, soft_edged, sound

HUSH = np.float32(10 ** (-66 / 20))
"""Music starts where it first rises above this amplitude (-66 dBFS), and ends where it last does."""

Part = tuple[int, Callable[[], Generator[Samples, None, None]]]
"""The sample at which a sound begins, and what opens it."""


def placed(parts: Iterable[Part], total: int) -> Generator[Samples, None, None]:
    """Sounds at their places, added where they overlap, in blocks that together last ``total`` samples."""
    waiting = sorted(parts, key=lambda part: part[0], reverse=True)
    playing: list[Reader] = []
    with ExitStack() as stack:
        for at in range(0, total, BLOCK):
            n = min(BLOCK, total - at)
            block = np.zeros((2, n), np.float32)
            playing = [reader for reader in playing if _add(reader, block, 0)]
            while waiting and waiting[-1][0] < at + n:
                start, opened = waiting.pop()
                reader = stack.enter_context(Reader(opened()))
                if _add(reader, block, start - at):
                    playing.append(reader)
            yield block


def _add(reader: Reader, block: Samples, offset: int) -> bool:
    """Add a sound from ``offset`` of a block on; false once the sound is over."""
    rest = block[:, offset:]
    part = reader.read(rest.shape[1])
    rest[:, : part.shape[1]] += part
    return part.shape == rest.shape


def narration(timeline: Timeline) -> Generator[Samples, None, None]:
    """All that is spoken, at its place. Its sounds have soft edges, and so has the timeline's end where it cuts one."""

    def opened(path: str) -> Callable[[], Generator[Samples, None, None]]:
        return lambda: soft_edged(sound(path))

    parts = [
        (timeline.output.samples(start) + scene.speech.start, opened(timeline.assets[scene.speech.asset].path))
        for start, scene in zip(timeline.starts, timeline.scenes, strict=True)
        if scene.speech is not None
    ]
    at, total = 0, timeline.samples
    for block in placed(parts, total):
        n = block.shape[1]
        if at + n > total - EDGE:
            block *= _closing(total, at, n)
        yield block
        at += n


def _closing(total: int, at: int, n: int) -> NDArray[np.float32]:
    """Amplitude over ``n`` samples from ``at``: 1, and down to 0 over the last 5 ms before ``total``."""
    left = np.clip((total - at - np.arange(n) - 0.5) / EDGE, 0, 1)
    return (0.5 - 0.5 * np.cos(np.pi * left)).astype(np.float32)


def loudness_of(blocks: Iterable[Samples]) -> float:
    """LUFS."""
    meter = Meter(quiet=math.inf)
    for block in blocks:
        meter.add(block)
    return meter.loudness().integrated


def checked(blocks: Generator[Samples, None, None], cancel: CancelSignal | None) -> Generator[Samples, None, None]:
    """The same blocks, until somebody asks to stop: then raises Cancelled."""
    with Reader(blocks):
        for block in blocks:
            if cancel is not None and cancel.is_set():
                raise Cancelled
            yield block


def kept(blocks: Generator[Samples, None, None], to: Path, most: int, meter: Meter) -> int:
    """Write at most ``most`` samples to a raw file and meter them; how many they were."""
    written = 0
    with Reader(blocks) as reader, raw_writer(to) as writer:
        while written < most and (block := reader.read(min(BLOCK, most - written))).shape[1]:
            meter.add(block)
            writer.add(block)
            written += block.shape[1]
    return written


@dataclass(frozen=True, slots=True, kw_only=True)
class MusicStem:
    """Music in a raw file, without the silence around it; ``loudness`` in LUFS is that of as much as can be heard."""

    file: Path
    loudness: float

    def blocks(self) -> Generator[Samples, None, None]:
        """Over and over, without end."""
        return looped(lambda: raw_blocks(self.file))


def music_stem(timeline: Timeline, to: Path, cancel: CancelSignal | None) -> MusicStem | None:
    """None where there is no music or nothing in it can be heard.

    Raises UnusableAsset, also for music that would have to be repeated more than twice a second.
    """
    if timeline.music is None:
        return None
    path = Path(timeline.assets[timeline.music.asset].path)
    meter = Meter(quiet=math.inf)
    needed = timeline.samples + JOINT
    samples = kept(checked(sounding(sound(path)), cancel), to, needed, meter)
    if 0 < samples < min(needed, SHORTEST_LOOP):
        raise UnusableAsset(path, f"it lasts {samples / SAMPLE_RATE:.2f} s; music of at least half a second is right")
    return MusicStem(file=to, loudness=meter.loudness().integrated) if samples else None


def sounding(blocks: Iterator[Samples]) -> Generator[Samples, None, None]:
    """The same sound without the silence before and after it."""
    silence: list[Samples] = []
    begun = False
    for block in blocks:
        loud = np.flatnonzero(np.abs(block).max(axis=0) > HUSH)
        if not loud.size:
            if begun:
                silence.append(block)
            continue
        yield from silence
        first, last = 0 if begun else int(loud[0]), int(loud[-1]) + 1
        yield block[:, first:last]
        begun, silence = True, [block[:, last:]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipStem:
    """The sound of clips: what is heard, in one raw file a run, and the loudness of each asset in LUFS."""

    parts: tuple[tuple[Run, Path], ...]
    loudness: dict[str, float]

    def blocks(
        self, timeline: Timeline, gain: Callable[[Run, int, int], NDArray[np.float32]]
    ) -> Generator[Samples, None, None]:
        """Over the whole timeline. ``gain`` gives a run's amplitudes over n samples from a place on."""

        def opened(run: Run, file: Path) -> Callable[[], Generator[Samples, None, None]]:
            def blocks() -> Generator[Samples, None, None]:
                at = run.start
                for block in raw_blocks(file):
                    yield block * gain(run, at, block.shape[1])
                    at += block.shape[1]

            return blocks

        return placed([(run.start, opened(run, file)) for run, file in self.parts], timeline.samples)


def clip_stem(timeline: Timeline, folder: Path, cancel: CancelSignal | None) -> ClipStem:
    """Every stretch in which a clip is heard, decoded. Raises UnusableAsset."""
    meters: dict[str, Meter] = {}
    parts = []
    for number, run in enumerate(runs(timeline)):
        asset = timeline.assets[run.clip.asset]
        file = folder / f"clip-{number:04d}"
        shortest, speed = timeline.output.samples(1), run.clip.speed
        blocks = clip_sound(Path(asset.path), run.clip.start, asset.samples, shortest=shortest, speed=speed)
        meter = meters.setdefault(run.clip.asset, Meter(quiet=math.inf))
        kept(checked(blocks, cancel), file, run.end - run.start, meter)
        parts.append((run, file))
    return ClipStem(parts=tuple(parts), loudness={name: meter.loudness().integrated for name, meter in meters.items()})
