"""Whatever libav can decode is heard from its first sample to its last, and nothing else is opened."""

import wave
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.adapters.media.containers import open_media
from reelwright.adapters.media.raw import BLOCK, raw_blocks, raw_writer
from reelwright.adapters.media.sound import EDGE, JOINT, Reader, Samples, looped, soft_edged, sound
from reelwright.adapters.media.wav import write_wav
from reelwright.domain.errors import OutputFailed, UnusableAsset

RATE = 48_000


def tone(seconds: float, hertz: float = 440.0, level: float = 0.5, rate: int = RATE) -> NDArray[np.float32]:
    """Shape (n,)."""
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def heard(path: Path) -> Samples:
    return np.concatenate(list(sound(path)), axis=1)


def encoded(path: Path, samples: NDArray[np.float32], codec: str, layout: str = "stereo", rate: int = RATE) -> Path:
    """``samples``, shape (channels, n), in a file of the kind that its suffix names."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=layout)
        frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def stereo(samples: NDArray[np.float32]) -> Samples:
    return np.stack([samples, samples])


def test_a_wav_is_read_sample_for_sample_and_mono_keeps_its_level_on_both_channels(tmp_path: Path) -> None:
    said = tone(1.3)
    write_wav(tmp_path / "said.wav", said.tobytes())
    got = heard(tmp_path / "said.wav")
    assert got.dtype == np.float32
    assert got.shape == (2, len(said))
    assert np.abs(got - said).max() < 2**-23


def test_a_written_wav_is_the_same_every_time_and_clips_what_is_too_loud(tmp_path: Path) -> None:
    loud = np.array([0.0, 2.0, -2.0, 1.0, np.nan], np.float32)
    for name in ("one.wav", "two.wav"):
        write_wav(tmp_path / name, loud.tobytes())
    assert (tmp_path / "one.wav").read_bytes() == (tmp_path / "two.wav").read_bytes()
    assert heard(tmp_path / "one.wav")[0] == pytest.approx([0, 1, -1, 1, 0], abs=1e-6)


def test_a_wav_that_cannot_be_written_is_an_output_failure(tmp_path: Path) -> None:
    with pytest.raises(OutputFailed, match="nowhere"):
        write_wav(tmp_path / "nowhere" / "said.wav", b"")


@pytest.mark.parametrize(
    ("name", "codec"), [("a.flac", "flac"), ("a.mp3", "libmp3lame"), ("a.m4a", "aac"), ("a.ogg", "libopus")]
)
def test_coded_sounds_have_neither_priming_nor_padding(tmp_path: Path, name: str, codec: str) -> None:
    original = tone(1.0) * np.hanning(RATE).astype(np.float32)
    got = heard(encoded(tmp_path / name, stereo(original), codec))
    assert got.shape[1] == pytest.approx(RATE, abs=2)
    n = min(got.shape[1], RATE)
    assert np.abs(got[:, :n] - original[:n]).max() < 0.03


def test_a_long_wav_is_opened_without_reading_through_it(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.random.default_rng(1).integers(-9000, 9000, 60 * RATE * 2).astype("<i2").tobytes())

    def read() -> int:
        return int(Path("/proc/self/io").read_text().split("rchar: ")[1].split()[0])

    before = read()
    with open_media(path) as container:
        assert container.streams.audio[0].duration == 60 * RATE
    assert read() - before < path.stat().st_size / 50


def test_other_rates_are_resampled_and_surround_is_mixed_down(tmp_path: Path) -> None:
    slow = encoded(tmp_path / "slow.flac", stereo(tone(1.0, rate=44_100)), "flac", rate=44_100)
    got = heard(slow)
    assert got.shape[1] == pytest.approx(RATE, abs=2)
    assert np.abs(got[:, 100:47_900] - tone(1.0)[100:47_900]).max() < 0.002
    centre = np.zeros((6, RATE), np.float32)
    centre[2] = tone(1.0)
    got = heard(encoded(tmp_path / "six.flac", centre, "flac", layout="5.1"))
    assert got.shape == (2, RATE)
    assert np.abs(got[0] - got[1]).max() < 1e-4
    assert np.abs(got).max() > 0.2


def test_reading_gives_exactly_what_is_asked_for_until_the_sound_ends(tmp_path: Path) -> None:
    said = tone(1.0)
    write_wav(tmp_path / "said.wav", said.tobytes())
    with Reader(sound(tmp_path / "said.wav")) as reader:
        parts = [reader.read(n) for n in (1, 7, 4_096, 20_000, 40_000, 10)]
    assert [part.shape[1] for part in parts] == [1, 7, 4_096, 20_000, RATE - 24_104, 0]
    assert np.abs(np.concatenate(parts, axis=1) - said).max() < 1e-6


def test_soft_edges_change_only_the_edges(tmp_path: Path) -> None:
    flat = np.full(RATE // 2, 0.5, np.float32)
    write_wav(tmp_path / "flat.wav", flat.tobytes())
    got = np.concatenate(list(soft_edged(sound(tmp_path / "flat.wav"))), axis=1)
    assert got.shape[1] == len(flat)
    assert np.abs(got[:, [0, -1]]).max() < 1e-4
    assert np.abs(np.diff(got[0])).max() < 0.005
    assert np.abs(got[:, EDGE:-EDGE] - 0.5).max() < 1e-6


@pytest.mark.parametrize("samples", [0, 1, 2, EDGE, 2 * EDGE, 2 * EDGE + 1])
def test_even_the_shortest_sound_has_soft_edges(samples: int) -> None:
    blocks = (np.ones((2, 1), np.float32) for _ in range(samples))
    got = np.concatenate(list(soft_edged(blocks)), axis=1)
    assert got.shape[1] == samples
    assert samples < 2 or np.abs(got[:, [0, -1]]).max() < 1


@pytest.mark.parametrize(
    ("name", "codec"), [("loop.wav", "pcm_f32le"), ("loop.mp3", "libmp3lame"), ("loop.m4a", "aac")]
)
def test_a_loop_does_not_click_where_it_meets_its_start(tmp_path: Path, name: str, codec: str) -> None:
    # 0.7 s of 333 Hz ends far from where it starts: butted together, the joint would jump by most of the amplitude
    path = encoded(tmp_path / name, stereo(tone(0.7037, hertz=333.0)), codec)
    once = heard(path)
    got = np.concatenate(list(islice(looped(lambda: sound(path)), 600)), axis=1)
    assert got.shape[1] > 3 * once.shape[1]
    steepest = np.abs(np.diff(once[:, 2_000:-2_000], axis=1)).max()
    assert np.abs(np.diff(got, axis=1)).max() < 1.6 * steepest
    period = once.shape[1] - JOINT
    middle = slice(JOINT, period)
    for turn in (1, 2):
        assert np.array_equal(got[:, turn * period + JOINT : (turn + 1) * period], once[:, middle])


def test_a_loop_keeps_its_loudness_at_the_joint(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, (2, RATE)).astype(np.float32)
    path = encoded(tmp_path / "noise.wav", noise, "pcm_f32le")
    with Reader(looped(lambda: sound(path))) as reader:
        got = reader.read(2 * RATE)
    joint = got[:, RATE - JOINT : RATE]
    assert np.sqrt((joint**2).mean()) == pytest.approx(0.1, rel=0.1)


def test_a_script_that_names_another_file_is_not_followed(tmp_path: Path) -> None:
    write_wav(tmp_path / "secret.wav", tone(1.0).tobytes())
    script = tmp_path / "music.mp3"
    for text in (
        "ffconcat version 1.0\nfile secret.wav\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsecret.wav\n#EXT-X-ENDLIST\n",
    ):
        script.write_text(text)
        with pytest.raises(UnusableAsset, match=r"music\.mp3"):
            heard(script)


def test_a_missing_an_empty_and_a_soundless_file_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "noise.mp3").write_bytes(b"\x00" * 5_000)
    with wave.open(str(tmp_path / "header.wav"), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", "not compressed"))
    with av.open(str(tmp_path / "mute.mp4"), "w") as container:
        stream = container.add_stream("mpeg4", rate=25, width=64, height=64)
        assert isinstance(stream, av.VideoStream)
        stream.pix_fmt = "yuv420p"
        container.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        container.mux(stream.encode(None))
    for name in ("missing.wav", "empty.wav", "noise.mp3", "header.wav", "mute.mp4"):
        with pytest.raises(UnusableAsset, match=name):
            heard(tmp_path / name)


@pytest.mark.parametrize(("name", "codec"), [("a.wav", "pcm_s16le"), ("a.flac", "flac"), ("a.m4a", "aac")])
def test_a_file_that_was_cut_short_is_refused(tmp_path: Path, name: str, codec: str) -> None:
    noise = np.random.default_rng(2).normal(0, 0.1, (2, 3 * RATE)).astype(np.float32)
    path = encoded(tmp_path / name, noise, codec)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnusableAsset, match=name):
        heard(path)


def test_a_damaged_spot_in_a_file_is_passed_over(tmp_path: Path) -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, (2, 10 * RATE)).astype(np.float32)
    path = encoded(tmp_path / "scratched.mp3", noise, "libmp3lame")
    spoilt = bytearray(path.read_bytes())
    spoilt[60_000:60_400] = b"\xff" * 400
    path.write_bytes(spoilt)
    assert heard(path).shape[1] == pytest.approx(10 * RATE, rel=0.03)


@pytest.mark.parametrize("sizes", [[], [BLOCK], [BLOCK] * 3, [1, 5, BLOCK, 30_000, 7], [2 * BLOCK], [0, 3]])
def test_a_scratch_file_gives_back_what_was_written_whatever_the_blocks(tmp_path: Path, sizes: list[int]) -> None:
    rng = np.random.default_rng(9)
    blocks = [rng.normal(size=(2, size)).astype(np.float32) for size in sizes]
    with raw_writer(tmp_path / "a.raw") as writer:
        for block in blocks:
            writer.add(block)
    got = list(raw_blocks(tmp_path / "a.raw"))
    nothing = np.zeros((2, 0), np.float32)
    assert np.array_equal(np.concatenate([nothing, *got], axis=1), np.concatenate([nothing, *blocks], axis=1))
    assert all(block.shape[1] == BLOCK for block in got[:-1])
