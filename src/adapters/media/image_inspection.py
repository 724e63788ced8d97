"""What is known of a picture that somebody sent, and a thumbnail of it."""

from dataclasses import replace
from pathlib import Path

from ...domain.file import FileMetadata
from .stills import ORIENTATION, examine, is_animated, open_photo
from .thumbnails import photo_thumbnail


def inspect_image(path: Path, media_type: str, thumbnail: Path) -> FileMetadata:
    """Decodes all of the picture, an animation's first one. Raises UnusableAsset."""
    width, height, plays = examine(path)
    photo_thumbnail(path, width, height, thumbnail)
    found = FileMetadata(width=width, height=height, container=media_type.partition("/")[2], animated=plays)
    if media_type == "image/heic":
        return found
    with open_photo(path) as image:
        orientation = int(image.getexif().get(ORIENTATION, 1))
        return replace(
            found,
            orientation=orientation if 1 <= orientation <= 8 else 1,
            pixel_format=image.mode.lower(),
            alpha="A" in image.mode.upper() or "transparency" in image.info,
            animated=is_animated(image),
        )
