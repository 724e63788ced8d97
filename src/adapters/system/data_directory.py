"""The folder in which a service keeps everything."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from ...domain.errors import InvalidInput
from ...domain.health import Check

_LOCK = "service.lock"


def claim(folder: Path) -> FileLock:
    """Make the folder where it is missing, and hold it for this process until the lock is released or the process ends.

    Raises InvalidInput where it cannot be used or another service uses it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_something(folder)
    except OSError as error:
        what = "it is a file" if folder.is_file() else error.strerror or str(error)
        raise InvalidInput(f"{folder}: {what}; a folder that can be written to is right for --data") from error
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise InvalidInput(f"{folder}: another service is running on it; each needs a folder of its own") from error
    return lock


def data_checks(folder: Path) -> Iterator[Check]:
    try:
        _write_something(folder)
    except OSError as error:
        remedy = f"let the service write to its data folder ({error.strerror})"
        yield Check(group="storage", name="data", present=False, remedy=remedy)
    else:
        yield Check(group="storage", name="data", present=True, detail=f"{folder}: can be written to")


def _write_something(folder: Path) -> None:
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"reelwright")
