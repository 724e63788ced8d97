"""Plain text as blocks, and what every reader does to text on its way into one."""

import re
import unicodedata
from collections.abc import Sequence

from ...domain.language import is_wide
from ...domain.script import Block, BlockKind

ITEM = re.compile(r"[ \t]*(?:[-*+•▪‣·●][ \t]+|(?P<number>\d{1,3})(?:[.)．][ \t]+|、[ \t]*))(?=\S)")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_JOINERS = "\u200c\u200d"
"""Zero-width characters that shape emoji and some scripts; every other format character is dropped."""


def read_plain(text: str) -> tuple[Block, ...]:
    """Paragraphs parted by blank lines; lines that begin with "1.", "1、", "-" or a bullet are items.

    A line that goes on in the next is joined to it by a space, or by nothing between Chinese characters.
    """
    blocks: list[Block] = []
    kind: BlockKind = "paragraph"
    number: int | None = None
    lines: list[str] = []
    for line in [*clean(text).split("\n"), ""]:
        item = ITEM.match(line)
        if item or not line.strip():
            blocks += block(kind, run_on(lines), kind == "item", number)
            kind, number, lines = "paragraph", None, []
        if item:
            kind = "item"
            number = int(item.group("number")) if item.group("number") else None
        lines.append(line[item.end() :] if item else line)
    return tuple(blocks)


def block(kind: BlockKind, text: str, level: int = 0, number: int | None = None) -> list[Block]:
    """One block, or none where there is no text."""
    text = " ".join(text.split())
    return [Block(kind=kind, text=text, level=int(level), number=number)] if text else []


def run_on(lines: Sequence[str]) -> str:
    """The lines as one, with a space between them unless both neighbours are full-width."""
    joined = ""
    for line in filter(None, (line.strip() for line in lines)):
        glue = "" if not joined or (is_wide(joined[-1]) and is_wide(line[0])) else " "
        joined += glue + line
    return joined


def clean(text: str) -> str:
    """Unicode NFC with ``\\n`` line ends, without byte order marks and control characters."""
    text = _LINE_ENDS.sub("\n", text)
    kept = (ch for ch in text if ch in "\n\t" + _JOINERS or unicodedata.category(ch) not in ("Cc", "Cf", "Cs"))
    return unicodedata.normalize("NFC", "".join(kept))
