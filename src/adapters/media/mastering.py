"""Mastering: a mix brought to its loudness under a true-peak ceiling.

The gain and the limiter act on what the meter kept of the mix, a peak every 1 ms and an energy every 10 ms. So the
gain that ends at the right loudness, with all that the limiter takes away, is found before a sample is touched, and one
pass over the sound is enough.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...application.ports import CancelSignal
from ...domain.errors import Cancelled
from .loudness import PEAK_STEP, SILENCE, integrated
from .raw import raw_blocks, raw_writer
from .weighting import ENERGY_STEP

MOST_DRIVE = 6.0
"""dB by which the gain may exceed what a mix without peaks would need. Driven further, a limiter distorts."""

_SMOOTHING = 5  # ms on either side over which the limiter eases in
_RELEASE = 0.05  # dB that it gives back every ms
_HALF = PEAK_STEP // 2
_FRACTIONS = (np.arange(PEAK_STEP, dtype=np.float32) + np.float32(0.5)) / np.float32(PEAK_STEP)
_WINDOW = (np.hanning(2 * _SMOOTHING + 3)[1:-1] / np.hanning(2 * _SMOOTHING + 3).sum()).astype(np.float32)
_SPAN = 60_000
"""Milliseconds that are limited at a time, so that memory stays flat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is known of a mix: ``energies`` of every 10 ms (K-weighted) and true ``peaks`` of every 1 ms.

    ``most_gain`` is the highest gain in dB that it may still be given.
    """

    energies: NDArray[np.float64]
    peaks: NDArray[np.float32]
    most_gain: float


def amplitude(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def limiting(peaks: NDArray[np.float32], gain: float, ceiling: float) -> NDArray[np.float32] | None:
    """Gain in dB, at most 0, that keeps ``peaks`` raised by ``gain`` dB below ``ceiling`` dBTP; None where all stay.

    One value for the middle of every 1 ms. It looks 6 ms ahead, so it is down before a peak and eases in and out, and
    holds for the values on either side, so interpolating between the middles stays below the ceiling too.
    """
    threshold = np.float32(amplitude(ceiling - gain))
    if not (peaks > threshold).any():
        return None
    padded = np.pad(peaks, _SMOOTHING + 1)
    held = np.zeros(len(peaks) + 2 * _SMOOTHING, np.float32)
    last = 0.0
    for start in range(0, len(peaks), _SPAN):
        highest = _highest(padded[start : start + _SPAN + 2 * _SMOOTHING + 2])
        lowest = -20 * np.log10(np.maximum(highest / threshold, 1.0).astype(np.float64))
        # release: lowest of all earlier values risen by a straight line, as one running minimum
        line = _RELEASE * np.arange(1, len(lowest) + 1)
        span = np.minimum(np.minimum(np.minimum.accumulate(lowest - line), last) + line, 0.0)
        held[_SMOOTHING + start : _SMOOTHING + start + len(span)] = span
        last = float(span[-1])
    held[:_SMOOTHING], held[-_SMOOTHING:] = held[_SMOOTHING], last
    return np.convolve(held, _WINDOW, mode="valid")


def _highest(peaks: NDArray[np.float32]) -> NDArray[np.float32]:
    """The highest of each value and the 6 on either side, without the first and the last 6."""
    pairs = np.maximum(peaks[:-1], peaks[1:])
    fours = np.maximum(pairs[:-2], pairs[2:])
    eights = np.maximum(fours[:-4], fours[4:])
    return np.maximum(eights[:-5], eights[5:])


def foreseen(profile: Profile, gain: float, ceiling: float) -> float:
    """Loudness in LUFS after ``gain`` dB and limiting to ``ceiling`` dBTP."""
    energies = profile.energies * amplitude(gain) ** 2
    limit = limiting(profile.peaks, gain, ceiling)
    if limit is not None:
        per_energy = ENERGY_STEP // PEAK_STEP
        squares = np.float32(10) ** (limit[: len(energies) * per_energy] * np.float32(0.1))
        energies *= squares.reshape(len(energies), per_energy).mean(axis=1)
    return integrated(energies)


def find_gain(profile: Profile, loudness: float, ceiling: float, most: float) -> float:
    """Gain in dB, at most ``most``, after which the limited mix has ``loudness``; 0 for silence."""
    now = integrated(profile.energies)
    if now <= SILENCE:
        return min(0.0, most)
    gain = min(most, loudness - now)
    for _ in range(24):
        missing = loudness - foreseen(profile, gain, ceiling)
        if abs(missing) < 0.005 or (gain >= most and missing > 0):
            break
        gain = min(most, gain + missing)
    return gain


def master(
    mixed: Path,
    profile: Profile,
    to: Path,
    *,
    loudness: float,
    ceiling: float,
    cancel: CancelSignal | None = None,
) -> float:
    """Turn the raw file ``mixed`` into the raw file ``to``; the loudness in LUFS that it then has, foreseen.

    ``loudness`` in LUFS, ``ceiling`` in dBTP. What was foreseen is right within 0.05 LU, and peaks pass the ceiling by
    less than 0.1 dB. Raises Cancelled, DiskFull and OutputFailed.
    """
    most = min(profile.most_gain, loudness - integrated(profile.energies) + MOST_DRIVE)
    gain = find_gain(profile, loudness, ceiling, most)
    limit = limiting(profile.peaks, gain, ceiling)
    plain = np.float32(amplitude(gain))
    at = 0
    with raw_writer(to) as writer:
        for block in raw_blocks(mixed):
            if cancel is not None and cancel.is_set():
                raise Cancelled
            block *= plain if limit is None else plain * _between(limit, at, block.shape[1])
            writer.add(block)
            at += block.shape[1]
    return foreseen(profile, gain, ceiling)


def _between(limit: NDArray[np.float32], start: int, n: int) -> NDArray[np.float32]:
    """Amplitudes of ``n`` samples from ``start`` on, linear between the middles of the milliseconds."""
    first = (start - _HALF) // PEAK_STEP
    last = (start + n - 1 - _HALF) // PEAK_STEP + 1
    near = limit[np.clip(np.arange(first, last + 1), 0, len(limit) - 1)]
    if not near.any():
        return np.ones(n, np.float32)
    gains = (10 ** (near / 20)).astype(np.float32)
    between = gains[:-1, None] + np.diff(gains)[:, None] * _FRACTIONS
    skipped = start - _HALF - first * PEAK_STEP
    return between.reshape(-1)[skipped : skipped + n]
