"""Files that mean no good."""

import gzip
import io
import struct
import zipfile
import zlib
from pathlib import Path

from PIL import Image

from . import papers


def png_bomb() -> bytes:
    """A PNG of 50,000 by 50,000 black pixels, 7.5 GB unpacked, in some ten kilobytes."""
    side = 50_000

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(side * 3 + 1)) for _ in range(20)) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def text_bomb() -> bytes:
    """A PNG of one pixel whose comment unpacks to 500 MB."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    data = b"Comment\0\0" + zlib.compress(bytes(500 << 20), 1)
    chunk = struct.pack(">I", len(data)) + b"zTXt" + data + struct.pack(">I", zlib.crc32(b"zTXt" + data))
    png = out.getvalue()
    return png[:33] + chunk + png[33:]


def docx_bomb() -> bytes:
    """A Word document whose text unpacks to 520 MB."""
    out = io.BytesIO(papers.docx(papers.paragraph("words")))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("word/media/a.xml", "w") as member:
        for _ in range(520):
            member.write(bytes(1 << 20))
    return out.getvalue()


def text_docx_bomb() -> bytes:
    """A Word document that is a bomb in the very part that is read."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as member:
        for _ in range(100):
            member.write(b" " * (1 << 20))
    return out.getvalue()


def nested_zip(levels: int = 10) -> bytes:
    data = b"at last"
    for _ in range(levels):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inner.zip", data)
        data = out.getvalue()
    return data


def gzip_bomb() -> bytes:
    return gzip.compress(bytes(50 << 20), 9)


def archive(name: str = "payload.html", text: str = "<script>alert(1)</script>") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(name, text)
    return out.getvalue()


def encrypted_pdf() -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(PdfReader(io.BytesIO(papers.pdf(papers.column(["Some words that nobody may read."])))))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def cut(path: Path, share: float) -> bytes:
    data = path.read_bytes()
    return data[: int(len(data) * share)]
