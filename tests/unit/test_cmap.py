import struct
from pathlib import Path

import pytest

from reelwright.adapters.media.cmap import read_coverage


def font(subtable: bytes, encoding: int = 10, outlines: bytes = b"glyf") -> bytes:
    """The least that is a font: a character map and a table of outlines."""
    table = struct.pack(">HHHHI", 0, 1, 3, encoding, 12) + subtable
    head = struct.pack(">4sH6x", b"\x00\x01\x00\x00", 2)
    records = struct.pack(">4s4xII", b"cmap", 44, len(table)) + struct.pack(">4s4xII", outlines, 44, 0)
    return head + records + table


def groups(*ranges: tuple[int, int, int]) -> bytes:
    """A format 12 subtable."""
    body = b"".join(struct.pack(">III", *group) for group in ranges)
    return struct.pack(">HHIII", 12, 0, 16 + len(body), 0, len(ranges)) + body


def segments() -> bytes:
    """A format 4 subtable: A to C by a delta, a to c by a list of glyphs in which b is missing."""
    return (
        struct.pack(">HHHHHHH", 4, 0, 0, 6, 0, 0, 0)
        + struct.pack(">HHH", 0x43, 0x63, 0xFFFF)
        + struct.pack(">H", 0)
        + struct.pack(">HHH", 0x41, 0x61, 0xFFFF)
        + struct.pack(">HHH", 0x10000 - 0x40, 0, 1)
        + struct.pack(">HHH", 0, 4, 0)
        + struct.pack(">HHH", 5, 0, 6)
    )


def covered(path: Path, data: bytes, candidates: str) -> str:
    path.write_bytes(data)
    found = read_coverage(path)
    return "".join(character for character in candidates if ord(character) in found)


def test_characters_beyond_the_first_plane_are_found(tmp_path: Path) -> None:
    data = font(groups((0x41, 0x43, 1), (0x1F600, 0x1F601, 9)))
    assert covered(tmp_path / "f", data, "@ABCD😀😁😂") == "ABC😀😁"


def test_the_glyph_for_missing_characters_does_not_count(tmp_path: Path) -> None:
    assert covered(tmp_path / "f", font(groups((0x41, 0x43, 0))), "ABC") == "BC"


def test_the_older_table_is_read_too(tmp_path: Path) -> None:
    assert covered(tmp_path / "f", font(segments(), encoding=1), "@ABCDabcd\uffff") == "ABCac"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no font at all, just words",
        font(groups((0x41, 0x43, 1)))[:-9],
        font(groups((0x41, 0x43, 1)), outlines=b"CBDT"),
        font(groups((0x41, 0x43, 1)), encoding=0),
    ],
    ids=["empty", "words", "cut short", "bitmaps only", "no Unicode map"],
)
def test_what_is_no_usable_font_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "f").write_bytes(data)
    with pytest.raises(ValueError, match=r"font"):
        read_coverage(tmp_path / "f")
