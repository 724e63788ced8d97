"""Lower thirds: a chapter's name on its plates, drawn once, and slid out from behind a bar or faded in."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ...domain.easing import ease_out, smooth
from ...domain.furniture import LowerThird, LowerThirdStyle
from ...domain.style import Box, CaptionStyle, Type, rgb
from .decoration import letters, painted, soft_shadow
from .ink import Layer, Paint, Rect, around, compose
from .layout import LEADING, Block, Page, Setting, lay_out
from .planes import Planes
from .plates import plate
from .segmentation import clean
from .sprites import OPAQUE, Sprite, blend
from .text import upper

IN, OUT = 0.8, 0.5
"""Seconds in which a lower third comes and goes."""
_WIDEST = 0.94
"""The most of the frame's shorter side that it takes from left to right."""
_MOST_LINES = 2
_SHRINKING = 20.0
_FLATNESS = 0.6
"""Padding above and below text as a share of that beside it."""
_BAR, _APART, _GAP = 0.13, 0.36, 0.34
"""In ems: the bar's width, its distance from text without a box, and the white between the two lines."""
_SHIFT = 0.07
"""How far left of its place it starts where there is no bar, as a share of the frame's shorter side."""
_CLEAR = 0.05
"""Distance kept from captions, as a share of the frame's shorter side."""

Pose = tuple[int, int]
"""How much of the bar has grown, and how much of the rest has come out from behind it: 0 to 256."""


@dataclass(frozen=True, slots=True)
class _Line:
    """Set text, and the pixels that are kept free around its rows."""

    block: Block
    kind: Type
    side: int
    over: int
    under: int
    box: Box | None


