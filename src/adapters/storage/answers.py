"""Answers of language engines on the disk, one JSON file a digest."""

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

from ...application.language_ports import Answer
from ...application.writing import writing
from ...domain.errors import InvalidInput
from ...domain.file import checked_key
from ...domain.writing import Call, Keyword, Sentiment, WrittenScript

_TYPES: dict[Call, Any] = {
    "script": Answer[WrittenScript],
    "article": Answer[WrittenScript],
    "optimise": Answer[str],
    "keywords": Answer[tuple[Keyword, ...]],
    "sentiment": Answer[Sentiment],
    "titles": Answer[tuple[str, ...]],
    "hashtags": Answer[tuple[str, ...]],
    "translate": Answer[tuple[str, ...]],
}
_ROOM = 0.9
"""Of the limit that is left in use after making room, so that not every answer has to make some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """``expires`` is in seconds since 1970."""

    expires: float
    answer: msgspec.Raw


class DiskAnswers:
    """Files under ``folder``, of ``largest`` bytes together; those that were not asked for longest go first.

    Several processes may share the folder. Each looks at all of it when it has put a tenth of ``largest`` there itself,
    so that each may go beyond by that much. ``clock`` gives seconds since 1970.
    """

    def __init__(self, folder: Path, *, largest: int = 64 << 20, clock: Callable[[], float] = time.time) -> None:
        if largest < 1:
            raise InvalidInput(f"answers may take {largest} bytes: 1 or more is right")
        self._folder, self._largest, self._clock = folder, largest, clock
        self._added: int | None = None
        self._lock = Lock()

    def get(self, call: Call, digest: str) -> Answer[Any] | None:
        file = self._file(digest)
        try:
            kept = msgspec.json.decode(file.read_bytes(), type=_Kept)
            if kept.expires <= self._clock():
                file.unlink(missing_ok=True)
                return None
            answer: Answer[Any] = msgspec.json.decode(kept.answer, type=_TYPES[call])
            _touch(file)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError, ValueError):
            with suppress(OSError):
                file.unlink(missing_ok=True)
            return None
        return answer

    def put(self, call: Call, digest: str, answer: Answer[Any], *, seconds: float) -> None:
        """See :class:`~reelwright.application.language_ports.AnswerStore`."""
        kept = _Kept(expires=self._clock() + seconds, answer=msgspec.Raw(msgspec.json.encode(answer)))
        data = msgspec.json.encode(kept)
        file = self._file(digest)
        with writing(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
            part = Path(name)
            try:
                with os.fdopen(handle, "wb") as whole:
                    whole.write(data)
                _touch(part)
                part.replace(file)
            finally:
                part.unlink(missing_ok=True)
            self._make_room(len(data))

    def _make_room(self, added: int) -> None:
        with self._lock:
            self._added = None if self._added is None else self._added + added
            if self._added is not None and self._added <= self._largest * (1 - _ROOM):
                return
            found = []
            for file in self._folder.glob("??/*.json"):
                with suppress(FileNotFoundError):
                    stat = file.stat()
                    found.append((stat.st_mtime_ns, stat.st_size, file))
            total = sum(size for _, size, _ in found)
            if total > self._largest:
                for _, size, file in sorted(found, key=lambda entry: entry[0]):
                    if total <= self._largest * _ROOM:
                        break
                    file.unlink(missing_ok=True)
                    total -= size
            self._added = 0

    def _file(self, digest: str) -> Path:
        return self._folder / digest[:2] / f"{checked_key(digest)}.json"


def _touch(file: Path) -> None:
    """Asked for now: finer than the clock that a file system goes by."""
    now = time.time_ns()
    os.utime(file, ns=(now, now))
