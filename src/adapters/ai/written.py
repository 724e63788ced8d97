"""Text as it is written: sentences, tokens with the marks that cling to them, and the units that readers make."""

import re
from dataclasses import dataclass
from typing import Literal

from ...domain.sentences import sentence_ends

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


def written_sentences(text: str) -> list[tuple[str, bool]]:
    """The sentences of a text, white space normalised, and whether white space follows; a line's end ends one too."""
    found: list[tuple[str, bool]] = []
    for line in filter(None, (" ".join(line.split()) for line in text.splitlines())):
        ends = sentence_ends(line)
        for start, end in zip([0, *ends], ends, strict=False):
            found.append((line[start:end].strip(), end == len(line) or line[end] == " "))
    if found:
        found[-1] = (found[-1][0], False)
    return found


def melody(marks: str) -> str:
    """The marks as the network knows them, at most one of a kind in a row."""
    known = "".join(MARKS.get(mark, "") for mark in marks.replace("...", "…").replace("--", "—"))
    return re.sub(r"(.)\1+", r"\1", known)