class LowerThirds:
    """Draws the lower thirds of one look inside the ``area`` of a frame of ``size`` (width, height)."""

    def __init__(
        self,
        style: LowerThirdStyle,
        captions: CaptionStyle,
        area: Rect,
        size: tuple[int, int],
        language: str,
        fps: int,
    ) -> None:
        self._style, self._captions, self._area, self._language, self._fps = style, captions, area, language, fps
        self._height, self._short = size[1], min(size)
        self._drawing = lru_cache(maxsize=8)(self._draw)

    def pose(self, shown: LowerThird, frame: int) -> Pose:
        """Where it is in its motion at ``frame`` of its scene."""
        come = min(1.0, (frame - shown.start + 1) / (IN * self._fps))
        go = min(1.0, (shown.end - frame) / (OUT * self._fps))
        bar = min(smooth(min(1.0, come / 0.4)), smooth(min(1.0, go / 0.5)))
        body = min(ease_out(max(0.0, (come - 0.25) / 0.75)), smooth(max(0.0, (go - 0.25) / 0.75)))
        return round(OPAQUE * bar), round(OPAQUE * body)

    def draw(self, shown: LowerThird, pose: Pose, out: Planes) -> None:
        """Raises UnknownName and MissingPart for the fonts."""
        bar, body = self._drawing(shown.kicker, shown.text)
        if not bar.planes:
            shift = round(_SHIFT * self._short * (OPAQUE - pose[1]) / OPAQUE / 2) * 2
            blend(body, out, opacity=pose[1], dx=-shift)
            return
        left, top, right, bottom = bar.bounds
        grown = (bottom - top) * pose[0] // OPAQUE // 2 * 2
        blend(bar.within(left, bottom - grown, right, bottom), out)
        left, top, right, bottom = body.bounds
        behind = (right - left) * (OPAQUE - pose[1]) // OPAQUE // 2 * 2
        blend(body.within(left + behind, top, right, bottom), out, opacity=2 * pose[1], dx=-behind)

    def _draw(self, kicker: str, text: str) -> tuple[Sprite, Sprite]:
        """The bar and the rest."""
        lines, joined = self._lines(kicker, text)
        if not lines:
            return Sprite(), Sprite()
        em = lines[-1].block.em
        bar = max(2, round(_BAR * em / 2) * 2) if self._style.accent else 0
        x = self._area.left + bar + (round(_APART * em) if bar and not any(line.box for line in lines) else 0)
        _, solid = self._stack(lines, joined, x, 0)
        top = self._top(solid.height)
        layers, solid = self._stack(lines, joined, x, top)
        body = compose(layers, around(layer.rect for layer in layers).even())
        if not bar or self._style.accent is None:
            return Sprite(), body
        _, _, right, bottom = body.bounds
        body = body.within(self._area.left + bar, 0, right, bottom)
        strip = Rect(self._area.left, solid.top, self._area.left + bar, solid.bottom).even()
        mask = plate([strip], 0)
        return compose([Paint(mask, rgb(self._style.accent))], strip) if mask else Sprite(), body

    def _lines(self, kicker: str, text: str) -> tuple[list[_Line], bool]:
        """The lines that have ink, and whether one box lies behind both."""
        style = self._style
        joined = bool(kicker) and style.kicker is not None and style.kicker_box is None and style.box is not None
        lines = []
        if style.kicker is not None and kicker:
            box = style.box if joined else style.kicker_box
            lines.append(self._line(kicker, style.kicker, box))
        lines.append(self._line(text, style.type, style.box))
        lines = [line for line in lines if line.block.pieces]
        if joined and len(lines) == 2:
            above, below = lines
            side, flat = below.side, below.over
            lines = [
                _Line(above.block, above.kind, side, flat, 0, None),
                _Line(below.block, below.kind, side, 0, flat, below.box),
            ]
        return lines, joined and len(lines) == 2

    def _line(self, text: str, kind: Type, box: Box | None) -> _Line:
        around_letters = (box.padding if box else 0.0) + kind.stroke_width
        area = self._area
        setting = Setting(
            kind=kind,
            language=self._language,
            pixels=max(1, round(kind.size * self._short)),
            most_lines=_MOST_LINES,
            shrinking=_SHRINKING,
            side=around_letters + 0.3,
            top=around_letters,
            bottom=around_letters,
            leading=LEADING - 0.06,
        )
        widest = Rect(area.left, area.top, min(area.right, area.left + round(_WIDEST * self._short)), area.bottom)
        cased = upper(text, self._language) if kind.uppercase else text
        block = lay_out(((clean(cased), False),), setting, Page(area=widest, middle=self._height / 2))
        side = round(box.padding * block.em) if box else 0
        flat = round(_FLATNESS * box.padding * block.em) if box else 0
        return _Line(block, kind, side, flat, flat, box)

    def _stack(self, lines: Sequence[_Line], joined: bool, x: int, y: int) -> tuple[list[Layer], Rect]:
        """The lines below each other, flush left at ``x`` and from ``y`` on: layers, and the rectangle of what is solid
        in them, plates or rows."""
        plates: list[Layer] = []
        text: list[Layer] = []
        solid: list[Rect] = []
        for index, line in enumerate(lines):
            top = y
            down = y + line.over - line.block.rows[0].top
            rows = [_flush(row, x + line.side, down) for row in line.block.rows]
            y = rows[-1].bottom + line.under
            solid.append(Rect(x, top, max(row.right for row in rows) + line.side, y))
            text += _letters(line, x + line.side, down)
            if line.box and not joined:
                plates += painted(plate([solid[-1]], line.box.radius * line.block.em), line.box)
            if index + 1 < len(lines) and (joined or line.box is None or lines[index + 1].box is None):
                y += round(_GAP * line.block.em)
        whole = around(solid)
        last = lines[-1]
        if joined and last.box:
            plates += painted(plate([whole], last.box.radius * last.block.em), last.box)
        return plates + text, whole

    def _top(self, height: int) -> int:
        """The upper edge in pixels, even: near the place that the style asks for, inside the area, off the captions.

        A long name and a short one stand on the same side of the captions wherever there is room for both.
        """
        area, captions, short = self._area, self._captions, self._short
        padding = 2 * max((box.padding for box in (captions.box, captions.lit_box) if box), default=0.0)
        half = captions.type.size * (captions.max_lines * (1 + LEADING) + padding) * short / 2 + _CLEAR * short
        middle = max(area.top + half, min(captions.position * self._height, area.bottom - half))
        above, below = middle - half, middle + half
        wanted = self._style.position * self._height

        def off(side: float) -> float:
            return abs(side + height / 2 - wanted)

        for room in (max(height, self._tallest()), height):
            top = max(area.top, min(wanted - room / 2, area.bottom - room))
            if top + room <= above or top >= below:
                return round(top + (room - height) / 2) // 2 * 2
            sides: list[float] = [above - height] if area.top <= above - room else []
            sides += [below] if below + room <= area.bottom else []
            if sides:
                nearest: float = min(sides, key=off)
                return round(nearest) // 2 * 2
        return max(area.top, int(above) - height) // 2 * 2

    def _tallest(self) -> int:
        """About how high a name of two lines below a kicker is, in pixels."""
        style = self._style
        boxes = sum(2 * _FLATNESS * box.padding for box in (style.box, style.kicker_box) if box)
        lines = _MOST_LINES * (1 + LEADING) * style.type.size
        kicker = (1 + _GAP) * style.kicker.size if style.kicker else 0.0
        return round((lines + kicker + boxes * style.type.size) * self._short)


def _flush(row: Rect, left: int, down: int) -> Rect:
    return Rect(left, row.top + down, left + row.width, row.bottom + down)


def _letters(line: _Line, left: int, down: int) -> list[Layer]:
    """Shadow, strokes and fills of a line whose rows begin at ``left``, ``down`` pixels below where they were set."""
    rows, kind = line.block.rows, line.kind
    glyphs = [(one.word, one.glyphs.moved(left - rows[one.row].left, down)) for one in line.block.pieces]
    return letters(glyphs, kind, [soft_shadow((part for _, part in glyphs), kind, line.block.em)])
