"""Breaking text into lines that are about equally long, and choosing how large they can be.

Everything is counted in ems, so one measurement serves every size. Where lines may break is UAX #14's matter; which of
those places are taken is decided by the smallest sum of squared differences from the mean length, plus what a break
costs there.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .segmentation import NEWLINES, breaks, clusters, is_stop, is_wide, may_start_line
from .text import CLOSING, OPENING

NEVER = math.inf
AFTER_STOP, AFTER_SPACE, BETWEEN_IDEOGRAPHS, IN_WORD, IN_LETTERS, BEFORE_STOP = 0.0, 0.15, 0.6, 4.0, 100.0, 1e6
"""What a break costs, in squared ems."""

SMALLEST = 0.55
"""Down to this share of its size text shrinks before it takes more lines or is cut inside a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """Text that is shaped as one: ``width`` in ems, then ``space`` ems that a line end swallows.

    ``cost`` is that of a break after it: NEVER where none may be. A ``forced`` break is always taken. ``word`` is the
    index of the word that it belongs to.
    """

    text: str
    width: float
    word: int = 0
    space: float = 0.0
    cost: float = NEVER
    forced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Lines as atoms, and the share of the wanted size at which they fit."""

    scale: float
    lines: tuple[tuple[Atom, ...], ...]


Measure = Callable[[str], float]
"""Text -> its advance in ems."""


def atomise(words: Sequence[tuple[str, bool]], measure: Measure, space: float, gap: float = 0.0) -> list[Atom]:
    """Atoms of ``words``, each with whether a space follows it. ``space`` is the width of that space in ems, ``gap``
    that between two words of ideographs. A newline inside a word is a forced break."""
    joined = "".join(text + " " * spaced for text, spaced in words)
    allowed = set(breaks(joined))
    atoms: list[Atom] = []
    start = 0
    for index, (text, spaced) in enumerate(words):
        end = start + len(text)
        inner = [place for place in range(start + 1, end) if place in allowed]
        for left, right in pairwise([start, *inner, end]):
            stored = joined[left:right]
            shown = stored.rstrip(" " + NEWLINES)
            last = right == end
            after = right + (1 if last and spaced else 0)
            followed = space if len(stored.rstrip(NEWLINES)) > len(shown) or (last and spaced) else 0.0
            if last and not spaced and _apart(joined, after):
                followed = gap
            if shown[-1:] in CLOSING and joined[after : after + 1] in OPENING:
                followed -= 0.5
            atoms.append(
                Atom(
                    text=shown,
                    width=measure(shown) if shown else 0.0,
                    word=index,
                    space=followed,
                    cost=_cost(joined, right, after, inside=not last and len(words) > 1) if after in allowed else NEVER,
                    forced=stored[-1:] in NEWLINES and stored != "",
                )
            )
        start = end + (1 if spaced else 0)
    if atoms:
        atoms[-1] = replace(atoms[-1], space=0.0, cost=0.0, forced=True)
    return atoms


def _apart(text: str, place: int) -> bool:
    """Whether two ideographs meet at ``place``."""
    pair = text[place - 1 : place + 1]
    return len(pair) == 2 and all(is_wide(letter) and letter not in CLOSING | OPENING for letter in pair)


def _cost(text: str, end: int, start: int, *, inside: bool) -> float:
    """Of a break between text[:end] and text[start:]."""
    before = text[:end].rstrip()[-1:] or " "
    if is_stop(before):
        return IN_WORD if inside and before == "-" else AFTER_STOP
    if inside and text[end - 1 : end] != " ":
        return IN_WORD
    return BETWEEN_IDEOGRAPHS if is_wide(before) and start == end else AFTER_SPACE


def length(atoms: Sequence[Atom]) -> float:
    """Width of a line of ``atoms`` in ems."""
    return sum(atom.width + atom.space for atom in atoms) - (atoms[-1].space if atoms else 0.0)


def fill(atoms: Sequence[Atom], limit: float) -> int:
    """The smallest number of lines of at most ``limit`` ems that hold ``atoms``; 0 where there is no such number."""
    fewest: list[float] = [0.0] + [NEVER] * len(atoms)
    for start in range(len(atoms)):
        if fewest[start] < NEVER:
            for end, _ in _lines_from(atoms, start, limit):
                fewest[end] = min(fewest[end], fewest[start] + 1)
    return int(fewest[-1]) if fewest[-1] < NEVER else 0


def balance(atoms: Sequence[Atom], limit: float, count: int) -> tuple[tuple[Atom, ...], ...]:
    """``atoms`` in exactly ``count`` lines of at most ``limit`` ems. Raises ValueError where that cannot be done."""
    target = length(atoms) / count
    best: list[dict[int, tuple[float, int]]] = [{} for _ in range(len(atoms) + 1)]
    best[0][0] = (0.0, 0)
    for start in range(len(atoms)):
        if not best[start]:
            continue
        for end, width in _lines_from(atoms, start, limit):
            cost = (width - target) ** 2 + (0.0 if atoms[end - 1].forced else atoms[end - 1].cost)
            for used, (spent, _) in best[start].items():
                if used < count and spent + cost < best[end].get(used + 1, (NEVER, 0))[0]:
                    best[end][used + 1] = (spent + cost, start)
    if count not in best[-1]:
        raise ValueError(f"{len(atoms)} atoms do not fit {count} lines of {limit:g} ems")
    lines: list[tuple[Atom, ...]] = []
    end = len(atoms)
    for left in range(count, 0, -1):
        start = best[end][left][1]
        lines.append(tuple(atoms[start:end]))
        end = start
    return tuple(reversed(lines))


def _lines_from(atoms: Sequence[Atom], start: int, limit: float) -> Iterable[tuple[int, float]]:
    """The ends and widths of the lines that may begin at ``start``."""
    width = 0.0
    for end in range(start + 1, len(atoms) + 1):
        atom = atoms[end - 1]
        width += atom.width
        if width > limit:
            return
        if atom.forced or atom.cost < NEVER:
            yield end, width
        if atom.forced:
            return
        width += atom.space


def fragment(atoms: Sequence[Atom], limit: float, measure: Measure) -> list[Atom]:
    """``atoms`` in which those that hold together on more than ``limit`` ems may be cut between grapheme clusters."""
    pieces: list[Atom] = []
    group: list[Atom] = []
    for atom in atoms:
        group.append(atom)
        if atom.forced or atom.cost < NEVER:
            pieces.extend(_cut(group, measure) if length(group) > limit else group)
            group = []
    return pieces + group


def _cut(group: Sequence[Atom], measure: Measure) -> list[Atom]:
    letters = [(atom, cluster, last) for atom in group for cluster, last in _marked_last(clusters(atom.text))]
    pieces = []
    for index, (atom, cluster, last) in enumerate(letters):
        following = letters[index + 1][1] if index + 1 < len(letters) else ""
        cost = IN_LETTERS if not following or may_start_line(following) else BEFORE_STOP
        pieces.append(
            replace(
                atom,
                text=cluster,
                width=measure(cluster),
                space=atom.space if last else 0.0,
                cost=min(atom.cost, cost) if last else cost,
                forced=atom.forced and last,
            )
        )
    return pieces


def _marked_last(parts: Sequence[str]) -> list[tuple[str, bool]]:
    return [(part, index == len(parts) - 1) for index, part in enumerate(parts)]


def fit(
    atoms: Sequence[Atom],
    measure: Measure,
    limit: Callable[[float], float],
    room: Callable[[float], int],
    most: int,
) -> Fit:
    """Lines for ``atoms`` at the largest scale that keeps the bounds.

    ``limit(scale)`` is the width of a line in ems at that scale, ``room(scale)`` how many lines the height holds. At
    most ``most`` lines are used down to SMALLEST; below it as many as there is room for, and words may be cut.
    """
    for step in range(19):
        scale = 1 - step * (1 - SMALLEST) / 18
        count = fill(atoms, limit(scale))
        if 0 < count <= min(most, room(scale)):
            return Fit(scale=scale, lines=balance(atoms, limit(scale), count))
    scale = SMALLEST
    while True:
        pieces = fragment(atoms, limit(scale), measure)
        count = fill(pieces, limit(scale))
        if (0 < count <= room(scale)) or scale < 1e-3:
            return Fit(scale=scale, lines=_joined(balance(pieces, limit(scale), count)) if count else ())
        scale *= 0.94


def _joined(lines: Iterable[tuple[Atom, ...]]) -> tuple[tuple[Atom, ...], ...]:
    """Lines in which neighbouring letters of one word, cut apart before, are shaped as one again."""
    whole = []
    for line in lines:
        atoms: list[Atom] = []
        for atom in line:
            if atoms and atoms[-1].word == atom.word and atoms[-1].space == 0 and atoms[-1].cost >= IN_LETTERS:
                atoms[-1] = replace(atom, text=atoms[-1].text + atom.text, width=atoms[-1].width + atom.width)
            else:
                atoms.append(atom)
        whole.append(tuple(atoms))
    return tuple(whole)
