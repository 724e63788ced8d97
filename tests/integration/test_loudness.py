"""Our meter agrees with ITU-R BS.1770-5 and with a meter that is not ours."""

import time
from pathlib import Path

import immich_memories_music
import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.adapters.media.loudness import LOWEST_PEAK, SILENCE, Meter, measure
from reelwright.adapters.media.sound import Samples
from reelwright.adapters.media.wav import write_wav
from reelwright.application.ports import Loudness
from tests.meters import ebur128

RATE = 48_000


def tones(*parts: tuple[float, float]) -> Samples:
    """1 kHz on both channels: (dBFS, seconds) one after another, phase running on."""
    level = np.concatenate([np.full(round(seconds * RATE), 10 ** (decibels / 20)) for decibels, seconds in parts])
    wave = level * np.sin(2 * np.pi * 1000 * np.arange(len(level)) / RATE)
    return np.stack([wave, wave]).astype(np.float32)


def metered(samples: Samples, step: int = 9_973) -> Loudness:
    meter = Meter()
    for at in range(0, samples.shape[1], step):
        meter.add(samples[:, at : at + step])
    return meter.loudness()


@pytest.mark.parametrize(
    ("parts", "lufs"),
    [
        pytest.param([(-23, 20)], -23.0, id="case 1"),
        pytest.param([(-33, 20)], -33.0, id="case 2"),
        pytest.param([(-36, 10), (-23, 60), (-36, 10)], -23.0, id="case 3: the relative gate"),
        pytest.param([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0, id="case 4: both gates"),
        pytest.param([(-26, 20), (-20, 20.1), (-26, 20)], -23.0, id="case 5"),
    ],
)
def test_ebu_tech_3341(parts: list[tuple[float, float]], lufs: float) -> None:
    assert metered(tones(*parts)).integrated == pytest.approx(lufs, abs=0.1)


def test_a_full_scale_tone_in_one_channel_measures_minus_3_01() -> None:
    """The calibration that BS.1770 states, there for 997 Hz."""
    one = tones((0, 5))
    one[1] = 0
    assert metered(one).integrated == pytest.approx(-3.01, abs=0.02)


@pytest.mark.parametrize(("hertz", "phase"), [(RATE / 4, 0.0), (RATE / 4, 45.0), (RATE / 6, 60.0), (RATE / 8, 67.5)])
def test_peaks_between_samples_are_found(hertz: float, phase: float) -> None:
    """The tones of EBU Tech 3341, cases 15 to 18: the samples' own peaks lie up to 3 dB lower."""
    wave = 0.5 * np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE + np.radians(phase))
    edge = np.minimum(1, np.minimum(np.arange(RATE), np.arange(RATE)[::-1]) / 1_000)
    samples = np.stack([wave * edge, np.zeros(RATE)]).astype(np.float32)
    assert -6.0 - 0.4 <= metered(samples).true_peak <= -6.0 + 0.2


def test_a_peak_is_found_wherever_blocks_begin() -> None:
    rng = np.random.default_rng(5)
    samples = rng.normal(0, 0.1, (2, 3 * RATE)).astype(np.float32)
    whole = metered(samples, 3 * RATE)
    assert metered(samples, 1_009) == whole
    assert metered(samples, 12_000) == whole
    exact = Meter(quiet=0.0)
    exact.add(samples)
    assert exact.loudness() == whole
    assert len(exact.peaks()) == 3_000
    assert len(exact.energies()) == 300


def test_no_peak_above_the_quiet_is_missed_by_looking_only_where_one_can_be() -> None:
    rng = np.random.default_rng(9)
    at = np.arange(4 * RATE) / RATE
    swept = np.sin(2 * np.pi * np.cumsum(np.geomspace(40, 23_000, len(at))) / RATE)
    samples = np.stack([0.5 * swept, np.convolve(rng.normal(0, 0.3, len(at)), np.hanning(9) / 4, "same")])
    samples = samples.astype(np.float32)

    def peaks(quiet: float) -> NDArray[np.float32]:
        meter = Meter(quiet=quiet)
        meter.add(samples)
        return meter.peaks()

    exact = peaks(0.0)
    for quiet in (0.2, 0.4, 0.5):
        above = exact > quiet
        assert above.any()
        assert np.allclose(peaks(quiet)[above], exact[above], rtol=1e-5)


@pytest.mark.parametrize("seconds", [0, 0.001, 0.3, 3.0])
def test_silence_is_a_plain_number(seconds: float) -> None:
    silence = np.zeros((2, round(seconds * RATE)), np.float32)
    assert metered(silence) == Loudness(integrated=SILENCE, true_peak=LOWEST_PEAK)


def test_a_sound_shorter_than_a_gating_block_is_measured_too() -> None:
    assert metered(tones((-20, 0.2))).integrated == pytest.approx(-23.0, abs=0.3)


def _babble(rng: np.random.Generator) -> NDArray[np.float64]:
    """Twenty seconds of noise in syllables and pauses."""
    at = np.arange(20 * RATE) / RATE
    envelope: NDArray[np.float64] = np.clip(np.sin(2 * np.pi * 3.1 * at), 0, 1) * (np.sin(2 * np.pi * 0.19 * at) > -0.6)
    return envelope * np.convolve(rng.normal(0, 1, len(at)), np.hanning(40) / 20, "same") * 0.2


def test_a_finished_file_measures_as_an_independent_meter_says(tmp_path: Path) -> None:
    said = tmp_path / "said.wav"
    write_wav(said, _babble(np.random.default_rng(6)).astype(np.float32).tobytes())
    music = sorted(immich_memories_music.tracks_dir().rglob("*.opus"))
    for path, spread in ((said, 3.01), (music[0], 0.0), (music[10], 0.0)):
        ours, theirs = measure(path), ebur128(path)
        # libavfilter measures mono as one loudspeaker; a video plays it on both
        assert ours.integrated == pytest.approx(theirs.integrated + spread, abs=0.1)
        assert ours.true_peak == pytest.approx(theirs.true_peak, abs=0.2)


def test_metering_is_quick() -> None:
    samples = np.random.default_rng(7).normal(0, 0.1, (2, 30 * RATE)).astype(np.float32)
    start = time.process_time()
    metered(samples, 12_000)
    assert time.process_time() - start < 1.0
