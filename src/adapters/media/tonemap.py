"""High dynamic range and wide gamut into BT.709: a three-dimensional table from Y'CbCr to Y'CbCr.

The table is looked up by libavfilter's lut3d, which takes planar RGB only; so planes Y, Cb, Cr travel as G, B, R and no
matrix is applied to any pixel. It is looked up at the chroma's resolution, a quarter of the pixels. Luma of full
resolution goes through the curve that greys have, and what the table gives beyond that curve, which is smooth, is
enlarged and added.

The points of the table: the transfer of ITU-R BT.2100 undone, light above the knee rolled off after BT.2390, primaries
changed in linear light, colours outside the gamut drawn towards grey of their own luminance, and the curve of sRGB put
on, as photos have it and as screens show it.
"""

import tempfile
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from av.filter import Graph
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from .planes import Planes, rows_of
from .scratch import scratch

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
_POINTS = 49
_ZERO = 32_768
_ROWS = 32
"""Rows of a block that stays in the cache."""


def is_needed(transfer: int, primaries: int) -> bool:
    return transfer in (PQ, HLG) or primaries in _WIDE


class ToneMapper:
    """For pictures of one size in yuv420p10le, limited range, of ``matrix``; belongs to one thread."""

    def __init__(self, width: int, height: int, transfer: int, primaries: int, matrix: str) -> None:
        self._size, self._half = (width, height), (width // 2, height // 2)
        self._greys = _greys(transfer, primaries, matrix)
        self._shrink, self._enlarge = VideoReformatter(), VideoReformatter()
        self._luma = np.empty((height, width), np.uint8)
        self._graph = Graph()
        self._graph.threads = 1
        with tempfile.TemporaryDirectory(prefix="reelwright-") as folder:
            file = Path(folder) / "table.cube"
            file.write_text(_cube(transfer, primaries, matrix), "ascii")
            size = f"{self._half[0]}x{self._half[1]}"
            source = self._graph.add("buffer", video_size=size, pix_fmt="gbrp10le", time_base="1/1000")
            lookup = self._graph.add("lut3d", file=str(file), interp="tetrahedral")
        self._graph.link_nodes(source, lookup, self._graph.add("buffersink")).configure()

    def map(self, frame: av.VideoFrame) -> Planes:
        """Planes of BT.709; the luma is valid until the next call."""
        (width, height), half = self._size, self._half
        luma = rows_of(frame.planes[0], width, height, np.uint16)
        small = self._scaled(self._shrink, luma, "gray10le", *half, "AREA")
        packed = av.VideoFrame(*half, "gbrp10le")
        packed.pts, packed.time_base = 0, Fraction(1, 1000)
        chroma = [rows_of(plane, *half, np.uint16) for plane in frame.planes[1:3]]
        for plane, values in zip(packed.planes, (small, *chroma), strict=True):
            rows_of(plane, *half, np.uint16)[...] = values
        self._graph.vpush(packed)
        mapped = self._graph.vpull()
        y, u, v = (rows_of(plane, *half, np.uint16) for plane in mapped.planes)
        beyond = y.astype(np.int32) * 64 - np.take(self._greys, small, mode="clip") + _ZERO
        wide = self._scaled(
            self._enlarge, np.clip(beyond, 0, 65_535).astype(np.uint16), "gray16le", width, height, "BILINEAR"
        )
        for top in range(0, height, _ROWS):
            block = slice(top, top + _ROWS)
            level = scratch("tonemap", luma[block].shape, np.int32)
            np.take(self._greys, luma[block], out=level, mode="clip")
            np.add(level, wide[block], out=level)
            np.subtract(level, _ZERO - 128, out=level)
            np.right_shift(level, 8, out=level)
            np.clip(level, 0, 255, out=level)
            self._luma[block] = level
        return self._luma, ((u + 2) >> 2).astype(np.uint8), ((v + 2) >> 2).astype(np.uint8)

    def _scaled(
        self, context: VideoReformatter, plane: NDArray[np.uint16], form: str, width: int, height: int, how: str
    ) -> NDArray[np.uint16]:
        frame = av.VideoFrame.from_numpy_buffer(plane, format=form)
        return rows_of(
            context.reformat(frame, width=width, height=height, interpolation=how, threads=1).planes[0],
            width,
            height,
            np.uint16,
        )


@lru_cache(maxsize=8)
def _greys(transfer: int, primaries: int, matrix: str) -> NDArray[np.int32]:
    """Luma of BT.709 times 256 for each ten-bit luma without colour."""
    codes = np.stack((np.arange(1024) / 1023, *[np.full(1024, 512 / 1023)] * 2), axis=-1)
    return np.rint(convert(codes, transfer, primaries, matrix)[:, 0] * (1023 * 64)).astype(np.int32)


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
    coded = _into_gamut(light)
    coded = np.where(coded <= 0.0031308, 12.92 * coded, 1.055 * coded ** (1 / 2.4) - 0.055)
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
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


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
