"""Scratch files of sound: interleaved stereo float32 at 48 kHz in the machine's byte order, without a header.

Between the passes of a mix the sound lies in such a file instead of in memory.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from ...domain.narration import SAMPLE_RATE
from .faults import writing
from .sound import Samples

BLOCK = SAMPLE_RATE // 4
"""Samples that are handled at a time: a quarter of a second, whose arrays stay in the processor's cache."""
_FRAME = 8  # bytes of one sample of both channels


class RawWriter:
    """Appends blocks of shape (2, n)."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def add(self, block: Samples) -> None:
        self._file.write(np.ascontiguousarray(block.T, dtype=np.float32).data)


@contextmanager
def raw_writer(path: Path) -> Iterator[RawWriter]:
    """Write a raw file from its beginning. What goes wrong with the file is raised as DiskFull or OutputFailed."""
    with writing(path), path.open("wb") as file:
        yield RawWriter(file)


def raw_blocks(path: Path) -> Iterator[Samples]:
    """The sound of a raw file in blocks of ``BLOCK``, shape (2, n); the last may be shorter."""
    with path.open("rb") as file:
        while data := file.read(BLOCK * _FRAME):
            yield np.ascontiguousarray(np.frombuffer(data, np.float32).reshape(-1, 2).T)
