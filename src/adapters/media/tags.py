"""What files say of themselves: EXIF, IPTC and XMP of pictures, tags of clips, and the text files beside them."""

import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import ParseError

from PIL import Image, ImageFile, IptcImagePlugin

from ...application.foreign_xml import parsed
from ...domain.asset import SIDECARS
from ...domain.errors import UnusableAsset
from .containers import open_media

MOST, LONGEST = 64, 200
"""Tags of a file, and characters of a tag, at the most."""

_PICTURES = ("JPEG", "PNG", "WEBP", "TIFF", "AVIF")
_DESCRIPTION = 0x010E
_WINDOWS = (0x9C9B, 0x9C9E, 0x9C9F)
"""EXIF's XPTitle, XPKeywords and XPSubject: UTF-16, parted by semicolons."""
_IPTC = ((2, 5), (2, 25), (2, 120))
"""Object name, keywords and caption (IIM 4.2, record 2)."""
_XMP = {f"{{http://purl.org/dc/elements/1.1/}}{name}" for name in ("subject", "title", "description")}
_CONTAINER = ("title", "keywords", "comment", "description", "synopsis", "genre")
_BIGGEST = 256 << 10
"""Bytes of a packet or a file of tags."""
_BETWEEN = re.compile(r"[;,，；、\n\r\x00]+")
_BROKEN = (OSError, ValueError, SyntaxError, KeyError, IndexError, TypeError, AttributeError, Warning)
"""What Pillow raises for metadata that is not what it says."""


def tags(path: Path) -> tuple[str, ...]:
    """The tags of a photo or a clip, each once; what cannot be read is passed over: a tag is never worth an error."""
    found = [part.strip() for text in (*_inside(path), *_beside(path)) for part in _BETWEEN.split(text)]
    short = (tag for tag in found if tag and len(tag) <= LONGEST and tag.isprintable())
    return tuple(dict.fromkeys(short))[:MOST]


def _inside(path: Path) -> list[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=_PICTURES) as image:
                return list(_of_picture(image))
    except _BROKEN:
        pass
    try:
        with open_media(path) as container:
            return [text for name, text in container.metadata.items() if name.casefold() in _CONTAINER]
    except (UnusableAsset, OSError, ValueError):
        return []


def _of_picture(image: Image.Image) -> Iterator[str]:
    exif = image.getexif()
    yield str(exif.get(_DESCRIPTION, ""))
    for tag in _WINDOWS:
        value = exif.get(tag, b"")
        if isinstance(value, bytes):
            yield value.decode("utf-16-le", "ignore")
    iptc = (IptcImagePlugin.getiptcinfo(image) if isinstance(image, ImageFile.ImageFile) else None) or {}
    for key in _IPTC:
        value = iptc.get(key, b"")
        for one in value if isinstance(value, list) else [value]:
            yield _text(one)
    yield from _of_xmp(image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b"")


def _of_xmp(packet: bytes | str) -> Iterator[str]:
    """The words of dc:subject, dc:title and dc:description in an XMP packet (ISO 16684-1)."""
    if not packet or len(packet) > _BIGGEST:
        return
    try:
        root = parsed(packet.strip().rstrip("\0" if isinstance(packet, str) else b"\0"))  # type: ignore[arg-type]
    except (ParseError, ValueError):
        return
    for element in root.iter():
        if element.tag in _XMP:
            yield from (text for text in element.itertext() if text.strip())


def _beside(path: Path) -> Iterator[str]:
    """The text of ``beach.jpg.txt``, ``beach.txt`` and their like in XMP."""
    for suffix in SIDECARS:
        for file in (path.with_name(path.name + suffix), path.with_suffix(suffix)):
            try:
                data = file.read_bytes() if file != path and file.stat().st_size <= _BIGGEST else b""
            except OSError:
                continue
            if suffix == ".xmp":
                yield from _of_xmp(data)
            else:
                yield _text(data)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")
