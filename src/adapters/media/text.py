"""A piece of text as glyphs: which font has which letters, how wide they are, and their ink.

Letters that the style's own font lacks come from Noto's for Chinese, Japanese and Korean, sans or serif, then from
OpenMoji, then from whatever is installed; what nobody has is left out, since a box in its place tells a viewer nothing.
A grapheme cluster never takes two fonts.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

from ...domain.language import is_wide
from ...domain.style import Type
from .fonts import CJK, EMOJI, SERIF_CJK, TYPEFACES, FontFile, coverage, drawing, font_file, open_font, system_font
from .ink import NOWHERE, Mask, Picture, Rect, around
from .segmentation import clusters, is_ambiguous, is_emoji, is_ignorable, is_unseen

OPENING = frozenset("（《「『【〔〈“‘")
CLOSING = frozenset("，。、；：！？）》」』】〕〉”’")
"""Full-width punctuation with the ink in its right or left half; the other half is blank."""

_EMOJI_MIDDLE, _EMOJI_BLANK = 0.39, 0.06
"""Height of the middle of OpenMoji's pictures over the baseline, and the blank on both their sides, in ems."""
_BOLDER = 0.00006
"""Stroke in ems, for each unit of weight over regular, that makes ideographs of a file with one weight bolder."""
_UPPER: dict[str, dict[str, str | int | None]] = {"tr": {"i": "İ"}, "az": {"i": "İ"}}


def upper(text: str, language: str) -> str:
    """``text`` in capitals as ``language`` (BCP 47) writes them: dotted İ in Turkish, no accents in Greek."""
    primary = language.split("-", maxsplit=1)[0].lower()
    if primary == "el":
        return text.translate(str.maketrans("άέήίόύώΐΰ", "αεηιουωϊϋ")).upper()
    return text.translate(str.maketrans(_UPPER.get(primary, {}))).upper()


@lru_cache(maxsize=2048)
def itemise(text: str, family: str, language: str) -> tuple[tuple[FontFile, str], ...]:
    """``text`` cut into runs of one font; characters that no font has are missing. Raises UnknownName, MissingPart."""
    runs: list[tuple[FontFile, str]] = []
    parts = clusters(text)
    for index, cluster in enumerate(parts):
        before = parts[index - 1][-1] if index else ""
        after = parts[index + 1][0] if index + 1 < len(parts) else ""
        beside_wide = any(mark and (is_wide(mark) or is_ambiguous(mark)) for mark in (before, after))
        square = is_ambiguous(cluster) and beside_wide and language[:2] in ("zh", "ja")
        found = _font_for(cluster, family, square)
        if found is None:
            continue
        if runs and runs[-1][0] == found[0]:
            runs[-1] = (found[0], runs[-1][1] + found[1])
        else:
            runs.append(found)
    return tuple(runs)


@lru_cache(maxsize=4096)
def _font_for(cluster: str, family: str, square: bool) -> tuple[FontFile, str] | None:
    """The first font that has all of ``cluster``, or at least what it starts with, and the part that it has."""
    wide = TYPEFACES[family].ideographs if family in TYPEFACES else CJK
    order = (family, wide, CJK, EMOJI)
    if is_emoji(cluster):
        order = (EMOJI, family, wide, CJK)
    elif square:
        order = (wide, CJK, family, EMOJI)
    seen = "".join(character for character in cluster if not is_unseen(character))
    for wanted in (seen, seen[:1]):
        inked = [ord(character) for character in wanted if not is_ignorable(character)]
        if not inked:
            return None
        for name in order:
            file = font_file(name)
            if all(code in coverage(file) for code in inked):
                return file, wanted
        installed = system_font(chr(inked[0]))
        if installed is not None and all(code in coverage(installed) for code in inked):
            return installed, wanted
    return None


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one font, ``x`` pixels right of the piece's origin and ``rise`` above its baseline."""

    text: str
    font: ImageFont.FreeTypeFont
    colour: bool
    features: tuple[str, ...]
    x: float
    rise: float
    bolder: float = 0.0
    """Pixels of stroke that stand in for a weight which the font does not have."""


@dataclass(frozen=True, slots=True, eq=False)
class Glyphs:
    """The ink of a piece of text, relative to its origin on the baseline; y grows downwards."""

    fill: Mask | None = None
    stroke: Mask | None = None
    picture: Picture | None = None

    @property
    def ink(self) -> Rect:
        """Around the letters themselves, without their stroke."""
        return around(part.rect for part in (self.fill, self.picture) if part)

    @property
    def rect(self) -> Rect:
        return around(part.rect for part in (self.fill, self.stroke, self.picture) if part)

    def moved(self, dx: int, dy: int) -> "Glyphs":
        return Glyphs(
            self.fill and self.fill.moved(dx, dy),
            self.stroke and self.stroke.moved(dx, dy),
            self.picture and self.picture.moved(dx, dy),
        )


