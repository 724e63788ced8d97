"""HEIC photos: the boxes of ISO/IEC 23008-12 read here, their HEVC pictures decoded by libav, tiles put together.

Phones store a photo as a grid of tiles that one decoder takes in turn; what is not a grid is one picture.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np

from ...domain.errors import UnusableAsset
from .orientation import UPRIGHT, Orientation
from .planes import rows_of

_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1")
_MAX_TILES = 4096
_TURNS = (
    UPRIGHT,
    Orientation(swapped=True, flipped=True),
    Orientation(mirrored=True, flipped=True),
    Orientation(swapped=True, mirrored=True),
)
"""By quarters anticlockwise."""
_MIRRORS = (Orientation(flipped=True), Orientation(mirrored=True))


class Decoded(NamedTuple):
    frame: av.VideoFrame
    orientation: Orientation
    profile: bytes | None


@dataclass(slots=True)
class _Item:
    """A picture or a description of one."""

    kind: bytes = b""
    method: int = 0
    extents: list[tuple[int, int]] = field(default_factory=list)
    made_of: list[int] = field(default_factory=list)
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)


def is_heif(head: bytes) -> bool:
    """Whether a file that begins so is a still HEIC photo."""
    if head[4:8] != b"ftyp" or head[8:12] not in _BRANDS:
        return False
    size = int.from_bytes(head[:4], "big")
    return head[8:12] != b"mif1" or any(brand in head[16:size] for brand in _BRANDS[:-1])


def load_heif(path: Path, max_pixels: int) -> Decoded:
    """The primary picture. Raises UnusableAsset."""
    try:
        return _File(path).decoded(max_pixels)
    except UnusableAsset:
        raise
    except (av.FFmpegError, OSError, ValueError, IndexError, KeyError, StopIteration) as error:
        reason = getattr(error, "strerror", None) or "its boxes do not fit together"
        raise UnusableAsset(path, f"a broken HEIC picture ({reason})") from error


class _File:
    def __init__(self, path: Path) -> None:
        self.path, self.data = path, path.read_bytes()
        self.items: dict[int, _Item] = {}
        self.primary = 0
        self.inline = b""
        meta = next(body for kind, body in _boxes(self.data) if kind == b"meta")
        parts = dict(_boxes(meta[4:]))
        self.primary = _Reader(parts[b"pitm"]).versioned_id()
        self.inline = parts.get(b"idat", b"")
        self._read_items(parts[b"iinf"])
        self._read_places(parts[b"iloc"])
        if b"iref" in parts:
            self._read_references(parts[b"iref"])
        self._read_properties(parts[b"iprp"])

    def decoded(self, max_pixels: int) -> Decoded:
        item = self.items[self.primary]
        if item.kind == b"grid":
            frame = self._grid(item, max_pixels)
        else:
            width, height = _size(item)
            self._check(width * height, max_pixels)
            frame = _laid_out([self._pictures([item], max_pixels)], width, height)
        orientation, profile = UPRIGHT, None
        for kind, body in item.properties:
            if kind == b"irot":
                orientation = orientation.then(_TURNS[body[0] & 3])
            elif kind == b"imir":
                orientation = orientation.then(_MIRRORS[body[0] & 1])
            elif kind == b"colr" and body[:4] in (b"prof", b"rICC"):
                profile = body[4:]
            elif kind == b"colr" and body[:4] == b"nclx":
                frame.color_primaries = int.from_bytes(body[4:6], "big")
                frame.color_trc = int.from_bytes(body[6:8], "big")
                frame.colorspace = int.from_bytes(body[8:10], "big")
                frame.color_range = 2 if body[10] & 0x80 else 1
        return Decoded(frame, orientation, profile)

    def _grid(self, item: _Item, max_pixels: int) -> av.VideoFrame:
        reader = _Reader(self._content(item))
        _, flags, rows, columns = reader.number(1), reader.number(1), reader.number(1) + 1, reader.number(1) + 1
        width, height = (reader.number(4 if flags & 1 else 2) for _ in range(2))
        self._check(width * height, max_pixels)
        tiles = [self.items[number] for number in item.made_of]
        if len(tiles) != rows * columns or len(tiles) > _MAX_TILES:
            raise ValueError("a grid without its tiles")
        pictures = self._pictures(tiles, max_pixels)
        return _laid_out([pictures[row * columns : (row + 1) * columns] for row in range(rows)], width, height)

    def _pictures(self, items: list[_Item], max_pixels: int) -> list[av.VideoFrame]:
        self._check(sum(width * height for width, height in map(_size, items)), 2 * max_pixels)
        context = av.CodecContext.create("hevc", "r")
        if items[0].kind != b"hvc1":
            kind = items[0].kind.decode("ascii", "replace")
            raise UnusableAsset(self.path, f"a HEIF picture coded as {kind!r}: HEVC, JPEG or PNG is right")
        context.extradata = next(body for kind, body in items[0].properties if kind == b"hvcC")
        context.thread_count = 1
        context.options = {"max_pixels": str(2 * max_pixels // len(items))}
        frames: list[object] = []
        for item in items:
            frames += context.decode(av.Packet(self._content(item)))
        frames += context.decode(None)
        pictures = [frame for frame in frames if isinstance(frame, av.VideoFrame)]
        if len(pictures) != len(items):
            raise UnusableAsset(
                self.path, f"a broken HEIC picture ({len(pictures)} of {len(items)} tiles are readable)"
            )
        return pictures

    def _content(self, item: _Item) -> bytes:
        source = self.inline if item.method == 1 else self.data
        if sum(length for _, length in item.extents) > len(source):
            raise UnusableAsset(self.path, "a broken HEIC picture (the file ends early)")
        content = b"".join(source[start : start + length] for start, length in item.extents)
        if not content or len(content) != sum(length for _, length in item.extents):
            raise UnusableAsset(self.path, "a broken HEIC picture (the file ends early)")
        return content

    def _check(self, pixels: int, max_pixels: int) -> None:
        if pixels > max_pixels:
            raise UnusableAsset(
                self.path, f"{pixels / 10**6:.0f} million pixels: at most {max_pixels // 10**6} million are right"
            )

    def _read_items(self, body: bytes) -> None:
        for kind, entry in _boxes(body[6 if body[0] == 0 else 8 :]):
            if kind == b"infe":
                reader = _Reader(entry)
                wide = reader.number(4) >> 24 >= 3
                number = reader.number(4 if wide else 2)
                reader.number(2)
                self.items[number] = _Item(kind=reader.take(4))

    def _read_places(self, body: bytes) -> None:
        reader = _Reader(body)
        version = reader.number(4) >> 24
        sizes, more = reader.number(1), reader.number(1)
        offset_size, length_size, base_size = sizes >> 4, sizes & 15, more >> 4
        index_size = more & 15 if version else 0
        for _ in range(reader.number(4 if version == 2 else 2)):
            item = self.items.setdefault(reader.number(4 if version == 2 else 2), _Item())
            item.method = reader.number(2) & 15 if version else 0
            reader.number(2)
            base = reader.number(base_size)
            for _ in range(reader.number(2)):
                reader.number(index_size)
                start = base + reader.number(offset_size)
                item.extents.append((start, reader.number(length_size)))

    def _read_references(self, body: bytes) -> None:
        wide = 4 if body[0] else 2
        for kind, entry in _boxes(body[4:]):
            reader = _Reader(entry)
            item = self.items.setdefault(reader.number(wide), _Item())
            made_of = [reader.number(wide) for _ in range(reader.number(2))]
            if kind == b"dimg":
                item.made_of = made_of

    def _read_properties(self, body: bytes) -> None:
        parts = dict(_boxes(body))
        properties = list(_boxes(parts[b"ipco"]))
        reader = _Reader(parts[b"ipma"])
        head = reader.number(4)
        for _ in range(reader.number(4)):
            item = self.items.setdefault(reader.number(4 if head >> 24 else 2), _Item())
            for _ in range(reader.number(1)):
                index = reader.number(2) & 0x7FFF if head & 1 else reader.number(1) & 0x7F
                if index:
                    item.properties.append(properties[index - 1])


class _Reader:
    """Big-endian numbers in turn."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, count: int) -> bytes:
        part = self._data[self._at : self._at + count]
        if len(part) != count:
            raise ValueError("a box ends early")
        self._at += count
        return part

    def number(self, count: int) -> int:
        return int.from_bytes(self.take(count), "big")

    def versioned_id(self) -> int:
        return self.number(4 if self.number(4) >> 24 else 2)


