"""Breaking text into lines that are about equally long, and choosing how large they can be.

Everything is counted in ems, so one measurement serves every size. Where lines may break is UAX #14's matter; which of
those places are taken is decided by the smallest sum of squared differences from the mean length, plus what a break
costs there.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ...domain.breaking import WORD_END
from ...domain.language import is_wide
from .segmentation import NEWLINES, breaks, clusters, is_stop, leans_back, leans_on, may_start_line
from .text import CLOSING, OPENING

NEVER = math.inf
AFTER_STOP, AFTER_SPACE, BETWEEN_IDEOGRAPHS, IN_WORD, IN_LETTERS, BEFORE_STOP = 0.0, 0.25, 0.8, 9.0, 100.0, 1e6
"""What a break costs, in squared ems."""

ONE_LINE = 0.6
"""What each line costs, in squared ems."""

SMALLEST = 0.55
"""Down to this share of its size text shrinks before it takes more lines or is cut inside a word."""

BESIDE_LATIN = 0.14
"""Ems between an ideograph and a Latin letter or digit that no space divides (W3C, Chinese text layout, 3.2.2)."""


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
            width = measure(shown) if shown else 0.0
            if len(stored.rstrip(NEWLINES)) > len(shown) or (last and spaced):
                followed = space
            else:
                followed = _joint(shown[-1:], joined[after : after + 1], measure, gap if last else 0.0)
            atoms.append(
                Atom(
                    text=shown,
                    width=width,
                    word=index,
                    space=followed if width else 0.0,
                    cost=_cost(joined, right, after, inside=not last and len(words) > 1) if after in allowed else NEVER,
                    forced=stored[-1:] in NEWLINES and stored != "",
                )
            )
        start = end + (1 if spaced else 0)
    if atoms:
        atoms[-1] = replace(atoms[-1], space=0.0, cost=0.0, forced=True)
    return atoms


def _joint(left: str, right: str, measure: Measure, gap: float) -> float:
    """The ems between two atoms that no space divides: less than none between two full-width marks."""
    if not left or not right:
        return 0.0
    marks = [letter in CLOSING or letter in OPENING for letter in (left, right)]
    if all(marks):
        return measure(f"国{left}{right}国") - measure(f"国{left}") - measure(f"{right}国")
    if any(marks):
        return 0.0
    ideographs = [is_wide(letter) and letter.isalpha() for letter in (left, right)]
    if all(ideographs):
        return gap
    return max(gap, BESIDE_LATIN) if any(ideographs) and left.isalnum() and right.isalnum() else 0.0


def _cost(text: str, end: int, start: int, *, inside: bool) -> float:
    """Of a break between text[:end] and text[start:]. A text with zero-width spaces says by them where words end."""
    before = text[:end].rstrip(" " + WORD_END)[-1:] or " "
    if is_stop(before):
        return IN_WORD if inside and before == "-" else AFTER_STOP
    spaced = start > end or text[end - 1 : end] == " "
    if spaced and not (is_wide(before) or is_wide(text[start : start + 1] or " ")):
        return AFTER_SPACE
    if spaced or text[end - 1 : end] == WORD_END:
        return BETWEEN_IDEOGRAPHS
    if inside or WORD_END in text or leans_back(text[start : start + 1]) or leans_on(before):
        return IN_WORD
    return BETWEEN_IDEOGRAPHS


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


def _burden(lines: Sequence[Sequence[Atom]]) -> float:
    """What ``lines`` cost: their number, their unevenness and their breaks, in squared ems."""
    widths = [length(line) for line in lines]
    mean = sum(widths) / len(widths)
    breaks_taken = sum(0.0 if line[-1].forced else line[-1].cost for line in lines)
    return ONE_LINE * len(lines) + sum((width - mean) ** 2 for width in widths) + breaks_taken


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
    shrinking: float,
) -> Fit:
    """Lines for ``atoms`` at a scale that weighs their evenness against their size.

    ``limit(scale)`` is the width of a line in ems at that scale, ``room(scale)`` how many lines the height holds,
    ``shrinking`` what it costs to vanish, in squared ems. At most ``most`` lines are used down to SMALLEST; below it
    as many as there is room for, and words may be cut.
    """
    best: tuple[float, Fit] | None = None
    for step in range(19):
        scale = 1 - step / 18 * (1 - SMALLEST)
        smaller = shrinking * (1 - scale)
        if best is not None and best[0] <= smaller + ONE_LINE:
            break
        count = fill(atoms, limit(scale))
        if 0 < count <= min(most, room(scale)):
            lines = balance(atoms, limit(scale), count)
            cost = smaller + _burden(lines)
            if best is None or cost < best[0]:
                best = (cost, Fit(scale=scale, lines=lines))
    if best is not None:
        return best[1]
    scale = SMALLEST
    while True:
        pieces = fragment(atoms, limit(scale), measure)
        kept = [replace(piece, cost=NEVER) if piece.cost == BEFORE_STOP else piece for piece in pieces]
        count = fill(kept, limit(scale))
        if count:
            pieces = kept
        else:
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
