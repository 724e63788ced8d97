"""PDF files: the lines of their pages, told apart as headings, paragraphs, list items and what stands on every page."""

import io
import logging
from collections import Counter
from typing import Any

from ...domain.errors import InvalidBrief
from ...domain.script import Block
from .printed import Line, read_lines

logging.getLogger("pypdf").addHandler(logging.NullHandler())

_MOST_PAGES = 500
_HEAVY = ("Bold", "Black", "Heavy", "CMBX", "Semibold", "Demi")
"""Parts of the names of bold fonts."""
_LEAST_LETTERS = 20
"""Letters below which a file has no text: a scan may carry a stamp or a page number."""


def is_pdf(data: bytes) -> bool:
    """By ISO 32000 the header lies within the first 1024 bytes."""
    return b"%PDF-" in data[:1024]


def read_pdf(data: bytes, name: str) -> tuple[Block, ...]:
    """Headings, paragraphs and list items in reading order.

    Page numbers, running heads, footnotes and tables of contents are left out, words that were parted at a line's end
    are joined. Raises InvalidBrief for a file that is damaged, encrypted, a scan without text, or too long.
    """
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise InvalidBrief(f"{name}: the PDF is encrypted: one that opens without a password is right")
        count = len(reader.pages)
        if count > _MOST_PAGES:
            raise InvalidBrief(f"{name}: the PDF has {count:,} pages: at most {_MOST_PAGES} are right")
        pages = [_lines(page) for page in reader.pages]
    except InvalidBrief:
        raise
    except DependencyError as error:
        raise InvalidBrief(f"{name}: the PDF is encrypted: one that opens without a password is right") from error
    except (PyPdfError, RecursionError, MemoryError) as error:
        raise InvalidBrief(f"{name}: the PDF is damaged ({error}); one that a viewer opens is right") from error
    except Exception as error:  # a malformed file makes the reader stumble in any way there is
        raise InvalidBrief(f"{name}: the PDF is damaged ({type(error).__name__}: {error})") from error
    if sum(ch.isalpha() for page in pages for line in page for ch in line.text) < _LEAST_LETTERS:
        raise InvalidBrief(
            f"{name}: there is no text in the PDF, as in a scan: a PDF whose text can be marked is right"
        )
    return read_lines(pages)


def _lines(page: Any) -> list[Line]:
    """The page's lines in the order in which they are printed; text that is turned aside is left out."""
    height = float(page.mediabox.height) or 1.0
    bottom = float(page.mediabox.bottom)
    lines: list[Line] = []
    held: list[tuple[str, float, bool]] = []
    x = y = 0.0

    def close() -> None:
        text = "".join(piece for piece, _, _ in held)
        if text.strip():
            sizes: Counter[float] = Counter()
            for piece, size, _ in held:
                sizes[size] += len(piece.strip())
            size = sizes.most_common(1)[0][0]
            bold = all(heavy for piece, _, heavy in held if piece.strip())
            kept = "".join(piece for piece, own, _ in held if own >= 0.8 * size or not piece.strip().isdecimal())
            indent = size * (len(text) - len(text.lstrip("\u3000")))
            lines.append(Line(text=kept, x=x + indent, y=y, size=size, bold=bold, height=1 - (y - bottom) / height))
        held.clear()

    def visit(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        nonlocal x, y
        upright = abs(tm[0] * cm[0] + tm[1] * cm[2]) > abs(tm[0] * cm[1] + tm[1] * cm[3])
        if text.strip() and upright:
            at = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            scaled = round(size * abs(tm[2] * cm[1] + tm[3] * cm[3]), 1)
            if not held or abs(at - y) > 0.6 * max(scaled, 1):
                close()
                x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], at
            name = str((font or {}).get("/BaseFont", ""))
            held.append((text, scaled, any(word in name for word in _HEAVY)))
        if text.endswith("\n"):
            close()

    page.extract_text(visitor_text=visit)
    close()
    return lines
