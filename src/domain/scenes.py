"""Scenes that somebody laid out by hand: text, picture, voice and transition each."""

from dataclasses import dataclass
from pathlib import Path

from .caption_styles import CAPTION_STYLES
from .errors import InvalidBrief, UnknownName
from .language import speakable
from .pictures import LEVELS, SPEEDS, Fit, check_fit
from .ranges import in_range
from .script import SceneText, Script
from .template import TransitionChoice

LONGEST_SCENE = 600.0
"""Seconds that a scene may be asked to last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneBrief:
    """One scene: what is said, word for word, and what is seen. What is empty or None is chosen as for any script.

    A scene without ``text`` is silent and needs ``seconds``; with both it lasts at least so long. ``title`` is set
    large over the picture. ``asset`` is a photo, or a clip that begins at its second ``start``, runs at ``speed`` (0.25
    to 4) and whose own sound is kept at ``level``, in dB beside the narration. ``fit`` says whether it covers the frame
    or is shown whole, ``focus`` which point of it (x and y, 0 to 1) stays in view. ``captions`` names one of
    CAPTION_STYLES. ``transition`` leads into the scene; the first has none. ``pause`` is the silence after the scene,
    in seconds.
    """

    text: str = ""
    title: str = ""
    asset: Path | None = None
    start: float = 0.0
    speed: float = 1.0
    level: float | None = None
    fit: Fit | None = None
    focus: tuple[float, float] | None = None
    voice: str = ""
    captions: str = ""
    transition: TransitionChoice | None = None
    seconds: float = 0.0
    pause: float | None = None

    def __post_init__(self) -> None:
        if self.text.strip() and not speakable(self.text):
            raise InvalidBrief(f"text is {self.text!r}, which cannot be spoken: at least one letter or digit is right")
        if not self.text.strip() and not self.seconds:
            raise InvalidBrief(
                "a scene has neither text nor seconds: a text, or the seconds of a silent scene, is right"
            )
        if self.title and not self.title.strip():
            raise InvalidBrief("title is blank: leave it out instead")
        if self.captions and self.captions not in CAPTION_STYLES:
            raise UnknownName("caption style", self.captions, CAPTION_STYLES)
        in_range("seconds", self.seconds, 0, LONGEST_SCENE)
        in_range("start", self.start, 0, 86_400)
        in_range("pause", self.pause or 0, 0, 30)
        in_range("speed", self.speed, *SPEEDS)
        if self.level is not None:
            in_range("level", self.level, *LEVELS)
        check_fit(self.fit or "cover", self.focus)
        faster = self.speed if self.speed != 1 else None
        of_asset = {"start": self.start or None, "speed": faster, "level": self.level, "fit": self.fit}
        for key, value in (of_asset | {"focus": self.focus}).items():
            if value is not None and self.asset is None:
                raise InvalidBrief(f"{key} is there without an asset: the file that it speaks of is right beside it")


def told(scenes: tuple[SceneBrief, ...], *, language: str, title: str = "") -> Script:
    """The script of scenes as they were laid out, none cut or joined."""
    texts = [" ".join(scene.text.split()) for scene in scenes]
    return Script(
        title=title,
        language=language,
        scenes=tuple(SceneText(text=text, kind="speech" if text else "silent") for text in texts),
    )
