"""High dynamic range and wide gamut into BT.709: one three-dimensional table from Y'CbCr to Y'CbCr.

The table is looked up by libavfilter's lut3d, which is fast on planar RGB only; so planes Y, Cb, Cr travel as G, B, R
and no matrix is applied to any pixel. Its points are computed once: the transfer of ITU-R BT.2100 undone, light above
the knee rolled off after BT.2390, primaries changed in linear light, colours outside the gamut drawn towards grey of
their own luminance, and the display's gamma put on.
"""

import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np
from av.filter import Graph
from av.filter.context import FilterContext
from numpy.typing import NDArray

Colours = NDArray[np.float64]
"""Last axis of three."""

PQ, HLG = 16, 18
"""Transfers of ITU-T H.273."""
_WIDE = {9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)), 12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))}
"""Primaries of BT.2020 and Display P3 by their number in H.273: xy of red, green and blue, over white D65."""
_BT709 = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
_D65 = (0.3127, 0.3290)
_KR_KB = {"bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593), "bt601": (0.299, 0.114)}

PEAK = 1000.0
"""cd/m² up to which highlights are told apart; what is brighter is white."""
WHITE = 203.0
"""cd/m² of diffuse white after BT.2408: what becomes the white of the result."""
_GAMMA = 2.2
_POINTS = 33


def is_needed(transfer: int, primaries: int) -> bool:
    return transfer in (PQ, HLG) or primaries in _WIDE


def nodes(graph: Graph, transfer: int, primaries: int, matrix: str) -> list[FilterContext]:
    """Filters from limited-range Y'CbCr of ``matrix`` to BT.709's, in 4:4:4 of ten bits."""
    with tempfile.TemporaryDirectory(prefix="reelwright-") as folder:
        file = Path(folder) / "table.cube"
        file.write_text(_cube(transfer, primaries, matrix), "ascii")
        lookup = graph.add("lut3d", file=str(file), interp="tetrahedral")
    return [
        graph.add("format", "yuv444p10le"),
        graph.add("mergeplanes", "0x000102:gbrp10le"),
        lookup,
        graph.add("mergeplanes", "0x000102:yuv444p10le"),
        graph.add("setparams", "colorspace=bt709:range=limited:color_primaries=bt709:color_trc=bt709"),
    ]


@lru_cache(maxsize=8)
def _cube(transfer: int, primaries: int, matrix: str) -> str:
    """The table in the .cube format: the axis that varies fastest is red, which is Cr here, then Y', then Cb."""
    codes = np.linspace(0, 1, _POINTS)
    cb, luma, cr = np.meshgrid(codes, codes, codes, indexing="ij")
    result = convert(np.stack((luma, cb, cr), axis=-1), transfer, primaries, matrix)
    rows = result[..., [2, 0, 1]].reshape(-1, 3)
    return f"LUT_3D_SIZE {_POINTS}\n" + "\n".join(f"{r:.6f} {g:.6f} {b:.6f}" for r, g, b in rows.tolist())


def convert(ycbcr: Colours, transfer: int, primaries: int, matrix: str) -> Colours:
    """Limited-range ten-bit codes over 1023 into the same of BT.709."""
    kr, kb = _KR_KB.get(matrix, _KR_KB["bt709"])
    luma = (ycbcr[..., 0] * 1023 - 64) / 876
    blue = luma + (ycbcr[..., 1] * 1023 - 512) / 896 * 2 * (1 - kb)
    red = luma + (ycbcr[..., 2] * 1023 - 512) / 896 * 2 * (1 - kr)
    green = (luma - kr * red - kb * blue) / (1 - kr - kb)
    light = _linear(np.clip(np.stack((red, green, blue), axis=-1), 0, 1), transfer)
    light = light @ _to_bt709(primaries).T
    coded = _into_gamut(light) ** (1 / _GAMMA)
    kr, kb = _KR_KB["bt709"]
    luma = coded @ np.array([kr, 1 - kr - kb, kb])
    return np.stack(
        (
            (64 + 876 * luma) / 1023,
            (512 + 896 * (coded[..., 2] - luma) / (2 * (1 - kb))) / 1023,
            (512 + 896 * (coded[..., 0] - luma) / (2 * (1 - kr))) / 1023,
        ),
        axis=-1,
    )


def _linear(coded: Colours, transfer: int) -> Colours:
    """Display light, 1 the white of the result."""
    if transfer == PQ:
        return _rolled_off(_pq_light(coded))
    if transfer == HLG:
        scene = np.where(coded <= 0.5, coded**2 / 3, (np.exp((coded - 0.55991073) / 0.17883277) + 0.28466892) / 12)
        luminance = scene @ np.array([0.2627, 0.6780, 0.0593])
        return _rolled_off(PEAK * scene * luminance[..., None] ** 0.2)
    return coded**_GAMMA


def _rolled_off(light: Colours) -> Colours:
    """cd/m² into 0..1 by BT.2390's curve on the strongest of the three, so that the hue stays."""
    strongest = light.max(axis=-1, keepdims=True)
    peak = _pq_code(np.array(PEAK))
    code = np.minimum(_pq_code(strongest) / peak, 1)
    top = _pq_code(np.array(WHITE)) / peak
    knee = 1.5 * top - 0.5
    t = np.clip((code - knee) / (1 - knee), 0, 1)
    curve = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * top
    mapped = _pq_light(np.where(code < knee, code, curve) * peak)
    return np.asarray(light * (mapped / np.maximum(strongest, 1e-6)) / WHITE)


def _pq_light(code: Colours) -> Colours:
    """SMPTE ST 2084: a code of 0..1 into cd/m²."""
    power = code ** (1 / 78.84375)
    return np.asarray(
        10_000 * (np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578125)
    )


def _pq_code(light: Colours) -> Colours:
    power = (light / 10_000) ** 0.1593017578125
    return np.asarray(((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375)


def _to_bt709(primaries: int) -> Colours:
    if primaries not in _WIDE:
        return np.eye(3)
    return np.asarray(np.linalg.inv(_to_xyz(_BT709)) @ _to_xyz(_WIDE[primaries]))


def _to_xyz(primaries: tuple[tuple[float, float], ...]) -> Colours:
    """From linear RGB of these primaries over D65 (SMPTE RP 177)."""
    columns = np.array([(x / y, 1, (1 - x - y) / y) for x, y in primaries]).T
    x, y = _D65
    return np.asarray(columns * np.linalg.solve(columns, np.array([x / y, 1, (1 - x - y) / y])))


def _into_gamut(light: Colours) -> Colours:
    """Mix in just as much grey of the same luminance as brings every channel into 0..1."""
    grey = np.clip(light @ np.array([0.2126, 0.7152, 0.0722]), 0, 1)[..., None]
    low, high = light.min(axis=-1, keepdims=True), light.max(axis=-1, keepdims=True)
    below = np.where(low < 0, low / np.minimum(low - grey, -1e-9), 0)
    above = np.where(high > 1, (high - 1) / np.maximum(high - grey, 1e-9), 0)
    return np.asarray(np.clip(light + (grey - light) * np.maximum(below, above), 0, 1))
