"""Files of every kind that users bring, each made of the same four coloured quarters."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from reelwright.adapters.media.clip import ClipPicture
from reelwright.adapters.media.photo import PhotoPicture
from reelwright.adapters.media.planes import Planes, new_frame, new_planes, planes_of
from reelwright.adapters.media.probe import FileProbe
from reelwright.domain.asset import Asset
from reelwright.domain.pictures import Clip, Photo

RGB = NDArray[np.uint8]
COLOURS = ((200, 40, 40), (40, 170, 60), (50, 60, 190), (210, 190, 60))
"""Of the upper left, upper right, lower left and lower right quarter."""
WHITE = (255, 255, 255)
WIDTH, HEIGHT = 96, 64


def quarters(width: int = WIDTH, height: int = HEIGHT) -> RGB:
    picture = np.empty((height, width, 3), np.uint8)
    for index, colour in enumerate(COLOURS):
        row, column = divmod(index, 2)
        picture[row * height // 2 : (row + 1) * height // 2, column * width // 2 : (column + 1) * width // 2] = colour
    return picture


def image() -> Image.Image:
    return Image.fromarray(quarters())


def draw(
    asset: Asset, *, frame: int = 0, frames: int = 30, size: tuple[int, int] = (WIDTH, HEIGHT), **how: object
) -> RGB:
    """What a scene of 30 frames a second shows of an asset, as RGB."""
    out: Planes = new_planes(*size)
    for plane in out:
        plane[...] = 1
    picture: PhotoPicture | ClipPicture
    if asset.kind == "photo":
        picture = PhotoPicture(Photo(asset="it", **how), Path(asset.path), frames, *size)  # type: ignore[arg-type]
    else:
        picture = ClipPicture(Clip(asset="it", **how), Path(asset.path), asset.samples, 30, *size)  # type: ignore[arg-type]
    picture.draw(frame, out)
    picture.close()
    return to_rgb(out)


def to_rgb(planes: Planes) -> RGB:
    height, width = planes[0].shape
    frame = new_frame(width, height, 30)
    for target, plane in zip(planes_of(frame), planes, strict=True):
        target[...] = plane
    return np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)


def corners(picture: RGB) -> list[tuple[int, int, int]]:
    """The colour in the middle of each quarter, in the order of COLOURS."""
    height, width = picture.shape[:2]
    found = []
    for row in (height // 4, 3 * height // 4):
        for column in (width // 4, 3 * width // 4):
            patch = picture[row - 2 : row + 3, column - 2 : column + 3].reshape(-1, 3).mean(0)
            found.append((round(patch[0]), round(patch[1]), round(patch[2])))
    return found


def off(picture: RGB, colours: Sequence[tuple[int, int, int]] = COLOURS) -> int:
    """The greatest error of any channel in any quarter."""
    return int(np.abs(np.array(corners(picture)) - np.array(colours)).max())


def video(
    path: Path,
    pictures: Iterable[av.VideoFrame],
    *,
    codec: str = "ffv1",
    pixel_format: str = "yuv420p",
    times: Sequence[int] | None = None,
    time_base: Fraction = Fraction(1, 30),
    options: dict[str, str] | None = None,
    rotation: int = 0,
    mirrored: bool = False,
    pixel_aspect: Fraction | None = None,
    interlaced: bool = False,
) -> Path:
    """Encode pictures, one each 30th of a second or at ``times`` in ``time_base``."""
    with av.open(str(path), "w") as container:
        stream: Any = None
        for number, picture in enumerate(pictures):
            if stream is None:
                stream = container.add_stream(codec, rate=30, options=options or {})
                stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, pixel_format
                context = stream.codec_context
                context.time_base = time_base
                context.colorspace, context.color_range = picture.colorspace, picture.color_range
                context.color_trc, context.color_primaries = picture.color_trc, picture.color_primaries
                if pixel_aspect is not None:
                    context.sample_aspect_ratio = pixel_aspect
                if interlaced:
                    context.flags |= 1 << 18 | 1 << 29
                if rotation or mirrored:
                    stream.set_display_rotation(rotation, hflip=mirrored)
            picture.pts = times[number] if times is not None else number
            picture.time_base = time_base
            container.mux(stream.encode(picture))
        assert stream is not None
        container.mux(stream.encode(None))
    return path


def picture(rgb: RGB, pixel_format: str = "yuv420p", matrix: int = 1, full: bool = False) -> av.VideoFrame:
    """A frame of any pixel format, tagged with its matrix and range."""
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
    made = frame.reformat(
        format=pixel_format, dst_colorspace=matrix, dst_color_range=2 if full else 1, interpolation="BICUBIC", threads=1
    )
    if not av.VideoFormat(pixel_format).is_rgb:
        made.colorspace = {5: 6}.get(matrix, matrix)
        made.color_range = 2 if full else 1
    return made


def probed(path: Path) -> Asset:
    return FileProbe().asset(path)


def see_through(mode: str) -> Image.Image:
    """The quarters with a clear lower right one whose hidden colour is black."""
    layered = image().convert("RGBA")
    layered.paste((0, 0, 0, 0), (WIDTH // 2, HEIGHT // 2, WIDTH, HEIGHT))
    return layered.quantize(32).convert("P") if mode == "P" else layered


def flat(level: int, size: tuple[int, int] = (WIDTH, HEIGHT)) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(np.full((size[1] * 3 // 2, size[0]), 128, np.uint8), format="yuv420p")
    frame.planes[0].update(np.full((size[1], frame.planes[0].line_size), level, np.uint8).tobytes())
    frame.colorspace, frame.color_range = 1, 1
    return frame


def levels(asset: Asset, frames: list[int], **how: object) -> list[int]:
    """The luma in a corner at some frames of the scene, drawn in this order by one picture."""
    drawn = ClipPicture(Clip(asset="it", **how), Path(asset.path), asset.samples, 30, WIDTH, HEIGHT)  # type: ignore[arg-type]
    out = new_planes(WIDTH, HEIGHT)
    seen = []
    for frame in frames:
        drawn.draw(frame, out)
        seen.append(int(out[0][3, 3]))
    drawn.close()
    return seen


def ramp(path: Path, count: int = 30, **how: object) -> Asset:
    """A clip whose luma is 40 and four times the frame's number."""
    return probed(video(path, [flat(40 + 4 * number) for number in range(count)], **how))  # type: ignore[arg-type]


