"""Scratch files of sound: stereo float32 at 48 kHz in the machine's byte order, without a header.

The left channel of a quarter of a second comes first, then the right one of the same, and so on: laid out as it is
worked on, so that reading and writing only copy.

Between the passes of a mix the sound lies in such a file instead of in memory.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from ...application.writing import writing
from ...domain.narration import SAMPLE_RATE
from .sound import Samples

BLOCK = SAMPLE_RATE // 4
"""Samples that are handled at a time: a quarter of a second, whose arrays stay in the processor's cache."""


class RawWriter:
    """Appends blocks of shape (2, n)."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._held = np.empty((2, BLOCK), np.float32)
        self._have = 0

    def add(self, block: Samples) -> None:
        if not self._have and block.shape[1] == BLOCK:
            self._file.write(np.ascontiguousarray(block, np.float32).data)
            return
        at = 0
        while at < block.shape[1]:
            part = block[:, at : at + BLOCK - self._have]
            self._held[:, self._have : self._have + part.shape[1]] = part
            self._have += part.shape[1]
            at += part.shape[1]
            if self._have == BLOCK:
                self.finish()

    def finish(self) -> None:
        """Write what does not fill a block; the last thing to do."""
        self._file.write(np.ascontiguousarray(self._held[:, : self._have]).data)
        self._have = 0


@contextmanager
def raw_writer(path: Path) -> Iterator[RawWriter]:
    """Write a raw file from its beginning. What goes wrong with the file is raised as DiskFull or OutputFailed."""
    with writing(path), path.open("wb") as file:
        writer = RawWriter(file)
        yield writer
        writer.finish()


def raw_blocks(path: Path) -> Iterator[Samples]:
    """The sound of a raw file in blocks of ``BLOCK``, shape (2, n); the last may be shorter."""
    with path.open("rb") as file:
        while True:
            block = np.empty((2, BLOCK), np.float32)
            size = file.readinto(block.data.cast("B"))
            if size:
                yield block.reshape(-1)[: size // block.itemsize].reshape(2, -1)
            if size < block.nbytes:
                return
