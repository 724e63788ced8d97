"""A sheet of paper in the light of a window."""

import math

import numpy as np
from numpy.typing import NDArray

from .canvas import Canvas, Field, darker, mixed, over, smoothstep


def paper(canvas: Canvas, seconds: float) -> Field:
    """A sheet darker at its edges, over which the light of a window passes."""
    if "edges" not in canvas.kept:
        far = np.hypot(canvas.x / canvas.width, canvas.y / canvas.height).astype(np.float32)
        canvas.kept["edges"] = smoothstep(0.34, 0.76, far) * np.float32(0.55)
    field = canvas.gradient(canvas.deep, mixed(canvas.deep, canvas.colour(0), 0.1))
    over(field, darker(mixed(canvas.deep, canvas.colour(0), 0.5), 0.25), canvas.kept["edges"])
    a, b, *_ = canvas.chance
    sway = 0.02 * math.sin(seconds * 0.35 + 6 * a) + 0.05 * seconds * (1 if b > 0.5 else -1)
    along = (canvas.x + canvas.y * np.float32(0.45) + np.float32(sway + a)).astype(np.float32)
    panes = smoothstep(0.12, 0.3, np.abs(np.sin(along * np.float32(2.4))))
    bars = smoothstep(0.02, 0.16, np.abs(np.sin((canvas.y - canvas.x * 0.12) * np.float32(2.0) + np.float32(1.3 + b))))
    shade = 1 - panes * bars
    over(field, darker(mixed(canvas.deep, canvas.colour(0), 0.35), 0.45), np.asarray(shade * 0.32, np.float32))
    return field


def fibres(height: int, width: int) -> NDArray[np.int8]:
    """Paper's grain in steps of luma, about -7 to 7, of even spread: fine tooth, and fibres that lie any way."""
    rng = np.random.default_rng(11)
    down, across = np.fft.fftfreq(512)[:, None], np.fft.rfftfreq(512)[None]
    frequency = np.hypot(down, across)
    noise = np.fft.rfft2(rng.standard_normal((512, 512)))
    tooth = np.fft.irfft2(noise * np.exp(-((frequency / 0.22) ** 2)))
    clumps = np.fft.irfft2(noise * np.exp(-((frequency / 0.035) ** 2)))
    tile = np.clip(1.9 * tooth / tooth.std() + 1.2 * clumps / clumps.std(), -7, 7)
    tiled = np.tile(np.rint(tile).astype(np.int8), (-(-height // 512), -(-width // 512)))
    return np.ascontiguousarray(tiled[:height, :width])
