"""Decoded pictures of any size and pixel format, cropped, scaled and turned into planes in one libavfilter chain.

Scaling, the change of matrix and range and the change of depth are one call of swscale on the part that is seen;
libavfilter lets go of the GIL meanwhile.
"""

from collections import OrderedDict
from fractions import Fraction
from typing import NamedTuple

import av
import numpy as np
from av.filter import Graph
from av.filter.context import FilterContext

from .orientation import UPRIGHT, Orientation
from .planes import PIXEL_FORMAT, Planes, planes_of, rows_of, window
from .tonemap import ToneMapper, is_needed

Focus = tuple[float, float]
"""Shares of the shown picture's width and height: the point that stays in view."""

_HD = 720
_LIMITED, _FULL = 1, 2
_UNSAID = 2
_MATRICES = {1: "bt709", 4: "fcc", 5: "bt601", 6: "bt601", 7: "smpte240m", 9: "bt2020", 10: "bt2020"}
"""swscale's names for the matrices of ITU-T H.273."""
_CHAINS = 4
"""Chains that are kept: a stream seldom changes its parameters, and then for good."""
_PAPER = 219
"""Luma of white paper above black, limited range."""


class Box(NamedTuple):
    """Pixels of a stored picture."""

    left: int
    top: int
    width: int
    height: int


class Shape(NamedTuple):
    """All that a chain depends on."""

    width: int
    height: int
    format: str
    matrix: int
    range: int
    transfer: int
    primaries: int
    orientation: Orientation
    pixel_aspect: Fraction


class Fitter:
    """Fits pictures onto planes of one size; belongs to one thread.

    The picture covers the planes: ``focus`` comes as near to their middle as the picture's edges allow. Without a
    focus the picture's middle does, and of what is cut off above and below the share ``headroom`` is cut above.
    """

    def __init__(self, width: int, height: int, *, focus: Focus | None = None, headroom: float = 0.5) -> None:
        self.size = width, height
        self._focus, self._headroom = focus, headroom
        self._chains: OrderedDict[Shape, _Chain] = OrderedDict()

    def draw(
        self,
        frame: av.VideoFrame,
        out: Planes,
        orientation: Orientation = UPRIGHT,
        pixel_aspect: Fraction = Fraction(1),
    ) -> None:
        """Fill ``out``; ``pixel_aspect`` is the width of a stored pixel over its height."""
        shape = Shape(
            frame.width,
            frame.height,
            frame.format.name,
            int(frame.colorspace),
            int(frame.color_range),
            int(frame.color_trc),
            int(frame.color_primaries),
            orientation,
            pixel_aspect,
        )
        chain = self._chains.get(shape)
        if chain is None:
            chain = self._chains[shape] = _Chain(shape, frame, self._box(shape), self.size)
            while len(self._chains) > _CHAINS:
                self._chains.popitem(last=False)
        chain.draw(frame, out)

    def _box(self, shape: Shape) -> Box:
        width, height = shape.orientation.size(float(shape.width * shape.pixel_aspect), shape.height)
        across = min(1.0, self.size[0] / self.size[1] * height / width)
        down = min(1.0, self.size[1] / self.size[0] * width / height)
        if self._focus is None:
            left, top = (1 - across) / 2, (1 - down) * self._headroom
        else:
            left = min(max(self._focus[0] - across / 2, 0), 1 - across)
            top = min(max(self._focus[1] - down / 2, 0), 1 - down)
        edges = shape.orientation.stored(left, top, left + across, top + down)
        grid = 1 if _is_rgb(shape.format) else 2
        columns = _snap(edges[0], edges[2], shape.width, grid)
        rows = _snap(edges[1], edges[3], shape.height, grid)
        return Box(columns[0], rows[0], columns[1], rows[1])


