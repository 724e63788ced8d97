"""Contents on a disk: one file each, under its digest, in folders by its first digits."""

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ...application.file_ports import StorageUsage, Stored
from ...application.writing import writing
from ...domain.errors import NoSuchFile, OutputFailed
from ...domain.file import checked_key

_KEY = re.compile(r"[0-9a-f]{64}")
_BLOCK = 1 << 18
_PARTS = "parts"


class DiskStorage:
    """Files below ``folder``: ``ab/cd/abcd…``. What is not finished lies in ``parts``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._parts = self._folder / _PARTS
        with writing(self._folder):
            self._parts.mkdir(parents=True, exist_ok=True)
            self._folder = self._folder.resolve()
            self._parts = self._folder / _PARTS

    def put(self, key: str, file: Path) -> None:
        """The file is linked where it lies on the same disk, and copied otherwise; it is on the disk when this ends."""
        target = self._path(key)
        with writing(target):
            size = file.stat().st_size
            if target.is_file() and target.stat().st_size == size:
                return
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._parts) as folder:
                part = Path(folder, key)
                try:
                    os.link(file, part)
                except OSError:
                    shutil.copyfile(file, part)
                _sync(part)
                part.replace(target)
            for parent in (target.parent, target.parent.parent, self._folder):
                _sync(parent)

    def open(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        return _blocks(self._existing(key).open("rb"), start, end)

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        yield self._existing(key)

    def stat(self, key: str) -> Stored | None:
        try:
            return Stored(key=key, size=self._path(key).stat().st_size)
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> bool:
        path = self._path(key)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        _sync(path.parent)
        return True

    def stored(self) -> Iterator[Stored]:
        for path in self._folder.glob("??/??/*"):
            with contextlib.suppress(FileNotFoundError):
                if _KEY.fullmatch(path.name):
                    yield Stored(key=path.name, size=path.stat().st_size)

    def usage(self) -> StorageUsage:
        sizes = [one.size for one in self.stored()]
        return StorageUsage(contents=len(sizes), bytes=sum(sizes), free=shutil.disk_usage(self._folder).free)

    def _path(self, key: str) -> Path:
        checked_key(key)
        path = self._folder / key[:2] / key[2:4] / key
        if not path.resolve().is_relative_to(self._folder):
            raise OutputFailed(f"{path}: it leads out of the storage's folder")
        return path

    def _existing(self, key: str) -> Path:
        path = self._path(key)
        if not path.is_file():
            raise NoSuchFile(key)
        return path


def _blocks(file: BinaryIO, start: int, end: int | None) -> Iterator[bytes]:
    with file:
        file.seek(start)
        left = None if end is None else end - start
        while block := file.read(_BLOCK if left is None else min(_BLOCK, max(left, 0))):
            left = None if left is None else left - len(block)
            yield block


def _sync(path: Path) -> None:
    """What is written there outlives a power cut: a file its bytes, a folder its names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
