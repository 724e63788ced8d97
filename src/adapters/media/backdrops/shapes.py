"""Backgrounds of things: lights, paper shapes, bands, a burst of dots."""

import math

import numpy as np

from .canvas import Canvas, Field, Floats, inside, mixed, over, smoothstep


def orbs(canvas: Canvas, seconds: float) -> Field:
    """Out-of-focus lights that rise slowly."""
    field = canvas.gradient(mixed(canvas.deep, canvas.colour(0), 0.3), canvas.dim(0.25))
    for orb in range(12):
        a, b, c, d = canvas.chance[orb * 4 : orb * 4 + 4]
        radius = 0.05 + 0.16 * d * d
        travel = canvas.height + 2 * radius
        y = canvas.height / 2 + radius - (b * travel + seconds * (0.03 + 0.05 * c)) % travel
        x = canvas.width * (a - 0.5) * 1.1 + 0.05 * math.sin(seconds * 0.6 * (0.5 + c) + 9 * b)
        rows, columns = canvas.around(x, y, radius)
        distance = np.sqrt((canvas.x[:, columns] - x) ** 2 + (canvas.y[rows] - y) ** 2).astype(np.float32)
        soft = 0.12 + 0.5 * c
        disc = 1 - smoothstep(radius * (1 - soft), radius, distance)
        rim = 0.75 + 0.25 * smoothstep(radius * 0.4, radius, distance)
        over(field[:, rows, columns], canvas.colour(orb), disc * rim * np.float32(0.18 + 0.3 * d))
    return field


def confetti(canvas: Canvas, seconds: float) -> Field:
    """Flat shapes that drift down and turn: discs, rings, squares, triangles and crosses."""
    field = canvas.gradient(canvas.deep, mixed(canvas.deep, canvas.colour(0), 0.16))
    across = max(3, round(4 * canvas.width))
    down = max(4, round(5 * canvas.height))
    travel = canvas.height * (down + 1) / down
    count = min(across * down, len(canvas.chance) // 4)
    for shape in range(count):
        a, b, c, d = canvas.chance[shape * 4 : shape * 4 + 4]
        # One to each cell of a loose lattice, so that none lies on another.
        column, row = shape % across, shape // across
        size = 0.026 + 0.03 * d
        x = canvas.width * ((column + 0.5 + 0.5 * (a - 0.5)) / across - 0.5)
        x += 0.018 * math.sin(seconds * (0.4 + 0.4 * b) + 6 * d)
        fall = (row + 0.5 * b + 0.5 * (column % 2)) / down * canvas.height + seconds * (0.04 if column % 2 else 0.052)
        y = fall % travel - travel / 2
        turn = 6.3 * c + seconds * (0.25 + 0.5 * a) * (1 if b > 0.5 else -1)
        rows, columns = canvas.around(x, y, size * 1.5)
        if rows.start < rows.stop and columns.start < columns.stop:
            dx, dy = canvas.x[:, columns] - np.float32(x), canvas.y[rows] - np.float32(y)
            u = dx * np.float32(math.cos(turn)) + dy * np.float32(math.sin(turn))
            v = dy * np.float32(math.cos(turn)) - dx * np.float32(math.sin(turn))
            distance = _SHAPES[shape * 7 // 3 % len(_SHAPES)](u, v, np.float32(size))
            over(field[:, rows, columns], canvas.colour(shape * 5 // 3), inside(distance, 1.2 / canvas.short))
    return field


def _disc(u: Floats, v: Floats, size: np.float32) -> Floats:
    return np.hypot(u, v) - size * np.float32(0.8)


def _ring(u: Floats, v: Floats, size: np.float32) -> Floats:
    return np.abs(np.hypot(u, v) - size * np.float32(0.72)) - size * np.float32(0.2)


def _square(u: Floats, v: Floats, size: np.float32) -> Floats:
    return np.maximum(np.abs(u), np.abs(v)) - size * np.float32(0.7)


def _triangle(u: Floats, v: Floats, size: np.float32) -> Floats:
    return np.maximum(np.abs(u) * np.float32(0.866) + v * np.float32(0.5), -v) - size * np.float32(0.5)


def _cross(u: Floats, v: Floats, size: np.float32) -> Floats:
    wide, high = np.abs(u), np.abs(v)
    return np.maximum(np.maximum(wide, high) - size, np.minimum(wide, high) - size * np.float32(0.3))


_SHAPES = (_disc, _cross, _triangle, _ring, _square)


def stripes(canvas: Canvas, seconds: float) -> Field:
    """Slanted bands with hard edges that slide past each other, broad ones behind narrow ones."""
    field = canvas.gradient(canvas.deep, canvas.dim(0.2))
    a, b, c, _ = canvas.chance[:4]
    if "along" not in canvas.kept:
        canvas.kept["along"] = (canvas.x + canvas.y * np.float32(0.5)).astype(np.float32)
    along = canvas.kept["along"]
    bands = ((1.1, 0.5, 0.06, 0.16, a), (0.8, 0.24, -0.045, 0.3, b), (0.55, 0.06, 0.085, 0.5, c))
    for index, (often, broad, pace, strength, start) in enumerate(bands):
        phase = along * np.float32(often) + np.float32(start + seconds * pace)
        distance = np.abs(phase - np.rint(phase)) - np.float32(broad / 2)
        share = inside(distance, 1.3 * often / canvas.short)
        over(field, canvas.colour(index), share * np.float32(strength))
    return field


def burst(canvas: Canvas, seconds: float) -> Field:
    """Beams of two tones that turn about the middle, and printed dots that grow towards the edges."""
    if "angle" not in canvas.kept:
        y = canvas.y + np.float32(0.06 * canvas.height)
        canvas.kept["angle"] = np.arctan2(y, canvas.x).astype(np.float32)
        canvas.kept["far"] = np.hypot(canvas.x, y).astype(np.float32)
    angle, far = canvas.kept["angle"], canvas.kept["far"]
    beams = 9
    phase = angle * np.float32(beams / (2 * math.pi)) + np.float32(canvas.chance[0] + seconds * 0.09)
    off = (np.abs(phase - np.rint(phase)) - np.float32(0.25)) * far * np.float32(2 * math.pi / beams)
    field = canvas.gradient(canvas.deep, canvas.deep)
    over(field, mixed(canvas.deep, canvas.colour(0), 0.55), inside(off, 1.4 / canvas.short))
    over(field, canvas.colour(0), np.exp(-((far / np.float32(0.42)) ** 2)) * np.float32(0.45))
    over(field, canvas.colours[-1], _dots(canvas, seconds) * np.float32(0.6))
    return field


def _dots(canvas: Canvas, seconds: float) -> Floats:
    """A halftone screen at 45 degrees, its dots nothing in the middle of the height and largest at both ends."""
    pitch = 0.052
    turn = np.float32(math.sqrt(0.5) / pitch)
    drift = np.float32(seconds * 0.12)
    u, v = (canvas.x + canvas.y) * turn + drift, (canvas.y - canvas.x) * turn + drift
    distance = np.hypot(u - np.rint(u), v - np.rint(v)) * np.float32(pitch)
    grown = smoothstep(0.2, 0.56, np.abs(canvas.y) * np.float32(1 / canvas.height))
    return inside(distance - grown * np.float32(pitch * 0.46), 1.4 / canvas.short) * np.minimum(grown * 8, 1)
