"""The mix: narration, clips and music of a whole timeline as one continuous sound.

Three passes in short blocks, none of which grows with the length of the video: measure the stems (``stems``), lay
them over each other, master the result (``mastering``). Between the last two the sound lies in a scratch file.
"""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...application.ports import CancelSignal
from ...application.writing import writing
from ...domain.timeline import Timeline
from .clip_sound import Run
from .ducking import crossing, ducking, fades, room
from .loudness import SILENCE, Meter
from .mastering import Profile, amplitude
from .raw import raw_writer
from .sound import Reader
from .stems import ClipStem, MusicStem, checked, clip_stem, loudness_of, music_stem, narration

MOST_BOOST = 30.0
"""dB. What would need more is noise, or nothing that was meant to be heard."""


def lay(timeline: Timeline, to: Path, *, cancel: CancelSignal | None = None) -> Profile:
    """Write narration over ducked music and clips as a raw file, at about the loudness asked for, peaks as they come.

    What is decoded of music and clips lies in scratch files beside ``to`` meanwhile.
    """
    with _scratch_folder(to) as folder:
        clips = clip_stem(timeline, folder, cancel)
        bed = music_stem(timeline, folder / "music", cancel)
        gains = _gains(timeline, clips, bed, cancel)
        duck = ducking(spoken(timeline)) if bed is not None or clips.parts else ducking(())
        music = timeline.music
        fade = fades(timeline.samples, music.fade if music else 0)
        meter = Meter(quiet=amplitude(timeline.true_peak - 4))
        at = 0

        def shaped(run: Run, at: int, n: int) -> NDArray[np.float32]:
            fade = crossing(run.start, run.end, run.rise, run.fall)
            return room(fade, duck, run.clip.duck, at, n, equal_power=True) * _factor(gains.clips[run])

        with ExitStack() as stack:
            under = stack.enter_context(Reader(bed.blocks())) if bed is not None else None
            beside = stack.enter_context(Reader(clips.blocks(timeline, shaped))) if clips.parts else None
            writer = stack.enter_context(raw_writer(to))
            for block in checked(narration(timeline), cancel):
                n = block.shape[1]
                block *= _factor(gains.voice)
                if under is not None and music is not None:
                    block += under.read(n) * (room(fade, duck, music.duck, at, n) * _factor(gains.music))
                if beside is not None:
                    block += beside.read(n)
                meter.add(block)
                writer.add(block)
                at += n
    boost = max(0.0, gains.voice, gains.music, *gains.clips.values())
    return Profile(energies=meter.energies(), peaks=meter.peaks(), most_gain=MOST_BOOST - boost)


@contextmanager
def _scratch_folder(to: Path) -> Iterator[Path]:
    folder = to.with_name(to.name + ".stems")
    with writing(folder):
        folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _factor(decibels: float) -> np.float32:
    return np.float32(amplitude(decibels))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gains:
    """dB that bring narration to the loudness asked for, and music and each run of a clip to its level beside it."""

    voice: float
    music: float
    clips: dict[Run, float]


def _gains(timeline: Timeline, clips: ClipStem, bed: MusicStem | None, cancel: CancelSignal | None) -> _Gains:
    """Each stem is measured by itself: narration with its pauses gated out, all sound of one clip together.

    Where nothing is said, the loudest of the others takes the narration's place.
    """
    voice, voice_gain = SILENCE, 0.0
    if any(scene.speech for scene in timeline.scenes):
        voice = loudness_of(checked(narration(timeline), cancel))
    levels = {run: run.level for run, _ in clips.parts}
    if voice > SILENCE:
        voice_gain = min(MOST_BOOST, timeline.loudness - voice)
        beside = voice + voice_gain
    else:
        heard = [level for run, level in levels.items() if clips.loudness[run.clip.asset] > SILENCE]
        if bed is not None and timeline.music is not None and bed.loudness > SILENCE:
            heard.append(timeline.music.level)
        beside = timeline.loudness - max(heard, default=0.0)

    def gain(level: float, loudness: float) -> float:
        return min(MOST_BOOST, beside + level - loudness) if loudness > SILENCE else 0.0

    return _Gains(
        voice=voice_gain,
        music=gain(timeline.music.level, bed.loudness) if bed is not None and timeline.music is not None else 0.0,
        clips={run: gain(level, clips.loudness[run.clip.asset]) for run, level in levels.items()},
    )


def spoken(timeline: Timeline) -> list[tuple[int, int]]:
    """Half-open spans of samples under which music steps back: words, and whole sounds whose words are not known."""
    spans = timeline.speech_spans()
    for start, scene in zip(timeline.starts, timeline.scenes, strict=True):
        if scene.speech is not None and not scene.cues:
            begin = timeline.output.samples(start) + scene.speech.start
            length = timeline.assets[scene.speech.asset].samples or timeline.output.samples(scene.frames)
            spans.append((begin, begin + length))
    return spans
