"""The sound of clips: at its level, on the sample of its picture, out of the way of words, without a click."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from reelwright.adapters.media.clip_sound import BORDER, clip_sound, runs
from reelwright.adapters.media.mix import lay
from reelwright.adapters.media.raw import raw_blocks
from reelwright.adapters.media.sound import Reader, Samples
from reelwright.adapters.media.wav import write_wav
from reelwright.domain.errors import InvalidInput, UnusableAsset
from reelwright.domain.pictures import Clip
from reelwright.domain.timeline import Scene, SpeechClip, Timeline
from reelwright.domain.transitions import Transition
from tests import media
from tests.timelines import asset, cue, scene, timeline

RATE = 48_000
FRAME = RATE // 30


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds without sound."""
    return media.clip(tmp_path_factory.mktemp("clip") / "silent.mp4", frames=120, size=(64, 48))


def tone(seconds: float, hertz: float, level: float = 0.2) -> Samples:
    wave = level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave, wave]).astype(np.float32)


def noise(seconds: float, seed: int, level: float = 0.1) -> Samples:
    return np.random.default_rng(seed).normal(0, level, (2, round(seconds * RATE))).astype(np.float32)


def clicks(seconds: float, *at: int) -> Samples:
    sound = np.zeros((2, round(seconds * RATE)), np.float32)
    sound[:, list(at)] = 0.9
    return sound


def clip_scene(frames: int, *, start: int = 0, name: str = "clip", level: float | None = 0.0, **parts: object) -> Scene:
    clip = Clip(asset=name, start=start, level=level)
    return Scene(frames=frames, clip=clip, **parts)  # type: ignore[arg-type]


def plan(*scenes: Scene, said: Path | None = None, **clips: Path) -> Timeline:
    """A timeline over clips of four seconds, and one sound named ``said``."""
    assets = {
        name: replace(asset(path, "clip", 4 * RATE), width=64, height=48, has_sound=True)
        for name, path in clips.items()
    }
    empty = timeline(scene(1), sounds={"said": said} if said else {})
    return replace(empty, scenes=scenes, assets=empty.assets | assets)


def laid(made: Timeline, folder: Path) -> Samples:
    lay(made, folder / "laid.raw")
    return np.concatenate(list(raw_blocks(folder / "laid.raw")), axis=1)


def peaks(samples: Samples) -> list[int]:
    """Where single clicks are heard."""
    loud = np.flatnonzero(np.abs(samples[0]) > 0.5 * np.abs(samples[0]).max())
    return [int(at) for at, before in zip(loud, [-99, *loud[:-1]], strict=True) if at - before > 9]


def decibels(samples: Samples) -> float:
    return float(10 * np.log10((samples.astype(np.float64) ** 2).mean()))


def read(blocks: Iterator[Samples], n: int) -> Samples:
    with Reader(blocks) as reader:  # type: ignore[arg-type]
        return reader.read(n)


def test_a_clip_is_silent_unless_it_is_given_a_level(tmp_path: Path, picture: Path) -> None:
    path = media.with_sound(picture, tmp_path / "c.mov", tone(4, 440), codec="pcm_s16le")
    assert not laid(plan(clip_scene(60, level=None), clip=path), tmp_path).any()
    assert np.abs(laid(plan(clip_scene(60), clip=path), tmp_path)).max() > 0.01


@pytest.mark.parametrize("gain", [0.02, 0.5])
@pytest.mark.parametrize("level", [-6.0, -18.0])
def test_it_stands_at_its_level_beside_the_narration_however_loud_the_file_is(
    tmp_path: Path, picture: Path, gain: float, level: float
) -> None:
    write_wav(tmp_path / "said.wav", tone(3, 300)[0].tobytes())
    path = media.with_sound(picture, tmp_path / "c.mov", tone(4, 1_000, gain), codec="pcm_s24le")
    made = plan(
        clip_scene(90, level=None, speech=SpeechClip(asset="said")),
        clip_scene(90, level=level),
        clip=path,
        said=tmp_path / "said.wav",
    )
    heard = laid(made, tmp_path)[:, 100 * FRAME : 170 * FRAME]
    # 1 kHz on both channels: its loudness is its mean square in dB, and 3 dB for the second channel
    assert decibels(heard) + 3.01 == pytest.approx(-14 + level, abs=0.2)


