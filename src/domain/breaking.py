"""Where running text may be cut, and the cheapest way to cut a row of things into groups."""

import unicodedata
from collections.abc import Callable, Sequence
from itertools import cycle, pairwise
from math import inf

from .language import is_cjk, leans_back, leans_forward, speakable
from .narration import Word

WORD_END = "\u200b"
"""Zero width space: where a line may break in a script that writes no spaces (UAX #14, class ZW)."""
STRONG_MARKS = frozenset(".!?…。！？；｡")
"""Marks after which a sentence is over."""
CLAUSE_MARKS = frozenset(",;:，、：—–；")
"""Marks after which the voice takes a breath."""
_OPENING = frozenset(("Ps", "Pi"))
_CLINGING = frozenset(("Pe", "Pf", "Po", "Pd", "Mn", "Mc", "Me", "Cf"))
"""Unicode categories that never start a piece: closing and other punctuation, dashes, combining marks, joiners."""


def opportunities(text: str) -> list[int]:
    """Indexes at which ``text`` may be cut, the end included: each piece between them holds a letter or digit.

    Cuts lie behind white space, behind a dash between words, and between Chinese characters; never inside a word, a
    number or a URL, before closing punctuation or behind opening punctuation. What cannot be spoken stays with the
    word before it, opening punctuation with the word behind it.
    """
    quotes = cycle("“”")
    text = "".join(next(quotes) if ch == '"' else ch for ch in text)
    cuts: list[int] = []
    leading = True  # nothing but what clings to the next word since the last cut
    last = 0
    for index in range(1, len(text) + 1):
        if index < len(text) and not _may_cut(text, index):
            continue
        piece = text[last:index]
        last = index
        if speakable(piece):
            cuts.append(index)
            leading = True
        elif not all(unicodedata.category(ch) in _OPENING for ch in piece.strip()) and cuts and leading:
            cuts[-1] = index
        else:
            leading = not cuts
    if text:
        cuts[-1:] = [len(text)]
    return cuts


def _may_cut(text: str, index: int) -> bool:
    before, after = text[index - 1], text[index]
    if after.isspace():
        return False
    if before.isspace():
        return True
    if before == "—":
        return after.isalnum()
    if not (_breaks_beside(before) or _breaks_beside(after)):
        return False
    if unicodedata.category(before) in _OPENING or unicodedata.category(after) in _CLINGING or before == "'":
        return False
    if before.isdecimal():
        return not after.isalnum()  # 3000米, 第3章
    return not (after.isdecimal() and before in "，．：," and text[index - 2 : index - 1].isdecimal())


def _breaks_beside(ch: str) -> bool:
    code = ord(ch)
    return is_cjk(ch) or ((0x3000 <= code <= 0x303F or 0xFF00 <= code <= 0xFF65) and not ch.isalnum())


def word_ends_marked(text: str, words: Sequence[Word]) -> str:
    """``text``, whose words are ``words``, with WORD_END between Chinese words that do not cling to each other.

    A word of one character clings to the next (冷知识), but for 的, which ends a phrase. Where the words do not add up
    to the text it stays as it is.
    """
    if "".join(word.text + " " * word.space for word in words).strip() != text:
        return text
    marked = ""
    for word, after in pairwise(words):
        touching = not word.space and is_cjk(word.text[-1:] or " ") and is_cjk(after.text[:1] or " ")
        clinging = leans_back(after.text) or (word.text != "的" and (len(word.text) == 1 or leans_forward(word.text)))
        marked += word.text + (WORD_END if touching and not clinging else " " * word.space)
    return marked + words[-1].text if words else text


def last_mark(text: str) -> str:
    """The punctuation mark that ``text`` ends with, looking through closing quotes and brackets; "" for none."""
    for ch in reversed(text):
        if ch in STRONG_MARKS or ch in CLAUSE_MARKS:
            return ch
        if ch.isalnum():
            return ""
    return ""


def cheapest(count: int, cost: Callable[[int, int], float | None]) -> list[tuple[int, int]]:
    """Cut ``count`` things into groups (half-open spans) of the least total cost.

    ``cost`` of a group is None where it is too large, and then for every larger group with the same end too; a
    group of one always has a cost.
    """
    best = [0.0, *[inf] * count]
    came_from = [0] * (count + 1)
    for end in range(1, count + 1):
        for start in range(end - 1, -1, -1):
            price = cost(start, end)
            if price is None:
                break
            if best[start] + price < best[end]:
                best[end], came_from[end] = best[start] + price, start
    groups: list[tuple[int, int]] = []
    end = count
    while end:
        groups.append((came_from[end], end))
        end = came_from[end]
    return groups[::-1]