def _boxes(data: bytes) -> list[tuple[bytes, bytes]]:
    """Kind and body of each box in a row."""
    found = []
    at = 0
    while at + 8 <= len(data):
        size, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = len(data) - at
        if size < head:
            raise ValueError("a box smaller than its own head")
        found.append((kind, data[at + head : at + size]))
        at += size
    return found


def _size(item: _Item) -> tuple[int, int]:
    body = next(body for kind, body in item.properties if kind == b"ispe")
    return int.from_bytes(body[4:8], "big"), int.from_bytes(body[8:12], "big")


def _laid_out(rows: list[list[av.VideoFrame]], width: int, height: int) -> av.VideoFrame:
    """Tiles of equal size side by side, cut to the size of the whole."""
    first = rows[0][0]
    width, height = min(width, first.width * len(rows[0])), min(height, first.height * len(rows))
    whole = av.VideoFrame(width, height, first.format.name)
    whole.colorspace, whole.color_range = first.colorspace, first.color_range
    whole.color_trc, whole.color_primaries = first.color_trc, first.color_primaries
    whole.pts, whole.time_base = 0, Fraction(1, 1000)
    deep = first.format.components[0].bits > 8
    for index, plane in enumerate(whole.planes):
        target = _samples(plane, plane.width, plane.height, deep)
        for row, tiles in enumerate(rows):
            for column, tile in enumerate(tiles):
                if tile.format.name != first.format.name or (tile.width, tile.height) != (first.width, first.height):
                    raise ValueError("tiles that differ")
                part = tile.planes[index]
                top, left = row * part.height, column * part.width
                space = target[top : top + part.height, left : left + part.width]
                space[...] = _samples(part, part.width, part.height, deep)[: space.shape[0], : space.shape[1]]
    return whole


def _samples(
    plane: av.video.plane.VideoPlane, width: int, height: int, deep: bool
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8 | np.uint16]]:
    return rows_of(plane, width, height, np.uint16) if deep else rows_of(plane, width, height)
