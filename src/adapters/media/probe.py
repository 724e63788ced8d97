"""What a user's file is, told by its content and never by its name."""

from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from hashlib import file_digest
from pathlib import Path

import av
from av.container import InputContainer

from ...domain.asset import Asset
from ...domain.errors import UnusableAsset
from ...domain.narration import SAMPLE_RATE
from .animation import durations
from .containers import open_media, packets, video_stream
from .fitting import Fitter
from .footage import Footage
from .orientation import UPRIGHT
from .planes import new_planes
from .stills import examine, is_photo
from .tags import tags

_SAMPLE = 16, 16
_TAIL = 2
"""Seconds before its declared end in which a whole file still has pictures."""


class FileProbe:
    """Opens a file as a picture, and else as a clip or a sound, and decodes enough of it to know that it can be."""

    def asset(self, path: Path) -> Asset:
        """Raises UnusableAsset, naming the file and what is wrong with it."""
        try:
            if not path.is_file():
                raise UnusableAsset(path, "there is no such file")
            if path.stat().st_size == 0:
                raise UnusableAsset(path, "the file is empty")
            digest = content_digest(path)
        except OSError as error:
            raise UnusableAsset(path, f"cannot be read ({error.strerror})") from error
        asset = _photo(path, digest) if is_photo(path) else _media(path, digest)
        return asset if asset.kind == "sound" else replace(asset, tags=tags(path))


def content_digest(path: Path) -> str:
    """The SHA-256 of a file's content. Raises OSError."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _photo(path: Path, digest: str) -> Asset:
    width, height, plays = examine(path)
    made = Asset(path=str(path.absolute()), sha256=digest, kind="photo", width=width, height=height)
    if not plays:
        return made
    return replace(made, kind="clip", samples=max(1, int(sum(durations(path)) * SAMPLE_RATE)))


def _media(path: Path, digest: str) -> Asset:
    with open_media(path) as container:
        video = video_stream(container)
        audio = next(iter(container.streams.audio), None)
        if video is None and audio is None:
            raise UnusableAsset(path, "there is neither a picture nor a sound in it")
        if video is None:
            samples = declared_samples(container, audio)
            return Asset(path=str(path.absolute()), sha256=digest, kind="sound", samples=samples, has_sound=True)
        seconds = _seconds(container, video)
    width, height = _shown_size(path)
    return Asset(
        path=str(path.absolute()),
        sha256=digest,
        kind="clip",
        width=width,
        height=height,
        samples=max(int(seconds * SAMPLE_RATE), 1),
        has_sound=audio is not None,
    )


def _shown_size(path: Path) -> tuple[int, int]:
    """Of the first picture, upright and in square pixels. Raises UnusableAsset where it cannot be drawn."""
    footage = Footage(path, fps=30)
    try:
        frame = footage.at(Fraction(0))
        Fitter(*_SAMPLE).draw(frame, new_planes(*_SAMPLE))
        width, height = (footage.orientation or UPRIGHT).size(float(frame.width * footage.pixel_aspect), frame.height)
    except av.FFmpegError as error:
        raise UnusableAsset(path, f"its picture cannot be decoded ({error.strerror})") from error
    finally:
        footage.close()
    return max(1, round(width)), max(1, round(height))


def _seconds(container: InputContainer, stream: av.VideoStream) -> Fraction:
    """The picture's length as far as there are packets of it, whatever the header says."""
    base = stream.time_base or Fraction(1, av.time_base)
    begins = (stream.start_time or 0) * base
    declared = stream.duration * base if stream.duration else Fraction(container.duration or 0, av.time_base)
    end = None
    if declared > _TAIL:
        with suppress(av.FFmpegError):
            container.seek(int((begins + declared - _TAIL) / base), stream=stream)
            end = _last_end(container, stream)
    if end is None or end < begins + declared - _TAIL:
        try:
            container.seek(min(0, int(begins / base)), stream=stream)
        except av.FFmpegError:
            return declared
        end = _last_end(container, stream)
    return declared if end is None else end - begins


def _last_end(container: InputContainer, stream: av.VideoStream) -> Fraction | None:
    """When the last picture from here on ends, None if there is none."""
    base = stream.time_base or Fraction(1, av.time_base)
    usual = 1 / Fraction(stream.average_rate or stream.guessed_rate or 25)
    end = None
    for packet in packets(container, stream):
        begins = packet.dts if packet.pts is None else packet.pts
        lasts = packet.duration * base if packet.duration else usual
        if packet.size and begins is not None:
            end = max(end or Fraction(0), begins * base + lasts)
        elif packet.size and end is not None:
            end += lasts
    return end


def declared_samples(container: InputContainer, stream: av.stream.Stream | None) -> int:
    """The stream's length on the 48 kHz clock, by its own word or the container's."""
    if stream is not None and stream.duration and stream.time_base:
        return int(stream.duration * stream.time_base * SAMPLE_RATE)
    return int(Fraction(container.duration or 0, av.time_base) * SAMPLE_RATE)
