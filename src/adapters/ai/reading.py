"""How a text is read: every token as written, with the phonemes that say it.

    text -> sentences -> a reader for each one's language -> units -> phrases that the network can take

The mapping from what is written to what is said is exact by construction: a reader decides token by token what is
spoken for it, so the captions keep ``$2.5`` while the voice says "two dollars fifty".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ...domain.language import detect
from .english import English
from .mandarin import Mandarin
from .reading_en import read_english
from .reading_zh import read_chinese
from .written import HAN, Unit, written_sentences

MAX_PHRASE = 380
"""Symbols of a phrase. The network takes 510; it speaks steadier below."""
MIN_PHRASE = 60
"""Symbols below which a sentence is spoken together with its neighbour: the network is unsure on very short ones."""

_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]{2,}")


@dataclass(frozen=True, slots=True)
class Piece:
    """``symbols`` of the unit with the index ``unit``: all of them, or a part where a unit is too long for a phrase."""

    unit: int
    symbols: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """What is spoken in one breath, and what comes after it."""

    pieces: tuple[Piece, ...]
    end: Literal["clause", "sentence"]

    @property
    def symbols(self) -> str:
        return "".join(piece.symbols for piece in self.pieces)


class Reader:
    """Reads texts in English, in Chinese, and in both at once; dictionaries are loaded on first use.

    Raises MissingPart where a dictionary is not installed.
    """

    def __init__(self) -> None:
        self._english = English()
        self._mandarin = Mandarin()

    def read(self, text: str, language: str) -> tuple[Unit, ...]:
        """The units of ``text``; joined with their spaces they give it back, white space normalised.

        ``language`` ("en" or "zh") decides where a sentence holds no letter of either, a bare number for instance.
        Tokens without a sound cling to a neighbour; no unit at all comes back where nothing can be said.
        """
        units: list[Unit] = []
        for sentence, space in written_sentences(text):
            read = read_chinese if written_language(sentence, language) == "zh" else read_english
            *most, last = read(sentence, self._english, self._mandarin)
            units += [*most, replace(last, space=space)]
        return tuple(_without_silent(units))


def written_language(sentence: str, otherwise: str) -> str:
    """The language of a sentence, ``otherwise`` where it holds no word of either."""
    return detect(sentence) if HAN.search(sentence) or _LATIN_WORD.search(sentence) else otherwise


def phrases(units: Sequence[Unit]) -> list[Phrase]:
    """Cut a text into phrases: at sentence ends, at clause marks, or, where there are none, between words."""
    found: list[Phrase] = []
    held: list[Piece] = []
    for sentence in _sentences_of(units):
        if held and _length(held) + _length(sentence) > MAX_PHRASE:
            found.append(Phrase(tuple(held), "sentence"))
            held = []
        held += sentence
        while _length(held) > MAX_PHRASE:
            cut = _cut(held, units)
            found.append(Phrase(tuple(held[:cut]), "clause"))
            held = held[cut:]
        if _length(held) >= MIN_PHRASE:
            found.append(Phrase(tuple(held), "sentence"))
            held = []
    if held and found and len(found[-1].symbols) + _length(held) <= MAX_PHRASE:
        held = [*found.pop().pieces, *held]
    if held:
        found.append(Phrase(tuple(held), "sentence"))
    return found


def _sentences_of(units: Sequence[Unit]) -> Iterator[list[Piece]]:
    sentence: list[Piece] = []
    for index, unit in enumerate(units):
        sentence += [
            Piece(index, unit.phonemes[start : start + MAX_PHRASE])
            for start in range(0, len(unit.phonemes), MAX_PHRASE)
        ]
        if unit.stop == "sentence":
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _cut(pieces: Sequence[Piece], units: Sequence[Unit]) -> int:
    """How many of the pieces, at least one, make the next phrase: as even as clause marks allow."""
    total = _length(pieces)
    aim = total / -(-total // MAX_PHRASE)
    length, fits, best, miss = 0, 1, 0, aim / 2
    for count, piece in enumerate(pieces[:-1], start=1):
        length += len(piece.symbols)
        if length > MAX_PHRASE:
            break
        fits = count if length <= aim else fits
        if units[piece.unit].stop and abs(length - aim) < miss:
            best, miss = count, abs(length - aim)
    return best or fits


def _length(pieces: Sequence[Piece]) -> int:
    return sum(len(piece.symbols) for piece in pieces)


def _without_silent(units: Sequence[Unit]) -> list[Unit]:
    """Let every unit without a sound cling to the one before it, or, at the start, to the one after."""
    kept: list[Unit] = []
    waiting: Unit | None = None
    for unit in units:
        if waiting is not None:
            unit, waiting = waiting.joined(unit), None
        if unit.silent and kept:
            kept[-1] = kept[-1].joined(unit)
        elif unit.silent:
            waiting = unit
        else:
            kept.append(unit)
    return kept
