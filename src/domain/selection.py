"""The selection: which sentences of a document are kept in a given time, by maximal marginal relevance (MMR).

MMR (Carbonell and Goldstein, 1998) takes one after the other what is worth most and least like what was taken already.
A sentence that leans on its neighbour is taken together with it or not at all.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import median

from .textrank import Vector, cosine

_RELEVANCE = 0.7
"""What worth weighs beside novelty: MMR's lambda."""
_SAME = 0.6
"""Cosine from which on two sentences say the same."""
_LEAST = 0.4
"""A sentence worth less than this share of what the chosen ones are worth at the median is padding."""
_NEW_SECTION, _GOES_ON = 1.3, 1.15
"""How much more a sentence is worth whose section has not been heard yet, or which goes on from one that is kept."""
_STRANGER = 0.6
"""How much less a sentence is worth that names somebody who has not been introduced."""
_LONGEST_RUN = 5
"""Sentences that may be taken together at the most, lists aside."""
_OPENING, _CLOSING = 0.5, 0.25
"""Shares of the time that the opening and the closing may take."""
_WORTHY = 0.15
"""What they are worth at the least."""
_AT_THE_ENDS = 4
"""Sentences from either end among which they are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sentence that may be kept: what it is worth (the best 1), how long it takes, and what it hangs together with.

    ``leans``: it cannot stand without the one before; ``asks``: nor without the one after. ``section`` tells where
    such ties end. ``item`` is true in a list, which comes whole after what announces it. ``names`` are surnames alone,
    ``introduces`` those of the full names in it.
    """

    section: int
    paragraph: int
    first: bool
    item: bool
    leans: bool
    asks: bool
    seconds: float
    worth: float
    vector: Vector
    names: frozenset[str] = frozenset()
    introduces: frozenset[str] = frozenset()


def select(candidates: Sequence[Candidate], room: float) -> tuple[int, ...]:
    """The indices, in order, of the candidates that are kept and together take at most ``room`` seconds.

    An early sentence that stands by itself opens, one of the last closes. Empty where nothing fits.
    """
    return _Selection(candidates, room).chosen()


class _Selection:
    def __init__(self, candidates: Sequence[Candidate], room: float) -> None:
        self._candidates, self._room = candidates, room
        self._runs = [_run(candidates, index) for index in range(len(candidates))]
        self._chosen: set[int] = set()
        self._nearest = [0.0] * len(candidates)
        """Each candidate's highest cosine with one that is chosen."""

    def chosen(self) -> tuple[int, ...]:
        opening, closing = _OPENING * self._room, _CLOSING * self._room
        self._take(self._opening(opening))
        self._take(self._closing(closing))
        while fresh := self._next():
            self._take(fresh)
        return tuple(sorted(self._chosen))

    def _take(self, fresh: Collection[int]) -> None:
        self._chosen.update(fresh)
        self._room -= self._seconds(fresh)
        taken = [self._candidates[index].vector for index in fresh]
        for index, candidate in enumerate(self._candidates):
            self._nearest[index] = max([self._nearest[index], *(cosine(candidate.vector, other) for other in taken)])

    def _opening(self, room: float) -> Collection[int]:
        """The first of the first sentences that is a worthy one and stands by itself."""
        for index, run in enumerate(self._runs[:_AT_THE_ENDS]):
            first = self._candidates[index]
            if run and first.first and not first.leans and first.worth >= _WORTHY and self._seconds(run) <= room:
                return run
        return ()

    def _closing(self, room: float) -> Collection[int]:
        """The worthiest of the last sentences."""
        last = [
            run
            for run in self._runs[-_AT_THE_ENDS:]
            if run and self._chosen.isdisjoint(run) and self._seconds(run) <= room and self._stands(run)
        ]
        best = max(last, key=lambda run: (self._worth(run), run.stop), default=range(0))
        return best if best and self._worth(best) >= _WORTHY else ()

    def _next(self) -> Collection[int]:
        """The best that still fits and is worth its time; empty where there is nothing."""
        heard = {self._candidates[index].section for index in self._chosen}
        least = _LEAST * median(self._candidates[index].worth for index in self._chosen) if self._chosen else 0.0
        best: Collection[int] = ()
        highest = 0.0
        for run in self._runs:
            fresh = [index for index in run if index not in self._chosen]
            if not fresh or any(self._nearest[index] >= _SAME for index in fresh):
                continue
            worth = self._worth(fresh)
            if worth < least or self._seconds(fresh) > self._room:
                continue
            like = math.fsum(self._nearest[index] for index in fresh) / len(fresh)
            value = _RELEVANCE * worth - (1 - _RELEVANCE) * like
            value *= 1.0 if self._candidates[fresh[0]].section in heard else _NEW_SECTION
            value *= _STRANGER if self._strange(fresh) else 1.0
            value *= _GOES_ON if self._goes_on(fresh[0]) else 1.0
            if value > highest:
                best, highest = fresh, value
        return best

    def _strange(self, indices: Collection[int]) -> bool:
        """Whether there is a surname whose owner was not introduced."""
        candidates = self._candidates
        known = {name for index in (*self._chosen, *indices) for name in candidates[index].introduces}
        return any(candidates[index].names - known for index in indices)

    def _stands(self, run: range) -> bool:
        return not self._candidates[run.start].leans

    def _goes_on(self, index: int) -> bool:
        before = index - 1
        return before in self._chosen and self._candidates[before].paragraph == self._candidates[index].paragraph

    def _worth(self, indices: Collection[int]) -> float:
        return math.fsum(self._candidates[index].worth for index in indices) / len(indices)

    def _seconds(self, indices: Collection[int]) -> float:
        return math.fsum(self._candidates[index].seconds for index in indices)


def _run(candidates: Sequence[Candidate], index: int) -> range:
    """The candidates that have to come with this one, itself included; empty where they are too many."""
    section = candidates[index].section
    start = index
    while start and candidates[start].leans and candidates[start - 1].section == section:
        start -= 1
    end, at = index + 1, start
    while at < end < len(candidates):
        if at + 1 == end and candidates[at].asks and candidates[end].section == section:
            end += 1
            while candidates[end - 1].item and end < len(candidates) and candidates[end].item:
                end += 1
        at += 1
    return range(start, end if end - start <= _LONGEST_RUN or candidates[end - 1].item else start)
