"""Shapes behind and beside text: rounded boxes, the outline around lines of different lengths, rules."""

import itertools
import math
from collections.abc import Sequence

from PIL import Image, ImageDraw

from .ink import Mask, Rect

_FINE = 4
"""Shapes are drawn this many times larger and averaged down, which smooths their edges."""

Point = tuple[float, float]


def plate(rows: Sequence[Rect], radius: float) -> Mask | None:
    """The outline around ``rows``, rectangles of lines from top to bottom, with inner and outer corners rounded.

    Rows meet half-way where they overlap or leave a gap, and nearly equal ones become equal: no small steps.
    """
    rows = [row for row in rows if not row.empty]
    if not rows:
        return None
    rows = _levelled(_meeting(rows), max(1.6 * radius, 0.25 * rows[0].height))
    outline = [
        *((row.right, edge) for row in rows for edge in (row.top, row.bottom)),
        *((row.left, edge) for row in reversed(rows) for edge in (row.bottom, row.top)),
    ]
    left, top = min(row.left for row in rows), rows[0].top
    right, bottom = max(row.right for row in rows), rows[-1].bottom
    points = _rounded([(float(x - left), float(y - top)) for x, y in outline], radius)
    image = Image.new("L", ((right - left) * _FINE, (bottom - top) * _FINE))
    ImageDraw.Draw(image).polygon([(x * _FINE - 0.5, y * _FINE - 0.5) for x, y in points], fill=255)
    return Mask.of(image.reduce(_FINE), left, top)


def _meeting(rows: Sequence[Rect]) -> list[Rect]:
    edges = [rows[0].top, *((a.bottom + b.top) // 2 for a, b in itertools.pairwise(rows)), rows[-1].bottom]
    return [Rect(row.left, edges[i], row.right, edges[i + 1]) for i, row in enumerate(rows)]


def _levelled(rows: list[Rect], step: float) -> list[Rect]:
    """Rows grown to the width of a neighbour that is less than ``step`` wider on a side."""
    for _ in rows:
        for i, row in enumerate(rows):
            near = [
                other
                for other in (rows[i - 1] if i else row, rows[i + 1] if i + 1 < len(rows) else row)
                if abs(other.left - row.left) < step and abs(other.right - row.right) < step
            ]
            left, right = min(o.left for o in (row, *near)), max(o.right for o in (row, *near))
            rows[i] = Rect(left, row.top, right, row.bottom)
    return rows


def _rounded(outline: Sequence[Point], radius: float) -> list[Point]:
    """``outline``, a closed path of horizontal and vertical edges, with its corners as quarter circles."""
    corners = [point for i, point in enumerate(outline) if point != outline[i - 1]]
    corners = [
        point
        for i, point in enumerate(corners)
        if not _straight(corners[i - 1], point, corners[(i + 1) % len(corners)])
    ]
    points: list[Point] = []
    for i, (x, y) in enumerate(corners):
        before, after = corners[i - 1], corners[(i + 1) % len(corners)]
        into = math.dist(before, (x, y))
        out = math.dist((x, y), after)
        reach = min(radius, into / 2, out / 2)
        start = (x + (before[0] - x) / into * reach, y + (before[1] - y) / into * reach)
        end = (x + (after[0] - x) / out * reach, y + (after[1] - y) / out * reach)
        centre = (start[0] + end[0] - x, start[1] + end[1] - y)
        steps = max(2, int(reach))
        for step in range(steps + 1):
            angle = step / steps * math.pi / 2
            points.append(
                (
                    centre[0] + (start[0] - centre[0]) * math.cos(angle) + (end[0] - centre[0]) * math.sin(angle),
                    centre[1] + (start[1] - centre[1]) * math.cos(angle) + (end[1] - centre[1]) * math.sin(angle),
                )
            )
    return points


def _straight(before: Point, point: Point, after: Point) -> bool:
    return before[0] == point[0] == after[0] or before[1] == point[1] == after[1]
