"""ZIP archives as streams: written without ever being whole, and unpacked no further than they say."""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import BinaryIO

from .zip_layout import Member, bytes_at, damaged

_BLOCK = 256 << 10


def write_zip(parts: Iterable[tuple[str, int, Iterator[bytes]]], at: datetime) -> Iterator[bytes]:
    """An archive of files by name, size and bytes, in blocks as they come; what it holds is not packed.

    The same parts and time give the same bytes.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, size, blocks in parts:
            entry = zipfile.ZipInfo(name, (max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second))
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            with archive.open(entry, "w", force_zip64=size >= zipfile.ZIP64_LIMIT) as member:
                for block in blocks:
                    member.write(block)
                    yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """Keeps what is written until it is taken; it cannot seek, so that nothing is written twice."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview[int]") -> int:  # type: ignore[override]
        self._waiting += data
        return len(data)

    def taken(self) -> bytes:
        block, self._waiting = bytes(self._waiting), bytearray()
        return block


def content(file: BinaryIO, member: Member) -> Iterator[bytes]:
    """The bytes of a member, counted and checked while they are read. Raises InvalidFile at the latest at their end."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS) if member.deflated else None
    left, made, crc = member.packed, 0, 0
    position = member.start
    while left:
        packed = bytes_at(file, position, min(_BLOCK, left))
        position += len(packed)
        left -= len(packed)
        for block in _unpacked(unpacker, packed, member) if unpacker else (packed,):
            made += len(block)
            if made > member.size:
                raise damaged(f"{member.name} has more bytes than it says")
            crc = zlib.crc32(block, crc)
            yield block
    if unpacker and (not unpacker.eof or unpacker.unused_data):
        raise damaged(f"{member.name} ends where it should not")
    if made != member.size:
        raise damaged(f"{member.name} has fewer bytes than it says")
    if crc != member.crc:
        raise damaged(f"the checksum of {member.name} is wrong")


def _unpacked(unpacker: "zlib._Decompress", packed: bytes, member: Member) -> Iterator[bytes]:
    while packed or not unpacker.eof:
        if unpacker.eof:
            raise damaged(f"{member.name} ends where it should not")
        try:
            block = unpacker.decompress(packed, _BLOCK)
        except zlib.error as error:
            raise damaged(f"{member.name} cannot be unpacked") from error
        if not block and not unpacker.unconsumed_tail and not unpacker.unused_data:
            return
        if unpacker.unused_data:
            raise damaged(f"{member.name} ends where it should not")
        packed = unpacker.unconsumed_tail
        yield block
