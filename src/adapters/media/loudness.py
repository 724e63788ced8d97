"""How loud a sound is: ITU-R BS.1770-5 and EBU R 128, measured in blocks with flat memory.

Input is float32 of shape (2, n) at 48 kHz. The meter keeps one number for every 10 ms and one for every 1 ms of
sound (2.6 MB for ten minutes): from the same numbers the mastering foresees what a gain and a limiter will do.
"""

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...application.ports import Loudness
from ...domain.narration import SAMPLE_RATE
from .sound import Samples, sound

SILENCE = -70.0
"""LUFS: the absolute gate of BS.1770. A sound with nothing above it is reported to be just this loud."""
LOWEST_PEAK = -120.0
"""dBTP reported for digital silence, below anything that 16 or 24 bits can hold."""

ENERGY_STEP = SAMPLE_RATE // 100
"""Samples for which K-weighted energy is kept: 10 ms."""
PEAK_STEP = SAMPLE_RATE // 1000
"""Samples for which the highest peak is kept: 1 ms."""

_BLOCK_STEPS = 40  # gating blocks of 400 ms
_HOP_STEPS = 10  # every 100 ms, which is an overlap of 75 %


def decibels(amplitude: float, floor: float = LOWEST_PEAK) -> float:
    return max(floor, 20 * math.log10(amplitude)) if amplitude > 0 else floor


def _k_weighting(taps: int) -> NDArray[np.float64]:
    """Impulse response of BS.1770's two filters at 48 kHz (tables 1 and 2 of annex 1), shape (taps,).

    Both have decayed below -150 dB after 4096 samples.
    """
    shelf = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585))
    high_pass = ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))
    response = np.zeros(taps)
    response[0] = 1.0
    for (b0, b1, b2), (a1, a2) in (shelf, high_pass):
        x1 = x2 = y1 = y2 = 0.0
        for index, x in enumerate(response.tolist()):
            y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2
            response[index] = y
            x1, x2, y1, y2 = x, x1, y, y1
    return response


def _interpolator(taps: int, times: int) -> NDArray[np.float32]:
    """Windowed sinc that gives the values between samples, shape (taps, times - 1); phase 0 is the sample itself."""
    centre = taps // 2 - 1
    phases = []
    for phase in range(1, times):
        at = np.arange(taps) - centre - phase / times
        window = np.i0(8.0 * np.sqrt(np.maximum(0.0, 1 - (at / (taps / 2)) ** 2))) / np.i0(8.0)
        response = np.sinc(at) * window
        phases.append(response / response.sum())
    return np.stack(phases, axis=1).astype(np.float32)


_STEP = SAMPLE_RATE // 4  # the meter works on a quarter of a second, which stays in the processor's cache
_FFT = 16_384
_TAPS = _FFT - _STEP + 1  # as many as overlap-save has room for
_K_SPECTRUM = np.fft.rfft(_k_weighting(_TAPS), _FFT).astype(np.complex64)

_PEAK_TAPS = 24
_BEFORE, _AHEAD = _PEAK_TAPS // 2 - 1, _PEAK_TAPS // 2
_PHASES = _interpolator(_PEAK_TAPS, 4)
_OVERSHOOT = float(np.abs(_PHASES).sum(axis=0).max())
"""No value between samples exceeds the highest sample around it by more than this factor."""


def _between() -> NDArray[np.float32]:
    """The interpolation of 1 ms as one matrix, shape (48 + 23, 48 * 3): samples in, the values between them out."""
    matrix = np.zeros((PEAK_STEP + _PEAK_TAPS - 1, PEAK_STEP, _PHASES.shape[1]), np.float32)
    for index in range(PEAK_STEP):
        matrix[index : index + _PEAK_TAPS, index] = _PHASES
    return matrix.reshape(len(matrix), -1)


_BETWEEN = _between()
_ROWS = 16
"""Milliseconds interpolated at a time: so few that BLAS starts no threads, which would spin between the calls."""


