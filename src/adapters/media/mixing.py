"""Two pictures in one frame: a transition's mix carried out on planes."""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ...domain.mix import Mix, Piece
from ...domain.style import rgb
from .blurring import blur
from .lerping import lerp, towards
from .masks import shares
from .planes import Plane, Planes, new_planes, yuv
from .scaling import scaled

_PARTS = (1, 2, 2)
"""Pixels of luma, in either direction, to a pixel of each plane."""
_MOST_SPARE = 24
"""Pixels around a zoomed view within which a crop is looked for that lands between the pixels where it should."""


class Mixer:
    """Mixes pictures of one frame size; belongs to one renderer."""

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._zoomed = new_planes(width, height), new_planes(width, height)

    def mix(self, outgoing: Planes, incoming: Planes, mix: Mix, out: Planes) -> None:
        """Fill ``out``; the three are different frames. A picture that the mix does not need is not looked at."""
        if mix.needs_outgoing:
            outgoing = _zoom(outgoing, mix.outgoing.zoom, self._zoomed[0])
        if mix.needs_incoming:
            incoming = _zoom(incoming, mix.incoming.zoom, self._zoomed[1])
        below = Piece(picture="outgoing", x=mix.outgoing.x, y=mix.outgoing.y)
        above = Piece(picture="incoming", x=mix.incoming.x, y=mix.incoming.y)
        for first, second, target, part in zip(outgoing, incoming, out, _PARTS, strict=True):
            if mix.needs_outgoing:
                self._lay(first, below, target, part)
            if mix.mask is None:
                self._lay(second, above, target, part, round(mix.opacity * 256))
            else:
                for block, weights in shares(mix.mask, self._width, self._height, part):
                    lerp(target[block], second[block], weights, target[block])
            for piece in mix.pieces:
                self._lay(first if piece.picture == "outgoing" else second, piece, target, part)
        if mix.fringe:
            _part_colours(out, _even(mix.fringe, self._width) // 2)
        if mix.blur is not None:
            blur(out, mix.blur)
        if mix.dip is not None:
            for target, value in zip(out, _colour(mix.dip.colour), strict=True):
                towards(target, value, round(mix.dip.opacity * 256))

    def _lay(self, source: Plane, piece: Piece, target: Plane, part: int, weight: int = 256) -> None:
        """A rectangle of ``source`` onto ``target``, at ``weight`` 256ths; what falls outside is left out."""
        height, width = target.shape
        left, right, x = (_even(share, self._width) // part for share in (piece.left, piece.right, piece.x))
        top, bottom, y = (_even(share, self._height) // part for share in (piece.top, piece.bottom, piece.y))
        columns, rows = _kept(left, right, x, width), _kept(top, bottom, y, height)
        found = slice(rows.start - y, rows.stop - y), slice(columns.start - x, columns.stop - x)
        if weight == 256:
            target[rows, columns] = source[found]
        elif weight:
            lerp(target[rows, columns], source[found], weight, target[rows, columns])


def _even(share: float, length: int) -> int:
    """A share of a side in even pixels; places a side apart stay exactly a side apart."""
    return math.floor(share * length / 2 + 0.5) * 2


def _kept(start: int, stop: int, shift: int, length: int) -> slice:
    """What of a shifted span lies in the frame."""
    first = max(0, start + shift)
    return slice(first, max(first, min(length, stop + shift)))


def _part_colours(planes: Planes, shift: int) -> None:
    """U to the left and V to the right by ``shift`` of their pixels, the edge going on where they came from."""
    _, u, v = planes
    length = u.shape[1]
    shift = min(shift, length - 1)
    u[:, : length - shift] = u[:, shift:].copy()
    u[:, length - shift :] = u[:, -1:]
    v[:, shift:] = v[:, : length - shift].copy()
    v[:, :shift] = v[:, :1]


@lru_cache(maxsize=16)
def _colour(colour: str) -> tuple[int, ...]:
    """Y, U and V of ``#rrggbb``."""
    return tuple(round(float(value)) for value in yuv(np.array(rgb(colour), np.float32)))


class _View(NamedTuple):
    """Crop ``source`` pixels from ``start``, scale them to ``scaled``, keep what follows ``offset``."""

    start: int
    source: int
    scaled: int
    offset: int


@lru_cache(maxsize=1024)
def _view(length: int, zoom: float) -> _View:
    """The middle of a side, ``zoom`` times as large: of the crops inside the picture the one that is off by least."""
    start = (length - length / zoom) / 2
    best, least = _View(0, length, length, 0), math.inf
    for spare in range(min(_MOST_SPARE, int(start)) + 1):
        first = int(start) - spare
        source = length - 2 * first
        whole = max(length, round(source * zoom))
        offset = (whole - length) // 2
        off = max(abs((start - first) * whole / source - offset), abs(whole / source - zoom) * length / 2)
        if off < least:
            best, least = _View(first, source, whole, offset), off
    return best


def _zoom(planes: Planes, zoom: float, out: Planes) -> Planes:
    if zoom <= 1:
        return planes
    for source, target, part in zip(planes, out, _PARTS, strict=True):
        height, width = target.shape
        down, across = _view(height, zoom), _view(width, zoom)
        crop = source[down.start : down.start + down.source, across.start : across.start + across.source]
        whole = scaled(crop, across.scaled, down.scaled, "BILINEAR", key=("zoom", part))
        target[...] = whole[down.offset : down.offset + height, across.offset : across.offset + width]
    return out