def _snap(start: float, end: float, length: int, grid: int) -> tuple[int, int]:
    """Start and length in whole pixels, both multiples of ``grid`` where there is room for one."""
    if length < 2 * grid:
        return 0, length
    count = min(length // grid, max(1, round((end - start) * length / grid)))
    return min(round(start * length / grid), length // grid - count) * grid, count * grid


def _is_rgb(name: str) -> bool:
    return av.VideoFormat(name).is_rgb or name.startswith(("pal8", "gray", "mono"))


def _has_alpha(name: str) -> bool:
    return name.startswith(("yuva", "gbrap", "rgba", "bgra", "argb", "abgr", "ya", "pal8"))


class _Chain:
    """What is done to frames of one shape."""

    def __init__(self, shape: Shape, frame: av.VideoFrame, box: Box, size: tuple[int, int]) -> None:
        self._box = box
        width, height = (int(side) for side in shape.orientation.size(*size))
        self._orientation = shape.orientation
        self._see_through = _has_alpha(shape.format)
        self._mapper: ToneMapper | None = None
        if is_needed(shape.transfer, shape.primaries) and not self._see_through:
            self._mapper = ToneMapper(width, height, shape.transfer, shape.primaries, _matrix(shape))
        self._plain = (
            shape.format == PIXEL_FORMAT
            and _matrix(shape) == "bt709"
            and shape.range != _FULL
            and (box.width, box.height) == (width, height)
            and self._mapper is None
        )
        if not self._plain:
            self._graph = self._built(shape, frame, (width, height))

    def draw(self, frame: av.VideoFrame, out: Planes) -> None:
        if self._plain:
            planes = window(planes_of(frame), *self._box)
        else:
            self._graph.vpush(frame)
            fitted = self._graph.vpull()
            if self._mapper is not None:
                planes = self._mapper.map(fitted)
            else:
                planes = _on_paper(fitted) if self._see_through else planes_of(fitted)
        for target, plane in zip(out, self._orientation.turn(planes), strict=True):
            target[...] = plane

    def _built(self, shape: Shape, frame: av.VideoFrame, size: tuple[int, int]) -> Graph:
        graph = Graph()
        graph.threads = 1
        nodes = [source_of(graph, frame, frame.time_base or Fraction(1, 1000))]
        box = f"{self._box.width}:{self._box.height}:{self._box.left}:{self._box.top}:exact=1"
        full = shape.range == _FULL or (shape.range == 0 and _is_rgb(shape.format))
        source = f"in_range={'full' if full else 'limited'}:out_range=limited:in_color_matrix={_matrix(shape)}"
        scale = f"{size[0]}:{size[1]}:flags=bicubic:{source}"
        if self._see_through:
            nodes += [
                graph.add("scale", f"iw:ih:flags=bicubic:{source}:out_color_matrix=bt709"),
                graph.add("format", "yuva444p"),
                graph.add("premultiply", "inplace=1"),
            ]
            scale = f"{size[0]}:{size[1]}:flags=bicubic"
        nodes.append(graph.add("crop", box))
        if self._mapper is not None:
            nodes.append(graph.add("scale", f"{scale}:out_color_matrix={_matrix(shape)}"))
            nodes.append(graph.add("format", "yuv420p10le"))
        else:
            nodes.append(graph.add("scale", f"{scale}:out_color_matrix=bt709"))
            nodes.append(graph.add("format", "yuva420p" if self._see_through else PIXEL_FORMAT))
        nodes.append(graph.add("buffersink"))
        graph.link_nodes(*nodes).configure()
        return graph


def source_of(graph: Graph, frame: av.VideoFrame, time_base: Fraction) -> FilterContext:
    """Where frames like this one enter a graph; a matrix or range that H.273 does not have is left unsaid."""
    matrix, span = int(frame.colorspace), int(frame.color_range)
    return graph.add(
        "buffer",
        video_size=f"{frame.width}x{frame.height}",
        pix_fmt=frame.format.name,
        time_base=str(time_base),
        colorspace=str(matrix if matrix in _MATRICES or not matrix else _UNSAID),
        range=str(span if span in (_LIMITED, _FULL) else 0),
    )


def _matrix(shape: Shape) -> str:
    """An unlabelled picture is BT.709 from 720 lines up, else BT.601."""
    return _MATRICES.get(shape.matrix) or ("bt709" if min(shape.width, shape.height) >= _HD else "bt601")


def _on_paper(frame: av.VideoFrame) -> Planes:
    """A premultiplied yuva420p picture laid on white."""
    width, height = frame.width, frame.height
    y, u, v, alpha = (
        rows_of(plane, -(-width // part), -(-height // part))
        for plane, part in zip(frame.planes, (1, 2, 2, 1), strict=True)
    )
    paper = (255 - alpha).astype(np.uint16) * _PAPER
    return y + ((paper + 127) // 255).astype(np.uint8), u, v
