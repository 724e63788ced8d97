"""Files that a video is made of."""

from dataclasses import dataclass
from typing import Literal

SIDECARS = (".txt", ".xmp")
"""Suffixes of files beside an asset that describe it: beach.txt or beach.jpg.txt beside beach.jpg."""
PLANS = (".toml", ".json")
"""Suffixes of files that say how assets are used: they may lie among them."""

AssetKind = Literal["photo", "clip", "sound"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file by its path and the SHA-256 of its content.

    ``width`` and ``height`` are pixels as seen, after EXIF or display-matrix rotation, 0 for a sound.
    ``samples`` is the length on the 48 kHz clock, 0 for a photo. ``tags`` are words that describe it.
    """

    path: str
    sha256: str
    kind: AssetKind
    width: int = 0
    height: int = 0
    samples: int = 0
    has_sound: bool = False
    tags: tuple[str, ...] = ()
