"""Web pages: the article of an HTML file, without menus, advertisements and footers."""

import logging
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from ...domain.errors import InvalidBrief
from ...domain.script import Block
from .plain import block, clean

logging.getLogger("trafilatura").addHandler(logging.NullHandler())

_LOOKS_LIKE = re.compile(
    rb"(?:<\?xml[^>]*>|<!--.*?-->|\s)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_SITE = re.compile(r"\s+[|–—·»]\s+[^|–—·»]{2,40}$|[_|][^_|]{2,20}$")
"""The name of the site behind an article's title."""
_GENERAL = re.compile(
    r"[\W\d]*(?:introduction|summary|overview|abstract|contents|key points|key takeaways|"
    r"引言|前言|摘要|概述|简介|目录)\W*",
    re.IGNORECASE,
)
"""Headings that begin an article and are not its title."""


def is_webpage(data: bytes) -> bool:
    return _LOOKS_LIKE.match(data.removeprefix(b"\xef\xbb\xbf")[:4096]) is not None


def read_webpage(data: bytes, name: str) -> tuple[Block, ...]:
    """The title and the headings, paragraphs and list items of the page's article.

    Encodings are told from the page. Tables, code and comments are left out. Raises InvalidBrief where there is no
    article in it.
    """
    from trafilatura import bare_extraction
    from trafilatura.settings import DEFAULT_CONFIG

    config = deepcopy(DEFAULT_CONFIG)
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "40"  # 250 characters are a long paragraph in Chinese
    try:
        page = bare_extraction(data, include_comments=False, include_tables=False, config=config, with_metadata=True)
        blocks = [] if page is None or isinstance(page, dict) else _blocks(page.body)
    except (ValueError, RecursionError, LookupError) as error:
        raise InvalidBrief(
            f"{name}: the page cannot be read ({error}); a page as a browser saves it is right"
        ) from error
    if page is None or isinstance(page, dict) or all(one.kind == "heading" for one in blocks):
        raise InvalidBrief(f"{name}: there is no article in the page; a saved page with its text in it is right")
    first = blocks[0]
    if first.kind == "heading" and first.level <= 2 and not _GENERAL.fullmatch(first.text):
        return (replace(first, level=1), *blocks[1:])
    title = _SITE.sub("", clean(page.title or "")).strip()
    return (*block("heading", title, 1), *(blocks[1:] if first.text.casefold() == title.casefold() else blocks))


def _blocks(body: Any) -> list[Block]:
    """The blocks of trafilatura's tree: head, p, item in list, quote."""
    blocks: list[Block] = []
    for element in body.iter("head", "p", "item", "quote"):
        above = [parent.tag for parent in element.iterancestors()]
        if element.tag != "item" and not {"item", "quote"}.isdisjoint(above):
            continue
        text = clean(_text(element))
        if element.tag == "head":
            rank = str(element.get("rend") or "").lstrip("h")
            blocks += block("heading", text, int(rank) if rank.isdecimal() else 2)
        elif element.tag == "item":
            blocks += block("item", text, above.count("list"), _number(element))
        else:
            blocks += [one for line in text.split("\n") for one in block("paragraph", line)]
    return blocks


def _number(item: Any) -> int | None:
    """The number of an item of an ordered list."""
    above = item.getparent()
    if above.get("rend") != "ol":
        return None
    return 1 + sum(1 for _ in item.itersiblings("item", preceding=True))


def _text(element: Any) -> str:
    """The text of an element without the lists, tables and code inside it; a ``lb`` is a line's end."""
    return "".join(_pieces(element))


def _pieces(element: Any) -> Iterator[str]:
    yield _spaced(element.text)
    for child in element:
        if child.tag == "lb":
            yield "\n"
        elif child.tag in ("p", "quote"):
            yield from ("\n", *_pieces(child), "\n")
        elif child.tag not in ("list", "table", "graphic") and not (child.tag == "code" and "\n" in (child.text or "")):
            yield from _pieces(child)
        yield _spaced(child.tail)


def _spaced(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")
