"""The ports of files: where their content lies, where they are recorded, and who looks into them."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ..domain.file import FileKind, FileMetadata, KindUsage, StoredFile
from ..domain.progress import Listener
from ..domain.upload import Upload
from .ports import CancelSignal


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A content in the storage."""

    key: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageUsage:
    """What a storage holds, and the bytes that are ``free``, None where there is no telling."""

    contents: int
    bytes: int
    free: int | None


class Storage(Protocol):
    """Contents by key. A key is the SHA-256 of the content in hexadecimal; another key raises InvalidInput.

    A content is there whole or not at all, and never changes. Methods block: call them from a thread.
    """

    def put(self, key: str, file: Path) -> None:
        """Take in a finished file, which stays the caller's; nothing happens where the content is there already.

        Raises DiskFull and OutputFailed.
        """
        ...

    def open(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from ``start`` up to ``end`` in blocks. Raises NoSuchFile at once."""
        ...

    def local(self, key: str) -> AbstractContextManager[Path]:
        """A file to read it from, as long as the context lasts. Raises NoSuchFile."""
        ...

    def stat(self, key: str) -> Stored | None: ...

    def delete(self, key: str) -> bool:
        """Whether there was one."""
        ...

    def stored(self) -> Iterator[Stored]:
        """All that there is, in no order."""
        ...

    def usage(self) -> StorageUsage: ...

    def sweep(self, before: datetime) -> int:
        """Remove what a crash left of contents that were put before then; how many there were."""
        ...


class Files(Protocol):
    """The records of files, within one unit of work."""

    async def lock(self, *keys: str) -> None:
        """Wait until no other unit of work holds any of these contents, and hold them until this one ends.

        Who adds a reference to a content holds it, and who removes a content that nothing refers to. Called once in a
        unit of work, with all that it needs.
        """
        ...

    async def get(self, owner: str, file_id: str) -> StoredFile | None: ...

    async def find(self, owner: str, sha256: str) -> StoredFile | None: ...

    async def add(self, file: StoredFile) -> None: ...

    async def update(self, file: StoredFile) -> None:
        """Raises NoSuchFile where it is gone."""
        ...

    async def delete(self, owner: str, file_id: str) -> bool: ...

    async def page(
        self, owner: str, *, kind: FileKind | None = None, tag: str | None = None, after: str | None = None, limit: int
    ) -> Sequence[StoredFile]:
        """Newest first, by id; ``after`` is the id of the last one that was seen."""
        ...

    async def usage(self, owner: str | None = None) -> Sequence[KindUsage]:
        """By kind, in the order of FILE_KINDS, kinds without files left out; of everybody where there is no owner."""
        ...

    async def references(self, key: str) -> int:
        """How many files refer to a content, as their content, thumbnail or proxy."""
        ...

    async def expired(self, now: datetime, *, after: str | None = None, limit: int) -> Sequence[StoredFile]:
        """Those of everybody whose time is over, by rising id from ``after`` on."""
        ...


class FileWork(Protocol):
    """A unit of work: what was not committed is rolled back at its end."""

    @property
    def files(self) -> Files: ...

    async def commit(self) -> None: ...


class FileStore(Protocol):
    """``async with store() as work``."""

    def __call__(self, *, read_only: bool = False) -> AbstractAsyncContextManager[FileWork]: ...


class Allowance(Protocol):
    """How much an owner may keep, counted in the unit of work that adds or removes a file.

    Every method may be called again for the same file and changes nothing then.
    """

    async def reserve(self, work: FileWork, owner: str, file_id: str, size: int) -> None:
        """Raises QuotaExceeded: then do not commit; NotFound where the owner is gone or going."""
        ...

    async def settle(self, work: FileWork, owner: str, file_id: str, size: int) -> None:
        """The file is kept: put its true size in the place of what was reserved. Raises as ``reserve``."""
        ...

    async def give_back(self, work: FileWork, file_id: str) -> None:
        """Return what is reserved and not settled."""
        ...

    async def free(self, work: FileWork, file_id: str) -> None:
        """The file is removed."""
        ...

    async def reserved(self, work: FileWork) -> Sequence[tuple[str, str]]:
        """The owner and the id of every file that something is reserved for and that is not kept yet."""
        ...


class Uploads(Protocol):
    """Uploads on their way, kept through restarts. Methods block for as long as a disk does."""

    def begin(self, upload: Upload) -> None: ...

    def get(self, owner: str, upload_id: str) -> Upload:
        """Raises NoSuchFile."""
        ...

    def part(
        self, owner: str, upload_id: str, offset: int, *, length: int | None = None, sha256: str | None = None
    ) -> AbstractContextManager["PartWriter"]:
        """Where the bytes of the next part go. Within the context nobody else can write to the upload.

        What was written when the connection broke counts, unless ``sha256`` of the part was said: then it counts whole
        or not at all. Raises NoSuchFile, UploadOutOfStep, InvalidInput for too many or wrong bytes, DiskFull and
        OutputFailed.
        """
        ...

    def finish(self, owner: str, upload_id: str) -> Path:
        """The complete file, which is the caller's to remove. Raises NoSuchFile, UploadOutOfStep."""
        ...

    def abandon(self, owner: str, upload_id: str) -> None:
        """Raises NoSuchFile."""
        ...

    def expired(self, now: datetime) -> Sequence[Upload]: ...

    def sweep(self, before: datetime) -> int:
        """Remove what a crash left of uploads before then; how many files there were."""
        ...


class PartWriter(Protocol):
    """Takes bytes as they come."""

    def write(self, data: bytes) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What a file is by its content; ``thumbnail`` is a JPEG picture."""

    kind: FileKind
    media_type: str
    metadata: FileMetadata
    thumbnail: Path


class FileInspector(Protocol):
    """Looks into foreign files, where they can do no harm."""

    def inspect(self, file: Path, name: str, into: Path) -> Inspection:
        """What a file is; pictures are written into the folder ``into``.

        Raises UnsupportedFile for a type that is not accepted, InvalidFile for one that is damaged, encrypted, a bomb
        or several things at once.
        """
        ...

    def proxy(
        self, file: Path, name: str, into: Path, *, progress: Listener | None, cancel: CancelSignal | None
    ) -> Path:
        """A small MP4 (H.264, AAC) of a video, in the folder ``into``. Raises InvalidFile, Cancelled."""
        ...
