"""Markdown (CommonMark 0.31) as blocks of what is to be said."""

import itertools
import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ...domain.script import Block
from .plain import block, clean, run_on

_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<body>.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_YAML_LINE = re.compile(r"[\w.-]+[ \t]*:(?:\s|$)|[ \t]+\S|[ \t]*-\s|[ \t]*#|[ \t]*$|[\]}]")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]+\]")
_FOOTNOTE_TEXT = re.compile(r"\[\^[^\[\]\s]+\]:")
_GAP = re.compile(r"\s+(?=[.,;:!?]+(?:\s|$))")
"""What is left before a mark where a picture or an address was dropped."""
_TASK = re.compile(r"\[[ xX]\]\s+")
_LITERAL_BOLD = re.compile(r"\*\*(?=\S)(.+?)\*\*")


def read_markdown(text: str) -> tuple[Block, ...]:
    """The headings, paragraphs and list items of a Markdown document in order.

    Items that are numbered downwards keep their numbers. Quotes are paragraphs. Emphasis loses its marks and a link its
    address; code blocks, HTML, images, tables, footnotes, bare ``<https://…>`` links and YAML front matter are not for
    the ear and are left out. Any text is valid Markdown: nothing is raised.
    """
    tokens = _PARSER.parse(_without_front_matter(clean(text)))
    blocks: list[Block] = []
    lists: list[int | None] = []
    steps: list[int] = []
    numbers: list[int | None] = []
    quotes = tables = 0
    heading = 0
    for index, token in enumerate(tokens):
        match token.type:
            case "ordered_list_open":
                start = token.attrGet("start")
                lists.append(1 if start is None else int(start))
                steps.append(_step(tokens, index))
            case "bullet_list_open":
                lists.append(None)
                steps.append(1)
            case "ordered_list_close" | "bullet_list_close":
                lists.pop()
                steps.pop()
            case "list_item_open":
                number = lists[-1]
                numbers.append(number)
                lists[-1] = None if number is None else number + steps[-1]
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
                    found = block("item", said, len(lists), numbers[-1])
                elif heading and not quotes:
                    found = block("heading", said, heading)
                else:
                    found = block("paragraph", said)
                blocks += found
    return tuple(blocks)


def _step(tokens: Sequence[Token], opening: int) -> int:
    """By how much the numbers of an ordered list grow: 1 as in CommonMark, or -1 where they are written as a countdown,
    which CommonMark does not know."""
    within = tokens[opening].level + 1
    items = itertools.takewhile(lambda token: token.level >= within, tokens[opening + 1 :])
    written = [int(token.info) for token in items if token.type == "list_item_open" and token.level == within]
    falling = all(before - after == 1 for before, after in itertools.pairwise(written))
    return -1 if len(written) > 1 and falling else 1


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
    said = run_on(lines)
    if _FOOTNOTE_TEXT.match(said):
        return ""
    # To CommonMark a ** between full-width punctuation and a letter closes nothing; to Chinese writers it does.
    said = _LITERAL_BOLD.sub(r"\1", _FOOTNOTE.sub("", said))
    said = " ".join(said.split())
    return _GAP.sub("", said) if any(token.type in ("image", "link_open") for token in children) else said


def _without_front_matter(text: str) -> str:
    found = _FRONT_MATTER.match(text)
    if not found:
        return text
    lines = found.group("body").splitlines()
    yaml = all(map(_YAML_LINE.match, lines)) and any(line[:1].strip() and ":" in line for line in lines)
    return text[found.end() :] if yaml else text
