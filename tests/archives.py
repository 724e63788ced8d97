"""ZIP archives byte by byte, as no program that means well would write them, and exported projects."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec

SCRIPT = "# Tides\n\nTwice a day the sea comes in. 潮起潮落。\n"


@dataclass(kw_only=True)
class Entry:
    """What an entry is, and where it lies, None where it is told as it is."""

    name: str
    data: bytes = b""
    raw: bytes | None = None
    flags: int = 0x0800
    method: int = 0
    size: int | None = None
    packed: int | None = None
    crc: int | None = None
    made_by: int = 3 << 8
    attributes: int = 0o100644 << 16
    local: dict[str, Any] = field(default_factory=dict)
    """What the local header says instead: ``name``, ``size``, ``packed``, ``crc``, ``flags``, ``method``, ``extra``."""
    extra: bytes = b""
    offset: int | None = None
    behind: bytes = b""


def zipped(entries: Sequence[Entry], *, before: bytes = b"", behind: bytes = b"", count: int | None = None) -> bytes:
    out, directory = bytearray(before), bytearray()
    for entry in entries:
        name = entry.raw if entry.raw is not None else entry.name.encode()
        body = entry.data
        if entry.method == 8:
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            body = packer.compress(entry.data) + packer.flush()
        crc = zlib.crc32(entry.data) if entry.crc is None else entry.crc
        size = len(entry.data) if entry.size is None else entry.size
        packed = len(body) if entry.packed is None else entry.packed
        offset = len(out) if entry.offset is None else entry.offset
        said: dict[str, Any] = {"name": name, "size": size, "packed": packed, "crc": crc, "flags": entry.flags}
        said |= {"method": entry.method, "extra": b""} | entry.local
        out += struct.pack("<4s5H3L2H", b"PK\3\4", 20, said["flags"], said["method"], 0, 0x21, said["crc"],
                           said["packed"], said["size"], len(said["name"]), len(said["extra"]))  # fmt: skip
        out += said["name"] + said["extra"] + body + entry.behind
        directory += struct.pack("<4s6H3L5H2L", b"PK\1\2", entry.made_by | 20, 20, entry.flags, entry.method, 0, 0x21,
                                 crc, packed, size, len(name), len(entry.extra), 0, 0, 0, entry.attributes,
                                 offset)  # fmt: skip
        directory += name + entry.extra
    number = len(entries) if count is None else count
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, number, number, len(directory), len(out), 0)
    return bytes(out + directory + end) + behind


def listed(number: int, name: str, data: bytes, /, **changes: Any) -> dict[str, Any]:
    """A file as project.json lists it."""
    told = {"id": f"file-{number}", "path": f"files/{name}", "name": name, "tags": ["sea"]}
    return told | {"size": len(data), "sha256": sha256(data).hexdigest()} | changes


def manifest(contents: dict[str, bytes], **changes: Any) -> dict[str, Any]:
    lines = [listed(number, name, data) for number, (name, data) in enumerate(contents.items())]
    settings = {"template": "tide", "assets": [line["id"] for line in lines]}
    told = {"schema": "reelwright.project/1", "name": "Tides", "settings": settings, "files": lines}
    return told | changes


def exported(contents: dict[str, bytes], *, method: int = 0, **changes: Any) -> list[Entry]:
    """The entries of an archive whose project names all the ``contents`` as its assets."""
    told = msgspec.json.encode(manifest(contents, **changes))
    return [
        Entry(name="project.json", data=told, method=method),
        Entry(name="script.md", data=SCRIPT.encode(), method=method),
        *(Entry(name=f"files/{name}", data=data, method=method) for name, data in contents.items()),
    ]
