"""Folders for unfinished files, gone at the end whatever happens; one that a killed process left is swept away."""

import glob
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

_LOCK = "lock"
_UNLOCKED_FOR = 3600
"""Seconds after which a folder without a lock was left by somebody who was killed before or after holding it."""


@contextmanager
def workplace(parent: Path, name: str) -> Iterator[Path]:
    """A fresh folder in ``parent``, hidden and called after ``name``."""
    for left in parent.glob(f".{glob.escape(name)}.*.part"):
        if _is_abandoned(left):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{name}.", suffix=".part", dir=parent))
    try:
        with FileLock(folder / _LOCK):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    lock = folder / _LOCK
    try:
        if not lock.exists():
            return time.time() - folder.stat().st_mtime > _UNLOCKED_FOR
        with FileLock(lock, blocking=False):
            return True
    except (Timeout, OSError):
        return False
