"""Backgrounds without an edge: clouds, light and mist."""

import math

import numpy as np

from .canvas import Canvas, Field, Floats, darker, mixed, over, smoothstep


def aurora(canvas: Canvas, seconds: float) -> Field:
    """Large clouds of colour that drift through each other."""
    field = canvas.gradient(canvas.dim(0.2), mixed(canvas.deep, canvas.colour(0), 0.25))
    for blob in range(5):
        a, b, c, d = canvas.chance[blob * 4 : blob * 4 + 4]
        turn = 2 * math.pi * (a + seconds * (0.03 + 0.025 * b) * (1 if c > 0.5 else -1))
        x = canvas.width * 0.45 * math.sin(turn)
        y = canvas.height * 0.45 * math.cos(turn * (0.8 + 0.4 * d) + 6 * c)
        radius = (0.32 + 0.26 * d) * (canvas.width + canvas.height) / 2
        across = np.exp(-1.6 * ((canvas.x - x) / radius) ** 2)
        down = np.exp(-1.6 * ((canvas.y - y) / radius) ** 2) * 0.75
        over(field, canvas.colour(blob), np.asarray(across * down, np.float32))
    return field


def rays(canvas: Canvas, seconds: float) -> Field:
    """Broad diagonal bands of light that pass over each other."""
    field = canvas.gradient(mixed(canvas.deep, canvas.colour(0), 0.4), canvas.deep)
    for band in range(4):
        a, b, c, d = canvas.chance[band * 4 : band * 4 + 4]
        angle = math.radians(58 + 16 * a)
        along = canvas.x * math.sin(angle) + canvas.y * math.cos(angle)
        phase = along * (2.2 + 2.4 * b) + seconds * (0.18 + 0.22 * c) * (1 if d > 0.4 else -1) + 6.3 * d
        light = np.clip(np.sin(phase.astype(np.float32)), 0, 1) ** 2
        over(field, canvas.colour(band), np.asarray(light * (0.42 - 0.06 * band), np.float32))
    return field


def gradient(canvas: Canvas, seconds: float) -> Field:
    """All colours side by side across the frame, turning slowly and bending a little."""
    a, b, c, d = canvas.chance[:4]
    angle = 2 * math.pi * a + seconds * 0.09 * (1 if b > 0.5 else -1)
    reach = (abs(math.cos(angle)) * canvas.width + abs(math.sin(angle)) * canvas.height) / 2
    along = (canvas.x * math.cos(angle) + canvas.y * math.sin(angle)) / reach
    along = along + 0.22 * np.sin(canvas.y * 2.1 + seconds * 0.23 + 6.3 * c)
    along = along + 0.22 * np.sin(canvas.x * 2.6 - seconds * 0.19 + 6.3 * d)
    stops = np.linspace(-1, 1, len(canvas.colours))
    where = np.clip(along, -1, 1)
    field = canvas.new()
    for plane, values in zip(field, np.array(canvas.colours).T, strict=True):
        plane[...] = np.interp(where, stops, values)
    return field


def mist(canvas: Canvas, seconds: float) -> Field:
    """Banks of fog that pass at different depths, the corners in the dark."""
    if "vignette" not in canvas.kept:
        far = np.hypot(canvas.x / canvas.width, canvas.y / canvas.height)
        canvas.kept["vignette"] = smoothstep(0.3, 0.78, far.astype(np.float32)) * np.float32(0.6)
        for layer in range(3):
            canvas.kept[f"bank {layer}"] = _clouds(canvas, layer)
    field = canvas.gradient(canvas.deep, mixed(canvas.deep, canvas.colour(0), 0.35))
    for layer in range(3):
        bank = canvas.kept[f"bank {layer}"]
        period = bank.shape[1] - canvas.columns - 1
        pace = (0.035 + 0.03 * layer) * canvas.short * (1 if layer != 1 else -1)
        left, rest = divmod((seconds * pace) % period, 1)
        start = int(left)
        shifted = bank[:, start : start + canvas.columns] * np.float32(1 - rest)
        shifted += bank[:, start + 1 : start + 1 + canvas.columns] * np.float32(rest)
        over(field, canvas.colour(layer), shifted * np.float32(0.75 - 0.12 * layer))
    over(field, darker(canvas.deep, 0.45), canvas.kept["vignette"])
    return field


def _clouds(canvas: Canvas, layer: int) -> Floats:
    """Smooth noise from 0 to 1 that repeats itself sideways, one frame wider than its period."""
    rng = np.random.default_rng(int(canvas.chance[layer] * 1e9))
    rows, period = canvas.rows, 2 * canvas.columns
    down, across = np.fft.fftfreq(rows) * rows / canvas.height, np.fft.fftfreq(period) * period / (2 * canvas.width)
    # Wisps lie flat: what is fine sideways fades a little faster than what is fine from top to bottom.
    frequency = np.hypot(down[:, None], 1.35 * across[None, :])
    spectrum = np.fft.fft2(rng.standard_normal((rows, period))) / (1 + (frequency / (0.75 + 0.35 * layer)) ** 2.6)
    spectrum[0] *= 0.25
    spectrum[0, 0] = spectrum[:, 0] = 0
    noise = np.real(np.fft.ifft2(spectrum))
    bank = smoothstep(-0.9, 2.4, (noise / noise.std()).astype(np.float32))
    return np.concatenate((bank, bank[:, : canvas.columns + 1]), axis=1)
