"""The first lines of a document, drawn as a page."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...domain.language import detect
from ...domain.script import Block
from ...domain.style import Type
from .segmentation import breaks, clusters
from .text import Typesetter
from .thumbnails import write_jpeg

_PAGE, _MARGIN = (362, 512), 30
"""Of A4's shape."""
_PAPER, _INK = 255, 32
_SIZES = {1: 21, 2: 17, 3: 14}
_TEXT = 12


def page(blocks: Sequence[Block], to: Path) -> None:
    """The first lines of a document as they would stand on a page."""
    width, height = _PAGE
    sheet = np.full((height, width), _PAPER, np.float32)
    language = detect(" ".join(block.text for block in blocks[:20]))
    top = float(_MARGIN)
    for block in blocks:
        em = _SIZES.get(block.level, _TEXT) if block.kind == "heading" else _TEXT
        setter = Typesetter(Type(font="inter", weight=700 if block.kind == "heading" else 400), em, language)
        indent = 14 * block.level if block.kind == "item" else 0
        left, room = _MARGIN + indent, width - 2 * _MARGIN - indent
        mark = f"{block.number}." if block.number else "•"
        for row, line in enumerate(_lines(block.text, setter, room, (height - top) / em)):
            top += 1.4 * em
            if top > height - _MARGIN:
                return write_jpeg(Image.fromarray(sheet.astype(np.uint8)), to)
            if block.kind == "item" and not row:
                _ink(sheet, setter, mark, left - 14, round(top))
            _ink(sheet, setter, line, left, round(top))
        top += 0.7 * em
    return write_jpeg(Image.fromarray(sheet.astype(np.uint8)), to)


def _lines(text: str, setter: Typesetter, room: float, most: float) -> list[str]:
    """Lines no wider than ``room``, broken where the language allows it, and no more of them than can be seen."""
    text = text[: int(most + 1) * 100]
    ends = [*breaks(text), len(text)]
    lines: list[str] = []
    start = last = 0
    for end in ends:
        if setter.width(text[start:end].rstrip()) > room and last > start:
            lines.append(text[start:last].strip())
            start = last
        last = end
    lines.append(text[start:].strip())
    return [part for line in lines if line for part in _cut(line, setter, room)]


def _cut(line: str, setter: Typesetter, room: float) -> list[str]:
    """A word that is wider than the page in pieces."""
    if setter.width(line) <= room:
        return [line]
    parts = [""]
    for cluster in clusters(line):
        if setter.width(parts[-1] + cluster) > room and parts[-1]:
            parts.append("")
        parts[-1] += cluster
    return parts


def _ink(sheet: NDArray[np.float32], setter: Typesetter, text: str, left: int, baseline: int) -> None:
    mask = setter.draw(text).fill
    if mask is None:
        return
    y, x = mask.y + baseline, mask.x + left
    rows, columns = mask.alpha.shape
    first, second = max(0, -y), max(0, -x)
    part = sheet[y + first : y + rows, x + second : x + columns]
    alpha = mask.alpha[first : first + part.shape[0], second : second + part.shape[1]] / np.float32(255)
    part += alpha * (_INK - part)
