"""Documents of every kind that is read, told apart by their content."""

import re
from pathlib import Path

from ...domain.document import Document
from ...domain.errors import InvalidBrief
from .docx import read_docx
from .markdown import read_markdown
from .pdf import is_pdf, read_pdf
from .plain import read_plain
from .webpage import is_webpage, read_webpage

BIGGEST = 64 << 20
"""Bytes of a file at the most."""
READABLE = "a text (.txt, .md), a web page (.html), a PDF or a Word document (.docx) is right"
_MARKDOWN = {".md", ".markdown"}
_PAGES = {".html", ".htm", ".xhtml"}
_OLD_OFFICE, _RTF, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf", b"PK\x03\x04"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\ufffd]")


def read_document(source: str | Path, *, markdown: bool = True) -> Document:
    """The document of a text, or of the file at a path; see :class:`~reelwright.application.ports.Documents`."""
    if isinstance(source, str):
        return Document(blocks=read_markdown(source) if markdown else read_plain(source))
    name = str(source)
    data = _bytes(source)
    if is_pdf(data):
        return Document(blocks=read_pdf(data, name), kind="article")
    if data.startswith(_ZIP):
        return Document(blocks=read_docx(data, name), kind="article")
    if data.startswith(_OLD_OFFICE):
        raise InvalidBrief(f"{name}: an old Office file or a protected one; saved as .docx without a password is right")
    if data.startswith(_RTF):
        raise InvalidBrief(f"{name}: Rich Text; saved as .docx or .txt is right")
    if is_webpage(data) or source.suffix.lower() in _PAGES:
        return Document(blocks=read_webpage(data, name), kind="article")
    text = decoded(data, name)
    return Document(blocks=read_markdown(text) if source.suffix.lower() in _MARKDOWN else read_plain(text))


def decoded(data: bytes, name: str) -> str:
    """The text of bytes in UTF-8, or in UTF-16 with a byte order mark. Raises InvalidBrief."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InvalidBrief(f"{name}: no text in UTF-8 (byte {error.start} is none); {READABLE}") from error
    if _CONTROL.search(text):
        raise InvalidBrief(f"{name}: control characters are in it, as in a binary file; {READABLE}")
    return text


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise InvalidBrief(f"{path}: it is a folder; {READABLE}")
        size = path.stat().st_size
        if size > BIGGEST:
            raise InvalidBrief(f"{path}: {size >> 20} MB are too much: at most {BIGGEST >> 20} MB are right")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InvalidBrief(f"{path}: there is no such file") from error
    except OSError as error:
        raise InvalidBrief(f"{path}: cannot be read ({error.strerror})") from error
