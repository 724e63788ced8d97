"""What a file is by its bytes alone, and whether it pretends to be two things at once."""

import codecs
import re
import zipfile
from pathlib import Path

from ...domain.errors import InvalidFile, UnsupportedFile
from ...domain.file import ACCEPTED, DOCX

_HEAD = 64 << 10
_DECEPTIVE = 1024
"""Bytes within which programs look for the beginning of a PDF or a web page."""
_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
    (b"\x1a\x45\xdf\xa3", "video/x-matroska"),
    (b"OggS", "video/ogg"),
    (b"FLV\x01", "video/x-flv"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-asf"),
    (b"\0\0\x01\xba", "video/mpeg"),
    (b"\0\0\x01\xb3", "video/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"%PDF-", "application/pdf"),
)
_RIFF = {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo", b"WAVE": "audio/wav"}
_BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heic",
    b"msf1": "image/heic",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
}
"""Major brands of ISO/IEC 14496-12; every other is MP4."""
_OLD_MOVIE = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
"""Atoms that a QuickTime movie from before brands begins with."""
_MPEG_AUDIO = re.compile(rb"\xff[\xe2-\xe7\xf2-\xf7\xfa-\xfb]")
_ADTS = re.compile(rb"\xff[\xf0\xf1\xf8\xf9]")
_PDF_OBJECT = re.compile(r"^\d+ \d+ obj\b", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_PLAYLISTS = ("#extm3u", "ffconcat", "[playlist]", "[reference]", "rtsptext", "<asx", "<smil", "<?wpl", "<mpd")
_MARKUP = ("<?xml", "<!doctype", "<html", "<svg", "<head", "<body", "<script", "<?php", "{\\rtf")
_HIDDEN = tuple(one.encode() for one in ("<script", "<html", "<!doctype html", "<?php", "<svg"))
_NAMED = (
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file or a protected one"),
)


def identify(path: Path, name: str) -> str:
    """The media type of an accepted file. Raises UnsupportedFile, and InvalidFile for several types in one file."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise InvalidFile(name, "the file is empty")
    found = _by_signature(head)
    archive = zipfile.is_zipfile(path)
    if found is None and head.startswith(b"PK\x03\x04"):
        return _word(path, name)
    if found is None:
        return _text(head, name)
    hidden = "an archive" if archive else _hidden(head, found)
    if hidden:
        raise InvalidFile(name, f"it is {found} and {hidden} in one: a file that is one thing is right")
    return found


def _by_signature(head: bytes) -> str | None:
    for start, found in _STARTS:
        if head.startswith(start):
            return "video/webm" if found == "video/x-matroska" and b"webm" in head[:64] else found
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/3gpp" if head[8:10] == b"3g" else "video/mp4")
    if head[4:8] in _OLD_MOVIE:
        return "video/quicktime"
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return "video/mp2t"
    if _MPEG_AUDIO.match(head):
        return "audio/mpeg"
    return "audio/aac" if _ADTS.match(head) else None


def _hidden(head: bytes, found: str) -> str | None:
    """What another program would take the file for."""
    start = head[:_DECEPTIVE].lower()
    if found != "application/pdf" and b"%pdf-" in start:
        return "a PDF"
    return "a web page" if any(mark in start for mark in _HIDDEN) else None


def _word(path: Path, name: str) -> str:
    """A Word document that begins where the file does; every other archive is refused unread."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:
        raise InvalidFile(name, f"a damaged archive ({error}); {ACCEPTED}") from error
    if "word/document.xml" not in {member.filename for member in members}:
        raise UnsupportedFile(name, f"its content is a ZIP archive; {ACCEPTED}")
    if min(member.header_offset for member in members):
        raise InvalidFile(name, "something stands before the document in the file; a .docx as Word saved it is right")
    return DOCX


def _text(head: bytes, name: str) -> str:
    encoding = "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        raise UnsupportedFile(name, f"its content is {_binary(head)}; {ACCEPTED}") from None
    if _CONTROL.search(text):
        raise UnsupportedFile(name, f"its content is {_binary(head)}; {ACCEPTED}")
    start = text.lstrip().casefold()[:200]
    if start.startswith(_PLAYLISTS):
        raise UnsupportedFile(name, "a playlist, which only names other files; the media itself is right")
    if start.startswith(_MARKUP):
        raise UnsupportedFile(name, f"a web page, a drawing or another text for programs; {ACCEPTED}")
    if "%pdf-" in text[:_DECEPTIVE].casefold() and _PDF_OBJECT.search(text):
        raise InvalidFile(name, "something stands before the PDF in the file; a PDF as it was saved is right")
    return "text/markdown" if name.casefold().endswith((".md", ".markdown")) else "text/plain"


def _binary(head: bytes) -> str:
    """What an unwelcome file is, for the one who sent it."""
    from puremagic import PureError, magic_string

    for start, what in _NAMED:
        if head.startswith(start):
            return what
    try:
        best = magic_string(head)[0]
    except (PureError, ValueError, IndexError):
        return "of no known type"
    return f"of the type {best.name!r}" if best.name and best.confidence >= 0.3 else "of no known type"
