"""The brief: what somebody wants a video of, and how."""

from dataclasses import dataclass
from pathlib import Path

from .errors import InvalidBrief, UnknownName
from .language import speakable
from .output import FORMATS, FRAME_RATES, Output, frame_size
from .timeline import LEVELS

LONGEST_TEXT = 50_000
"""Characters of a text at the most: close to an hour of speech."""
LANGUAGES = ("en", "zh")
RATES = (0.5, 2.0)
"""Times the voice's own pace, from and to."""
LOUDNESSES = (-31.0, -12.0)
"""LUFS, from and to, that a video may be asked to have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """A text used word for word, and the choices around it.

    An empty ``voice`` or ``language`` is chosen by the text. ``assets`` is a folder of photos and clips, ``music`` a
    sound. ``strict`` refuses an unusable asset instead of leaving it out with a warning. ``seed`` varies what the
    template leaves to chance. ``rate`` is the pace of the voice, 0.5 to 2 times its own. ``loudness`` is that of the
    finished video in LUFS: -14 as the large platforms play, -16 as podcasts, -23 as broadcasters after EBU R 128.
    ``clip_sound`` keeps the clips' own sound, at this many dB beside the narration; None leaves them silent. Raises
    InvalidBrief or UnknownName.
    """

    text: str
    markdown: bool = True
    title: str = ""
    template: str = "tide"
    voice: str = ""
    language: str = ""
    aspect: str = "9:16"
    resolution: str = "1080p"
    fps: int = 30
    format: str = "mp4"
    assets: Path | None = None
    music: Path | None = None
    strict: bool = False
    seed: int = 0
    rate: float = 1.0
    loudness: float = -14.0
    clip_sound: float | None = None

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise InvalidBrief("the text is empty: at least one sentence is right")
        if len(self.text) > LONGEST_TEXT:
            raise InvalidBrief(f"the text has {len(self.text):,} characters: at most {LONGEST_TEXT:,} are right")
        if any(ch < " " and ch not in "\t\n\r\f\v" for ch in self.text) or "\ufffd" in self.text:
            raise InvalidBrief("the text has control characters in it, as a binary file has: plain UTF-8 text is right")
        if not speakable(self.text):
            raise InvalidBrief("nothing in the text can be spoken: at least one letter or digit is right")
        if self.language and self.language not in LANGUAGES:
            raise UnknownName("language", self.language, LANGUAGES)
        if self.fps not in FRAME_RATES:
            raise UnknownName("frame rate", str(self.fps), map(str, FRAME_RATES))
        if self.format not in FORMATS:
            raise UnknownName("format", self.format, FORMATS)
        frame_size(self.aspect, self.resolution)
        _in_range("the rate of the voice", self.rate, "times its own pace", RATES)
        _in_range("the loudness", self.loudness, "LUFS", LOUDNESSES)
        if self.clip_sound is not None:
            _in_range("the level of the clips' sound", self.clip_sound, "dB", LEVELS)

    @property
    def output(self) -> Output:
        width, height = frame_size(self.aspect, self.resolution)
        return Output(width=width, height=height, fps=self.fps, format=self.format)


def _in_range(what: str, value: float, unit: str, span: tuple[float, float]) -> None:
    low, high = span
    if not low <= value <= high:
        raise InvalidBrief(f"{what} is {value:g} {unit}: {low:g} to {high:g} is right")
