"""What is delivered: frame sizes, aspects, frame rates, containers and codecs, and which go together."""

from dataclasses import dataclass

from .errors import InvalidInput, UnknownName
from .narration import SAMPLE_RATE

ASPECTS = {"9:16": (9, 16), "16:9": (16, 9), "1:1": (1, 1), "4:5": (4, 5)}
RESOLUTIONS = {"360p": 360, "480p": 480, "720p": 720, "1080p": 1080, "1440p": 1440, "4k": 2160}
"""Name of a resolution -> pixels of the frame's shorter side."""
FRAME_RATES = (24, 25, 30, 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A container with the codecs that are put in it, by libav's names."""

    name: str
    suffix: str
    video_codec: str
    audio_codec: str
    description: str


FORMATS = {
    form.name: form
    for form in (
        Format(name="mp4", suffix=".mp4", video_codec="libx264", audio_codec="aac", description="H.264 and AAC in MP4"),
        Format(name="mov", suffix=".mov", video_codec="libx264", audio_codec="aac", description="H.264 and AAC in MOV"),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """The frame in pixels (even sides), the constant frame rate and the format."""

    width: int
    height: int
    fps: int
    format: str = "mp4"

    def __post_init__(self) -> None:
        for side, pixels in (("width", self.width), ("height", self.height)):
            if not 64 <= pixels <= 7680 or pixels % 2:
                raise InvalidInput(f"{side} is {pixels}: an even number from 64 to 7680 is right")
        if self.fps not in FRAME_RATES:
            raise InvalidInput(f"fps is {self.fps}: one of {', '.join(map(str, FRAME_RATES))} is right")
        if self.format not in FORMATS:
            raise UnknownName("format", self.format, FORMATS)

    @property
    def short_side(self) -> int:
        return min(self.width, self.height)

    def samples(self, frames: int) -> int:
        """48 kHz samples of a run of frames; exact, since every frame rate divides the sample rate."""
        return frames * (SAMPLE_RATE // self.fps)

    def frames(self, samples: int) -> int:
        """The frame boundary nearest to a sample."""
        step = SAMPLE_RATE // self.fps
        return (samples + step // 2) // step


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
