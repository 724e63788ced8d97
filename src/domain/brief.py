"""The brief: what somebody wants a video of, and how."""

import re
from dataclasses import dataclass
from pathlib import Path

from .caption_styles import CAPTION_SIZES, CAPTION_STYLES, position_of
from .document import SOURCE_KINDS
from .errors import InvalidBrief, UnknownName
from .language import LANGUAGES, foreign, speakable
from .narration import RATES
from .output import FRAME_RATES, HARDWARE, Output, Quality, frame_size
from .pictures import FITS, LEVELS, Fit
from .ranges import in_range
from .scenes import SceneBrief
from .summary import LONGEST, SHORTEST

LONGEST_TEXT = 50_000
"""Characters of a text that is said word for word: close to an hour of speech."""
LONGEST_ARTICLE = 1_000_000
"""Characters of an article that is condensed: a long book."""
SUMMARY = 60.0
"""Seconds that an article is condensed to where nothing else is asked for."""
LONGEST_CARD = 160
"""Characters of an end card at the most."""
LOUDNESSES = (-31.0, -12.0)
"""LUFS, from and to, that a video may be asked to have."""
_ADDRESS = re.compile(r"\s*(?:https?|ftp)://\S+\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What the video is of, and the choices around it.

    It is of exactly one of ``text``, ``document`` (a file: text, Markdown, HTML, PDF, Word) and ``scenes``. ``kind``
    says how text is used: a ``"script"`` word for word, an ``"article"`` condensed to ``seconds`` (SUMMARY where 0);
    empty, it is an article where seconds are given or the document is a page, PDF or Word file.

    An empty ``voice`` or ``language`` is chosen by the text. ``assets`` is a folder of photos and clips, ``music`` a
    sound, ``logo`` a picture for a corner of the frame. ``fit`` says whether pictures cover the frame or are shown
    whole. ``end_card`` is the text of a last scene after the narration, empty for none; ``progress_bar`` is whether the
    template's is shown, if it has one. An empty ``codec`` is the format's default. ``hardware`` names what encodes.
    ``strict`` refuses an unusable asset, or hardware or a voice that does not work, instead of going on with a warning.
    ``seed`` varies what the template leaves to chance.

    ``captions_style`` names one of CAPTION_STYLES, empty for the template's own; ``caption_position`` is top, middle,
    bottom or a number from 0 to 1, empty for the template's; ``caption_size`` is a factor.

    ``rate`` is the pace of the voice, 0.5 to 2 times its own. ``loudness`` is that of the finished video in LUFS: -14
    as the large platforms play, -16 as podcasts, -23 as broadcasters after EBU R 128. ``clip_sound`` keeps the clips'
    own sound, at this many dB beside the narration; None leaves them silent. Raises InvalidInput, mostly as
    InvalidBrief or UnknownName.
    """

    text: str = ""
    document: Path | None = None
    scenes: tuple[SceneBrief, ...] = ()
    kind: str = ""
    seconds: float = 0.0
    markdown: bool = True
    title: str = ""
    template: str = "tide"
    voice: str = ""
    language: str = ""
    aspect: str = "9:16"
    resolution: str = "1080p"
    fps: int = 30
    format: str = "mp4"
    codec: str = ""
    quality: Quality = "standard"
    hardware: str = "none"
    assets: Path | None = None
    music: Path | None = None
    logo: Path | None = None
    end_card: str = ""
    progress_bar: bool = True
    fit: Fit = "cover"
    strict: bool = False
    seed: int = 0
    captions_style: str = ""
    caption_position: str = ""
    caption_size: float = 1.0
    rate: float = 1.0
    loudness: float = -14.0
    clip_sound: float | None = None

    def __post_init__(self) -> None:
        if sum((bool(self.text.strip()), self.document is not None, bool(self.scenes))) > 1:
            raise InvalidBrief("there is more than one source: either a text, a document or scenes are right")
        if self.document is None and not self.scenes:
            check_text(self.text, LONGEST_ARTICLE if self.seconds or self.kind == "article" else LONGEST_TEXT)
        if self.kind and self.kind not in SOURCE_KINDS:
            raise UnknownName("kind of source", self.kind, SOURCE_KINDS)
        if self.seconds:
            in_range("seconds", self.seconds, SHORTEST, LONGEST)
            if self.kind == "script" or self.scenes:
                raise InvalidBrief(
                    "seconds are there for what is said word for word: leave them out, or give an article"
                )
        if len(self.end_card) > LONGEST_CARD:
            raise InvalidBrief(f"the end card has {len(self.end_card)} characters: at most {LONGEST_CARD} are right")
        if any(ch < " " and ch not in "\t\n\r" for ch in self.end_card):
            raise InvalidBrief("the end card has control characters in it: plain text is right")
        if self.language and self.language not in LANGUAGES:
            raise UnknownName("language", self.language, LANGUAGES)
        if self.fps not in FRAME_RATES:
            raise UnknownName("frame rate", str(self.fps), map(str, FRAME_RATES))
        if self.hardware not in HARDWARE:
            raise UnknownName("hardware", self.hardware, HARDWARE)
        if self.fit not in FITS:
            raise UnknownName("fit", self.fit, FITS)
        _ = self.output  # which checks what is left to it
        if self.captions_style and self.captions_style not in CAPTION_STYLES:
            raise UnknownName("caption style", self.captions_style, CAPTION_STYLES)
        if self.caption_position:
            position_of(self.caption_position)
        in_range("the caption size", self.caption_size, *CAPTION_SIZES, "times the template's", error=InvalidBrief)
        in_range("the rate of the voice", self.rate, *RATES, "times its own pace", error=InvalidBrief)
        in_range("the loudness", self.loudness, *LOUDNESSES, "LUFS", error=InvalidBrief)
        if self.clip_sound is not None:
            in_range("the level of the clips' sound", self.clip_sound, *LEVELS, "dB", error=InvalidBrief)

    @property
    def output(self) -> Output:
        width, height = frame_size(self.aspect, self.resolution)
        return Output(
            width=width, height=height, fps=self.fps, format=self.format, codec=self.codec, quality=self.quality
        )


def check_text(text: str, longest: int) -> None:
    """Raises InvalidBrief where nothing can be made of ``text``, or it has more than ``longest`` characters."""
    if not text.strip():
        raise InvalidBrief("the text is empty: at least one sentence is right")
    if len(text) > longest:
        hint = "" if longest > LONGEST_TEXT else "; an article may be longer: say how many seconds to condense it to"
        raise InvalidBrief(f"the text has {len(text):,} characters: at most {longest:,} are right{hint}")
    if _ADDRESS.fullmatch(text):
        raise InvalidBrief(f"{text.strip()} is an address, and nothing is fetched: a page saved as a file is right")
    if any(ch < " " and ch not in "\t\n\r\f\v" for ch in text) or "\ufffd" in text:
        raise InvalidBrief("the text has control characters in it, as a binary file has: plain UTF-8 text is right")
    if not speakable(text):
        raise InvalidBrief("nothing in the text can be spoken: at least one letter or digit is right")
    if foreign(text):
        raise InvalidBrief("most of the text is in a script that no voice speaks: English or Chinese is right")
