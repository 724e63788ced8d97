"""What is in a ZIP archive (APPNOTE 6.3.10), read where it is as plain as what we write.

A reader of foreign archives has to know what is in one before it takes anything out. So the central directory, the
local headers and the layout must tell the same: entries side by side from the first byte to the directory, no two of
one name, nothing before, between, inside or behind them. Whatever allows two readings is refused.
"""

import io
import stat
import struct
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ...domain.errors import InvalidFile

RATIO = 100
"""Times its packed size that an entry may have, beyond the first MiB."""
_FREE = 1 << 20
"""Bytes that an entry may have however small it is packed."""
_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")
_END64, _LOCATOR = struct.Struct("<4sQ2H2L4Q"), struct.Struct("<4sLQL")
_ENCRYPTED = 0x2041
"""Flags of an encrypted entry, strongly encrypted or with its header hidden."""
_DESCRIBED = 0x0008
_UTF8 = 0x0800
_KNOWN_FLAGS = 0x0006 | _DESCRIBED | _UTF8
_NEWEST = 63
"""The version of the format that every program reads, times ten."""
_ZIP64, _OTHER_NAME = 0x0001, 0x7075
_WIDE = 0xFFFFFFFF
_LONGEST_ENTRY = 1 << 10
"""Bytes of the directory that an entry may take on average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file of an archive: its bytes begin at ``start``, ``packed`` of them for ``size``."""

    name: str
    start: int
    packed: int
    size: int
    crc: int
    deflated: bool


def members(file: BinaryIO, *, most: int, largest: int) -> dict[str, Member]:
    """The files of an archive by name, folders left out, in the order of their bytes.

    There may be ``most`` entries of ``largest`` bytes together. Raises InvalidFile for everything that is not plain.
    """
    size = file.seek(0, io.SEEK_END)
    count, start, end = _directory(file, size)
    if count > most:
        raise InvalidFile("the archive", f"{count:,} entries are in it: at most {most:,} are right")
    if end - start > count * _LONGEST_ENTRY:
        raise damaged("its directory has another size than its entries need")
    entries = sorted(_entries(bytes_at(file, start, end - start), count), key=lambda entry: entry.offset)
    _check_names(entries)
    if sum(entry.size for entry in entries) > largest:
        raise InvalidFile("the archive", f"it unpacks to more than {largest >> 20:,} MiB, which is too much")
    if entries and entries[-1].offset >= start:
        raise damaged("an entry lies behind its directory")
    found = {}
    position = 0
    for number, entry in enumerate(entries):
        following = entries[number + 1].offset if number + 1 < len(entries) else start
        if entry.offset != position:
            raise damaged(f"{entry.name} overlaps another entry, or something lies between them")
        member = _local(file, entry, following)
        position = following
        if not entry.folder:
            found[member.name] = member
    if position != start:
        raise damaged("something lies before its directory")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """What the central directory says of an entry; ``raw`` is its name as it is written."""

    name: str
    raw: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    folder: bool


def _directory(file: BinaryIO, size: int) -> tuple[int, int, int]:
    """The number of entries, and where the central directory begins and ends."""
    end = size - _END.size
    if end < 0:
        raise InvalidFile("the archive", "it is no ZIP archive; a project as it was exported is right")
    magic, disk, first, here, count, length, start, comment = _END.unpack(bytes_at(file, end, _END.size))
    if magic != b"PK\5\6" or comment:
        raise InvalidFile(
            "the archive", "it is no ZIP archive, or something stands behind it; a project as it was exported is right"
        )
    place = end - _LOCATOR.size
    if place >= 0 and bytes_at(file, place, 4) == b"PK\6\7":
        told = here, count, length, start
        _, disk, at, disks = _LOCATOR.unpack(bytes_at(file, place, _LOCATOR.size))
        end = place - _END64.size
        if disk or disks != 1 or at != end or end < 0:
            raise damaged("its end says where nothing is")
        magic, rest, _, _, disk, first, here, count, length, start = _END64.unpack(bytes_at(file, end, _END64.size))
        wide = zip(told, (here, count, length, start), (0xFFFF, 0xFFFF, _WIDE, _WIDE), strict=True)
        if magic != b"PK\6\6" or rest != _END64.size - 12 or any(one not in (two, open_) for one, two, open_ in wide):
            raise damaged("its end says where nothing is")
    if disk or first or here != count:
        raise InvalidFile("the archive", "it is a part of several; one whole archive is right")
    if start + length != end:
        raise damaged("its directory is not where it should be")
    return count, start, end


def _entries(directory: bytes, count: int) -> Iterator[_Entry]:
    position = 0
    for _ in range(count):
        if position + _CENTRAL.size > len(directory):
            raise damaged("its directory is cut off")
        (
            magic,
            made_by,
            version,
            flags,
            method,
            _,
            _,
            crc,
            packed,
            size,
            name,
            extra,
            comment,
            disk,
            _,
            attributes,
            offset,
        ) = _CENTRAL.unpack_from(directory, position)
        position += _CENTRAL.size
        if magic != b"PK\1\2" or disk or position + name + extra + comment > len(directory):
            raise damaged("its directory is cut off")
        raw = directory[position : position + name]
        fields = _extra(directory[position + name : position + name + extra])
        position += name + extra + comment
        shown = _text(raw, flags)
        if flags & _ENCRYPTED:
            raise InvalidFile("the archive", f"{shown} is encrypted; a project as it was exported is right")
        if (
            version & 0xFF > _NEWEST
            or flags & ~_KNOWN_FLAGS
            or method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        ):
            raise InvalidFile(
                "the archive", f"{shown} is packed in a way that is not read; deflated or stored is right"
            )
        size, packed, offset = _wide(fields, size, packed, offset)
        _check_kind(shown, made_by, attributes)
        if size > _FREE and size > RATIO * packed:
            raise InvalidFile("the archive", f"{shown} unpacks to {size:,} of {packed:,} bytes, as a bomb does")
        if method == zipfile.ZIP_STORED and size != packed:
            raise damaged(f"{shown} has two sizes")
        yield _Entry(
            name=shown,
            raw=raw,
            flags=flags,
            method=method,
            crc=crc,
            packed=packed,
            size=size,
            offset=offset,
            folder=shown.endswith("/"),
        )
    if position != len(directory):
        raise damaged("something lies behind its directory")


