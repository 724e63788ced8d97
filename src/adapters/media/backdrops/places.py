"""Backgrounds with depth: a sea, a plain of lines, the stars."""

import math

import numpy as np

from .canvas import Canvas, Field, Floats, darker, mixed, over, smoothstep

_LINES = 3.8
"""How near to each other the lines of the plain are."""
_SPLAT = 3
"""Field pixels that a star reaches to each side."""


def waves(canvas: Canvas, seconds: float) -> Field:
    """A sky above swells that roll at different paces, each nearer one deeper."""
    deep, light = canvas.deep, canvas.colours[-1]
    mid = canvas.colours[len(canvas.colours) // 2]
    field = canvas.gradient(mixed(deep, mid, 0.35), mixed(deep, light, 0.55))
    layers = 5
    for layer in range(layers):
        near = layer / (layers - 1)
        a, b, c, d = canvas.chance[layer * 4 : layer * 4 + 4]
        level = canvas.height * (-0.06 + 0.44 * near)
        pace = (0.25 + 0.3 * near) * (1 if layer % 2 else -1)
        crest = level + 0.05 * (0.6 + near) * (
            np.sin(canvas.x * (3.2 + 1.6 * a) + seconds * pace * 2 + 6.3 * b)
            + 0.5 * np.sin(canvas.x * (6.5 + 2 * c) - seconds * pace * 1.3 + 6.3 * d)
        )
        top = max(0, int((float(crest.min()) + canvas.height / 2) * canvas.short) - 2)
        under = (canvas.y[top:] - crest).astype(np.float32)
        below = np.clip(under * np.float32(100) + np.float32(0.5), 0, 1) * np.float32(0.82)
        depth = smoothstep(0.0, 0.55, under) * np.float32(0.6 * (0.5 + 0.5 * near)) + np.float32(0.35)
        bright = mixed(light, mid, near)
        for plane, high, low in zip(field[:, top:], bright, deep, strict=True):
            body = depth * (low - high)
            body += high
            body -= plane
            body *= below
            plane += body
    return field


def grid(canvas: Canvas, seconds: float) -> Field:
    """A plain of lines that comes nearer, below a horizon that glows."""
    horizon = -0.04 * canvas.height
    deep, glow, line = canvas.deep, canvas.colour(0), canvas.colours[-1]
    field = canvas.gradient(darker(deep, 0.15), deep)
    reach = 0.16 * canvas.height
    over(field, glow, np.exp(-np.abs(canvas.y - horizon) / np.float32(reach)) * np.float32(0.8))
    top = int((horizon + canvas.height / 2) * canvas.short) + 1
    below = canvas.y[top:] - np.float32(horizon)
    often = 0.34 * canvas.height * _LINES
    away = np.float32(often) / below
    pixel = np.float32(1 / canvas.short)
    across = _line((canvas.x * away).astype(np.float32), away * pixel)
    along = _line(away + np.float32(seconds * 0.7), away * away * (pixel / np.float32(often)))
    lines = np.maximum(across, along)
    lines *= smoothstep(0.0, 0.4 * canvas.height, below) * np.float32(0.55) + np.float32(0.15)
    over(field[:, top:], line, lines)
    return field


def _line(value: Floats, step: Floats) -> Floats:
    """Coverage of lines at whole numbers, 1.6 pixels wide; ``step`` is by how much the value grows in a pixel.

    Where lines get too near to each other they become an even tone.
    """
    distance = np.abs(value - np.rint(value))
    sharp = np.clip(1.3 - distance / step, 0, 1)
    even = np.clip((step - np.float32(0.15)) * 4, 0, 1)
    return np.asarray(sharp * (1 - even) + even * 0.6, np.float32)


def starfield(canvas: Canvas, seconds: float) -> Field:
    """A slow flight through stars, two faint clouds behind them."""
    field = canvas.gradient(darker(canvas.deep, 0.35), canvas.deep)
    for cloud in range(2):
        a, b, c, d = canvas.chance[cloud * 4 : cloud * 4 + 4]
        x = canvas.width * (0.7 * a - 0.35) + 0.05 * math.sin(seconds * 0.11 + 6 * c)
        y = canvas.height * (0.7 * b - 0.35) + 0.05 * math.cos(seconds * 0.13 + 6 * d)
        wide, high = (0.3 + 0.2 * c) * canvas.width, (0.22 + 0.16 * d) * canvas.height
        share = np.exp(-(((canvas.x - x) / wide) ** 2)) * np.exp(-(((canvas.y - y) / high) ** 2))
        over(field, canvas.colour(cloud), np.asarray(share * 0.55, np.float32))
    if "stars" not in canvas.kept:
        rng = np.random.default_rng(int(canvas.chance[-1] * 1e9))
        canvas.kept["stars"] = rng.uniform(0, 1, (4, 320)).astype(np.float32)
    across, down, depth, size = canvas.kept["stars"]
    near = 1 - (depth - seconds * 0.022) % 1
    away = 0.12 + 0.88 * (1 - near)
    x = (across - 0.5) * canvas.width * 0.7 / away
    y = (down - 0.5) * canvas.height * 0.7 / away
    # A star comes up out of the dark and is gone before it would be reset.
    light = np.clip(near * 5, 0, 1) * np.clip((1 - near) * 12, 0, 1) * (0.5 + 0.5 * near) * (0.5 + 0.5 * size)
    _splat(canvas, field, x, y, 0.6 + 1.25 * near * size, light)
    return field


def _splat(canvas: Canvas, field: Field, x: Floats, y: Floats, radius: Floats, light: Floats) -> None:
    """Small round lights of the brightest colour; ``radius`` in pixels of the field."""
    sheet = np.zeros((canvas.rows + 2 * _SPLAT + 2, canvas.columns + 2 * _SPLAT + 2), np.float32)
    column, row = x * canvas.short + canvas.columns / 2 - 0.5, y * canvas.short + canvas.rows / 2 - 0.5
    seen = (column > -1) & (column < canvas.columns) & (row > -1) & (row < canvas.rows)
    column, row, radius, light = column[seen], row[seen], radius[seen], light[seen]
    reach = np.arange(-_SPLAT, _SPLAT + 1)
    columns, rows = np.rint(column).astype(int)[:, None] + reach, np.rint(row).astype(int)[:, None] + reach
    fall = (-1 / (2 * radius * radius))[:, None]
    wide = np.exp((columns - column[:, None]) ** 2 * fall)
    high = np.exp((rows - row[:, None]) ** 2 * fall) * light[:, None]
    places = (rows[:, :, None] + _SPLAT + 1, columns[:, None, :] + _SPLAT + 1)
    np.add.at(sheet, places, (high[:, :, None] * wide[:, None, :]).astype(np.float32))
    inner = sheet[_SPLAT + 1 : _SPLAT + 1 + canvas.rows, _SPLAT + 1 : _SPLAT + 1 + canvas.columns]
    over(field, canvas.colours[-1], np.minimum(inner, 1))