class Typesetter:
    """Sets text in a type at an em of ``pixels``, for a ``language`` (BCP 47)."""

    def __init__(self, kind: Type, pixels: int, language: str) -> None:
        self.kind, self.pixels, self.language = kind, pixels, language
        own = font_file(kind.font)
        self.weight = kind.weight if own.axes else own.weight
        self.stroke = kind.stroke_width * pixels

    @cached_property
    def capital(self) -> float:
        """Height of a capital over the baseline, in pixels."""
        return float(-self._bounds(open_font(font_file(self.kind.font), self.weight, self.pixels), "H")[1])

    @cached_property
    def space(self) -> float:
        """Width of the space between words, in pixels."""
        font = open_font(font_file(self.kind.font), self.weight, self.pixels)
        with drawing:
            return float(font.getlength(" "))

    def extent(self, text: str) -> tuple[float, float]:
        """How far lines with the letters of ``text`` usually reach over and under the baseline, in pixels: a measure
        of the fonts, the same for all texts in them."""
        above, below = self.capital, 0.0
        for file, part in itemise(text, self.kind.font, self.language):
            if file.colour:
                above, below = max(above, self.capital / 2 + 0.47 * self._em(file)), max(below, 0.1 * self.pixels)
                continue
            font = open_font(file, self.weight, self._em(file))
            sample = "国" if any(is_wide(letter) for letter in part) else "H" if part.upper() == part else "dp"
            _, top, _, bottom = self._bounds(font, sample)
            above, below = max(above, -top), max(below, bottom)
        return above, below

    def width(self, text: str) -> float:
        """Advance of ``text`` in pixels."""
        return self._shape(text)[1]

    def draw(self, text: str) -> Glyphs:
        """The ink of ``text``, its stroke round at the joins; emoji in their own colours, without stroke."""
        runs, _ = self._shape(text)
        with drawing:
            inked = [run for run in runs if not run.colour]
            return Glyphs(
                self._mask(inked, 0),
                self._mask(inked, self.stroke) if self.stroke > 0 else None,
                self._picture([run for run in runs if run.colour]),
            )

    def _shape(self, text: str) -> tuple[list[Run], float]:
        runs: list[Run] = []
        x = 0.0
        for file, part in itemise(text, self.kind.font, self.language):
            em = self._em(file)
            font = open_font(file, self.weight, em)
            features = _tight_punctuation(part) if file in _ideographs() else ()
            bolder = max(0, self.weight - file.weight) * _BOLDER * em if file == font_file(SERIF_CJK) else 0.0
            rise = self.capital / 2 - _EMOJI_MIDDLE * em if file.colour else 0.0
            blank = _EMOJI_BLANK * em if file.colour else 0.0
            runs.append(Run(part, font, file.colour, features, x - blank, rise, bolder))
            with drawing:
                x += font.getlength(part, features=list(features) or None, language=self.language) - 2 * blank
        return runs, x

    def _em(self, file: FontFile) -> int:
        """Pictures grow with fonts that have tall capitals, ideographs shrink beside small letters."""
        if file.colour:
            return round(max(self.pixels, self.capital * 1.2))
        size = TYPEFACES[self.kind.font].ideograph_size
        return max(1, round(self.pixels * size)) if size < 1 and file in _ideographs() else self.pixels

    def _bounds(self, font: ImageFont.FreeTypeFont, text: str) -> tuple[float, float, float, float]:
        with drawing:
            return font.getbbox(text, anchor="ls")

    def _reach(self, runs: list[Run], stroke: float) -> Rect:
        reach = NOWHERE
        for run in runs:
            left, top, right, bottom = run.font.getbbox(
                run.text,
                stroke_width=stroke + run.bolder,
                anchor="ls",
                features=list(run.features) or None,
                language=self.language,
            )
            reach |= Rect(
                int(run.x + left) - 2, int(top - run.rise) - 2, int(run.x + right) + 3, int(bottom - run.rise) + 3
            )
        return reach

    def _mask(self, runs: list[Run], stroke: float) -> Mask | None:
        reach = self._reach(runs, stroke)
        if reach.empty:
            return None
        image = Image.new("L", (reach.width, reach.height))
        self._write(image, runs, reach, stroke)
        return Mask.of(image, reach.left, reach.top)

    def _picture(self, runs: list[Run]) -> Picture | None:
        reach = self._reach(runs, 0)
        if reach.empty:
            return None
        image = Image.new("RGBA", (reach.width, reach.height))
        self._write(image, runs, reach, 0)
        return Picture.of(image, reach.left, reach.top)

    def _write(self, image: Image.Image, runs: list[Run], reach: Rect, stroke: float) -> None:
        pen = ImageDraw.Draw(image)
        for run in runs:
            pen.text(
                (run.x - reach.left, -run.rise - reach.top),
                run.text,
                fill=255 if image.mode == "L" else (255, 255, 255, 255),
                font=run.font,
                anchor="ls",
                stroke_width=stroke + run.bolder,
                features=list(run.features) or None,
                language=self.language,
                embedded_color=run.colour,
            )


def _ideographs() -> tuple[FontFile, FontFile]:
    return font_file(CJK), font_file(SERIF_CJK)


def _tight_punctuation(text: str) -> tuple[str, ...]:
    """OpenType features that close the gap between two full-width marks ("halt" for the one with the blank there)."""
    halved = []
    for index, (left, right) in enumerate(pairwise(text)):
        if left in CLOSING and (right in CLOSING or right in OPENING):
            halved.append(index)
        elif left in OPENING and right in OPENING:
            halved.append(index + 1)
    return tuple(f"halt[{index}:{index + 1}]" for index in halved)