def heic(path: Path, *, tiles: tuple[int, int] = (1, 1), turn: int = 0, mirror: int | None = None) -> Path:
    """The quarters as a HEIC photo of so many columns and rows of tiles, stored turned back so that ``turn`` undoes it.

    ``turn`` counts quarters anticlockwise; ``mirror`` is the axis of an ``imir`` property that comes after it.
    """
    shown = np.kron(quarters(), np.ones((4, 4, 1), np.uint8)).astype(np.uint8)
    if mirror is not None:
        shown = shown[::-1] if mirror == 0 else shown[:, ::-1]
    stored = np.rot90(shown, -turn)
    height, width = stored.shape[:2]
    across, down = -(-width // tiles[0]), -(-height // tiles[1])
    padded = np.pad(stored, [(0, down * tiles[1] - height), (0, across * tiles[0] - width), (0, 0)], mode="edge")
    pieces = [
        picture(padded[row * down : (row + 1) * down, column * across : (column + 1) * across])
        for row in range(tiles[1])
        for column in range(tiles[0])
    ]
    options = {"crf": "8", "x265-params": "log-level=none:keyint=1"}
    film = video(path.with_suffix(".mp4"), pieces, codec="libx265", options=options)
    with av.open(str(film)) as container:
        extradata = container.streams.video[0].codec_context.extradata
        coded = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    assert extradata is not None
    grid = len(pieces) > 1
    count = len(pieces) + grid
    properties = [
        _box(b"hvcC", extradata),
        _box(b"ispe", bytes(4), _number(across), _number(down)),
        _box(b"ispe", bytes(4), _number(width), _number(height)),
        _box(b"irot", bytes([turn])),
        *([_box(b"imir", bytes([mirror]))] if mirror is not None else []),
    ]
    whole = bytes([0x80 | 3, 0x80 | 4, *([0x80 | 5] if mirror is not None else [])])
    piece = bytes([0x80 | 1, 0x80 | 2])
    links = [piece] * len(pieces) + [whole] if grid else [piece[:1] + whole]
    layout = bytes([0, 0, tiles[1] - 1, tiles[0] - 1]) + width.to_bytes(2, "big") + height.to_bytes(2, "big")
    kinds = [b"hvc1"] * len(pieces) + [b"grid"] * grid

    def meta(offset: int) -> bytes:
        places = []
        for number, data in enumerate([*coded, *([layout] if grid else [])], 1):
            inside = number > len(pieces)
            start = 0 if inside else offset + sum(map(len, coded[: number - 1]))
            place = [
                _number(number, 2),
                _number(inside, 2),
                bytes(2),
                _number(1, 2),
                _number(start),
                _number(len(data)),
            ]
            places.append(b"".join(place))
        made_of = _box(
            b"dimg", _number(count, 2), _number(len(pieces), 2), *(_number(n + 1, 2) for n in range(len(pieces)))
        )
        return _box(
            b"meta",
            bytes(4),
            _box(b"hdlr", bytes(8), b"pict", bytes(13)),
            _box(b"pitm", bytes(4), _number(count, 2)),
            _box(b"iloc", b"\1\0\0\0", b"\x44\0", _number(count, 2), *places),
            _box(
                b"iinf",
                bytes(4),
                _number(count, 2),
                *(_box(b"infe", b"\2\0\0\0", _number(n, 2), bytes(2), kind, b"\0") for n, kind in enumerate(kinds, 1)),
            ),
            *([_box(b"iref", bytes(4), made_of)] if grid else []),
            _box(
                b"iprp",
                _box(b"ipco", *properties),
                _box(
                    b"ipma",
                    bytes(4),
                    _number(count),
                    *(_number(n, 2) + bytes([len(link)]) + link for n, link in enumerate(links, 1)),
                ),
            ),
            *([_box(b"idat", layout)] if grid else []),
        )

    head = _box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    path.write_bytes(head + meta(len(head) + len(meta(0)) + 8) + _box(b"mdat", *coded))
    return path


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return _number(len(body) + 8) + kind + body


def _number(value: int, size: int = 4) -> bytes:
    return int(value).to_bytes(size, "big")
