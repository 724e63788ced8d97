"""Text as it is written: sentences, tokens with the marks that cling to them, and the units that readers make."""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal


def word_set(text: str) -> frozenset[str]:
    """The words of a text, for closed lists that are easier to read in a row."""
    return frozenset(text.split())


Stop = Literal["", "clause", "sentence"]

HAN = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
"""A run of Chinese characters."""

MARKS = {
    **{mark: mark for mark in ",.!?;:—…“”()"},
    **dict(zip("，。！？；：、．｡（）「」『』《》【】〈〉［］", ",.!?;:,..()“”“”“”“”“”()", strict=True)),
    **dict(zip("–―─‥〝〞«»[]{}", "———…“”“”()()", strict=True)),
}
"""Marks that change the melody, as the network knows them; other marks are silent."""

OPENING = set("([{（［｛“‘「『《〈【〔«‹¿¡〝#＃@$£€¥￥")
_SENTENCE_END = re.compile(r"[.!?…。！？．｡]+[\"'”’)\]）」』》】]*$")
_CLAUSE_END = re.compile(r"[,;:—–，；：、…]+[\"'”’)\]）」』》】]*$")
_CHINESE_END = re.compile(
    r"(?<=[。！？｡])(?![。！？｡!?…\"'”’)\]）」』》】])"
    r"|(?<=[。！？｡][\"'”’)\]）」』》】])(?![\"'”’)\]）」』》】，、；])"
    r"|(?<=[!?…])(?=[\u3400-\u9fff“《「])"
)
_TITLES = word_set("mr mrs ms dr prof st gen gov sen rep capt lt col sgt mt no vol fig e.g i.e vs")
_NEVER_LAST = _TITLES | word_set("sr jr approx cf jan feb mar apr jun jul aug sep sept oct nov dec ave")
_STARTERS = word_set(
    "the a an this that these those it he she we they i you in on at but and so if when as there here what how "
    "why for my our his her its their"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A token as written and what is said for it.

    ``phonemes`` are symbols of the network with the marks that shape the melody; they end in a space where a word
    ends. ``space`` tells whether white space follows in the text, ``stop`` what the token closes.
    """

    text: str
    phonemes: str
    space: bool = True
    stop: Stop = ""

    @property
    def silent(self) -> bool:
        return not sounded(self.phonemes)

    def joined(self, after: "Unit") -> "Unit":
        """This unit and the one after it as one token."""
        return Unit(
            text=self.text + (" " if self.space else "") + after.text,
            phonemes=self.phonemes + after.phonemes,
            space=after.space,
            stop=after.stop or self.stop,
        )


def sounded(phonemes: str) -> bool:
    """Whether anything in the phonemes is a sound, not only a mark or a space."""
    return any(symbol.isalpha() for symbol in phonemes)


def stop_of(token: str) -> Stop:
    """What a written token closes, by the marks at its end."""
    if _SENTENCE_END.search(token):
        return "sentence"
    return "clause" if _CLAUSE_END.search(token) else ""


def sentences(text: str) -> list[tuple[str, bool]]:
    """The sentences of a text, white space normalised, and whether white space follows; a line's end ends one too."""
    found: list[tuple[str, bool]] = []
    for line in text.splitlines():
        tokens = [part for token in line.split() for part in _after_chinese_ends(token)]
        held = ""
        for (token, space), (after, _) in pairwise([*tokens, ("", False)]):
            held += token
            if not after or _ends_sentence(token, after):
                found.append((held, space))
                held = ""
            elif space:
                held += " "
    if found:
        found[-1] = (found[-1][0], False)
    return found


def melody(marks: str) -> str:
    """The marks as the network knows them, at most one of a kind in a row."""
    known = "".join(MARKS.get(mark, "") for mark in marks.replace("...", "…").replace("--", "—"))
    return re.sub(r"(.)\1+", r"\1", known)


def _after_chinese_ends(token: str) -> list[tuple[str, bool]]:
    """Chinese puts no white space after a sentence; cut a token behind the marks that end one."""
    parts = [part for part in _CHINESE_END.split(token) if part]
    return [(part, index == len(parts) - 1) for index, part in enumerate(parts)]


def _ends_sentence(token: str, after: str) -> bool:
    if not _SENTENCE_END.search(token):
        return False
    bare = token.strip("\"'“”‘’()[]").rstrip("!?…。！？")
    if not bare.endswith(".") or bare.endswith(".."):
        return True
    word = bare.rstrip(".").casefold()
    first = after.strip("\"'“”‘’([")
    if word in _NEVER_LAST or (len(word) == 1 and word.isalpha() and word != "i") or "." in word.strip("."):
        return first.casefold() in _STARTERS and first[:1].isupper() and word not in _TITLES
    return not first[:1].islower()
