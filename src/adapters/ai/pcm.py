"""Arithmetic on mono float32 sound: what is silence, the way from 24 to 48 kHz, the peak."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]

_TAPS = 32
"""Input samples on each side of an interpolated one: pass band to 11 kHz, images below -80 dB."""
_KAISER_BETA = 8.0
WINDOW = 120
"""Samples of one level measurement: 5 ms at 24 kHz."""
_FLOOR_DB = -40.0
"""What lies this far below the loud parts of a phrase counts as silence."""


@lru_cache(maxsize=1)
def _half_band() -> Sound:
    """The odd phase of a windowed-sinc half-band filter; its even phase is the identity."""
    offset = np.arange(-_TAPS, _TAPS) + 0.5
    window = np.kaiser(4 * _TAPS + 1, _KAISER_BETA)[1::2]
    taps = np.sinc(offset) * window
    return np.asarray(taps / taps.sum(), np.float32)


def doubled(sound: Sound) -> Sound:
    """The same sound at twice the sample rate: ``n`` samples in, ``2 n`` out, without delay."""
    out = np.empty(2 * sound.size, np.float32)
    out[0::2] = sound
    out[1::2] = np.convolve(np.pad(sound, (_TAPS - 1, _TAPS)), _half_band(), mode="valid")
    return out


def heard(sound: Sound, floor_db: float = _FLOOR_DB) -> NDArray[np.bool_]:
    """Whether each full ``WINDOW`` of the sound is more than silence."""
    whole = sound.size // WINDOW * WINDOW
    level = np.sqrt(np.mean(np.square(sound[:whole].reshape(-1, WINDOW)), axis=1))
    loud = float(np.percentile(level, 95)) if level.size else 0.0
    return np.asarray(level > max(loud * 10 ** (floor_db / 20), 1e-4))


def faded(sound: Sound, samples: int) -> Sound:
    """A copy that rises and falls linearly over ``samples`` at its ends, so that a cut does not click."""
    out = sound.copy()
    span = min(samples, out.size // 2)
    ramp = np.linspace(0.0, 1.0, span, endpoint=False, dtype=np.float32)
    out[:span] *= ramp
    out[out.size - span :] *= ramp[::-1]
    return out


def limited(sound: Sound, peak: float) -> Sound:
    """The sound scaled down, where it must be, until no sample is louder than ``peak``."""
    loudest = float(np.abs(sound).max(initial=0.0))
    return sound if loudest <= peak else (sound * np.float32(peak / loudest)).astype(np.float32)
