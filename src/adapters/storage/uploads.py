"""Uploads on their way: the bytes so far and, beside them, what was announced."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from datetime import datetime
from hashlib import sha256 as sha256_of
from io import RawIOBase
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ...application.writing import writing
from ...domain.errors import InvalidInput, NoSuchFile, UploadOutOfStep
from ...domain.upload import Upload

_ID = re.compile(r"[0-9a-f-]{36}")


class DiskUploads:
    """Files in ``folder`` for each: ``ID.part`` with the bytes, ``ID.json``, and ``ID.lock`` once one was written.

    How much was received is the length of the part itself, so that no crash makes the two disagree.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()

    def begin(self, upload: Upload) -> None:
        part, announced, _ = self._paths(upload.id)
        with writing(part):
            self._folder.mkdir(parents=True, exist_ok=True)
            part.touch(exist_ok=False)
            values = asdict(upload) | {"expires": upload.expires.isoformat()}
            draft = announced.with_suffix(".draft")
            draft.write_text(json.dumps(values), "utf-8")
            draft.replace(announced)

    def get(self, owner: str, upload_id: str) -> Upload:
        upload = self._read(upload_id)
        if upload is None or upload.owner != owner:
            raise NoSuchFile(upload_id)
        return upload

    @contextmanager
    def part(
        self, owner: str, upload_id: str, offset: int, *, length: int | None = None, sha256: str | None = None
    ) -> Iterator["_Part"]:
        with self._alone(owner, upload_id) as upload:
            upload.check_part(offset, length)
            path, _, _ = self._paths(upload_id)
            with writing(path):
                file = path.open("r+b", buffering=0)
            with file:
                file.seek(offset)
                part = _Part(path, file, upload.size - offset)
                try:
                    yield part
                    part.check(length, sha256)
                except BaseException:
                    if sha256 is not None or part.too_long:
                        file.truncate(offset)
                    raise
                finally:
                    os.fsync(file.fileno())

    def finish(self, owner: str, upload_id: str) -> Path:
        with self._alone(owner, upload_id) as upload:
            upload.check_complete()
            part, announced, lock = self._paths(upload_id)
            done = part.with_suffix(".done")
            part.replace(done)
            announced.unlink()
            lock.unlink()
            return done

    def abandon(self, owner: str, upload_id: str) -> None:
        self.get(owner, upload_id)
        for path in self._paths(upload_id):
            path.unlink(missing_ok=True)

    def expired(self, now: datetime) -> Sequence[Upload]:
        found = (self._read(path.stem) for path in sorted(self._folder.glob("*.json")))
        return [upload for upload in found if upload is not None and upload.expires <= now]

    def sweep(self, before: datetime) -> int:
        """Remove files without an announcement that were last touched before then."""
        swept = 0
        for path in self._folder.glob("*"):
            with suppress(FileNotFoundError):
                lonely = not path.with_suffix(".json").exists()
                if lonely and path.stat().st_mtime < before.timestamp():
                    path.unlink()
                    swept += 1
        return swept

    @contextmanager
    def _alone(self, owner: str, upload_id: str) -> Iterator[Upload]:
        """The upload, while nobody else can write to it."""
        self.get(owner, upload_id)
        _, _, lock = self._paths(upload_id)
        held = FileLock(lock, blocking=False, thread_local=False)
        try:
            held.acquire()
        except Timeout:
            at = self.get(owner, upload_id).received
            raise UploadOutOfStep(at, "another part of this upload is being written: wait for its end") from None
        try:
            yield self.get(owner, upload_id)
        finally:
            held.release()

    def _read(self, upload_id: str) -> Upload | None:
        part, announced, _ = self._paths(upload_id)
        try:
            values: dict[str, Any] = json.loads(announced.read_text("utf-8"))
            upload = Upload(**values | {"expires": datetime.fromisoformat(values["expires"])})
            return replace(upload, received=part.stat().st_size)
        except FileNotFoundError:
            return None

    def _paths(self, upload_id: str) -> tuple[Path, Path, Path]:
        if not _ID.fullmatch(upload_id):
            raise NoSuchFile(upload_id)
        return (
            self._folder / f"{upload_id}.part",
            self._folder / f"{upload_id}.json",
            self._folder / f"{upload_id}.lock",
        )


class _Part:
    """Where the bytes of a part go, counted and digested on their way."""

    def __init__(self, path: Path, file: RawIOBase, room: int) -> None:
        self._path, self._file, self._room = path, file, room
        self._digest, self._length = sha256_of(), 0

    @property
    def too_long(self) -> bool:
        return self._length > self._room

    def write(self, data: bytes) -> None:
        self._length += len(data)
        if self.too_long:
            raise InvalidInput(f"more bytes came than the {self._room} that were missing")
        self._digest.update(data)
        view = memoryview(data)
        with writing(self._path):
            while view:
                view = view[self._file.write(view) :]

    def check(self, length: int | None, sha256: str | None) -> None:
        if length is not None and self._length != length:
            raise InvalidInput(f"{self._length} bytes came instead of {length}")
        if sha256 is not None and self._digest.hexdigest() != sha256:
            raise InvalidInput(f"the part's SHA-256 is {self._digest.hexdigest()}, not {sha256}: send it again")
