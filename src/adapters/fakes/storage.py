"""``MemoryStorage``: contents in the memory."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...application.file_ports import StorageUsage, Stored
from ...domain.errors import NoSuchFile
from ...domain.file import checked_key


class MemoryStorage:
    """Fulfils ``Storage``; ``contents`` is there to be looked at."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}

    def put(self, key: str, file: Path) -> None:
        self.contents.setdefault(checked_key(key), file.read_bytes())

    def open(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        content = self._existing(key)[start:end]
        return iter([content] if content else [])

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        with tempfile.NamedTemporaryFile() as file:
            file.write(self._existing(key))
            file.flush()
            yield Path(file.name)

    def stat(self, key: str) -> Stored | None:
        content = self.contents.get(checked_key(key))
        return None if content is None else Stored(key=key, size=len(content))

    def delete(self, key: str) -> bool:
        return self.contents.pop(checked_key(key), None) is not None

    def stored(self) -> Iterator[Stored]:
        yield from [Stored(key=key, size=len(content)) for key, content in list(self.contents.items())]

    def usage(self) -> StorageUsage:
        return StorageUsage(contents=len(self.contents), bytes=sum(map(len, self.contents.values())), free=None)

    def _existing(self, key: str) -> bytes:
        try:
            return self.contents[checked_key(key)]
        except KeyError:
            raise NoSuchFile(key) from None
