"""The mix: narration and music of a whole timeline as one continuous sound.

Three passes in short blocks, none of which grows with the length of the video: measure the parts, lay
them over each other, master the result (``mastering``). Between the last two the sound lies in a scratch file.
"""

import math
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...application.ports import CancelSignal, Loudness
from ...domain.errors import Cancelled
from ...domain.timeline import Timeline
from .ducking import ducking, fades, room
from .loudness import SILENCE, Meter
from .mastering import Profile, amplitude, master
from .raw import BLOCK, raw_writer
from .sound import EDGE, Reader, Samples, looped, soft_edged, sound

MOST_BOOST = 30.0
"""dB. What would need more is noise, or nothing that was meant to be heard."""
CODEC_MARGIN = 0.5
"""dB that the mix stays below the timeline's true peak, because a lossy coder adds some of its own."""


def mix(timeline: Timeline, to: Path, *, cancel: CancelSignal | None = None, margin: float = CODEC_MARGIN) -> Loudness:
    """Write the sound of ``timeline``, exactly ``timeline.samples`` long, as a raw file; how loud it is.

    It has ``timeline.loudness`` within 0.1 LU wherever that can be had with at most 30 dB of gain, and no true peak
    above ``timeline.true_peak`` less ``margin`` dB. A second scratch file of the same size lies beside ``to``
    meanwhile. Raises UnusableAsset, Cancelled, DiskFull and OutputFailed.
    """
    mixed = to.with_name(to.name + ".mixed")
    try:
        laid = lay(timeline, mixed, cancel=cancel)
        return master(mixed, laid, to, loudness=timeline.loudness, ceiling=timeline.true_peak - margin, cancel=cancel)
    finally:
        mixed.unlink(missing_ok=True)


def lay(timeline: Timeline, to: Path, *, cancel: CancelSignal | None = None) -> Profile:
    """Write narration over ducked music as a raw file, at about the loudness asked for but with peaks as they come."""
    voice_gain, music_gain = _gains(timeline, cancel)
    music = timeline.music
    duck = ducking(spoken(timeline))
    fade = fades(timeline.samples, music.fade if music else 0)
    meter = Meter(quiet=amplitude(timeline.true_peak - 6))
    at = 0
    with ExitStack() as stack:
        bed = stack.enter_context(Reader(looped(timeline.assets[music.asset].path))) if music else None
        writer = stack.enter_context(raw_writer(to))
        for block in _checked(narration(timeline), cancel):
            n = block.shape[1]
            block *= np.float32(amplitude(voice_gain))
            if bed is not None and music is not None:
                block += bed.read(n) * (room(fade, duck, music.duck, at, n) * np.float32(amplitude(music_gain)))
            meter.add(block)
            writer.add(block)
            at += n
    boost = max(0.0, voice_gain, music_gain)
    return Profile(energies=meter.energies(), peaks=meter.peaks(), most_gain=MOST_BOOST - boost)


def _gains(timeline: Timeline, cancel: CancelSignal | None) -> tuple[float, float]:
    """dB that bring narration to the loudness asked for, and music to its level beside it.

    Each is measured by itself: narration with its pauses gated out, and as much of the music as can be heard.
    """
    voice, voice_gain = SILENCE, 0.0
    if any(scene.speech for scene in timeline.scenes):
        voice = _loudness(_checked(narration(timeline), cancel))
    if voice > SILENCE:
        voice_gain = min(MOST_BOOST, timeline.loudness - voice)
    if timeline.music is None:
        return voice_gain, 0.0
    bed = _loudness(_checked(_first(sound(timeline.assets[timeline.music.asset].path), timeline.samples), cancel))
    if bed <= SILENCE:
        return voice_gain, 0.0
    beside = voice + voice_gain + timeline.music.level if voice > SILENCE else timeline.loudness
    return voice_gain, min(MOST_BOOST, beside - bed)


def _loudness(blocks: Iterator[Samples]) -> float:
    meter = Meter(quiet=math.inf)
    for block in blocks:
        meter.add(block)
    return meter.loudness().integrated


def _first(blocks: Generator[Samples, None, None], samples: int) -> Generator[Samples, None, None]:
    with Reader(blocks) as reader:
        while samples > 0 and (block := reader.read(min(BLOCK, samples))).shape[1]:
            yield block
            samples -= block.shape[1]


def _checked(blocks: Generator[Samples, None, None], cancel: CancelSignal | None) -> Generator[Samples, None, None]:
    """The same blocks, until somebody asks to stop: then raises Cancelled."""
    with Reader(blocks):
        for block in blocks:
            if cancel is not None and cancel.is_set():
                raise Cancelled
            yield block


def narration(timeline: Timeline) -> Generator[Samples, None, None]:
    """All that is spoken, at its place, in blocks that together last ``timeline.samples``.

    Clips have soft edges, and so has the timeline's end where it cuts one off.
    """
    waiting = [
        (timeline.output.samples(start) + scene.speech.start, timeline.assets[scene.speech.asset].path)
        for start, scene in zip(timeline.starts, timeline.scenes, strict=True)
        if scene.speech is not None
    ]
    waiting.sort(reverse=True)
    total = timeline.samples
    playing: list[Reader] = []
    with ExitStack() as stack:
        for at in range(0, total, BLOCK):
            n = min(BLOCK, total - at)
            block = np.zeros((2, n), np.float32)
            playing = [reader for reader in playing if _add(reader, block, 0)]
            while waiting and waiting[-1][0] < at + n:
                start, path = waiting.pop()
                reader = stack.enter_context(Reader(soft_edged(sound(path))))
                if _add(reader, block, start - at):
                    playing.append(reader)
            if at + n > total - EDGE:
                block *= _closing(total, at, n)
            yield block


def _add(reader: Reader, block: Samples, offset: int) -> bool:
    """Add a sound from ``offset`` of a block on; false once the sound is over."""
    rest = block[:, offset:]
    part = reader.read(rest.shape[1])
    rest[:, : part.shape[1]] += part
    return part.shape == rest.shape


def _closing(total: int, at: int, n: int) -> NDArray[np.float32]:
    """Amplitude over ``n`` samples from ``at``: 1, and down to 0 over the last 5 ms before ``total``."""
    left = np.clip((total - at - np.arange(n) - 0.5) / EDGE, 0, 1)
    return (0.5 - 0.5 * np.cos(np.pi * left)).astype(np.float32)


def spoken(timeline: Timeline) -> list[tuple[int, int]]:
    """Half-open spans of samples under which music steps back: words, and whole sounds whose words are not known."""
    spans = timeline.speech_spans()
    for start, scene in zip(timeline.starts, timeline.scenes, strict=True):
        if scene.speech is not None and not scene.cues:
            begin = timeline.output.samples(start) + scene.speech.start
            length = timeline.assets[scene.speech.asset].samples or timeline.output.samples(scene.frames)
            spans.append((begin, begin + length))
    return spans
