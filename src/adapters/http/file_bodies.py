"""The bodies of ``/api/files``, with an example of each."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from litestar.enums import RequestEncodingType
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import BodyKwarg

from ...application.file_clean_up import CleanUp
from ...application.paging import Page
from ...application.proxies import Making
from ...domain.file import FileKind, FileMetadata, KindUsage, StoredFile
from ...domain.upload import Upload


class File(msgspec.Struct, kw_only=True):
    """A file. ``media_type`` and ``metadata`` tell what it is by its content, ``seconds`` how long it plays.

    ``proxy`` says whether a video has a small copy.
    """

    id: str
    name: str
    kind: FileKind
    media_type: str
    size: int
    sha256: str
    tags: tuple[str, ...]
    seconds: float
    metadata: FileMetadata
    proxy: bool
    created: datetime
    expires: datetime | None


class FileList(msgspec.Struct, kw_only=True):
    """Some files, the newest first; ``next`` is the ``cursor`` of the page that follows, null at the end."""

    items: list[File]
    next: str | None


class FileChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is left out, or null, stays as it is."""

    name: str | None = None
    tags: list[str] | None = None


class Proxy(msgspec.Struct, kw_only=True):
    """How far the small copy of a video is; ``progress`` is 0 to 1."""

    state: Literal["waiting", "making", "made"]
    progress: float


class FileStatistics(msgspec.Struct, kw_only=True):
    """How many files there are and their bytes, in all and by kind."""

    files: int
    bytes: int
    kinds: list[KindUsage]


class UploadStart(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A file that comes in parts: its name, its bytes and, where they are known, what it is and its SHA-256."""

    name: str
    size: Annotated[int, msgspec.Meta(ge=1)]
    media_type: Annotated[str, msgspec.Meta(max_length=255, pattern="^[ -~]+$")] | None = None
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-fA-F]{64}$")] | None = None


class UploadEnd(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The tags of the file."""

    tags: list[str] = []


class UploadState(msgspec.Struct, kw_only=True):
    """``received`` of ``size`` bytes are there: the next part begins there. It is dropped when it ``expires``."""

    id: str
    name: str
    size: int
    received: int
    expires: datetime


class CleaningOrder(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """With ``dry_run`` nothing is removed: the answer says what would be."""

    dry_run: bool = False


class Cleaned(msgspec.Struct, kw_only=True):
    """Ids of expired files and uploads, digests of contents that no file refers to, and the bytes of it all."""

    expired: tuple[str, ...]
    uploads: tuple[str, ...]
    orphans: tuple[str, ...]
    bytes: int


def file(stored: StoredFile) -> File:
    return File(
        id=stored.id,
        name=stored.name,
        kind=stored.kind,
        media_type=stored.media_type,
        size=stored.size,
        sha256=stored.sha256,
        tags=stored.tags,
        seconds=stored.metadata.seconds,
        metadata=stored.metadata,
        proxy=stored.proxy is not None,
        created=stored.created,
        expires=stored.expires,
    )


def files(page: Page[StoredFile]) -> FileList:
    return FileList(items=[file(one) for one in page.items], next=page.next)


def proxy(making: Making) -> Proxy:
    return Proxy(state=making.state, progress=making.progress)


def upload(state: Upload) -> UploadState:
    return UploadState(id=state.id, name=state.name, size=state.size, received=state.received, expires=state.expires)


def cleaned(found: CleanUp) -> Cleaned:
    return Cleaned(expired=found.expired, uploads=found.uploads, orphans=found.orphans, bytes=found.bytes)


_NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
FILE = file(
    StoredFile(
        id="019e3550-1c00-7123-8abc-0123456789ab",
        owner="",
        name="beach.mp4",
        kind="video",
        media_type="video/mp4",
        size=8_400_000,
        sha256="3b" * 32,
        tags=("sea", "summer"),
        metadata=FileMetadata(
            samples=576_000,
            width=1080,
            height=1920,
            container="mov,mp4,m4a,3gp,3g2,mj2",
            video_codec="h264",
            audio_codec="aac",
            fps="30/1",
            pixel_format="yuv420p",
            channels=2,
            sample_rate=48000,
            loudness=-18.2,
            true_peak=-2.1,
        ),
        created=_NOON,
    )
)
PROXY = Proxy(state="making", progress=0.4)
FILES = FileList(items=[FILE], next="AZ41UBwAcSOKvAEjRWeJqw")
CHANGE = FileChange(name="the beach.mp4", tags=["sea"])
STATISTICS = FileStatistics(
    files=3,
    bytes=9_000_000,
    kinds=[KindUsage(kind="image", files=2, bytes=600_000), KindUsage(kind="video", files=1, bytes=8_400_000)],
)
START = UploadStart(name="beach.mp4", size=8_400_000, media_type="video/mp4", sha256="3b" * 32)
STATE = UploadState(id=FILE.id, name="beach.mp4", size=8_400_000, received=4_194_304, expires=_NOON + timedelta(days=1))
END = UploadEnd(tags=["sea", "summer"])
CLEANING = CleaningOrder(dry_run=True)
CLEANED = Cleaned(expired=(FILE.id,), uploads=(), orphans=("7c" * 32,), bytes=8_412_000)


def body(example: Any) -> BodyKwarg:
    shown = [Example(value=msgspec.to_builtins(example))]
    return BodyKwarg(media_type=RequestEncodingType.JSON, examples=shown)


def answer(shape: Any, example: Any, told: str) -> ResponseSpec:
    shown = [Example(value=msgspec.to_builtins(example))]
    return ResponseSpec(shape, generate_examples=False, description=told, examples=shown)
