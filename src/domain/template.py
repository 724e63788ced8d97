"""A template: everything that makes a video look and move the way it does, as data."""

from dataclasses import dataclass, field, replace

from .errors import InvalidInput, UnknownName
from .furniture import EndCardStyle, LogoStyle, LowerThirdStyle, ProgressBar
from .mix import Direction
from .motion import MOTIONS
from .pictures import LEVELS, BackdropKind
from .ranges import in_range
from .style import CaptionStyle, TitleStyle, check_palette
from .transitions import TRANSITIONS, Transition, check

CUT = "cut"
"""The transition that is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionChoice:
    """One of a template's transitions; ``kind`` "cut" is a plain cut. What is left out is the kind's usual one."""

    kind: str
    seconds: float | None = None
    direction: Direction | None = None
    easing: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in (CUT, *TRANSITIONS):
            raise UnknownName("transition", self.kind, (CUT, *TRANSITIONS))
        if self.kind != CUT:
            check(self.kind, self.direction, self.easing)
        if self.seconds is not None:
            in_range("seconds", self.seconds, 0.05, 3)

    def frames(self, fps: int) -> int:
        """Its length at a frame rate; a cut has none."""
        if self.kind == CUT:
            return 0
        return round((self.seconds or TRANSITIONS[self.kind].seconds) * fps)

    def lasting(self, frames: int) -> Transition | None:
        """The transition over ``frames``, None for a cut or where there is no room for one."""
        if self.kind == CUT or frames < 1:
            return None
        return Transition(kind=self.kind, frames=frames, direction=self.direction, easing=self.easing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """Seconds of silence: before the first word, between scenes, around a card, after the last word."""

    lead: float = 0.4
    gap: float = 0.25
    card: float = 0.5
    tail: float = 0.9

    def __post_init__(self) -> None:
        for name, value in (("lead", self.lead), ("gap", self.gap), ("card", self.card), ("tail", self.tail)):
            in_range(name, value, 0, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backgrounds:
    """Where there is no picture: the kinds that take turns, and their colours from the deepest to the brightest."""

    kinds: tuple[BackdropKind, ...]
    colours: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.kinds:
            raise InvalidInput("kinds is empty: at least one background is right")
        check_palette(self.colours)


@dataclass(frozen=True, slots=True, kw_only=True)
class MusicLevels:
    """dB of the music beside the narration, and by how many more it gives way to speech."""

    level: float = -9.0
    duck: float = -10.0

    def __post_init__(self) -> None:
        in_range("level", self.level, *LEVELS)
        in_range("duck", self.duck, -60, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class WidePlaces:
    """Heights in square and wide frames, 0 the top and 1 the bottom; None where they are as in others."""

    captions: float | None = None
    titles: float | None = None
    lower_third: float | None = None

    def __post_init__(self) -> None:
        for name in ("captions", "titles", "lower_third"):
            height = getattr(self, name)
            if height is not None:
                in_range(name, height, 0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A look with a name. ``motions`` and ``transitions`` take turns in their order."""

    name: str
    description: str
    captions: CaptionStyle
    titles: TitleStyle
    backgrounds: Backgrounds
    motions: tuple[str, ...] = ("zoom-in", "zoom-out")
    transitions: tuple[TransitionChoice, ...] = (TransitionChoice(kind="crossfade"),)
    pacing: Pacing = field(default_factory=Pacing)
    music: MusicLevels = field(default_factory=MusicLevels)
    lower_third: LowerThirdStyle | None = None
    progress_bar: ProgressBar | None = None
    logo: LogoStyle = field(default_factory=LogoStyle)
    end_card: EndCardStyle = field(default_factory=EndCardStyle)
    wide: WidePlaces = field(default_factory=WidePlaces)
    list_numbers: bool = False
    """Whether the number of a list's item is shown as a title while the item begins."""

    def __post_init__(self) -> None:
        if not self.motions:
            raise InvalidInput("motions is empty: at least one is right")
        if not self.transitions:
            raise InvalidInput(f'transitions is empty: at least one is right, "{CUT}" for plain cuts')
        for motion in self.motions:
            if motion not in MOTIONS:
                raise UnknownName("motion", motion, MOTIONS)

    def fitting(self, width: int, height: int) -> "Template":
        """The template with everything at its height for a frame of this shape."""
        if width < height:
            return self
        wide = self.wide
        captions, titles, lower = self.captions, self.titles, self.lower_third
        if wide.captions is not None:
            captions = replace(captions, position=wide.captions)
        if wide.titles is not None:
            titles = replace(titles, position=wide.titles)
        if wide.lower_third is not None and lower is not None:
            lower = replace(lower, position=wide.lower_third)
        return replace(self, captions=captions, titles=titles, lower_third=lower)
