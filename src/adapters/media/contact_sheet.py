"""A contact sheet: small pictures side by side, each group of them under its name."""

from collections.abc import Sequence

from PIL import Image, ImageDraw

from .fonts import drawing, load

_HEIGHT, _WIDEST = 340, 2800
"""Pixels of a picture at the most, and of the sheet, about."""
_MARGIN, _GAP, _LABEL, _TEXT = 32, 4, 44, 24
_PAPER, _INK = (18, 20, 24), (240, 240, 240)


def contact_sheet(rows: Sequence[tuple[str, Sequence[Image.Image]]]) -> Image.Image:
    """RGB; the groups, all of as many pictures of one size, in as many columns as there is room for."""
    count, first = len(rows[0][1]), rows[0][1][0]
    scale = min(1.0, _HEIGHT / first.height, _HEIGHT / first.width)
    width, height = round(first.width * scale), round(first.height * scale)
    across, down = count * (width + _GAP) - _GAP + _MARGIN, height + _LABEL + _MARGIN
    columns = min(len(rows), max(1, (_WIDEST - _MARGIN) // across))
    lines = -(-len(rows) // columns)
    sheet = Image.new("RGB", (_MARGIN + columns * across, _MARGIN + lines * down), _PAPER)
    pen = ImageDraw.Draw(sheet)
    for index, (name, pictures) in enumerate(rows):
        left, top = _MARGIN + index % columns * across, _MARGIN + index // columns * down
        with drawing:
            pen.text((left, top), name, _INK, font=load("inter", 700, _TEXT))
        for number, picture in enumerate(pictures):
            small = picture.resize((width, height), Image.Resampling.LANCZOS)
            sheet.paste(small, (left + number * (width + _GAP), top + _LABEL))
    return sheet
