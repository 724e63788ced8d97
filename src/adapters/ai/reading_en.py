"""English as it is read out: every written token to the words that are said for it.

A token is split into the marks before it, its core and the marks after it. The core's words depend on its own shape
and on its neighbours ("5 km", "March 5", "$3 million"); the shapes are in ``spoken_en``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .english import English
from .mandarin import Mandarin
from .place_en import Place
from .spoken_en import owns_stop, said
from .written import HAN, OPENING, Stop, Unit, melody, stop_of

_PARTS = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://\S+"
    r"|[^\s—–…]+(?:[—…]+|\.{2,}|-{2,})[\"'”’)\]]*(?=\w)"
    r"|\S+"
)
_EDGE = re.compile(r"[^\w%°$£€¥₹&+=@#℃℉½⅓⅔¼¾⅛′″'’‘<>≈≤≥±×÷~−√∞-]+")
_MARK_AFTER = set(",.!?;:—–…\"”’')]}»。！？，、；：）】」』》*_`|~")


@dataclass(frozen=True, slots=True)
class _Token:
    before: str
    core: str
    after: str
    space: bool

    @property
    def text(self) -> str:
        return self.before + self.core + self.after


def read_english(sentence: str, english: English, mandarin: Mandarin) -> list[Unit]:
    """The units of one sentence whose language is English; Chinese runs in it are read as Chinese."""
    tokens = _tokens(sentence, mandarin)
    cores = [token.core for token in tokens]
    afters = [token.after for token in tokens]
    shouted = _shouted(cores)
    chunks: list[list[str]] = []
    for index, token in enumerate(tokens):
        if HAN.fullmatch(token.core):
            chunks.append([])
            continue
        words = said(token.core, Place(cores, afters, index, shouted), english.knows)
        last = index == len(tokens) - 1
        after = token.after.removeprefix(".") if owns_stop(token.core) and not last else token.after
        chunks.append(_marked(words, melody(token.before), melody(after)))
    phonemes = english.phonemes(chunks)
    _fill_chinese(tokens, phonemes, mandarin)
    return [
        Unit(
            text=token.text,
            phonemes=sounds + " " if sounds else "",
            space=token.space,
            stop="sentence" if index == len(tokens) - 1 else _inner_stop(token),
        )
        for index, (token, sounds) in enumerate(zip(tokens, phonemes, strict=True))
    ]


def _inner_stop(token: _Token) -> Stop:
    return "clause" if stop_of(token.text) and not owns_stop(token.core) else ""


def _tokens(sentence: str, mandarin: Mandarin) -> list[_Token]:
    found: list[_Token] = []
    for written in sentence.split(" "):
        parts = [part for match in _PARTS.findall(written) for part in _split_chinese(match, mandarin)]
        found += [_token(part, space=index == len(parts) - 1) for index, part in enumerate(parts)]
    return found


def _split_chinese(written: str, mandarin: Mandarin) -> list[str]:
    """Cut before and after Chinese words; a mark goes with the word it closes or opens."""
    if not HAN.search(written):
        return [written]
    parts: list[str] = []
    opening = ""
    for piece in re.split(f"({HAN.pattern})", written):
        if HAN.fullmatch(piece):
            first, *rest = mandarin.words(piece)
            parts += [opening + first, *rest]
            opening = ""
            continue
        closing = re.match(r"[^\w]*", piece)
        marks = closing[0] if closing else ""
        while marks and marks[-1] in OPENING:
            marks = marks[:-1]
        if parts:
            parts[-1] += marks
            piece = piece[len(marks) :]
        if re.search(r"\w", piece):
            parts.append(piece)
        else:
            opening = piece
    if opening:
        parts.append(opening)
    return parts


def _token(written: str, *, space: bool) -> _Token:
    start, end = 0, len(written)
    while start < end and (written[start] in '"“‘([{«¿¡*_`|' or _EDGE.match(written[start])):
        start += 1
    while end > start and (written[end - 1] in _MARK_AFTER or _EDGE.match(written[end - 1])):
        end -= 1
    if start < end and written[start] == "'" and "'" in written[end:]:
        start += 1
    if 0 < start < end and written[start - 1] == "." and written[:start].count(".") == 1:
        start -= 1
    return _Token(written[:start], written[start:end], written[end:], space)


def _marked(words: Sequence[str], before: str, after: str) -> list[str]:
    """The words with marks of the network's alphabet at their ends."""
    if not words:
        return [mark] if (mark := after or before) else []
    marked = [before + words[0], *words[1:]]
    # "A.M." keeps its full stop, so the mark that ends the sentence stands alone behind it.
    return [*marked, after] if after and marked[-1].endswith(".") else [*marked[:-1], marked[-1] + after]


def _fill_chinese(tokens: Sequence[_Token], phonemes: list[str], mandarin: Mandarin) -> None:
    """Chinese words that follow one another are read together, for their tones."""
    run: list[int] = []
    for index, token in enumerate(tokens):
        if HAN.fullmatch(token.core):
            run.append(index)
        if run and (index + 1 == len(tokens) or not HAN.fullmatch(tokens[index + 1].core) or token.after):
            for at, sounds in zip(run, mandarin.phonemes([tokens[at].core for at in run]), strict=True):
                phonemes[at] = melody(tokens[at].before) + sounds + melody(tokens[at].after)
            run = []


def _shouted(cores: Sequence[str]) -> bool:
    """Whether the sentence is written in capitals throughout: then they are no acronyms."""
    letters = [core for core in cores if core.isalpha() and core.isascii() and len(core) > 1]
    return len(letters) > 2 and all(core.isupper() for core in letters) and any(len(core) > 4 for core in letters)
