"""Words as lines of glyphs at their places in the frame."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...domain.style import Type
from .ink import Rect, around
from .lines import Atom, atomise, fit
from .segmentation import is_right_to_left
from .text import Glyphs, Typesetter

LEADING = 0.26
"""The least white between the descenders of a line and the ascenders of the next, in ems."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where text may stand: the ``area`` that it never leaves, and the height in pixels that its middle aims at."""

    area: Rect
    middle: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How words are set: ``pixels`` of the em wanted, and in ems what surrounds them.

    At most ``most_lines`` while the text can shrink to that, ``shrinking`` is what it costs (``lines.fit``).
    ``side``, ``top`` and ``bottom`` are kept free around the letters for what is drawn there; ``leading`` is the white
    between lines, ``space`` the least width of a space, ``gap`` the room between two words of ideographs.
    """

    kind: Type
    language: str
    pixels: int
    most_lines: int
    shrinking: float
    side: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    leading: float = LEADING
    space: float = 0.0
    gap: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Glyphs in the frame, and the index of the word and of the row that they belong to.

    ``text`` is what they show, ``x`` and ``y`` where its origin lies.
    """

    word: int
    row: int
    text: str
    x: int
    y: int
    glyphs: Glyphs


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Set text: its em in pixels, its pieces, and a rectangle a row, as wide as its ink and as high as its font."""

    em: int
    pieces: tuple[Piece, ...]
    rows: tuple[Rect, ...]

    def word(self, index: int) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.pieces if piece.word == index)


def lay_out(words: Sequence[tuple[str, bool]], setting: Setting, page: Page) -> Block:
    """``words`` (each with whether a space follows it) in balanced, centred lines inside of ``page.area``.

    Raises UnknownName and MissingPart for the fonts.
    """
    setter = Typesetter(setting.kind, setting.pixels, setting.language)
    em = setting.pixels

    def measure(text: str) -> float:
        return setter.width(text) / em

    atoms = atomise(words, measure, max(setter.space / em, setting.space), setting.gap)
    above, below = (reach / em for reach in setter.extent("".join(text for text, _ in words)))
    width, height = page.area.width / em, page.area.height / em

    def limit(scale: float) -> float:
        return width / scale - 2 * setting.side

    def room(scale: float) -> int:
        free = height / scale - setting.top - setting.bottom + setting.leading
        return int(free / (above + below + setting.leading))

    found = fit(atoms, measure, limit, room, setting.most_lines, setting.shrinking)
    pixels = max(1, int(em * found.scale))
    while True:
        block = _place(found.lines, setting, page, pixels)
        if block is not None or pixels == 1:
            return block or Block(em=1, pieces=(), rows=())
        pixels = max(1, min(pixels - 1, int(pixels * 0.96)))


def _place(lines: Sequence[Sequence[Atom]], setting: Setting, page: Page, em: int) -> Block | None:
    """The lines at an em of that many pixels; None where their ink does not fit the page."""
    setter = Typesetter(setting.kind, em, setting.language)
    above, below = setter.extent("".join(atom.text for line in lines for atom in line))
    rows: list[tuple[list[_Placed], Rect]] = []
    baseline = 0
    for line in lines:
        drawn = _line(line, setter)
        ink = around(placed.glyphs.ink for placed in drawn)
        if ink.empty:
            continue
        high, low = max(round(above), -ink.top), max(round(below), ink.bottom)
        if rows:
            baseline = rows[-1][1].bottom + round(setting.leading * em) + high
        centred = (page.area.left + page.area.right - ink.left - ink.right) // 2
        rect = Rect(ink.left + centred, baseline - high, ink.right + centred, baseline + low)
        rows.append(([placed.moved(centred, baseline) for placed in drawn], rect))
    whole = around(rect for _, rect in rows)
    side, top, bottom = (int(-(-share * em // 1)) for share in (setting.side, setting.top, setting.bottom))
    if whole.width + 2 * side > page.area.width or whole.height + top + bottom > page.area.height:
        return None
    down = round(page.middle - (whole.top + whole.bottom) / 2)
    down = max(page.area.top + top - whole.top, min(down, page.area.bottom - bottom - whole.bottom))
    return Block(
        em=em,
        pieces=tuple(
            Piece(
                word=placed.atom.word,
                row=row,
                text=placed.atom.text,
                x=placed.x,
                y=placed.y + down,
                glyphs=placed.glyphs.moved(0, down),
            )
            for row, (drawn, _) in enumerate(rows)
            for placed in drawn
        ),
        rows=tuple(Rect(rect.left, rect.top + down, rect.right, rect.bottom + down) for _, rect in rows),
    )


@dataclass(frozen=True, slots=True)
class _Placed:
    """An atom's glyphs, its origin at (x, y)."""

    atom: Atom
    x: int
    y: int
    glyphs: Glyphs

    def moved(self, dx: int, dy: int) -> "_Placed":
        return _Placed(self.atom, self.x + dx, self.y + dy, self.glyphs.moved(dx, dy))


def _line(line: Sequence[Atom], setter: Typesetter) -> list[_Placed]:
    """The atoms from left to right, the line's origin at (0, 0)."""
    x = 0.0
    drawn = []
    for atom in _visual_order(line):
        drawn.append(_Placed(atom, round(x), 0, setter.draw(atom.text).moved(round(x), 0)))
        x += setter.width(atom.text) + atom.space * setter.pixels
    return drawn


def _visual_order(line: Sequence[Atom]) -> list[Atom]:
    """Atoms as they stand on the screen: in a line that begins from the right, runs of left-to-right words keep their
    own order (UAX #9, rule L2, taken by atoms)."""
    if not is_right_to_left("".join(atom.text for atom in line)):
        return list(line)
    runs: list[list[Atom]] = []
    for atom in line:
        if runs and is_right_to_left(atom.text) is False and is_right_to_left(runs[-1][-1].text) is False:
            runs[-1].append(atom)
        else:
            runs.append([atom])
    return [atom for run in reversed(runs) for atom in run]
