"""What a user's file is, told by its content and never by its name."""

from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import av

from ...domain.asset import Asset
from ...domain.errors import UnusableAsset
from ...domain.narration import SAMPLE_RATE
from .clip import first_plane
from .containers import open_media
from .photo import decode_photo, is_photo
from .tags import tags

_SMALLEST = 2
"""Pixels of a picture's side at the least."""


class FileProbe:
    """Opens a file as a picture, and else as a clip or a sound, and decodes enough of it to know that it can be."""

    def asset(self, path: Path) -> Asset:
        """Raises UnusableAsset, naming the file and what is wrong with it."""
        try:
            if not path.is_file():
                raise UnusableAsset(path, "there is no such file")
            if path.stat().st_size == 0:
                raise UnusableAsset(path, "the file is empty")
            digest = _digest(path)
        except OSError as error:
            raise UnusableAsset(path, f"cannot be read ({error.strerror})") from error
        asset = _photo(path, digest) if is_photo(path) else _media(path, digest)
        return asset if asset.kind == "sound" else replace(asset, tags=tags(path))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _photo(path: Path, digest: str) -> Asset:
    image = decode_photo(path)
    if min(image.size) < _SMALLEST:
        raise UnusableAsset(path, f"{image.width} x {image.height} pixels are too few to show")
    return Asset(path=str(path.absolute()), sha256=digest, kind="photo", width=image.width, height=image.height)


def _media(path: Path, digest: str) -> Asset:
    with open_media(path) as container:
        video = next((stream for stream in container.streams.video if not _is_cover(stream)), None)
        audio = next(iter(container.streams.audio), None)
        if video is None and audio is None:
            raise UnusableAsset(path, "there is neither a picture nor a sound in it")
        samples = _samples(container, video or audio)
        if video is None:
            return Asset(path=str(path.absolute()), sha256=digest, kind="sound", samples=samples, has_sound=True)
    width, height = first_plane(path).shape[::-1]
    return Asset(
        path=str(path.absolute()),
        sha256=digest,
        kind="clip",
        width=width,
        height=height,
        samples=max(samples, 1),
        has_sound=audio is not None,
    )


def _is_cover(stream: av.VideoStream) -> bool:
    """A picture attached to a sound, as an album's cover is."""
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _samples(container: av.container.InputContainer, stream: av.stream.Stream | None) -> int:
    """The stream's length on the 48 kHz clock, by its own word or the container's."""
    if stream is not None and stream.duration and stream.time_base:
        return int(stream.duration * stream.time_base * SAMPLE_RATE)
    return int(Fraction(container.duration or 0, av.time_base) * SAMPLE_RATE)
