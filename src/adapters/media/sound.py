"""Sounds as streams of samples: whatever libav decodes, on reelwright's own clock.

Every block is a float32 array of shape (2, n) at 48 kHz, nominally within [-1, 1]. Mono is put on both channels at
its own level, surround is mixed down by libswresample. Nothing here holds more than about a second of sound.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError, InvalidDataError
from numpy.typing import NDArray

from ...domain.errors import UnusableAsset
from ...domain.narration import SAMPLE_RATE
from .containers import open_media

Samples = NDArray[np.float32]

_FACTORS = {"fltp": 1.0, "flt": 1.0, "s16": 2.0**-15, "s16p": 2.0**-15, "s32": 2.0**-31, "s32p": 2.0**-31}
"""Sample formats by libav's names, and what makes [-1, 1] of their numbers."""
EDGE = SAMPLE_RATE // 200
"""5 ms: long enough for an edge not to click, too short to be heard as a fade."""
JOINT = SAMPLE_RATE // 50
"""20 ms of crossfade where a loop meets its own start."""
SHORTEST_LOOP = SAMPLE_RATE // 2
"""Half a second: what is shorter and repeated is a tone, not music."""

_GUESSED = {"mp3", "aac"}
"""Containers whose declared length libav may only guess from the bit rate."""
_UNKNOWN_SIZE = 0x7FFF0000
"""Programs that write WAV into a pipe put a size from here up into its header."""


def sound(path: Path | str) -> Generator[Samples, None, None]:
    """Decode the first audio stream of a file from its start to its end.

    Priming and padding that the container declares are dropped: by libav's ``skip_samples`` at the start, and at the
    end of MP4 and MOV, whose decoder gives back a whole last frame, by the declared length. Damaged packets are
    passed over as players do. Raises UnusableAsset where the file cannot be opened, holds no sound, stops well before
    its declared end, or is damaged for more than a twentieth.
    """
    path = Path(path)
    try:
        with open_media(path) as container:
            if not container.streams.audio:
                raise UnusableAsset(path, "there is no sound in it; a file with an audio stream is right")
            stream = container.streams.audio[0]
            names = container.format.name.split(",")
            declared = 0
            if stream.duration is not None and stream.time_base is not None:
                declared = round(stream.duration * stream.time_base * SAMPLE_RATE * _cut_short(path))
            limit = declared if declared > 0 and "mov" in names else None
            given = 0
            for block in resampled(decoded(path, container, stream)):
                if limit is not None and given + block.shape[1] > limit:
                    block = block[:, : limit - given]
                given += block.shape[1]
                if block.shape[1]:
                    yield block
    except UnusableAsset:
        raise
    except (FFmpegError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnusableAsset(path, f"its sound cannot be decoded ({reason.lower()})") from error
    if not given:
        raise UnusableAsset(path, "there is not one sample of sound in it")
    if given < 0.95 * declared - SAMPLE_RATE // 10 and not _GUESSED & set(names):
        there, whole = given / SAMPLE_RATE, declared / SAMPLE_RATE
        raise UnusableAsset(path, f"it stops after {there:.1f} of {whole:.1f} seconds; a whole file is right")


def _cut_short(path: Path) -> float:
    """By how much the size in a RIFF header exceeds the file's, at least 1: libav takes the file's for the truth."""
    with path.open("rb") as file:
        head = file.read(8)
    size = int.from_bytes(head[4:], "little") if head[:4] == b"RIFF" else 0
    return max(1.0, (size + 8) / path.stat().st_size) if size < _UNKNOWN_SIZE else 1.0


def decoded(path: Path, container: InputContainer, stream: AudioStream) -> Iterator[av.AudioFrame]:
    """Frames of a stream, damaged packets passed over. Raises UnusableAsset at the end where they were too many."""
    good = bad = 0
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except InvalidDataError:
            bad += 1
            continue
        good += 1
        yield from frames
    if bad * 20 > good:
        raise UnusableAsset(path, f"it is damaged: {bad} of {good + bad} packets cannot be decoded")


def resampled(frames: Iterable[av.AudioFrame]) -> Iterator[Samples]:
    """Blocks from frames whose layout, rate or sample format may change on the way."""
    resampler: av.AudioResampler | None = None
    setup: tuple[str, str, int] | None = None
    for frame in frames:
        now = (frame.format.name, frame.layout.name, frame.sample_rate)
        if now != setup:
            if resampler is not None:
                yield from map(_stereo, resampler.resample(None))
            layout = "mono" if frame.layout.nb_channels == 1 else "stereo"
            resampler, setup = None if _plain(*now) else av.AudioResampler("fltp", layout, SAMPLE_RATE), now
        if resampler is None:
            yield _stereo(frame)
            continue
        frame.pts = None
        yield from map(_stereo, resampler.resample(frame))
    if resampler is not None:
        yield from map(_stereo, resampler.resample(None))


def _plain(form: str, layout: str, rate: int) -> bool:
    """Whether samples need no more than a factor; a resampler costs 2 ms to set up, which many short files feel."""
    return form in _FACTORS and layout in ("mono", "1 channels", "stereo", "2 channels") and rate == SAMPLE_RATE


def _stereo(frame: av.AudioFrame) -> Samples:
    """A plain frame as finite samples; mono on both channels, which libswresample would lower by 3 dB."""
    plain = frame.to_ndarray()
    if not frame.format.is_planar:
        plain = plain.reshape(-1, frame.layout.nb_channels).T
    factor = _FACTORS[frame.format.name]
    block = np.asarray(plain if factor == 1 else plain * factor, dtype=np.float32)
    if not np.isfinite(block).all():
        block = np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0)
    return np.repeat(block, 2, axis=0) if block.shape[0] == 1 else block


