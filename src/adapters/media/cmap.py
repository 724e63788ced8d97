"""Which characters a font file has, read from its ``cmap`` table (OpenType 1.9, formats 4 and 12).

Pillow cannot tell, and comparing bitmaps with the glyph for missing characters is wrong for blank glyphs.
"""

import struct
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_OUTLINES = {b"glyf", b"CFF ", b"CFF2"}
_PREFERENCE = {(3, 10): 5, (0, 6): 4, (0, 4): 4, (3, 1): 3, (0, 3): 2, (0, 2): 1, (0, 1): 1, (0, 0): 1}
"""(platform, encoding) of Unicode subtables: those that reach beyond the first plane first."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """A set of code points as ranges in order, both ends included."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __contains__(self, code_point: int) -> bool:
        index = bisect_right(self.starts, code_point) - 1
        return index >= 0 and code_point <= self.ends[index]


def read_coverage(path: Path, index: int = 0) -> Coverage:
    """Code points with an outline in font ``index`` of a TrueType or OpenType file or collection.

    Raises OSError where the file cannot be read, ValueError where it is no such font or has no outlines.
    """
    with path.open("rb") as file:
        try:
            tables = _tables(file, index)
            if not _OUTLINES & tables.keys() or b"cmap" not in tables:
                raise ValueError(f"{path}: a font with outlines and a character map is right")
            offset, length = tables[b"cmap"]
            file.seek(offset)
            return _parse(file.read(length))
        except struct.error as error:
            raise ValueError(f"{path}: the font is cut short") from error


def _tables(file: BinaryIO, index: int) -> dict[bytes, tuple[int, int]]:
    """Tag -> offset and length of each table."""
    start = 0
    if file.read(4) == b"ttcf":
        _, fonts = struct.unpack(">II", file.read(8))
        if index >= fonts:
            raise ValueError(f"font {index} of a collection of {fonts}")
        file.seek(12 + 4 * index)
        (start,) = struct.unpack(">I", file.read(4))
    file.seek(start)
    version, count = struct.unpack(">4sH6x", file.read(12))
    if version not in (b"\x00\x01\x00\x00", b"OTTO", b"true"):
        raise ValueError(f"{version!r} begins no TrueType or OpenType font")
    records = (struct.unpack(">4s4xII", file.read(16)) for _ in range(count))
    return {tag: (offset, length) for tag, offset, length in records}


def _parse(table: bytes) -> Coverage:
    (count,) = struct.unpack_from(">2xH", table)
    best, chosen = 0, -1
    for record in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", table, 4 + 8 * record)
        (form,) = struct.unpack_from(">H", table, offset)
        rank = _PREFERENCE.get((platform, encoding), 0) if form in (4, 12) else 0
        if rank > best:
            best, chosen = rank, offset
    if chosen < 0:
        raise ValueError("the font has no Unicode character map")
    (form,) = struct.unpack_from(">H", table, chosen)
    return _merged(_groups(table, chosen) if form == 12 else _segments(table, chosen))


def _groups(table: bytes, start: int) -> Iterable[tuple[int, int]]:
    """Ranges of a format 12 subtable."""
    (count,) = struct.unpack_from(">I", table, start + 12)
    for group in range(count):
        first, last, glyph = struct.unpack_from(">III", table, start + 16 + 12 * group)
        yield (first if glyph else first + 1, last)


def _segments(table: bytes, start: int) -> Iterable[tuple[int, int]]:
    """Ranges of a format 4 subtable; glyph 0 means that the character is missing."""
    (doubled,) = struct.unpack_from(">H", table, start + 6)
    segments = doubled // 2
    ends = struct.unpack_from(f">{segments}H", table, start + 14)
    firsts = struct.unpack_from(f">{segments}H", table, start + 16 + doubled)
    deltas = struct.unpack_from(f">{segments}H", table, start + 16 + 2 * doubled)
    offsets_at = start + 16 + 3 * doubled
    offsets = struct.unpack_from(f">{segments}H", table, offsets_at)
    for segment, (first, last, delta, offset) in enumerate(zip(firsts, ends, deltas, offsets, strict=True)):
        if offset == 0:
            missing = -delta & 0xFFFF
            yield from ((first, min(last, missing - 1)), (max(first, missing + 1), last))
            continue
        for code in range(first, last + 1):
            place = offsets_at + 2 * segment + offset + 2 * (code - first)
            if place + 2 <= len(table) and struct.unpack_from(">H", table, place)[0]:
                yield (code, code)


def _merged(ranges: Iterable[tuple[int, int]]) -> Coverage:
    starts: list[int] = []
    ends: list[int] = []
    for first, last in sorted(pair for pair in ranges if pair[0] <= pair[1]):
        if ends and first <= ends[-1] + 1:
            ends[-1] = max(ends[-1], last)
        else:
            starts.append(first)
            ends.append(last)
    return Coverage(tuple(starts), tuple(ends))
