"""Files that users send: what is accepted, how large, and what is known of each."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from .errors import FileTooLarge, InvalidFile, InvalidInput
from .ids import new_id, now
from .narration import SAMPLE_RATE

FileKind = Literal["image", "video", "audio", "document"]
FILE_KINDS: tuple[FileKind, ...] = ("image", "video", "audio", "document")
Variant = Literal["content", "thumbnail", "proxy"]

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ACCEPTED = (
    "images (JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, HEIC), videos (MP4, MOV, WebM, Matroska, AVI, MPEG, FLV, ASF), "
    "sounds (MP3, AAC, M4A, WAV, FLAC, Ogg) and documents (text, Markdown, PDF, .docx) are right"
)

_FILMS = ("mp4", "quicktime", "webm", "x-matroska", "ogg", "x-msvideo", "mpeg", "mp2t", "x-flv", "x-ms-asf", "3gpp")
_TYPES: dict[FileKind, tuple[str, ...]] = {
    "image": tuple(f"image/{name}" for name in "jpeg png webp gif bmp tiff avif heic".split()),
    "video": tuple(f"video/{name}" for name in _FILMS),
    "audio": tuple(f"audio/{name}" for name in (*_FILMS, "aac", "wav", "flac")),
    "document": ("text/plain", "text/markdown", "application/pdf", DOCX),
}
MEDIA_TYPES: Mapping[str, FileKind] = MappingProxyType(
    {media_type: kind for kind, media_types in _TYPES.items() for media_type in media_types}
)
"""Every type that a stored file can have, and its kind: containers of films may hold sound alone."""

LONGEST_NAME = 255
MOST_TAGS, LONGEST_TAG = 32, 64
_JOINERS = "\u200c\u200d"
_KEY = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMetadata:
    """What inspection found; 0, empty or None where it does not apply or is not said.

    ``samples`` is the length on the 48 kHz clock. ``width`` and ``height`` are pixels as seen, after ``rotation``
    (degrees counter-clockwise that the display matrix asks for) or ``orientation`` (EXIF, 1 to 8). ``fps`` is a
    fraction as text ("30000/1001"). The colours are named as in ISO/IEC 23091-2 by libav ("bt709", "smpte2084").
    ``loudness`` is integrated, in LUFS, ``true_peak`` in dBTP (ITU-R BS.1770). ``words``, ``opening`` (its first
    words) and ``spoken`` (the seconds that it takes to say) are a document's.
    """

    samples: int = 0
    width: int = 0
    height: int = 0
    container: str = ""
    video_codec: str = ""
    audio_codec: str = ""
    fps: str = ""
    rotation: int = 0
    orientation: int = 1
    pixel_format: str = ""
    colour_space: str = ""
    colour_transfer: str = ""
    colour_primaries: str = ""
    colour_range: str = ""
    hdr: bool = False
    alpha: bool = False
    animated: bool = False
    channels: int = 0
    sample_rate: int = 0
    loudness: float | None = None
    true_peak: float | None = None
    words: int = 0
    opening: str = ""
    spoken: float = 0.0

    @property
    def seconds(self) -> float:
        return self.samples / SAMPLE_RATE


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLimits:
    """The most bytes of each kind, and how long a video or a sound may last."""

    bytes: Mapping[FileKind, int] = field(
        default_factory=lambda: MappingProxyType(
            {"image": 64 << 20, "video": 4 << 30, "audio": 1 << 30, "document": 32 << 20}
        )
    )
    seconds: int = 4 * 3600

    @property
    def largest(self) -> int:
        return max(self.bytes.values())

    def check_size(self, name: str, size: int, kind: FileKind | None = None) -> None:
        """Raises InvalidFile for an empty file, FileTooLarge for one that is too large for its kind, or for any."""
        if size <= 0:
            raise InvalidFile(name, "the file is empty")
        most = self.largest if kind is None else self.bytes[kind]
        if size > most:
            what = "a file" if kind is None else f"an {kind}" if kind[0] in "ai" else f"a {kind}"
            raise FileTooLarge(name, f"{_mega(size)} are too much for {what}: at most {_mega(most)} are right")

    def check_length(self, name: str, metadata: FileMetadata) -> None:
        """Raises InvalidFile."""
        if metadata.seconds > self.seconds:
            raise InvalidFile(
                name, f"it lasts {metadata.seconds / 60:,.0f} minutes: at most {self.seconds // 60} are right"
            )


def _mega(size: int) -> str:
    return f"{size / 2**20:,.0f} MiB" if size >= 1 << 20 else f"{size:,} bytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file of its ``owner``.

    ``name`` is what the owner calls it, a text and never a path. The content lies in the storage under its ``sha256``,
    ``thumbnail`` and ``proxy`` under theirs. After ``expires`` the clean-up takes it away.
    """

    id: str = field(default_factory=new_id)
    owner: str
    name: str
    kind: FileKind
    media_type: str
    size: int
    sha256: str
    metadata: FileMetadata = FileMetadata()
    tags: tuple[str, ...] = ()
    thumbnail: str | None = None
    proxy: str | None = None
    created: datetime = field(default_factory=now)
    expires: datetime | None = None

    def key(self, variant: Variant) -> str | None:
        """Where a variant of it lies in the storage."""
        return {"content": self.sha256, "thumbnail": self.thumbnail, "proxy": self.proxy}[variant]

    @property
    def lacks_proxy(self) -> bool:
        """Whether it is a video without a proxy. Raises InvalidFile for what is no video."""
        if self.kind != "video":
            raise InvalidFile(self.name, "it is no video, and only videos have a proxy")
        return self.proxy is None

    @property
    def keys(self) -> tuple[str, ...]:
        """All that it refers to in the storage, sorted."""
        return tuple(sorted({key for key in (self.sha256, self.thumbnail, self.proxy) if key}))


