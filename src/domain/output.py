"""What is delivered: frame sizes, aspects, frame rates, containers and codecs, and which go together."""

from dataclasses import dataclass, replace
from typing import Literal

from .errors import InvalidInput, UnknownName
from .narration import SAMPLE_RATE

ASPECTS = {"9:16": (9, 16), "16:9": (16, 9), "1:1": (1, 1), "4:5": (4, 5)}
RESOLUTIONS = {"360p": 360, "480p": 480, "720p": 720, "1080p": 1080, "1440p": 1440, "4k": 2160}
"""Name of a resolution -> pixels of the frame's shorter side."""
FRAME_RATES = (24, 25, 30, 60)
CODECS = {
    "h264": "H.264",
    "h265": "H.265 (HEVC)",
    "av1": "AV1",
    "vp9": "VP9",
    "mpeg4": "MPEG-4 Part 2",
    "prores": "ProRes 422",
}
"""Video codec -> what people call it."""
AUDIO_CODECS = {"aac": "AAC", "opus": "Opus", "mp3": "MP3", "pcm": "24-bit PCM"}
Quality = Literal["draft", "standard", "high"]
QUALITIES: dict[Quality, str] = {
    "draft": "to look at while one edits: fastest, and coarse",
    "standard": "to publish",
    "high": "to keep, or to hand to a platform that encodes again",
}
HARDWARE = {
    "none": "the processor",
    "auto": "whichever of those below works, else the processor",
    "nvenc": "NVIDIA",
    "qsv": "Intel Quick Sync",
    "vaapi": "Intel and AMD on Linux",
    "videotoolbox": "Apple",
}
"""What encodes -> whose it is. No part of an Output: it changes how long a video takes, and not what it shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A container. ``codecs`` are the video codecs put in it, the default first, each with its audio codec."""

    name: str
    suffix: str
    media_type: str
    codecs: dict[str, str]
    description: str

    @property
    def codec(self) -> str:
        """The video codec where none is asked for."""
        return next(iter(self.codecs))


FORMATS = {
    form.name: form
    for form in (
        Format(
            name="mp4",
            suffix=".mp4",
            media_type="video/mp4",
            codecs={"h264": "aac", "h265": "aac", "av1": "aac"},
            description="plays everywhere",
        ),
        Format(
            name="webm",
            suffix=".webm",
            media_type="video/webm",
            codecs={"vp9": "opus", "av1": "opus"},
            description="for pages, free of patents",
        ),
        Format(
            name="mov",
            suffix=".mov",
            media_type="video/quicktime",
            codecs={"h264": "aac", "h265": "aac", "prores": "pcm"},
            description="for editing programs and Apple",
        ),
        Format(
            name="avi",
            suffix=".avi",
            media_type="video/x-msvideo",
            codecs={"mpeg4": "mp3"},
            description="for old players",
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """The frame in pixels (even sides), the constant frame rate, the container and what is in it.

    An empty ``codec`` becomes the format's default. Raises InvalidInput, or UnknownName for a name that does not exist.
    """

    width: int
    height: int
    fps: int
    format: str = "mp4"
    codec: str = ""
    quality: Quality = "standard"

    def __post_init__(self) -> None:
        for side, pixels in (("width", self.width), ("height", self.height)):
            if not 64 <= pixels <= 7680 or pixels % 2:
                raise InvalidInput(f"{side} is {pixels}: an even number from 64 to 7680 is right")
        if self.fps not in FRAME_RATES:
            raise InvalidInput(f"fps is {self.fps}: one of {', '.join(map(str, FRAME_RATES))} is right")
        object.__setattr__(self, "codec", codec_in(self.format, self.codec))
        if self.quality not in QUALITIES:
            raise UnknownName("quality", self.quality, QUALITIES)

    @property
    def audio_codec(self) -> str:
        return FORMATS[self.format].codecs[self.codec]

    @property
    def short_side(self) -> int:
        return min(self.width, self.height)

    def delivered(self, *, format: str = "", codec: str = "", quality: Quality | Literal[""] = "") -> "Output":  # noqa: A002
        """The same picture in another file. What is empty stays, a codec that the new format lacks aside."""
        form = format or self.format
        if not codec and form in FORMATS and self.codec in FORMATS[form].codecs:
            codec = self.codec
        return replace(self, format=form, codec=codec, quality=quality or self.quality)

    def samples(self, frames: int) -> int:
        """48 kHz samples of a run of frames; exact, since every frame rate divides the sample rate."""
        return frames * (SAMPLE_RATE // self.fps)

    def frames(self, samples: int) -> int:
        """The frame boundary nearest to a sample."""
        step = SAMPLE_RATE // self.fps
        return (samples + step // 2) // step


def codec_in(form: str, codec: str = "") -> str:
    """``codec``, or the default of the format where it is empty. Raises UnknownName, InvalidInput for a wrong pair."""
    if form not in FORMATS:
        raise UnknownName("format", form, FORMATS)
    if codec and codec not in CODECS:
        raise UnknownName("codec", codec, CODECS)
    codecs = FORMATS[form].codecs
    if codec and codec not in codecs:
        homes = ", ".join(other.name for other in FORMATS.values() if codec in other.codecs)
        raise InvalidInput(f"{form} does not hold {codec}: {form} holds {', '.join(codecs)}; {codec} goes into {homes}")
    return codec or FORMATS[form].codec


def frame_size(aspect: str, resolution: str) -> tuple[int, int]:
    """Width and height in pixels, both even. Raises UnknownName."""
    if aspect not in ASPECTS:
        raise UnknownName("aspect", aspect, ASPECTS)
    if resolution.lower() not in RESOLUTIONS:
        raise UnknownName("resolution", resolution, RESOLUTIONS)
    across, down = ASPECTS[aspect]
    short = RESOLUTIONS[resolution.lower()]
    long = round(short * max(across, down) / min(across, down) / 2) * 2
    return (long, short) if across > down else (short, long)
