"""The K-weighting of ITU-R BS.1770-5 as a few small matrix products, which cost a third of filtering by FFT.

The sound is cut into runs of 1 ms. What a run gives is its own 48 samples times one matrix, plus what the filters
still hold of the past times another; and what they hold is carried from run to run in two levels of products.
"""

import numpy as np
from numpy.typing import NDArray

from ...domain.narration import SAMPLE_RATE
from .sound import Samples

ENERGY_STEP = SAMPLE_RATE // 100
"""Samples for which K-weighted energy is kept: 10 ms."""
STEP = SAMPLE_RATE // 4
"""Samples that are filtered at a time: a quarter of a second, which stays in the processor's cache."""

_RUN = SAMPLE_RATE // 1000
_RUNS = ENERGY_STEP // _RUN
_GROUPS = STEP // ENERGY_STEP
_ORDER = 4
_ROWS = 50
"""Runs multiplied at a time: so few that BLAS starts no threads, which would spin between the calls."""

Matrix = NDArray[np.float64]


def _filters() -> tuple[Matrix, Matrix, Matrix, float]:
    """State space of the two filters at 48 kHz one after the other (tables 1 and 2 of annex 1)."""
    shelf = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585))
    high_pass = ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))
    parts = []
    for (b0, b1, b2), (a1, a2) in (shelf, high_pass):
        parts.append((np.array([[-a1, 1], [-a2, 0]]), np.array([[b1 - a1 * b0], [b2 - a2 * b0]]), b0))
    (first, into_first, direct), (second, into_second, through) = parts
    seen = np.array([[1.0, 0.0]])
    state = np.block([[first, np.zeros((2, 2))], [into_second @ seen, second]])
    into = np.concatenate((into_first, into_second * direct))
    return state, into, np.concatenate((seen * through, seen), axis=1), direct * through


def _run_matrices() -> tuple[NDArray[np.float32], NDArray[np.float32], Matrix]:
    """Outputs of a run from its 48 samples and the 4 states before it; states from its samples; states from states."""
    state, into, out, direct = _filters()
    powers = [np.linalg.matrix_power(state, n) for n in range(_RUN + 1)]
    outputs = np.zeros((_RUN + _ORDER, _RUN))
    for index in range(_RUN):
        outputs[index, index] = direct
        outputs[_RUN:, index] = (out @ powers[index])[0]
        for later in range(index + 1, _RUN):
            outputs[index, later] = (out @ powers[later - index - 1] @ into)[0, 0]
    states = np.stack([(powers[_RUN - 1 - index] @ into)[:, 0] for index in range(_RUN)])
    return outputs.astype(np.float32), states.astype(np.float32), powers[_RUN]


def _carrying(step: Matrix, count: int) -> tuple[Matrix, Matrix]:
    """The states before each of ``count`` steps and after the last, flat: from what each step adds, from the first."""
    powers = [np.linalg.matrix_power(step, n).T for n in range(count + 1)]
    added = np.zeros((count, _ORDER, count + 1, _ORDER))
    for adds in range(count):
        for before in range(adds + 1, count + 1):
            added[adds, :, before] = powers[before - adds - 1]
    return added.reshape(count * _ORDER, -1), np.concatenate(powers, axis=1)


_OUTPUTS, _STATES, _PER_RUN = _run_matrices()
_WITHIN, _FROM_GROUP = _carrying(_PER_RUN, _RUNS)
_ACROSS, _FROM_STEP = _carrying(np.linalg.matrix_power(_PER_RUN, _RUNS), _GROUPS)


class KWeighting:
    """The filters of both channels, which remember."""

    def __init__(self) -> None:
        self._state = np.zeros((2, _ORDER))

    def energies(self, samples: Samples) -> NDArray[np.float32]:
        """Weighted mean squares of every 10 ms, summed over the channels, of the next (2, STEP) samples."""
        alike = np.array_equal(samples[0], samples[1]) and np.array_equal(self._state[0], self._state[1])
        channels = 1 if alike else 2
        runs = np.empty((channels * _GROUPS * _RUNS, _RUN + _ORDER), np.float32)
        runs[:, :_RUN] = samples[:channels].reshape(-1, _RUN)
        added = (runs[:, :_RUN] @ _STATES).astype(np.float64).reshape(-1, _RUNS * _ORDER)
        within = added @ _WITHIN
        groups = within[:, -_ORDER:].reshape(channels, -1) @ _ACROSS + self._state[:channels] @ _FROM_STEP
        self._state[:] = groups[:, -_ORDER:]
        within += groups[:, :-_ORDER].reshape(-1, _ORDER) @ _FROM_GROUP
        runs[:, _RUN:] = within[:, :-_ORDER].reshape(-1, _ORDER)
        weighted = (runs.reshape(-1, _ROWS, _RUN + _ORDER) @ _OUTPUTS).reshape(channels, -1, ENERGY_STEP)
        energies: NDArray[np.float32] = np.einsum("ijk,ijk->j", weighted, weighted) / np.float32(ENERGY_STEP)
        return energies * np.float32(2) if alike else energies
