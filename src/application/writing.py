"""Errors of writing files, translated into the domain's for every adapter that writes any."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..domain.errors import DiskFull, OutputFailed

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def writing(to: Path) -> Iterator[None]:
    """Raises DiskFull or OutputFailed, naming ``to``, for any OSError of libav or Python inside."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull(f"{to}: there is no room left on the disk; free some or choose another place") from error
        raise OutputFailed(f"{to}: cannot be written ({error.strerror or error})") from error


@contextmanager
def whole(to: Path) -> Iterator[Path]:
    """A file beside ``to`` that takes its name when it is complete and is gone otherwise. Raises as ``writing``."""
    part = to.with_name(f".{to.name}.part")
    with writing(to):
        try:
            yield part
            part.replace(to)
        finally:
            part.unlink(missing_ok=True)
