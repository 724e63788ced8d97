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
from .sound import Reader, Samples, sound
from .weighting import ENERGY_STEP, STEP, KWeighting

SILENCE = -70.0
"""LUFS: the absolute gate of BS.1770. A sound with nothing above it is reported to be just this loud."""
LOWEST_PEAK = -120.0
"""dBTP reported for digital silence, below anything that 16 or 24 bits can hold."""

PEAK_STEP = SAMPLE_RATE // 1000
"""Samples for which the highest peak is kept: 1 ms."""

_BLOCK_STEPS = 40  # gating blocks of 400 ms
_HOP_STEPS = 10  # every 100 ms, which is an overlap of 75 %


def decibels(amplitude: float) -> float:
    return max(LOWEST_PEAK, 20 * math.log10(amplitude)) if amplitude > 0 else LOWEST_PEAK


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


_PEAK_TAPS = 24
_BEFORE, _AHEAD = _PEAK_TAPS // 2 - 1, _PEAK_TAPS // 2
_PHASES = _interpolator(_PEAK_TAPS, 4)
_OVERSHOOT = float(np.abs(_PHASES).sum(axis=0).max())
"""No value between samples exceeds the highest sample around it by more than this factor."""


def _bend() -> tuple[float, float]:
    """How far a value between samples may lie above the higher of its neighbours, twice.

    As a share of the highest second difference around it, and as a share of the highest sample for what is left.
    """
    share = rest = 0.0
    for phase in range(_PHASES.shape[1]):
        beyond = _PHASES[:, phase].astype(np.float64)
        at = (phase + 1) / (_PHASES.shape[1] + 1)
        beyond[_BEFORE : _BEFORE + 2] -= 1 - at, at
        once = np.cumsum(beyond)
        twice = np.cumsum(once[:-1])
        share = max(share, float(np.abs(twice[:-1]).sum()))
        rest = max(rest, float(2 * abs(twice[-1]) + abs(once[-1])))
    return share, rest


_BEND, _REST = _bend()


def _between() -> NDArray[np.float32]:
    """The interpolation of 1 ms as one matrix, shape (48 + 23, 48 * 3): samples in, the values between them out."""
    matrix = np.zeros((PEAK_STEP + _PEAK_TAPS - 1, PEAK_STEP, _PHASES.shape[1]), np.float32)
    for index in range(PEAK_STEP):
        matrix[index : index + _PEAK_TAPS, index] = _PHASES
    return matrix.reshape(len(matrix), -1)


_BETWEEN = _between()
_ROWS = 16
"""Milliseconds interpolated at a time: so few that BLAS starts no threads, which would spin between the calls."""
_STARTS = np.arange(0, STEP, PEAK_STEP)


class Meter:
    """Add blocks of any length, then ask. After the first question nothing more can be added."""

    def __init__(self, *, quiet: float | None = None) -> None:
        """``quiet``: an amplitude above which all ``peaks`` are exact. By default only the highest of all is.

        With infinity peaks are not looked for at all.
        """
        self._quiet = quiet
        self._top = 0.0
        self._weighting = KWeighting()
        self._before = np.zeros((2, _BEFORE), np.float32)
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
        while samples.shape[1] - at >= STEP + _AHEAD:
            step = samples[:, at : at + STEP]
            self._energy.append(self._weighting.energies(step))
            if self._quiet != math.inf:
                around = np.concatenate((self._before, samples[:, at : at + STEP + _AHEAD]), axis=1)
                self._peaks.append(self._true_peaks(around))
                self._before = step[:, -_BEFORE:].copy()
            at += STEP
        self._pending = samples[:, at:].copy()

    def _true_peaks(self, samples: Samples) -> NDArray[np.float32]:
        """Highest value of each 1 ms of a step, at or between samples; ``samples`` has a few more on either side."""
        if np.array_equal(samples[0], samples[1]):
            samples = samples[:1]
        own = np.abs(samples)
        peaks = np.maximum.reduceat(own[:, _BEFORE:-_AHEAD], _STARTS, axis=1)
        self._top = max(self._top, float(peaks.max()))
        quiet = self._top if self._quiet is None else self._quiet
        highest = _widened(peaks, own[:, :_BEFORE], own[:, -_AHEAD:])
        if highest.max() * _OVERSHOOT > quiet:
            self._interpolate(samples, peaks, highest, quiet)
        loudest: NDArray[np.float32] = peaks.max(axis=0)
        self._top = max(self._top, float(loudest.max()))
        return loudest

    @staticmethod
    def _interpolate(samples: Samples, peaks: NDArray[np.float32], highest: NDArray[np.float32], quiet: float) -> None:
        """Raise ``peaks`` to what lies between samples wherever that may exceed ``quiet``."""
        bends = np.abs(np.diff(samples, 2, axis=1))
        inner = np.maximum.reduceat(bends[:, _BEFORE - 1 : _BEFORE - 1 + STEP], _STARTS, axis=1)
        bend = _widened(inner, bends[:, : _BEFORE - 1], bends[:, _BEFORE - 1 + STEP :])
        bound = np.minimum(highest * np.float32(_OVERSHOOT), highest * np.float32(1 + _REST) + bend * np.float32(_BEND))
        channel, at = np.nonzero(bound > quiet)
        if len(at):
            windows = np.lib.stride_tricks.sliding_window_view(samples, len(_BETWEEN), axis=1)[:, ::PEAK_STEP]
            rows = np.zeros((-(-len(at) // _ROWS) * _ROWS, len(_BETWEEN)), np.float32)
            rows[: len(at)] = windows[channel, at]
            between = np.abs(rows.reshape(-1, _ROWS, len(_BETWEEN)) @ _BETWEEN).reshape(len(rows), -1)
            peaks[channel, at] = np.maximum(peaks[channel, at], between[: len(at)].max(axis=1))

    def _finish(self) -> None:
        left = self._pending.shape[1]
        if left:
            self._take(np.pad(self._pending, ((0, 0), (0, -left % STEP + STEP + _AHEAD))))
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


def _widened(values: NDArray[np.float32], before: Samples, after: Samples) -> NDArray[np.float32]:
    """The highest of each 1 ms and both its neighbours; ``before`` and ``after`` stand in for those of the ends."""
    highest = values.copy()
    np.maximum(highest[:, 1:], values[:, :-1], out=highest[:, 1:])
    np.maximum(highest[:, :-1], values[:, 1:], out=highest[:, :-1])
    np.maximum(highest[:, 0], before.max(axis=1), out=highest[:, 0])
    np.maximum(highest[:, -1], after.max(axis=1), out=highest[:, -1])
    return highest


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
    with Reader(sound(path)) as reader:
        while (block := reader.read(STEP)).shape[1]:
            meter.add(block)
    return meter.loudness()