def test_it_steps_back_while_a_word_is_said(tmp_path: Path, picture: Path) -> None:
    write_wav(tmp_path / "said.wav", np.zeros(RATE, np.float32).tobytes())
    path = media.with_sound(picture, tmp_path / "c.mov", tone(4, 1_000), codec="pcm_s16le")
    spoken = clip_scene(120, speech=SpeechClip(asset="said", start=48 * FRAME), cues=(cue((48, 78)),))
    heard = laid(plan(spoken, clip=path, said=tmp_path / "said.wav"), tmp_path)
    free = decibels(heard[:, 10 * FRAME : 40 * FRAME])
    assert decibels(heard[:, 48 * FRAME : 78 * FRAME]) == pytest.approx(free - 10, abs=0.1)
    assert decibels(heard[:, 98 * FRAME : 116 * FRAME]) == pytest.approx(free, abs=0.1)


@pytest.mark.parametrize(("suffix", "codec"), [("mov", "pcm_s16le"), ("mkv", "flac"), ("mp4", "aac")])
@pytest.mark.parametrize("late", [0, 12_345])
@pytest.mark.parametrize("start", [0, 7_777, 100_000])
def test_a_clap_is_heard_on_the_sample_at_which_it_is_seen(
    tmp_path: Path, picture: Path, suffix: str, codec: str, late: int, start: int
) -> None:
    """Also where the sound begins later than the picture, and where the clip begins far inside."""
    clap = 120_000
    path = media.with_sound(picture, tmp_path / f"c.{suffix}", clicks(3.5, clap), codec=codec, late=late)
    scenes = clip_scene(20, level=None), clip_scene(100, start=start)
    heard = laid(plan(*scenes, clip=path), tmp_path)
    expected = 20 * FRAME + clap + late - start
    # Matroska's clock counts milliseconds, and MP4's edit lists those of the movie
    within = 48 if late or suffix == "mkv" else 0
    turns = [at for at in (expected, expected + 4 * RATE - start) if at < heard.shape[1]]
    assert peaks(heard) == [pytest.approx(at, abs=within) for at in turns]


def test_the_sound_begins_again_with_the_picture_to_the_sample(tmp_path: Path, picture: Path) -> None:
    path = media.with_sound(picture, tmp_path / "c.mov", clicks(4, 130_000), codec="pcm_s16le")
    heard = laid(plan(clip_scene(300, start=2 * RATE), clip=path), tmp_path)
    turn = 2 * RATE
    assert peaks(heard) == [130_000 - turn + turn * number for number in range(5)]


def test_sound_shorter_than_its_picture_waits_for_it(tmp_path: Path, picture: Path) -> None:
    path = media.with_sound(picture, tmp_path / "c.mov", tone(1, 440), codec="pcm_s16le")
    heard = laid(plan(clip_scene(240), clip=path), tmp_path)
    assert not heard[:, RATE : 4 * RATE].any()
    assert np.abs(heard[:, 4 * RATE + 1_000 : 5 * RATE - 1_000]).max() > 0.01


def test_two_clips_cross_over_the_transition_at_the_same_power(tmp_path: Path, picture: Path) -> None:
    one = media.with_sound(picture, tmp_path / "1.mov", noise(4, 1), codec="pcm_s16le")
    two = media.with_sound(picture, tmp_path / "2.mov", noise(4, 2, 0.02), codec="pcm_s16le")
    made = plan(
        clip_scene(90, name="one"),
        clip_scene(90, name="two", transition=Transition(kind="crossfade", frames=20)),
        one=one,
        two=two,
        clip=one,
    )
    heard = laid(made, tmp_path)
    level = [decibels(heard[:, at : at + 4 * FRAME]) for at in range(60 * FRAME, 100 * FRAME, 2 * FRAME)]
    assert max(level) - min(level) < 0.6
    silent = replace(scene(90), transition=Transition(kind="crossfade", frames=20))
    alone = laid(replace(made, scenes=(made.scenes[0], silent)), tmp_path)
    assert np.abs(alone[:, 90 * FRAME :]).max() == 0
    middle = decibels(alone[:, 79 * FRAME : 81 * FRAME]) - decibels(alone[:, 40 * FRAME : 60 * FRAME])
    assert middle == pytest.approx(-3, abs=0.5)


