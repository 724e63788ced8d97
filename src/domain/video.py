"""Videos that a service keeps for its users."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from .ids import new_id, now

VideoVariant = Literal["file", "poster", "teaser"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoMetadata:
    """What was made: ``seconds`` of sound and pictures, ``loudness`` in LUFS and ``true_peak`` in dBTP of its mix.

    ``reused`` of its ``segments`` were there already; ``warnings`` say what was done otherwise than asked for.
    """

    media_type: str
    suffix: str
    width: int
    height: int
    fps: int
    frames: int
    seconds: float
    loudness: float
    true_peak: float
    segments: int = 0
    reused: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A video of its ``owner``, finished or on its way.

    The file lies in the storage under ``key``, its still under ``poster``, its short loop under ``teaser`` where
    one was asked for, all SHA-256; ``size`` is the bytes of all.
    ``based_on`` is the id of the video that it was made from by editing.
    """

    id: str = field(default_factory=new_id)
    owner: str
    title: str = ""
    project_id: str | None = None
    based_on: str | None = None
    key: str | None = None
    poster: str | None = None
    teaser: str | None = None
    size: int = 0
    metadata: VideoMetadata | None = None
    created: datetime = field(default_factory=now)

    def variant(self, variant: VideoVariant) -> str | None:
        """Where a variant of it lies in the storage."""
        return {"file": self.key, "poster": self.poster, "teaser": self.teaser}[variant]

    @property
    def keys(self) -> tuple[str, ...]:
        """All that it refers to in the storage, sorted."""
        return tuple(sorted({key for key in (self.key, self.poster, self.teaser) if key}))
