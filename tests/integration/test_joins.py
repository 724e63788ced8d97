"""No join clicks: not where narration begins and ends, not where music loops, not where clips come and go.

A click is a jump in slope. The measure is the highest second difference near a join beside what the sound itself has
elsewhere; the tests show on a butted join that it would find one.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reelwright.adapters.media.mix import lay
from reelwright.adapters.media.raw import raw_blocks
from reelwright.adapters.media.sound import JOINT, Samples, sound
from reelwright.adapters.media.soundtrack import soundtrack
from reelwright.adapters.media.wav import write_wav
from reelwright.domain.pictures import Clip
from reelwright.domain.timeline import Music, Scene, SpeechClip, Timeline
from reelwright.domain.transitions import Transition
from tests import media
from tests.timelines import asset, cue, scene, timeline

RATE = 48_000
FRAME = RATE // 30
LOOP = round(2.3 * RATE)


def jump(samples: Samples, joins: list[int], near: int = 2_000) -> float:
    """How many times the steepest bend within ``near`` samples of the joins exceeds the steepest elsewhere."""
    bends = np.abs(np.diff(samples, 2, axis=1)).max(axis=0)
    beside = np.zeros(len(bends), bool)
    for join in joins:
        beside[max(0, join - near) : join + near] = True
    return float(bends[beside].max() / bends[~beside].max())


def vowel(seconds: float, hertz: float, level: float = 0.2) -> Samples:
    """A tone with a few partials that ends anywhere but at zero."""
    at = np.arange(round(seconds * RATE)) / RATE
    wave = sum(np.sin(2 * np.pi * hertz * k * at + k) / k**2 for k in range(1, 6))
    return (level * np.stack([wave, wave])).astype(np.float32)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> tuple[Timeline, list[int]]:
    """Speech, music that loops every 2.3 s and a clip's sound, and every sample at which something is joined."""
    folder = tmp_path_factory.mktemp("joins")
    write_wav(folder / "said.wav", vowel(1.7, 190)[0].tobytes())
    write_wav(folder / "music.wav", vowel(LOOP / RATE, 333.3)[0].tobytes())
    silent = media.clip(folder / "silent.mp4", frames=60, size=(64, 48))
    clip = media.with_sound(silent, folder / "clip.mov", vowel(2, 477.7), codec="pcm_s16le")
    scenes = [
        Scene(
            frames=75,
            clip=Clip(asset="clip", level=-8.0 if number % 2 else None),
            speech=SpeechClip(asset="said", start=9_000 + 13 * number),
            transition=Transition(kind="crossfade", frames=9) if number in (2, 3) else None,
            cues=(cue((6, 57)),),
        )
        for number in range(5)
    ]
    made = timeline(
        scene(1),
        sounds={"said": folder / "said.wav", "music": folder / "music.wav"},
        music=Music(asset="music", level=-6),
    )
    assets = made.assets | {"clip": replace(asset(clip, "clip", 2 * RATE), has_sound=True)}
    film = replace(made, assets=assets, scenes=tuple(scenes))
    starts = [film.output.samples(start) for start in film.starts]
    said = [
        at
        for start, part in zip(starts, scenes, strict=True)
        if part.speech
        for at in (start + part.speech.start, start + part.speech.start + round(1.7 * RATE))
    ]
    borders = [at for start in starts for at in (start, start + 2 * RATE, start + 75 * FRAME)]
    turns = list(range(LOOP - JOINT, film.samples, LOOP - JOINT))
    return film, [at for at in sorted(said + borders + turns) if 0 < at < film.samples]


def test_the_measure_finds_a_butted_join() -> None:
    tone = vowel(0.7031, 190)
    assert jump(np.concatenate((tone, tone), axis=1), [tone.shape[1]]) > 5
    assert jump(np.concatenate((tone, np.zeros((2, RATE), np.float32)), axis=1), [tone.shape[1]]) > 5
    assert jump(vowel(2.0, 190), [RATE]) < 1.01


def test_no_join_in_the_mix_bends_more_than_the_sound_itself(tmp_path: Path, film: tuple[Timeline, list[int]]) -> None:
    made, joins = film
    lay(made, tmp_path / "laid")
    mixed = np.concatenate(list(raw_blocks(tmp_path / "laid")), axis=1)
    assert mixed.shape[1] == made.samples
    assert jump(mixed, joins, near=500) < 1.3


def test_nor_in_the_decoded_file(tmp_path: Path, film: tuple[Timeline, list[int]]) -> None:
    made, joins = film
    soundtrack(made, tmp_path / "sound.mp4")
    heard = np.concatenate(list(sound(tmp_path / "sound.mp4")), axis=1)
    assert heard.shape[1] == made.samples
    assert jump(heard, joins, near=500) < 1.4
    assert np.abs(heard[:, [0, -1]]).max() < 0.002