class Meter:
    """Add blocks of any length, then ask. After the first question nothing more can be added."""

    def __init__(self, *, quiet: float | None = None) -> None:
        """``quiet``: an amplitude above which all ``peaks`` are exact. By default only the highest of all is.

        With infinity peaks are not looked for at all.
        """
        self._quiet = quiet
        self._top = 0.0
        self._before = np.zeros((2, _TAPS - 1), np.float32)
        self._pending = np.zeros((2, 0), np.float32)
        self._samples = 0
        self._energy = [np.zeros(0, np.float32)]
        self._peaks = [np.zeros(0, np.float32)]

    def add(self, block: Samples) -> None:
        """``block``: float32 of shape (2, n)."""
        self._samples += block.shape[1]
        self._take(np.concatenate((self._pending, block), axis=1) if self._pending.shape[1] else block)

    def _take(self, samples: Samples) -> None:
        """Measure every whole step whose next few samples, which its last peaks need, are known too."""
        at = 0
        while samples.shape[1] - at >= _STEP + _AHEAD:
            step = samples[:, at : at + _STEP + _AHEAD]
            known = np.concatenate((self._before, step), axis=1)
            self._energy.append(_energies(known[:, :-_AHEAD]))
            if self._quiet != math.inf:
                self._peaks.append(self._true_peaks(known[:, _TAPS - 1 - _BEFORE :]))
            self._before = known[:, _STEP : _STEP + _TAPS - 1].copy()
            at += _STEP
        self._pending = samples[:, at:].copy()

    def _true_peaks(self, samples: Samples) -> NDArray[np.float32]:
        """Highest value of each 1 ms of a step, at or between samples; ``samples`` has a few more on either side."""
        own = samples[:, _BEFORE:-_AHEAD].reshape(2, -1, PEAK_STEP)
        peaks = np.maximum(own.max(axis=2), -own.min(axis=2))
        around = np.pad(peaks, ((0, 0), (1, 1)))
        around[:, 0], around[:, -1] = np.abs(samples[:, :_BEFORE]).max(1), np.abs(samples[:, -_AHEAD:]).max(1)
        bound = np.maximum(np.maximum(around[:, :-2], around[:, 2:]), peaks) * _OVERSHOOT
        windows = np.lib.stride_tricks.sliding_window_view(samples, len(_BETWEEN), axis=1)[:, ::PEAK_STEP]
        self._top = max(self._top, float(peaks.max()))
        channel, at = np.nonzero(bound > (self._top if self._quiet is None else self._quiet))
        for first in range(0, len(at), _ROWS):
            where = channel[first : first + _ROWS], at[first : first + _ROWS]
            between = windows[where] @ _BETWEEN
            peaks[where] = np.maximum(peaks[where], np.abs(between).max(axis=1))
        highest: NDArray[np.float32] = peaks.max(axis=0)
        self._top = max(self._top, float(highest.max()))
        return highest

    def _finish(self) -> None:
        left = self._pending.shape[1]
        if left:
            self._take(np.pad(self._pending, ((0, 0), (0, -left % _STEP + _STEP + _AHEAD))))
            self._pending = np.zeros((2, 0), np.float32)

    def energies(self) -> NDArray[np.float64]:
        """K-weighted mean square of every whole 10 ms, summed over both channels."""
        self._finish()
        return np.concatenate(self._energy)[: self._samples // ENERGY_STEP].astype(np.float64)

    def peaks(self) -> NDArray[np.float32]:
        """Highest true peak of every 1 ms as an amplitude; where it cannot exceed ``quiet``, the highest sample.

        Without ``quiet`` their maximum is the true peak of the whole, and the others are highest samples.
        """
        self._finish()
        return np.concatenate(self._peaks)[: -(-self._samples // PEAK_STEP)]

    def loudness(self) -> Loudness:
        return Loudness(
            integrated=integrated(self.energies()), true_peak=decibels(float(self.peaks().max(initial=0.0)))
        )


def _energies(samples: Samples) -> NDArray[np.float32]:
    """K-weighted mean squares of the 10 ms of a step, by overlap-save; ``samples`` starts with the taps before it."""
    alike = np.array_equal(samples[0], samples[1])
    spectrum = np.fft.rfft(samples[:1] if alike else samples, _FFT, axis=1)
    spectrum *= _K_SPECTRUM
    weighted = np.fft.irfft(spectrum, _FFT, axis=1)[:, _TAPS - 1 :].reshape(len(spectrum), -1, ENERGY_STEP)
    energies: NDArray[np.float32] = np.einsum("ijk,ijk->j", weighted, weighted) / np.float32(ENERGY_STEP)
    return energies * np.float32(2) if alike else energies


def integrated(energies: NDArray[np.float64]) -> float:
    """Gated loudness in LUFS (BS.1770-5, annex 1) from mean squares of 10 ms; ``SILENCE`` where no block passes.

    Sounds shorter than one gating block of 400 ms are measured as if silence followed.
    """
    if len(energies) < _BLOCK_STEPS:
        energies = np.pad(energies, (0, _BLOCK_STEPS - len(energies)))
    total = np.concatenate(([0.0], np.cumsum(energies)))
    blocks = (total[_BLOCK_STEPS::_HOP_STEPS] - total[:-_BLOCK_STEPS:_HOP_STEPS]) / _BLOCK_STEPS
    blocks = blocks[blocks > _mean_square(SILENCE)]
    if not len(blocks):
        return SILENCE
    blocks = blocks[blocks > blocks.mean() * 0.1]
    return max(SILENCE, -0.691 + 10 * math.log10(blocks.mean()))


def _mean_square(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))


def measure(path: Path | str) -> Loudness:
    """Integrated loudness and true peak of the first audio stream of a file. Raises UnusableAsset.

    Mono counts as it is heard in a video, on both channels: 3 dB above what one loudspeaker would give.
    """
    meter = Meter()
    for block in sound(path):
        meter.add(block)
    return meter.loudness()