def _text(raw: bytes, flags: int) -> str:
    try:
        return raw.decode("utf-8" if flags & _UTF8 else "ascii")
    except UnicodeDecodeError as error:
        raise InvalidFile("the archive", "the name of an entry is no UTF-8 that says so") from error


def _extra(data: bytes) -> dict[int, bytes]:
    """The extra fields by their kinds."""
    found: dict[int, bytes] = {}
    position = 0
    while position < len(data):
        if position + 4 > len(data):
            raise damaged("an extra field is cut off")
        kind, length = struct.unpack_from("<2H", data, position)
        position += 4
        if position + length > len(data) or kind in found or kind == _OTHER_NAME:
            raise damaged("an extra field is cut off, there twice or another name")
        found[kind] = data[position : position + length]
        position += length
    return found


def _wide(fields: dict[int, bytes], *values: int) -> tuple[int, ...]:
    """Sizes and offset, those that need 64 bits from their extra field, where they stand in this order."""
    data = fields.get(_ZIP64, b"")
    found = []
    for value in values:
        if value == _WIDE and len(data) >= 8:
            value = int.from_bytes(data[:8], "little")
            data = data[8:]
        found.append(value)
    if data:
        raise damaged("an extra field holds more than it should")
    return tuple(found)


def _check_kind(name: str, made_by: int, attributes: int) -> None:
    kind = stat.S_IFMT(attributes >> 16)
    if kind not in (0, stat.S_IFDIR if name.endswith("/") else stat.S_IFREG):
        raise InvalidFile("the archive", f"{name} is a link or no plain file; files and their folder are right")


def _check_names(entries: list[_Entry]) -> None:
    seen = set()
    for entry in entries:
        steps = entry.name.removesuffix("/").split("/")
        unfit = any(step.strip() in ("", ".", "..") for step in steps)
        if unfit or "\\" in entry.name or ":" in steps[0] or any(unicodedata.category(ch) == "Cc" for ch in entry.name):
            shown = entry.name.encode("unicode_escape").decode()[:80]
            raise InvalidFile("the archive", f"{shown!r} leads elsewhere; names inside the archive are right")
        if entry.folder and (entry.size or entry.packed):
            raise damaged(f"{entry.name} is a folder with content")
        key = unicodedata.normalize("NFC", entry.name.removesuffix("/")).casefold()
        if key in seen:
            raise InvalidFile("the archive", f"{entry.name} is there twice; each name once is right")
        seen.add(key)


def _local(file: BinaryIO, entry: _Entry, following: int) -> Member:
    """The entry where it lies, when its own header says what the directory does."""
    if entry.offset + _LOCAL.size > following:
        raise damaged(f"{entry.name} overlaps another entry")
    magic, _, flags, method, _, _, crc, packed, size, name, extra = _LOCAL.unpack(
        bytes_at(file, entry.offset, _LOCAL.size)
    )
    start = entry.offset + _LOCAL.size + name + extra
    if magic != b"PK\3\4" or start + entry.packed > following:
        raise damaged(f"{entry.name} overlaps another entry, or is not where it should be")
    rest = bytes_at(file, entry.offset + _LOCAL.size, name + extra)
    size, packed = _wide(_extra(rest[name:]), size, packed)
    meant = (entry.crc, entry.packed, entry.size)
    told: tuple[int, ...] = (crc, packed, size)
    if entry.flags & _DESCRIBED:
        # What is told behind the bytes may be left open before them.
        told = tuple(two if one in (0, _WIDE) else one for one, two in zip(told, meant, strict=True))
    if (rest[:name], flags, method, told) != (entry.raw, entry.flags, entry.method, meant):
        raise damaged(f"{entry.name} is called or measured otherwise in the directory")
    _check_end(file, entry, start + entry.packed, following)
    return Member(
        name=entry.name,
        start=start,
        packed=entry.packed,
        size=entry.size,
        crc=entry.crc,
        deflated=entry.method == zipfile.ZIP_DEFLATED,
    )


def _check_end(file: BinaryIO, entry: _Entry, end: int, following: int) -> None:
    """Between an entry and the next there is its data descriptor, where it has one, and nothing else."""
    gap = following - end
    if not entry.flags & _DESCRIBED:
        right = gap == 0
    else:
        numbers = (entry.crc, entry.packed, entry.size)
        forms = [struct.pack("<LQQ", *numbers)]
        if max(numbers) <= _WIDE:
            forms.append(struct.pack("<3L", *numbers))
        right = gap <= 24 and bytes_at(file, end, gap) in [
            start + form for form in forms for start in (b"", b"PK\7\x08")
        ]
    if not right:
        raise damaged(f"something lies behind {entry.name}")


def bytes_at(file: BinaryIO, position: int, length: int) -> bytes:
    """Raises InvalidFile where they are not all there."""
    file.seek(position)
    data = file.read(length)
    if len(data) != length:
        raise damaged("it is cut off")
    return data


def damaged(problem: str) -> InvalidFile:
    """The error of an archive that is none, or not whole."""
    return InvalidFile("the archive", f"{problem}; a project as it was exported is right")
