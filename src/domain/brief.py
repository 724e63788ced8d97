"""The brief: what somebody wants a video of, and how."""

import re
from dataclasses import dataclass
from pathlib import Path

from .document import SOURCE_KINDS
from .errors import InvalidBrief, UnknownName
from .language import speakable
from .output import FORMATS, FRAME_RATES, Output, frame_size
from .scenes import SceneBrief
from .style import in_range
from .summary import LONGEST, SHORTEST

LONGEST_TEXT = 50_000
"""Characters of a text that is said word for word: close to an hour of speech."""
LONGEST_ARTICLE = 1_000_000
"""Characters of an article that is condensed: a long book."""
SUMMARY = 60.0
"""Seconds that an article is condensed to where nothing else is asked for."""
LANGUAGES = ("en", "zh")
_ADDRESS = re.compile(r"\s*(?:https?|ftp)://\S+\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What the video is of, and the choices around it. Raises InvalidBrief or UnknownName.

    It is of exactly one of ``text``, ``document`` (a file: text, Markdown, HTML, PDF, Word) and ``scenes``. ``kind``
    says how text is used: a ``"script"`` word for word, an ``"article"`` condensed to ``seconds`` (SUMMARY where 0);
    empty, it is an article where seconds are given or the document is a page, PDF or Word file. An empty ``voice`` or
    ``language`` is chosen by the text. ``assets`` is a folder of photos and clips, ``music`` a sound. ``strict``
    refuses an unusable asset instead of leaving it out with a warning. ``seed`` varies what the template leaves to
    chance.
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
    assets: Path | None = None
    music: Path | None = None
    strict: bool = False
    seed: int = 0

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
        if self.language and self.language not in LANGUAGES:
            raise UnknownName("language", self.language, LANGUAGES)
        if self.fps not in FRAME_RATES:
            raise UnknownName("frame rate", str(self.fps), map(str, FRAME_RATES))
        if self.format not in FORMATS:
            raise UnknownName("format", self.format, FORMATS)
        frame_size(self.aspect, self.resolution)

    @property
    def output(self) -> Output:
        width, height = frame_size(self.aspect, self.resolution)
        return Output(width=width, height=height, fps=self.fps, format=self.format)


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
