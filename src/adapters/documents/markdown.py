"""Markdown (CommonMark 0.31) and plain text as blocks of what is to be said."""

import re
import unicodedata
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ...domain.language import is_wide
from ...domain.script import Block, BlockKind

_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<body>.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_YAML_LINE = re.compile(r"[\w.-]+[ \t]*:(?:\s|$)|[ \t]+\S|[ \t]*-\s|[ \t]*#|[ \t]*$|[\]}]")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]+\]")
_FOOTNOTE_TEXT = re.compile(r"\[\^[^\[\]\s]+\]:")
_GAP = re.compile(r"\s+(?=[.,;:!?]+(?:\s|$))")
"""What is left before a mark where a picture or an address was dropped."""
_TASK = re.compile(r"\[[ xX]\]\s+")
_LITERAL_BOLD = re.compile(r"\*\*(?=\S)(.+?)\*\*")
_ITEM = re.compile(r"[ \t]*(?:[-*+•▪‣·●][ \t]+|(?P<number>\d{1,3})(?:[.)．][ \t]+|、[ \t]*))(?=\S)")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_JOINERS = "\u200c\u200d"
"""Zero-width characters that shape emoji and some scripts; every other format character is dropped."""


def read_markdown(text: str) -> tuple[Block, ...]:
    """The headings, paragraphs and list items of a Markdown document in order.

    Quotes are paragraphs. Emphasis loses its marks and a link its address; code blocks, HTML, images, tables,
    footnotes, bare ``<https://…>`` links and YAML front matter are not for the ear and are left out. Any text is
    valid Markdown: nothing is raised.
    """
    tokens = _PARSER.parse(_without_front_matter(_clean(text)))
    blocks: list[Block] = []
    lists: list[int | None] = []
    numbers: list[int | None] = []
    quotes = tables = 0
    heading = 0
    for token in tokens:
        match token.type:
            case "ordered_list_open":
                start = token.attrGet("start")
                lists.append(1 if start is None else int(start))
            case "bullet_list_open":
                lists.append(None)
            case "ordered_list_close" | "bullet_list_close":
                lists.pop()
            case "list_item_open":
                number = lists[-1]
                numbers.append(number)
                lists[-1] = None if number is None else number + 1
            case "list_item_close":
                numbers.pop()
            case "blockquote_open" | "blockquote_close":
                quotes += token.nesting
            case "table_open" | "table_close":
                tables += token.nesting
            case "heading_open":
                heading = int(token.tag[1:])
            case "heading_close":
                heading = 0
            case "inline" if not tables:
                said = _said(token.children or [])
                if numbers:
                    said = _TASK.sub("", said, count=1) if _TASK.match(said) else said
                    block = _block("item", said, len(lists), numbers[-1])
                elif heading and not quotes:
                    block = _block("heading", said, heading)
                else:
                    block = _block("paragraph", said)
                blocks += block
    return tuple(blocks)


def read_plain(text: str) -> tuple[Block, ...]:
    """Paragraphs parted by blank lines; lines that begin with "1.", "1、", "-" or a bullet are items.

    A line that goes on in the next is joined to it by a space, or by nothing between Chinese characters.
    """
    blocks: list[Block] = []
    kind: BlockKind = "paragraph"
    number: int | None = None
    lines: list[str] = []
    for line in [*_clean(text).split("\n"), ""]:
        item = _ITEM.match(line)
        if item or not line.strip():
            blocks += _block(kind, _run_on(lines), kind == "item", number)
            kind, number, lines = "paragraph", None, []
        if item:
            kind = "item"
            number = int(item.group("number")) if item.group("number") else None
        lines.append(line[item.end() :] if item else line)
    return tuple(blocks)


def _block(kind: BlockKind, text: str, level: int = 0, number: int | None = None) -> list[Block]:
    """One block, or none where there is no text."""
    text = " ".join(text.split())
    return [Block(kind=kind, text=text, level=int(level), number=number)] if text else []


def _said(children: Sequence[Token]) -> str:
    lines = [""]
    silent = False
    for token in children:
        match token.type:
            case "link_open" if token.markup == "autolink":
                silent = True
            case "link_close":
                silent = False
            case "text" | "text_special" | "code_inline" if not silent:
                lines[-1] += token.content
            case "softbreak" | "hardbreak":
                lines.append("")
            case "html_inline" if token.content.lower().startswith("<br"):
                lines.append("")
    said = _run_on(lines)
    if _FOOTNOTE_TEXT.match(said):
        return ""
    # To CommonMark a ** between full-width punctuation and a letter closes nothing; to Chinese writers it does.
    said = _LITERAL_BOLD.sub(r"\1", _FOOTNOTE.sub("", said))
    said = " ".join(said.split())
    return _GAP.sub("", said) if any(token.type in ("image", "link_open") for token in children) else said


def _run_on(lines: Sequence[str]) -> str:
    """The lines as one, with a space between them unless both neighbours are full-width."""
    joined = ""
    for line in filter(None, (line.strip() for line in lines)):
        glue = "" if not joined or (is_wide(joined[-1]) and is_wide(line[0])) else " "
        joined += glue + line
    return joined


def _clean(text: str) -> str:
    """Unicode NFC with ``\\n`` line ends, without byte order marks and control characters."""
    text = _LINE_ENDS.sub("\n", text)
    kept = (ch for ch in text if ch in "\n\t" + _JOINERS or unicodedata.category(ch) not in ("Cc", "Cf", "Cs"))
    return unicodedata.normalize("NFC", "".join(kept))


def _without_front_matter(text: str) -> str:
    found = _FRONT_MATTER.match(text)
    if not found:
        return text
    lines = found.group("body").splitlines()
    yaml = all(map(_YAML_LINE.match, lines)) and any(line[:1].strip() and ":" in line for line in lines)
    return text[found.end() :] if yaml else text
