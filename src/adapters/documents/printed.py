"""Printed pages: lines of text at their places, read as headings, paragraphs and list items."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from ...domain.language import is_wide
from ...domain.script import Block
from .plain import ITEM, block, clean, run_on

_EDGE = 0.12
"""Share of the page's height at its top and bottom where running heads and page numbers stand."""
_LARGER, _SMALLER = 1.12, 0.87
"""Type of this share of the body's is a heading's or a footnote's."""
_LONGEST_HEADING = 160
"""Characters."""
_ROOM = 1.35
"""A distance of this share of the usual one parts paragraphs."""

_PAGE_NUMBER = re.compile(
    r"[\s\-–—·|]*(?:page|p\.|第)?\s*(?:\d{1,4}|[ivxlc]{1,7})\s*(?:(?:of|/|共)\s*\d{1,4})?\s*(?:页)?[\s\-–—·|]*",
    re.IGNORECASE,
)
_LEADERS = re.compile(r"(?:[.·…]\s?){4,}\s*\w{1,5}\s*$")
"""The dots of a table of contents."""
_DIGITS = re.compile(r"\d+")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_PARTED = re.compile(r"[^\W\d_]{2,}[-‐\u00ad]$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ENDS = tuple('.!?。！？…:："”’」）)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a page. ``x``, ``y`` and ``size`` are in points, y from the bottom up.

    ``height`` is its place on the page, 0 at the top and 1 at the bottom.
    """

    text: str
    x: float
    y: float
    size: float
    bold: bool = False
    height: float = 0.5


def read_lines(pages: Sequence[Sequence[Line]]) -> tuple[Block, ...]:
    """The blocks of a document from the lines of its pages."""
    tidy = [[replace(line, text=text) for line in page if (text := _tidy(line.text))] for page in pages]
    body = _body(tidy)
    lines = [line for page in _without_heads(tidy, body) for line in page if not _LEADERS.search(line.text)]
    if not lines:
        return ()
    lines = [line for line in lines if line.size >= _SMALLER * body]
    ranks = sorted({line.size for line in lines if line.size >= _LARGER * body}, reverse=True)
    words = Counter(word.casefold() for line in lines for word in _WORD.findall(line.text))
    blocks: list[Block] = []
    for group in _groups(lines, body):
        text = _without_hyphens([line.text for line in group], words)
        item = ITEM.match(text)
        if _is_heading(group[0], body) and len(text) <= _LONGEST_HEADING:
            rank = ranks.index(group[0].size) if group[0].size in ranks else len(ranks)
            blocks += block("heading", text, min(rank + 1, 6))
        elif item:
            number = item.group("number")
            blocks += block("item", text[item.end() :], 1, int(number) if number else None)
        else:
            blocks += block("paragraph", text)
    return tuple(blocks)


def _body(pages: Sequence[Sequence[Line]]) -> float:
    """The size of the type that most is set in."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _tidy(text: str) -> str:
    """Single spaces, none between full-width characters, ligatures as letters."""
    text = " ".join(clean(text.replace("\u00ad", "-")).translate(_LIGATURES).split())
    return "".join(
        ch for index, ch in enumerate(text) if ch != " " or not (is_wide(text[index - 1]) and is_wide(text[index + 1]))
    )


def _without_heads(pages: Sequence[Sequence[Line]], body: float) -> list[list[Line]]:
    """The pages without page numbers and without what stands at the edge of more than one page.

    A title that is repeated above later pages is kept on the first.
    """
    often = Counter(key for page in pages for key in {_key(line) for line in page if _at_edge(line)})
    most = max(1, len(pages) // 20)

    def stays(number: int, line: Line) -> bool:
        if not _at_edge(line) or (number == 0 and line.size >= _LARGER * body):
            return True
        return not _PAGE_NUMBER.fullmatch(line.text) and often[_key(line)] <= most

    return [[line for line in page if stays(number, line)] for number, page in enumerate(pages)]


def _at_edge(line: Line) -> bool:
    return not _EDGE < line.height < 1 - _EDGE


def _key(line: Line) -> str:
    return _DIGITS.sub("#", line.text.strip())


def _is_heading(line: Line, body: float) -> bool:
    larger = line.size >= _LARGER * body
    return larger or (line.bold and len(line.text) <= 80 and not line.text.endswith((".", "。", ",", "，", ";", "；")))


def _groups(lines: Sequence[Line], body: float) -> Iterable[list[Line]]:
    """The lines of each heading, paragraph and item."""
    steps = [
        before.y - after.y
        for before, after in pairwise(lines)
        if before.size == after.size == body and 0 < before.y - after.y < 4 * body
    ]
    step = median(steps) if steps else 1.2 * body
    width = median(len(line.text) for line in lines)
    groups: list[list[Line]] = []
    for line in lines:
        if groups and not _parts(groups[-1], line, body, step, width):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _parts(group: Sequence[Line], line: Line, body: float, step: float, width: float) -> bool:
    """Whether ``line`` begins something new after the lines of ``group``."""
    before = group[-1]
    down = before.y - line.y
    if _is_heading(before, body) or _is_heading(line, body):
        alike = before.size == line.size and before.bold == line.bold
        return not (alike and 0 < down < 2 * before.size)
    if ITEM.match(line.text) and (not line.text[0].isdigit() or before.text.endswith(_ENDS)):
        return True
    ended = before.text.endswith(_ENDS)
    if down <= 0 or down > 6 * step:
        return ended  # the next column or page
    if down > _ROOM * step:
        return True
    indented = line.x > before.x + 0.8 * body and not ITEM.match(group[0].text)
    return ended and (indented or len(before.text) < 0.75 * width)


def _without_hyphens(lines: Sequence[str], words: Counter[str]) -> str:
    """The lines run on; a word parted at a line's end is put together again, unless it is written with a hyphen."""
    joined: list[str] = []
    for line in lines:
        before = joined[-1] if joined else ""
        if _PARTED.search(before) and line[:1].islower():
            head, tail = before[:-1], _WORD.match(line)
            start = _WORD.findall(head)[-1]
            end = tail.group() if tail else ""
            hyphen = "-" if words[f"{start}-{end}".casefold()] > words[(start + end).casefold()] else ""
            joined[-1] = head + hyphen + line
        else:
            joined.append(line)
    return run_on(joined)