@dataclass(frozen=True, slots=True, kw_only=True)
class KindUsage:
    """How many files of a kind somebody has, and their bytes."""

    kind: FileKind
    files: int
    bytes: int


def checked_key(key: str) -> str:
    """``key``, which is a SHA-256 in hexadecimal: what a content is stored under. Raises InvalidInput."""
    if not _KEY.fullmatch(key):
        raise InvalidInput(f"{key[:80]!r} is no key: the SHA-256 of the content is right")
    return key


def file_name(name: str) -> str:
    """A name in NFC that is a plain text. Raises InvalidFile for one that tries to be a path or hides what it is."""
    shown = name.encode("utf-8", "backslashreplace").decode()[:80]
    if not name.strip() or name.strip() in (".", ".."):
        raise InvalidFile(shown or "(no name)", "a name such as beach.jpg is right")
    if any(mark in name for mark in "/\\"):
        raise InvalidFile(shown, "a path; the name alone, such as beach.jpg, is right")
    if any(unicodedata.category(ch) in ("Cc", "Cf", "Cs", "Zl", "Zp") and ch not in _JOINERS for ch in name):
        printable = "".join(ch if ch.isprintable() else f"\\u{ord(ch):04x}" for ch in shown)
        raise InvalidFile(printable, "there are invisible characters in the name; plain letters are right")
    name = unicodedata.normalize("NFC", name.strip())
    if len(name.encode()) > LONGEST_NAME:
        raise InvalidFile(f"{shown}…", f"the name is longer than {LONGEST_NAME} bytes in UTF-8")
    return name


def file_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Words in NFC without doubles, in order. Raises InvalidInput."""
    found: dict[str, str] = {}
    for tag in tags:
        clean = unicodedata.normalize("NFC", " ".join(tag.split())) if tag.isprintable() else ""
        if not clean or len(clean) > LONGEST_TAG:
            raise InvalidInput(f"the tag {tag[:80]!r}: 1 to {LONGEST_TAG} visible characters are right")
        found.setdefault(clean.casefold(), clean)
    if len(found) > MOST_TAGS:
        raise InvalidInput(f"{len(found)} tags: at most {MOST_TAGS} are right")
    return tuple(found.values())


def check_claim(name: str, claimed: str | None, media_type: str) -> None:
    """Refuse a file that was sent as another kind of thing than it is. Raises InvalidFile.

    Sound may come as video and the other way round, for the same containers hold both; so may any text as any other.
    """
    claim = (claimed or "").partition(";")[0].strip().casefold()
    top, found = claim.partition("/")[0], media_type.partition("/")[0]
    if top not in ("image", "video", "audio", "text") or top == found or {top, found} == {"video", "audio"}:
        return
    raise InvalidFile(name, f"it was sent as {claim}, but its content is {media_type}")
