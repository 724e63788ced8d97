"""What a crash left on the disk: swept by whoever comes first."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ...application.writing import writing


@contextmanager
def in_use(folder: Path, sweep: Callable[[], object]) -> Iterator[None]:
    """Use a folder; where there is something in it that nobody else uses, ``sweep`` is called before.

    The system knows who uses it, also after a crash. Raises OutputFailed where there can be no such folder.
    """
    try:
        import fcntl
    except ImportError:  # Windows, where no files are taken in
        yield
        return
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            if any(folder.iterdir()):
                sweep()
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield
    finally:
        os.close(lock)
