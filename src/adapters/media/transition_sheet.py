"""A contact sheet of transitions: a row for each of them, a column for each moment of its way from A to B."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ...application.writing import whole
from ...domain.mix import Direction
from ...domain.output import frame_size
from ...domain.pictures import Backdrop
from ...domain.transitions import TRANSITIONS
from .backdrops.picture import BackdropPicture
from .fonts import drawing, load
from .mixing import Mixer
from .planes import Planes, new_frame, new_planes, planes_of, rgb_of
from .sprites import Sprite, blend

STEPS = (0.08, 0.25, 0.4, 0.5, 0.6, 0.75, 0.92)
"""Progress, eased, of the columns."""
_FPS, _MOMENT = 30, 40
_RESOLUTION, _REDUCED = "360p", 2
"""Frames are mixed at this size and shown at a half of it."""
_MARGIN, _GAP, _LABEL, _TEXT = 24, 10, 300, 20
_PAPER, _INK, _FAINT = (18, 20, 24), (240, 240, 240), (150, 156, 166)
_OUTGOING = Backdrop(kind="aurora", colours=("#06263f", "#0b6c8f", "#37c2d0", "#d7f4ee"), seed=3)
_INCOMING = Backdrop(kind="rays", colours=("#5a1005", "#d1490c", "#f7a21b", "#ffe08a"), seed=5)


def write_transition_sheet(to: Path, aspect: str, *, every_direction: bool) -> None:
    """Write the sheet as a PNG, whole or not at all. Raises UnknownName for the aspect, OutputFailed, DiskFull."""
    sheet = transition_sheet(aspect, every_direction=every_direction)
    with whole(to) as part:
        sheet.save(part, "PNG")


def transition_sheet(aspect: str, *, every_direction: bool) -> Image.Image:
    """RGB; one row for a transition, or one for each of its directions. Raises UnknownName for the aspect."""
    width, height = frame_size(aspect, _RESOLUTION)
    outgoing, incoming = _lettered(_OUTGOING, "A", width, height), _lettered(_INCOMING, "B", width, height)
    rows = list(_rows(every_direction))
    across, down = width // _REDUCED + _GAP, height // _REDUCED + _GAP
    size = 2 * _MARGIN + _LABEL + len(STEPS) * across - _GAP, 2 * _MARGIN + _TEXT * 2 + len(rows) * down - _GAP
    sheet = Image.new("RGB", size, _PAPER)
    mixer, frame = Mixer(width, height), new_frame(width, height, _FPS)
    for row, (name, direction, lines) in enumerate(rows):
        top = _MARGIN + _TEXT * 2 + row * down
        _label(sheet, top, name, lines)
        for column, step in enumerate(STEPS):
            mixer.mix(outgoing, incoming, TRANSITIONS[name].at(step, direction), planes_of(frame))
            sheet.paste(Image.fromarray(rgb_of(frame)).reduce(_REDUCED), (_MARGIN + _LABEL + column * across, top))
    for column, step in enumerate(STEPS):
        _write(sheet, (_MARGIN + _LABEL + column * across, _MARGIN), f"{step:.0%}", _FAINT)
    return sheet


def _rows(every_direction: bool) -> Iterator[tuple[str, Direction | None, list[str]]]:
    """Name, direction, and what is written below the name."""
    for name, kind in TRANSITIONS.items():
        pace = f"{kind.seconds:g} s, {kind.easing}"
        if every_direction and kind.directions:
            yield from ((name, direction, [direction, pace]) for direction in kind.directions)
        else:
            first, *others = kind.directions or ("",)
            yield name, None, [line for line in (first, *(f"also {other}" for other in others), pace) if line]


def _label(sheet: Image.Image, top: int, name: str, lines: Sequence[str]) -> None:
    _write(sheet, (_MARGIN, top), name, _INK, _TEXT * 7 // 5)
    for number, line in enumerate(lines):
        _write(sheet, (_MARGIN, top + _TEXT * 2 + number * _TEXT * 7 // 5), line, _FAINT)


def _write(
    sheet: Image.Image, place: tuple[int, int], text: str, colour: tuple[int, int, int], pixels: int = _TEXT
) -> None:
    with drawing:
        ImageDraw.Draw(sheet).text(place, text, colour, font=load("inter", 600, pixels))


def _lettered(backdrop: Backdrop, letter: str, width: int, height: int) -> Planes:
    """A background with a large letter in its middle."""
    planes = new_planes(width, height)
    BackdropPicture(backdrop, width, height, _FPS).draw(_MOMENT, planes)
    ink = Image.new("RGBA", (width, height))
    with drawing:
        font: ImageFont.FreeTypeFont = load("anton", 900, round(0.8 * min(width, height)))
        ImageDraw.Draw(ink).text((width / 2, height / 2), letter, "white", font=font, anchor="mm")
    blend(Sprite.from_rgba(ink, 0, 0), planes)
    return planes