def test_at_a_cut_it_comes_and_goes_within_30_ms(tmp_path: Path, picture: Path) -> None:
    path = media.with_sound(picture, tmp_path / "c.mov", tone(4, 437), codec="pcm_s16le")
    heard = laid(plan(clip_scene(31, level=None), clip_scene(47), clip_scene(30, level=None), clip=path), tmp_path)
    first, last = 31 * FRAME, 78 * FRAME
    assert not heard[:, :first].any()
    assert not heard[:, last:].any()
    full = np.abs(heard[:, 50 * FRAME : 60 * FRAME]).max()
    assert np.abs(heard[:, first + BORDER : first + BORDER + 200]).max() == pytest.approx(full, rel=0.02)
    assert np.abs(heard[:, [first, last - 1]]).max() < full / 20


def test_a_clip_that_goes_on_in_the_next_scene_sounds_on_without_a_seam(tmp_path: Path, picture: Path) -> None:
    path = media.with_sound(picture, tmp_path / "c.mov", tone(4, 437), codec="pcm_s16le")
    cut = plan(clip_scene(40), clip_scene(50, start=40 * FRAME), clip=path)
    assert [(run.start, run.end) for run in runs(cut)] == [(0, 90 * FRAME)]
    whole = laid(plan(clip_scene(90), clip=path), tmp_path)
    assert np.array_equal(laid(cut, tmp_path), whole)
    louder = plan(clip_scene(40), clip_scene(50, start=40 * FRAME, level=-3), clip=path)
    elsewhere = plan(clip_scene(40), clip_scene(50, start=41 * FRAME), clip=path)
    assert len(runs(louder)) == len(runs(elsewhere)) == 2


@pytest.mark.parametrize("speed", [0.25, 0.5, 1.5, 4.0])
def test_another_speed_keeps_the_pitch_and_meets_the_picture(tmp_path: Path, picture: Path, speed: float) -> None:
    sound = tone(4, 600) * (np.arange(4 * RATE) >= 2 * RATE)
    path = media.with_sound(picture, tmp_path / "c.mov", sound, codec="pcm_s16le")
    heard = read(clip_sound(path, 0, 4 * RATE, speed=speed), round(8 * RATE / speed))
    assert heard.shape[1] == round(8 * RATE / speed)
    half = round(2 * RATE / speed)
    for turn in (0, 2 * half):
        begins = turn + int(np.argmax(np.abs(heard[0, turn : turn + 2 * half]) > 0.05))
        assert begins == pytest.approx(turn + half, abs=max(0.06, 0.025 / speed) * RATE)
    spectrum = np.abs(np.fft.rfft(heard[0, half + half // 4 : 2 * half - half // 4]))
    assert np.argmax(spectrum) * RATE / (half - 2 * (half // 4)) == pytest.approx(600, abs=6)


def test_a_clip_without_sound_asks_for_nothing(tmp_path: Path, picture: Path) -> None:
    made = plan(clip_scene(30), clip=picture)
    silent = replace(made, assets={"clip": replace(made.assets["clip"], has_sound=False)})
    assert runs(silent) == []
    assert not laid(silent, tmp_path).any()


def test_a_clip_of_a_single_frame_repeats_at_that_pace(tmp_path: Path, picture: Path) -> None:
    path = media.with_sound(picture, tmp_path / "c.mov", tone(4, 440), codec="pcm_s16le")
    blocks = list(islice(clip_sound(path, 4 * RATE - 10, 4 * RATE, shortest=FRAME), 5))
    assert sum(block.shape[1] for block in blocks) >= FRAME


def test_a_broken_sound_in_a_clip_is_named(tmp_path: Path, picture: Path) -> None:
    path = media.with_sound(picture, tmp_path / "torn.mp4", noise(4, 3), codec="aac")
    data = bytearray(path.read_bytes())
    data[len(data) // 3 :] = b"\xff" * (len(data) - len(data) // 3)
    path.write_bytes(data)
    with pytest.raises(UnusableAsset, match=r"torn\.mp4"):
        laid(plan(clip_scene(120), clip=path), tmp_path)


@pytest.mark.parametrize("change", [{"level": 13.0}, {"level": -61.0}, {"duck": 1.0}, {"duck": -61.0}])
def test_levels_out_of_range_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(InvalidInput, match="is right"):
        Clip(asset="clip", **change)  # type: ignore[arg-type]
