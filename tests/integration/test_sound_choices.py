"""What a brief says about sound is heard in the finished file."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from dependency_injector import providers

from reelwright import Brief, Studio
from reelwright.adapters.documents.timeline_json import read_timeline
from reelwright.adapters.fakes.speech import ToneSpeech
from reelwright.adapters.media.sound import Samples, sound
from reelwright.application.ports import Spoken
from reelwright.application.trimming import LEAD, TAIL
from reelwright.bootstrap import Container
from reelwright.domain.errors import InvalidBrief
from reelwright.settings import Settings
from tests import media
from tests.meters import ebur128

RATE = 48_000
TEXT = "The sea comes in.\n\nThe sea goes out again."
BRIEF = Brief(text=TEXT, resolution="360p", fps=24, template="tide")


class PaddedSpeech(ToneSpeech):
    """Leaves half a second of silence before and a whole one after what it says."""

    name = "padded"

    def speak(self, text: str, *, voice: str, rate: float = 1.0) -> Spoken:
        spoken = super().speak(text, voice=voice, rate=rate)
        words = tuple(replace(word, start=word.start + RATE // 2, end=word.end + RATE // 2) for word in spoken.words)
        return Spoken(pcm=bytes(2 * RATE) + spoken.pcm + bytes(4 * RATE), words=words)


def studio_of(speech: ToneSpeech, cache: Path) -> Studio:
    container = Container()
    container.speech.override(providers.Object(speech))
    return Studio(settings=Settings(cache=cache), container=container)


def heard(path: Path) -> Samples:
    return np.concatenate(list(sound(path)), axis=1)


def power(samples: Samples, hertz: float) -> float:
    """dB of the strongest tone within 5 Hz of ``hertz``."""
    spectrum = np.abs(np.fft.rfft(samples[0] * np.hanning(samples.shape[1]))) / samples.shape[1]
    at = round(hertz * samples.shape[1] / RATE)
    near = 5 * samples.shape[1] // RATE + 1
    return float(20 * np.log10(spectrum[at - near : at + near + 1].max() + 1e-9))


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    """One clip whose sound is a tone of 3 kHz."""
    folder = tmp_path / "assets"
    folder.mkdir()
    silent = media.clip(tmp_path / "silent.mp4", frames=90, size=(64, 48))
    wave = 0.1 * np.sin(2 * np.pi * 3_000 * np.arange(3 * RATE) / RATE)
    media.with_sound(silent, folder / "sea.mp4", np.stack([wave, wave]).astype(np.float32), codec="aac")
    return folder


@pytest.mark.parametrize("loudness", [-14.0, -16.0, -23.0])
def test_a_video_has_the_loudness_of_its_brief(studio: Studio, tmp_path: Path, loudness: float) -> None:
    made = studio.make(replace(BRIEF, loudness=loudness), to=tmp_path / "a.mp4")
    measured = ebur128(tmp_path / "a.mp4")
    assert measured.integrated == pytest.approx(loudness, abs=0.5)
    assert measured.true_peak <= -1
    assert made.rendered.loudness.integrated == pytest.approx(measured.integrated, abs=0.1)
    assert made.timeline.loudness == loudness


def test_clips_are_silent_or_heard_as_the_brief_says(studio: Studio, tmp_path: Path, assets: Path) -> None:
    levels = {}
    for clip_sound in (None, -20.0, -8.0):
        made = studio.make(replace(BRIEF, assets=assets, clip_sound=clip_sound), to=tmp_path / "a.mp4")
        levels[clip_sound] = power(heard(tmp_path / "a.mp4"), 3_000)
        clips = [scene.clip for scene in made.timeline.scenes if scene.clip is not None]
        assert clips
        assert all(clip.level == clip_sound for clip in clips)
    assert levels[-8.0] - levels[-20.0] == pytest.approx(12, abs=1.5)
    assert levels[None] < levels[-20.0] - 12


@pytest.mark.parametrize("rate", [0.5, 2.0])
def test_the_voice_speaks_at_the_rate_of_the_brief(studio: Studio, tmp_path: Path, rate: float) -> None:
    plain = studio.make(BRIEF, to=tmp_path / "a.mp4").timeline
    other = studio.make(replace(BRIEF, rate=rate), to=tmp_path / "a.mp4").timeline
    for name in ("speech-01", "speech-02"):
        assert other.assets[name].samples == pytest.approx(plain.assets[name].samples / rate, rel=0.15)
        assert other.assets[name].sha256 != plain.assets[name].sha256
    again = studio.make(BRIEF, to=tmp_path / "a.mp4").timeline
    assert again == plain, "narration at another rate does not take this one's place"


def test_narration_that_an_engine_pads_keeps_neither_its_silence_nor_wrong_times(tmp_path: Path) -> None:
    timelines = [
        studio_of(speech, tmp_path / "cache").make(BRIEF, to=tmp_path / f"{speech.name}.mp4").timeline
        for speech in (ToneSpeech(), PaddedSpeech())
    ]
    tight, padded = timelines
    for name in ("speech-01", "speech-02"):
        assert padded.assets[name].samples <= tight.assets[name].samples + LEAD + TAIL
    samples = heard(tmp_path / "padded.mp4")
    for start, scene in zip(padded.starts, padded.scenes, strict=True):
        first = padded.output.samples(start + scene.cues[0].words[0].start)
        before = np.abs(samples[:, max(0, first - 4_000) : max(1, first - 2_500)]).max()
        after = np.abs(samples[:, first + 2_500 : first + 4_000]).max()
        assert before < 0.01 < 0.1 < after, "the first word is heard where the timeline has it"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"rate": 0.4}, "0.5 to 2"),
        ({"rate": float("nan")}, "0.5 to 2"),
        ({"loudness": -5.0}, "-31 to -12"),
        ({"loudness": -40.0}, "-31 to -12"),
        ({"clip_sound": 20.0}, "-60 to 12"),
    ],
)
def test_what_is_out_of_range_is_refused_with_what_would_be_right(change: dict[str, float], what: str) -> None:
    with pytest.raises(InvalidBrief, match=what):
        replace(BRIEF, **change)  # type: ignore[arg-type]


def test_the_command_line_takes_them_and_refuses_what_is_out_of_range(tmp_path: Path, assets: Path) -> None:
    def run(*options: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "reelwright", "make", "Hello there.", "-o", str(tmp_path / "a.mp4"), *options]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2])

    for option, right in (("--rate", "0.5 to 2"), ("--loudness", "-31 to -12"), ("--clip-sound", "-60 to 12")):
        refused = run(option, "99")
        assert refused.returncode == 2
        assert right in refused.stderr
    plan = tmp_path / "a.json"
    chosen = ("--rate", "1.5", "--loudness", "-23", "--clip-sound", "-9", "--assets", str(assets))
    made = run(*chosen, "--resolution", "360p", "--save-timeline", str(plan))
    assert made.returncode == 0, made.stderr
    timeline = read_timeline(plan)
    assert timeline.loudness == -23
    assert [scene.clip.level for scene in timeline.scenes if scene.clip] == [-9]
    assert ebur128(tmp_path / "a.mp4").integrated == pytest.approx(-23, abs=0.5)
