"""What a viewer hears: narration in its place, music that makes room for it, all at the loudness that was asked for."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import immich_memories_music
import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.adapters.media.audio_coding import EXACT, encode
from reelwright.adapters.media.ducking import ATTACK, HOLD, LEAD, RELEASE, phrases
from reelwright.adapters.media.loudness import LOWEST_PEAK, SILENCE, Meter, measure
from reelwright.adapters.media.mastering import master
from reelwright.adapters.media.mix import lay
from reelwright.adapters.media.raw import raw_blocks
from reelwright.adapters.media.sound import Samples, sound
from reelwright.adapters.media.soundtrack import CODEC_MARGIN, soundtrack
from reelwright.adapters.media.stems import narration
from reelwright.adapters.media.wav import write_wav
from reelwright.application.ports import Loudness
from reelwright.domain.errors import Cancelled, OutputFailed, UnusableAsset
from reelwright.domain.timeline import Music, Timeline
from tests.meters import ebur128
from tests.timelines import scene, timeline

RATE = 48_000
FRAME = RATE // 30


def spoken(seconds: float, seed: int = 0, level: float = 0.1) -> NDArray[np.float32]:
    """A buzz in syllables, about as peaky and as patchy as speech; shape (n,)."""
    rng = np.random.default_rng(seed)
    at = np.arange(round(seconds * RATE)) / RATE
    pitch = np.cumsum(120 + 25 * np.sin(2 * np.pi * 0.7 * at)) * 2 * np.pi / RATE
    buzz = sum(np.sin(k * pitch + k * k) / k for k in range(1, 20))
    syllables = np.clip(np.sin(2 * np.pi * 3.3 * at) + 0.2, 0, 1) * (np.sin(2 * np.pi * 0.3 * at) > -0.8)
    hiss = rng.normal(0, 0.3, len(at)) * np.clip(np.sin(2 * np.pi * 3.3 * at + 2), 0, 1)
    said: NDArray[np.float64] = level * (np.asarray(buzz) * syllables + hiss)
    return said.astype(np.float32)


def tone(seconds: float, hertz: float, level: float = 0.2) -> NDArray[np.float32]:
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def wav(path: Path, samples: NDArray[np.float32]) -> Path:
    write_wav(path, samples.tobytes())
    return path


def mixed(plan: Timeline, folder: Path) -> tuple[Samples, Loudness]:
    """The sound before any coder, and what a meter says of it."""
    ceiling = plan.true_peak - CODEC_MARGIN
    master(
        folder / "laid.raw", lay(plan, folder / "laid.raw"), folder / "mix.raw", loudness=plan.loudness, ceiling=ceiling
    )
    meter = Meter()
    for block in raw_blocks(folder / "mix.raw"):
        meter.add(block)
    return np.concatenate(list(raw_blocks(folder / "mix.raw")), axis=1), meter.loudness()


def level(samples: Samples, hertz: float) -> float:
    """dB of one tone in a stretch of sound."""
    at = np.arange(samples.shape[1])
    window = np.hanning(samples.shape[1])
    return float(
        20 * np.log10(np.abs((samples[0] * window * np.exp(-2j * np.pi * hertz * at / RATE)).sum()) / window.sum())
    )


@pytest.fixture(scope="module")
def track() -> Path:
    return sorted(immich_memories_music.tracks_dir().rglob("*.opus"))[3]


@pytest.fixture
def talk(tmp_path: Path, track: Path) -> Timeline:
    """Two scenes of nine seconds that are spoken in, over music."""
    one, two = wav(tmp_path / "one.wav", spoken(8, 1)), wav(tmp_path / "two.wav", spoken(8, 2))
    return timeline(
        scene(270, "one", start=9_600, words=((6, 100), (102, 246))),
        scene(270, "two", start=9_600, words=((6, 120), (150, 246))),
        sounds={"one": one, "two": two, "music": track},
        music=Music(asset="music"),
    )


@pytest.mark.parametrize("target", [-14.0, -16.0, -23.0])
@pytest.mark.parametrize("with_music", [True, False])
def test_the_film_is_as_loud_as_asked_and_no_peak_passes_the_ceiling(
    tmp_path: Path, talk: Timeline, target: float, with_music: bool
) -> None:
    plan = timeline(
        *talk.scenes,
        sounds={name: Path(asset.path) for name, asset in talk.assets.items()},
        music=talk.music if with_music else None,
        loudness=target,
    )
    said = soundtrack(plan, tmp_path / "sound.mp4")
    heard = ebur128(tmp_path / "sound.mp4")
    assert heard.integrated == pytest.approx(target, abs=0.3)
    assert heard.true_peak <= -1.0
    assert said.integrated == pytest.approx(heard.integrated, abs=0.1)
    assert said.true_peak == pytest.approx(heard.true_peak, abs=0.1)
    assert [path.name for path in tmp_path.iterdir() if path.suffix not in (".wav", ".mp4")] == []


@pytest.mark.parametrize("seconds", [2, 60])
@pytest.mark.parametrize("with_music", [True, False])
def test_short_and_long_films_are_as_loud_as_asked(tmp_path: Path, track: Path, seconds: int, with_music: bool) -> None:
    said = wav(tmp_path / "said.wav", spoken(seconds - 0.5, 4))
    plan = timeline(
        scene(30 * seconds, "said", start=9_600, words=((6, 30 * seconds - 10),)),
        sounds={"said": said, "music": track},
        music=Music(asset="music") if with_music else None,
    )
    soundtrack(plan, tmp_path / "sound.mp4")
    heard = ebur128(tmp_path / "sound.mp4")
    assert heard.integrated == pytest.approx(-14, abs=0.5)
    assert heard.true_peak <= -1.0


@pytest.mark.parametrize("gain", [0.003, 0.99])
def test_music_whose_file_is_very_quiet_or_very_loud_changes_nothing(tmp_path: Path, gain: float) -> None:
    rng = np.random.default_rng(8)
    music = np.clip(gain * rng.normal(0, 0.5, 8 * RATE), -1, 1).astype(np.float32)
    plan = timeline(
        scene(240, "said", start=9_600, words=((6, 200),)),
        sounds={"said": wav(tmp_path / "s.wav", spoken(7, 5)), "music": wav(tmp_path / "m.wav", music)},
        music=Music(asset="music", level=-12),
    )
    soundtrack(plan, tmp_path / "sound.mp4")
    heard = ebur128(tmp_path / "sound.mp4")
    assert heard.integrated == pytest.approx(-14, abs=0.5)
    assert heard.true_peak <= -1.0


def test_silent_narration_over_music_leaves_the_music_at_the_loudness(tmp_path: Path, track: Path) -> None:
    plan = timeline(
        scene(150, "still"),
        sounds={"still": wav(tmp_path / "still.wav", np.zeros(4 * RATE, np.float32)), "music": track},
        music=Music(asset="music"),
    )
    said = soundtrack(plan, tmp_path / "sound.mp4")
    assert said.integrated == pytest.approx(-14, abs=0.3)
    assert said.true_peak <= -1.0


def test_music_starts_with_its_first_sound_and_repeats_without_the_silence_at_its_ends(tmp_path: Path) -> None:
    music = np.concatenate([np.zeros(2 * RATE, np.float32), tone(3, 1_000), np.zeros(RATE, np.float32)])
    plan = timeline(scene(300), sounds={"music": wav(tmp_path / "m.wav", music)}, music=Music(asset="music", fade=0))
    samples, _ = mixed(plan, tmp_path)
    levels = [level(samples[:, at : at + 4_800], 1_000) for at in range(480, samples.shape[1] - 4_800, 2_400)]
    assert max(levels) - min(levels) < 3.2, "nowhere a gap; at the joints two phases of one tone meet"
    assert np.median(levels) - min(levels[:50]) < 0.1


def test_music_of_next_to_nothing_is_refused(tmp_path: Path) -> None:
    plan = timeline(scene(60), sounds={"music": wav(tmp_path / "blip.wav", tone(0.2, 440))}, music=Music(asset="music"))
    with pytest.raises(UnusableAsset, match=r"blip\.wav.*half a second"):
        mixed(plan, tmp_path)


@pytest.mark.parametrize("peak", [-1.0, -3.0])
def test_peaky_speech_is_limited_and_loses_no_loudness_by_it(tmp_path: Path, peak: float) -> None:
    clicks = spoken(10, 3)
    clicks[:: RATE // 2] += 0.4
    plan = timeline(scene(300, "one"), sounds={"one": wav(tmp_path / "one.wav", clicks)}, true_peak=peak)
    loudness = soundtrack(plan, tmp_path / "sound.mp4")
    heard = ebur128(tmp_path / "sound.mp4")
    assert heard.true_peak <= peak
    assert heard.integrated == pytest.approx(-14, abs=0.3)
    assert loudness.true_peak <= peak


def test_the_mix_itself_meets_its_loudness_within_a_tenth(tmp_path: Path, talk: Timeline) -> None:
    _, loudness = mixed(talk, tmp_path)
    assert loudness.integrated == pytest.approx(-14, abs=0.1)
    assert loudness.true_peak <= -1.45


def test_a_loudness_that_cannot_be_had_is_approached_without_passing_the_ceiling(tmp_path: Path) -> None:
    plan = timeline(
        scene(150, "one"), sounds={"one": wav(tmp_path / "one.wav", spoken(5))}, loudness=-5.0, true_peak=-6.0
    )
    _, loudness = mixed(plan, tmp_path)
    assert loudness.true_peak <= -6.45
    assert -25 < loudness.integrated < -8


def test_a_whisper_is_not_blown_up_into_noise(tmp_path: Path) -> None:
    plan = timeline(scene(150, "one"), sounds={"one": wav(tmp_path / "one.wav", spoken(5, level=0.002))})
    before = measure(tmp_path / "one.wav")
    _, loudness = mixed(plan, tmp_path)
    assert loudness.integrated == pytest.approx(before.integrated + 30, abs=0.3)


@pytest.mark.parametrize("frames", [1, 7, 300])
def test_without_narration_and_music_there_is_silence_of_the_right_length(tmp_path: Path, frames: int) -> None:
    samples, loudness = mixed(timeline(scene(frames)), tmp_path)
    assert samples.shape == (2, frames * FRAME)
    assert not samples.any()
    assert loudness == Loudness(integrated=SILENCE, true_peak=LOWEST_PEAK)


def test_silent_sounds_stay_silent(tmp_path: Path) -> None:
    still = wav(tmp_path / "still.wav", np.zeros(RATE, np.float32))
    samples, loudness = mixed(
        timeline(scene(60, "still"), sounds={"still": still}, music=Music(asset="still")), tmp_path
    )
    assert not samples.any()
    assert loudness.integrated == SILENCE


def test_every_clip_is_heard_at_its_place_and_the_end_cuts_off_softly(tmp_path: Path) -> None:
    said = tone(1.0, 440)
    path = wav(tmp_path / "said.wav", said)
    plan = timeline(scene(25, "said", start=4_801), scene(31), scene(20, "said", start=7), sounds={"said": path})
    got = np.concatenate(list(narration(plan)), axis=1)
    assert got.shape == (2, plan.samples)
    expected = np.zeros(plan.samples + RATE, np.float32)
    for start in (4_801, 56 * FRAME + 7):
        expected[start : start + RATE] += said
    expected = expected[: plan.samples]
    difference = np.abs(got[0] - expected)
    edges = [4_801, 4_801 + RATE, 56 * FRAME + 7, plan.samples]
    inner = np.ones(plan.samples, bool)
    for edge in edges:
        inner[max(0, edge - 241) : edge + 241] = False
    assert difference[inner].max() < 1e-6
    assert np.abs(got[:, -1]).max() < 1e-3
    assert np.abs(got[0, 4_801]) < 1e-3


def test_clips_that_overlap_are_added(tmp_path: Path) -> None:
    path = wav(tmp_path / "said.wav", tone(2.0, 440))
    plan = timeline(scene(30, "said"), scene(60, "said"), sounds={"said": path})
    got = np.concatenate(list(narration(plan)), axis=1)
    both = got[:, int(1.2 * RATE) : int(1.8 * RATE)]
    alone = got[:, int(0.2 * RATE) : int(0.8 * RATE)]
    assert level(both, 440) == pytest.approx(level(alone, 440) + 6.02, abs=0.1)


@pytest.mark.parametrize("depth", [-6.0, -10.0, -20.0])
def test_music_steps_back_by_the_duck_before_the_word_begins_and_returns_after_it(tmp_path: Path, depth: float) -> None:
    hertz = 5_000.0
    # speech without anything at 5 kHz, spoken from 3 to 5 s, over a tone of 5 kHz
    plan = timeline(
        scene(240, "said", start=3 * RATE, words=((90, 120), (130, 150))),
        sounds={"said": wav(tmp_path / "said.wav", tone(2.0, 300)), "music": wav(tmp_path / "m.wav", tone(20, hertz))},
        music=Music(asset="music", duck=depth, fade=0),
    )
    samples, _ = mixed(plan, tmp_path)

    def at(second: float, length: float = 0.1) -> float:
        return level(samples[:, round(second * RATE) : round((second + length) * RATE)], hertz)

    free = at(1.0)
    assert at(2.5) == pytest.approx(free, abs=0.1)
    assert at(2.985, 0.015) == pytest.approx(free + depth, abs=0.5), "down when the word begins"
    for second in (3.1, 4.1, 4.3, 4.8):
        assert at(second) == pytest.approx(free + depth, abs=0.5), "down through the short pause too"
    assert free + depth + 1 < at(5.2) < free - 0.5
    assert at(5.6) == pytest.approx(free, abs=0.1)


def test_pauses_too_short_to_return_in_are_held() -> None:
    assert phrases([(0, 10), (10 + HOLD - 1, 50_000), (50_000 + HOLD, 90_000 + HOLD)]) == [
        (0, 50_000),
        (50_000 + HOLD, 90_000 + HOLD),
    ]
    assert HOLD == ATTACK + LEAD + RELEASE
    assert phrases([]) == []


def test_narration_without_known_words_is_made_room_for_as_a_whole(tmp_path: Path) -> None:
    plan = timeline(
        scene(150, "said", start=2 * RATE),
        sounds={"said": wav(tmp_path / "s.wav", tone(2, 300)), "music": wav(tmp_path / "m.wav", tone(9, 5_000))},
        music=Music(asset="music", fade=0),
    )
    samples, _ = mixed(plan, tmp_path)
    assert level(samples[:, 2 * RATE : 3 * RATE], 5_000) == pytest.approx(level(samples[:, :RATE], 5_000) - 10, abs=0.3)


def test_music_stands_at_its_level_beside_the_narration_however_loud_either_file_is(tmp_path: Path) -> None:
    for loud, gain in enumerate((0.02, 0.5)):
        plan = timeline(
            scene(300, "said", start=2 * RATE, words=((60, 270),)),
            sounds={
                "said": wav(tmp_path / "s.wav", spoken(7, level=0.05)),
                "music": wav(tmp_path / f"m{loud}.wav", tone(9, 1_000, gain)),
            },
            music=Music(asset="music", level=-12, duck=0, fade=0),
        )
        bed, _ = mixed(plan, tmp_path)
        # 1 kHz of amplitude a on both channels has a loudness of 20 log10 a LUFS
        music = level(bed[:, :RATE], 1_000) + 6.02
        assert music == pytest.approx(-14 - 12, abs=0.6)


def test_music_fades_in_and_out(tmp_path: Path, track: Path) -> None:
    plan = timeline(scene(300), sounds={"music": track}, music=Music(asset="music", fade=RATE))
    samples, loudness = mixed(plan, tmp_path)
    power = np.sqrt((samples**2).mean(axis=0).reshape(-1, 480).mean(axis=1))
    assert power[0] < power[100:200].mean() / 50
    assert power[-1] < power[800:900].mean() / 50
    assert np.abs(samples[:, [0, -1]]).max() < 1e-4
    assert loudness.integrated == pytest.approx(-14, abs=0.1)


def test_fades_longer_than_the_film_share_it(tmp_path: Path, track: Path) -> None:
    samples, _ = mixed(timeline(scene(15), sounds={"m": track}, music=Music(asset="m", fade=480_000)), tmp_path)
    assert samples.shape[1] == 15 * FRAME
    assert np.abs(samples[:, 10_000:14_000]).max() > 5 * np.abs(samples[:, :1_000]).max()


def test_short_music_goes_on_to_the_end_without_a_click(tmp_path: Path) -> None:
    plan = timeline(
        scene(300), sounds={"m": wav(tmp_path / "m.wav", tone(0.7037, 333))}, music=Music(asset="m", fade=0)
    )
    samples, _ = mixed(plan, tmp_path)
    smooth = 2 * np.pi * 333 / RATE * np.abs(samples).max()
    assert np.abs(np.diff(samples, axis=1)).max() < 1.6 * smooth
    assert np.sqrt((samples[:, -4_800:] ** 2).mean()) > 0.1


def test_the_same_timeline_gives_the_same_bytes(tmp_path: Path, talk: Timeline) -> None:
    for name in ("one.mp4", "two.mp4"):
        soundtrack(talk, tmp_path / name)
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


@pytest.mark.parametrize("fps", [24, 25, 30, 60])
@pytest.mark.parametrize("form", ["mp4", "mov"])
def test_the_sound_starts_with_the_picture_and_ends_with_it_once_copied_into_a_video(
    tmp_path: Path, fps: int, form: str
) -> None:
    """The encoder's 1024 samples of priming must survive the copy as an edit list."""
    frames = 3 * fps + 1
    click = np.zeros(2 * RATE, np.float32)
    click[[4_800, 48_000]] = 0.9
    plan = timeline(scene(frames, "click"), sounds={"click": wav(tmp_path / "c.wav", click)}, fps=fps)
    mixed(plan, tmp_path)
    encode(tmp_path / "mix.raw", tmp_path / "sound.mp4", plan.output)
    film = tmp_path / f"film.{form}"
    with av.open(str(tmp_path / "sound.mp4")) as source, av.open(str(film), "w", options=EXACT) as container:
        picture = container.add_stream("libx264", rate=fps, width=64, height=64)
        assert isinstance(picture, av.VideoStream)
        picture.pix_fmt = "yuv420p"
        track = container.add_stream_from_template(source.streams.audio[0])
        for number in range(frames):
            frame = av.VideoFrame(64, 64, "yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(picture.encode(frame))
        container.mux(picture.encode(None))
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = track
                container.mux(packet)
    with av.open(str(film)) as container:
        audio, video = container.streams.audio[0], container.streams.video[0]
        assert audio.start_time == 0
        assert audio.duration is not None
        assert video.duration is not None
        assert audio.time_base is not None
        assert video.time_base is not None
        assert audio.duration * audio.time_base == Fraction(frames, fps) == video.duration * video.time_base
    heard = np.concatenate(list(sound(film)), axis=1)
    assert heard.shape[1] == plan.samples
    assert np.abs(heard[0, :30_000]).argmax() == 4_800
    assert np.abs(heard[0, 30_000:60_000]).argmax() == 18_000


class StopAfter:
    """A cancel signal that is set once it has been asked ``times`` times."""

    def __init__(self, times: int) -> None:
        self.times = times

    def is_set(self) -> bool:
        self.times -= 1
        return self.times < 0


@pytest.mark.parametrize("times", [0, 20, 100, 200, 250, 330])
def test_cancelling_stops_at_any_point_and_leaves_nothing_behind(tmp_path: Path, talk: Timeline, times: int) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(Cancelled):
        soundtrack(talk, out / "sound.mp4", cancel=StopAfter(times))
    assert list(out.iterdir()) == []


def test_a_broken_sound_is_named_and_nothing_is_left_behind(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    with pytest.raises(UnusableAsset, match=r"broken\.wav"):
        soundtrack(timeline(scene(30, "b"), sounds={"b": tmp_path / "broken.wav"}), out / "sound.mp4")
    assert list(out.iterdir()) == []


def test_a_place_that_cannot_be_written_is_an_output_failure(tmp_path: Path) -> None:
    with pytest.raises(OutputFailed):
        soundtrack(timeline(scene(30)), tmp_path / "missing" / "sound.mp4")


_PEAK = """
import resource, sys
from pathlib import Path
from reelwright.adapters.media.soundtrack import soundtrack
from reelwright.adapters.media.stems import narration
from reelwright.domain.timeline import Music
from tests.timelines import scene, timeline
folder, seconds = Path(sys.argv[1]), int(sys.argv[2])
sounds = {"said": folder / "said.wav", "music": folder / "music.wav"}
scenes = [scene(300, "said", words=((0, 90),)) for _ in range(seconds // 10)]
soundtrack(timeline(*scenes, sounds=sounds, music=Music(asset="music")), folder / f"{seconds}.mp4")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_ten_times_the_film_takes_no_more_memory(tmp_path: Path) -> None:
    wav(tmp_path / "said.wav", spoken(4))
    wav(tmp_path / "music.wav", tone(20, 800))

    def megabytes(seconds: int) -> int:
        command = [sys.executable, "-c", _PEAK, str(tmp_path), str(seconds)]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    assert megabytes(100) < megabytes(10) + 12
