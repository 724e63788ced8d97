"""Narration on disk: mono WAV at 48 kHz."""

import wave
from pathlib import Path

import numpy as np

from ...application.writing import writing
from ...domain.narration import SAMPLE_RATE

_FULL_SCALE = 2**23 - 1


def write_wav(path: Path, pcm: bytes) -> None:
    """Write mono float32 samples at 48 kHz (native byte order, clipped to [-1, 1]) as 24-bit PCM.

    24 bits lie 144 dB below full scale, under the noise of any voice, and every player opens them. The same samples
    give the same bytes. Raises DiskFull and OutputFailed.
    """
    samples = np.nan_to_num(np.frombuffer(pcm, np.float32))
    whole = np.rint(np.clip(samples, -1.0, 1.0).astype(np.float64) * _FULL_SCALE).astype("<i4")
    packed = whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    with writing(path), path.open("wb") as target, wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(3)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(packed)