def soft_edged(blocks: Iterator[Samples]) -> Generator[Samples, None, None]:
    """The same sound, faded in over its first EDGE samples and out over its last, or over a half each."""
    edge, ramp = EDGE, _ramp(EDGE)
    held = np.zeros((2, 0), np.float32)
    fresh = True
    for block in blocks:
        held = np.concatenate((held, block), axis=1)
        if held.shape[1] <= 2 * edge:
            continue
        if fresh:
            held[:, :edge] *= ramp
            fresh = False
        yield held[:, :-edge]
        held = held[:, -edge:]
    if fresh:
        edge = held.shape[1] // 2
        ramp = _ramp(edge)
        held[:, :edge] *= ramp
    if edge:
        held[:, -edge:] *= ramp[::-1]
    yield held


def _ramp(length: int) -> NDArray[np.float32]:
    """A raised cosine that starts above 0 and ends below 1."""
    return (0.5 - 0.5 * np.cos(np.pi * (np.arange(length) + 0.5) / max(length, 1))).astype(np.float32)


def looped(again: Callable[[], Iterator[Samples]]) -> Generator[Samples, None, None]:
    """A sound over and over, without end: each call of ``again`` gives it once more.

    Each pass is crossfaded into the next over the last 20 ms, at constant power, so that a sound that was not made to
    loop does not click. One of less than 40 ms ends after its first pass.
    """
    angle = np.pi / 2 * (np.arange(JOINT) + 0.5) / JOINT
    rising, falling = np.sin(angle).astype(np.float32), np.cos(angle).astype(np.float32)
    tail: Samples | None = None
    while True:
        held = np.zeros((2, 0), np.float32)
        length = 0
        for block in again():
            length += block.shape[1]
            held = np.concatenate((held, block), axis=1)
            if held.shape[1] <= 2 * JOINT:
                continue
            if tail is not None:
                held[:, :JOINT] = held[:, :JOINT] * rising + tail * falling
                tail = None
            yield held[:, :-JOINT]
            held = held[:, -JOINT:]
        if length <= 2 * JOINT:
            yield held
            return
        if held.shape[1] > JOINT:
            yield held[:, :-JOINT]
        tail = held[:, -JOINT:]


class Reader:
    """Blocks of any length read as blocks of the length that is asked for.

    Use it as a context manager, so that the file behind the blocks is closed.
    """

    def __init__(self, blocks: Generator[Samples, None, None]) -> None:
        self._blocks = blocks
        self._left = np.zeros((2, 0), np.float32)

    def read(self, n: int) -> Samples:
        """The next ``n`` samples, shape (2, n); fewer only where the sound ends, and none after that."""
        parts, have = [self._left], self._left.shape[1]
        while have < n and (block := next(self._blocks, None)) is not None:
            parts.append(block)
            have += block.shape[1]
        joined = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
        self._left = joined[:, n:].copy()
        return joined[:, :n]

    def close(self) -> None:
        self._blocks.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
