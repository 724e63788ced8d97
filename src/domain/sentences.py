"""Where sentences end, in English, Chinese and texts that mix them."""

import re

from .language import is_cjk, word_set

_CLOSERS = "\"'”’)]}」』》）】〉〕｝"
_OPENERS = "\"'“‘([{「『《（【〈〔｛"
_END = re.compile(rf"(?P<marks>[.!?…。！？；｡．]+)[{re.escape(_CLOSERS)}]*")
_FULL_WIDTH = frozenset("。！？；｡．")
_CONTINUES = frozenset("，、：,;:—–")

_NEVER_LAST = word_set(
    "mr mrs ms mx dr prof st mt ft gen col sgt lt capt cpl cmdr adm maj rev hon gov sen rep pres fr vs e.g i.e cf viz "
    "al approx esp messrs mme mlle"
)
"""Abbreviations that stand before what they belong to."""
_BEFORE_NUMBER = word_set(
    "no nos fig figs p pp vol ch sec art op eq ver jan feb mar apr jun jul aug sep sept oct nov dec"
)
"""Abbreviations only where a number follows: "No. 5", but "No. That is wrong."."""
_SOMETIMES_LAST = word_set(
    "inc ltd co corp llc jr sr etc bros dept est ave blvd rd univ mon tue tues wed thu thurs fri"
)
_STARTERS = word_set(
    "the a an this that these those it its he she we they you i my his her our their there here "
    "in on at as if when while where what who why how after before since because although though however "
    "and but or so then now today yesterday tomorrow meanwhile finally later first next "
    "some many most all each every everyone everybody no nobody nothing one two both another "
    "is are was were do does did can could will would should let"
)
"""Words that open a sentence far more often than they continue a name."""
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_TOKEN = re.compile(rf"[{re.escape(_OPENERS)}]*(?P<word>\S*)$")
_NEXT = re.compile(rf"\s*[{re.escape(_OPENERS)}]*(?P<word>[^\W_]*)")


def sentences(text: str) -> tuple[str, ...]:
    """The sentences in order, without the white space around them; none is empty."""
    ends = sentence_ends(text)
    pieces = (text[start:end].strip() for start, end in zip([0, *ends], [*ends, len(text)], strict=True))
    return tuple(piece for piece in pieces if piece)


def sentence_ends(text: str) -> list[int]:
    """The index behind each sentence, closing quotes and brackets included; the text's own end is last."""
    ends: list[int] = []
    for match in _END.finditer(text):
        if _ends(text, match.start(), match.group("marks"), match.end(), ends[-1] if ends else 0):
            ends.append(match.end())
    length = len(text.rstrip())
    if length and (not ends or ends[-1] < length):
        ends.append(length)
    return ends


def _ends(text: str, start: int, marks: str, end: int, sentence: int) -> bool:
    after = text[end : end + 1]
    if not after:
        return True
    if after in _CONTINUES:
        return False
    if not _FULL_WIDTH.isdisjoint(marks) or marks.count("…") > 1:
        return True
    so_far = text[max(sentence, start - 40) : start]
    if is_cjk(after):
        return marks != "…" and (marks != "." or not (so_far[-1:].isdigit() or _abbreviates(so_far, "")))
    if not after.isspace():
        return False
    following = _NEXT.match(text, end)
    word = following.group("word") if following else ""
    if word[:1].islower() and not any(ch.isupper() for ch in word):
        return False
    return marks != "." or not _abbreviates(so_far, word)


def _abbreviates(before: str, after: str) -> bool:
    """Whether a full stop between the sentence so far and the word ``after`` belongs to an abbreviation."""
    found = _TOKEN.search(before)
    token = found.group("word") if found else ""
    word = token.casefold()
    if token.isdigit() and before.strip() == token:
        return True
    if word in _NEVER_LAST:
        return True
    if word in _BEFORE_NUMBER and after[:1].isdigit():
        return True
    if word in _SOMETIMES_LAST or _INITIALS.fullmatch(token) or (len(token) == 1 and token.isupper()):
        return after.casefold() not in _STARTERS
    return False
