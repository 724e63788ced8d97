"""The brief: what somebody wants a video of, and how."""

from dataclasses import dataclass
from pathlib import Path

from .errors import InvalidBrief, UnknownName
from .language import speakable
from .output import FORMATS, FRAME_RATES, Output, frame_size
from .timeline import FITS, Fit

LONGEST_TEXT = 50_000
"""Characters of a text at the most: close to an hour of speech."""
LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """A text used word for word, and the choices around it.

    An empty ``voice`` or ``language`` is chosen by the text. ``assets`` is a folder of photos and clips, ``music`` a
    sound. ``fit`` says whether pictures cover the frame or are shown whole. ``strict`` refuses an unusable asset
    instead of leaving it out with a warning. ``seed`` varies what the template leaves to chance. Raises InvalidBrief
    or UnknownName.
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
    fit: Fit = "cover"
    strict: bool = False
    seed: int = 0

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
        if self.fit not in FITS:
            raise UnknownName("fit", self.fit, FITS)
        if self.format not in FORMATS:
            raise UnknownName("format", self.format, FORMATS)
        frame_size(self.aspect, self.resolution)

    @property
    def output(self) -> Output:
        width, height = frame_size(self.aspect, self.resolution)
        return Output(width=width, height=height, fps=self.fps, format=self.format)
