"""Word boundaries as a service tells them, onto the tokens of the text.

A service cuts a text otherwise than captions do: "ice-cream" in two, "22亿杯" in one, "1675" maybe as the words that
are said. Boundaries whose letters stand in the text give their time to these letters; what is between stays with the
tokens that none of them named, and a token without any time shares that of its neighbour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from .alignment import Span, weight
from .written import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """``text`` as the service has it, heard from ``start`` to ``end`` in samples."""

    text: str
    start: int
    end: int


def spans_of(units: Sequence[Unit], boundaries: Sequence[Boundary]) -> list[Span]:
    """The samples of each unit, in order and apart. Raises ValueError where the boundaries end before the text does."""
    owners = [(index, ch) for index, unit in enumerate(units) for ch in _letters(unit.text)]
    times, loose = _timed("".join(ch for _, ch in owners), boundaries)
    spans: list[Span | None] = [None] * len(units)
    for (index, _), time in zip(owners, times, strict=True):
        if time is not None:
            held = spans[index]
            spans[index] = (min(held[0], time[0]), max(held[1], time[1])) if held else time
    _give_loose(spans, loose)
    if not any(spans[-2:]):
        raise ValueError("the word times end before the text does")
    return _ordered(_filled(units, spans))


def _letters(text: str) -> str:
    return "".join(ch for ch in text.casefold() if ch.isalnum())


def _timed(letters: str, boundaries: Sequence[Boundary]) -> tuple[list[Span | None], list[Span]]:
    """The time of each letter of the text, and the boundaries that stand nowhere in it."""
    told = [_letters(one.text) for one in boundaries]
    where = [-1] * sum(map(len, told))
    for block in SequenceMatcher(None, letters, "".join(told), autojunk=False).get_matching_blocks():
        for offset in range(block.size):
            where[block.b + offset] = block.a + offset
    times: list[Span | None] = [None] * len(letters)
    loose: list[Span] = []
    at = 0
    for one, text in zip(boundaries, told, strict=True):
        places, at = where[at : at + len(text)], at + len(text)
        if not places or places != list(range(places[0], places[0] + len(places))) or places[0] < 0:
            loose.append((one.start, one.end))
            continue
        length = one.end - one.start
        for n, place in enumerate(places):
            times[place] = one.start + length * n // len(places), one.start + length * (n + 1) // len(places)
    return times, loose


def _runs(spans: Sequence[Span | None]) -> list[tuple[int, int]]:
    """The runs of units without a time, from and to."""
    runs: list[tuple[int, int]] = []
    for index, span in enumerate(spans):
        if span is None:
            start = runs.pop()[0] if runs and runs[-1][1] == index else index
            runs.append((start, index + 1))
    return runs


def _give_loose(spans: list[Span | None], loose: Sequence[Span]) -> None:
    """A run without times that boundaries of other letters fall into is theirs: a number, said in words."""
    for start, end in _runs(spans):
        after = spans[start - 1] if start else (0, 0)
        before = spans[end] if end < len(spans) else None
        inside = [one for one in loose if after and one[0] >= after[1] and (before is None or one[1] <= before[0])]
        if inside:
            first, last, count = inside[0][0], inside[-1][1], end - start
            for n in range(count):
                spans[start + n] = first + (last - first) * n // count, first + (last - first) * (n + 1) // count


def _filled(units: Sequence[Unit], spans: Sequence[Span | None]) -> list[Span]:
    """Units without a time share, by their phonemes, that of the one before them, at the start of the one after."""
    groups: list[list[int]] = []
    for index, span in enumerate(spans):
        alone = not groups or (span is not None and any(spans[one] is not None for one in groups[-1]))
        if alone:
            groups.append([index])
        else:
            groups[-1].append(index)
    filled: list[Span] = []
    for group in groups:
        start, end = next(span for index in group if (span := spans[index]) is not None)
        total, done = sum(weight(units[index]) for index in group), 0.0
        for index in group:
            begun, done = done, done + weight(units[index])
            filled.append((start + int((end - start) * begun / total), start + int((end - start) * done / total)))
    return filled


def _ordered(spans: Sequence[Span]) -> list[Span]:
    ordered: list[Span] = []
    floor = 0
    for start, end in spans:
        begin = max(start, floor)
        floor = max(end, begin + 1)
        ordered.append((begin, floor))
    return ordered
