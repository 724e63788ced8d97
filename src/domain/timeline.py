"""The timeline: what is on screen and in the ear at every frame and sample.

It is plain data that a person can read and edit, and the whole contract between the domain and the compositor. Inside
a scene every time counts from the scene's own start, so a scene can be moved, stretched or dropped without touching
the others. Pictures are timed in frames, sound in samples at 48 kHz.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Literal

from .asset import Asset
from .caption_animations import WordPose
from .caption_styles import CAPTION_STYLES, restyled
from .cue import Cue
from .errors import InvalidInput, UnknownName
from .furniture import Emblem, Furniture, LowerThird
from .output import Output
from .pictures import LEVELS, Backdrop, Clip, Photo
from .ranges import check_span, in_range
from .style import CaptionStyle, Style
from .transitions import Transition

SCHEMA: Literal["reelwright.timeline/1"] = "reelwright.timeline/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """Words set large, shown over the half-open span of frames ``start`` to ``end`` and eased in and out.

    ``scale`` is how many times the style's size they are set in, where there is room.
    """

    text: str
    start: int
    end: int
    emblem: Emblem | None = None
    scale: float = 1.0

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise InvalidInput("a title has no text: leave the title out instead")
        check_span("a title", self.start, self.end)
        in_range("scale", self.scale, 0.2, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechClip:
    """Narration: its sound asset, and the sample of the scene at which it starts."""

    asset: str
    start: int = 0

    def __post_init__(self) -> None:
        if self.start < 0:
            raise InvalidInput(f"start is {self.start}: 0 or more samples are right")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A stretch of ``frames`` with exactly one picture: ``photo``, ``clip`` or ``backdrop``.

    ``transition`` overlaps the scene's first frames with the last ones of the scene before it. ``captions`` names the
    caption style of this scene, where it is not the timeline's.
    """

    frames: int
    text: str = ""
    photo: Photo | None = None
    clip: Clip | None = None
    backdrop: Backdrop | None = None
    transition: Transition | None = None
    title: Title | None = None
    lower_third: LowerThird | None = None
    speech: SpeechClip | None = None
    cues: tuple[Cue, ...] = ()
    captions: str | None = None

    def __post_init__(self) -> None:
        if self.frames < 1:
            raise InvalidInput(f"frames is {self.frames}: at least 1 is right")
        if sum(part is not None for part in (self.photo, self.clip, self.backdrop)) != 1:
            raise InvalidInput("a scene has exactly one of photo, clip and backdrop")
        if self.captions is not None and self.captions not in CAPTION_STYLES:
            raise UnknownName("caption style", self.captions, CAPTION_STYLES)
        if self.title is not None and self.title.end > self.frames:
            raise InvalidInput(f"the title ends at frame {self.title.end}: at most the scene's {self.frames} is right")
        if self.lower_third is not None and self.lower_third.end > self.frames:
            raise InvalidInput(
                f"the lower third ends at frame {self.lower_third.end}: at most the scene's {self.frames} is right"
            )
        for cue in self.cues:
            if cue.end > self.frames:
                raise InvalidInput(f"a cue ends at frame {cue.end}: at most the scene's {self.frames} is right")
        for before, after in pairwise(self.cues):
            if before.end > after.start:
                raise InvalidInput(f"the cues {before.text!r} and {after.text!r} overlap")

    @property
    def picture(self) -> Photo | Clip | Backdrop:
        picture = self.photo or self.clip or self.backdrop
        assert picture is not None  # noqa: S101 - __post_init__ saw to it
        return picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Music:
    """Music under the whole video, looped.

    ``level`` is in dB beside the narration's loudness, ``duck`` in dB by which it gives way to speech.
    """

    asset: str
    level: float = -9.0
    duck: float = -10.0
    fade: int = 48_000
    """Samples of the fade at either end."""

    def __post_init__(self) -> None:
        in_range("level", self.level, *LEVELS)
        in_range("duck", self.duck, -60, 0)
        in_range("fade", self.fade, 0, 480_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A scene's picture at one of its own frames."""

    scene: int
    frame: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Everything that is seen in one frame: one shot, or two and the overlap's frame between them; text above."""

    shots: tuple[Shot, ...]
    transition: Transition | None = None
    transition_frame: int = 0
    titles: tuple[tuple[Title, int], ...] = ()
    """Titles with the frame of their scene."""
    lower_thirds: tuple[tuple[LowerThird, int], ...] = ()
    """Lower thirds with the frame of their scene."""
    cue: Cue | None = None
    poses: tuple[WordPose, ...] = ()
    """How each word of ``cue`` stands."""
    captions: CaptionStyle | None = None
    """How ``cue`` looks."""


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """A finished plan of a video: frames at ``output.fps``, samples at 48 kHz.

    ``loudness`` is the integrated loudness of the mix in LUFS and ``true_peak`` its ceiling in dBTP (ITU-R BS.1770).
    """

    schema: Literal["reelwright.timeline/1"] = SCHEMA
    title: str = ""
    language: str
    voice: str = ""
    template: str = ""
    output: Output
    style: Style
    assets: dict[str, Asset]
    scenes: tuple[Scene, ...]
    furniture: Furniture = field(default_factory=Furniture)
    music: Music | None = None
    loudness: float = -14.0
    true_peak: float = -1.0

    def __post_init__(self) -> None:
        if not self.scenes:
            raise InvalidInput("a timeline has no scenes: at least one is right")
        in_range("loudness", self.loudness, -40, -5)
        in_range("true_peak", self.true_peak, -20, 0)
        if self.scenes[0].transition is not None:
            raise InvalidInput("scenes[0] has a transition: there is no scene before it to come from")
        for index, scene in enumerate(self.scenes):
            self._check(index, scene)
        if self.music is not None:
            self._check_asset("music", self.music.asset, "sound")
        if self.furniture.logo is not None:
            self._check_asset("furniture.logo", self.furniture.logo.asset, "photo")

    def _check(self, index: int, scene: Scene) -> None:
        into, out = self.overlaps[index], self.overlaps[index + 1]
        if into + out > scene.frames:
            raise InvalidInput(
                f"scenes[{index}] lasts {scene.frames} frames but its transitions take {into} + {out}: "
                "transitions that do not meet are right"
            )
        if scene.photo is not None:
            self._check_asset(f"scenes[{index}].photo", scene.photo.asset, "photo")
        if scene.clip is not None:
            self._check_asset(f"scenes[{index}].clip", scene.clip.asset, "clip")
        if scene.speech is not None:
            self._check_asset(f"scenes[{index}].speech", scene.speech.asset, "sound")
        if scene.title is not None and scene.title.emblem is not None:
            self._check_asset(f"scenes[{index}].title.emblem", scene.title.emblem.asset, "photo")
        if scene.lower_third is not None and self.furniture.lower_third is None:
            raise InvalidInput(f"scenes[{index}] has a lower third: furniture.lower_third, how it looks, is right too")

    def _check_asset(self, where: str, name: str, kind: str) -> None:
        if name not in self.assets:
            raise InvalidInput(f"{where} uses the asset {name!r}: one of {', '.join(self.assets) or 'none'} is right")
        if self.assets[name].kind != kind:
            raise InvalidInput(f"{where} uses the asset {name!r}, a {self.assets[name].kind}: a {kind} is right")

    @cached_property
    def overlaps(self) -> tuple[int, ...]:
        """How many frames each scene shares with the one before it; behind the last one 0."""
        return (*(scene.transition.frames if scene.transition else 0 for scene in self.scenes), 0)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The frame at which each scene starts."""
        steps = (scene.frames - over for scene, over in zip(self.scenes[:-1], self.overlaps[1:-1], strict=True))
        return tuple(accumulate(steps, initial=0))

    @cached_property
    def frames(self) -> int:
        return self.starts[-1] + self.scenes[-1].frames

    @property
    def samples(self) -> int:
        return self.output.samples(self.frames)

    @cached_property
    def chapters(self) -> tuple[int, ...]:
        """The frames at which parts begin that are named by a spoken title, and 0."""
        named = (
            start
            for start, scene in zip(self.starts, self.scenes, strict=True)
            if scene.title is not None and scene.speech is not None
        )
        return tuple(sorted({0, *named}))

    def at(self, frame: int) -> Shown:
        """What is drawn in ``frame``, 0 <= frame < ``frames``."""
        if not 0 <= frame < self.frames:
            raise IndexError(f"frame {frame} of {self.frames}")
        index = bisect_right(self.starts, frame) - 1
        local = frame - self.starts[index]
        transition = self.scenes[index].transition
        mixed = transition is not None and local < transition.frames
        shots: tuple[Shot, ...] = (Shot(scene=index, frame=local),)
        if mixed:
            shots = (Shot(scene=index - 1, frame=frame - self.starts[index - 1]), *shots)
        cue, poses, captions = self._caption(shots)
        return Shown(
            shots=shots,
            transition=transition if mixed else None,
            transition_frame=local if mixed else 0,
            titles=tuple(
                (title, shot.frame)
                for shot in shots
                if (title := self.scenes[shot.scene].title) and title.start <= shot.frame < title.end
            ),
            lower_thirds=tuple(
                (lower, shot.frame)
                for shot in shots
                if (lower := self.scenes[shot.scene].lower_third) and lower.start <= shot.frame < lower.end
            ),
            cue=cue,
            poses=poses,
            captions=captions,
        )

    def _caption(self, shots: tuple[Shot, ...]) -> tuple[Cue | None, tuple[WordPose, ...], CaptionStyle | None]:
        for shot in reversed(shots):
            scene = self.scenes[shot.scene]
            for cue in scene.cues:
                if cue.burned_in and cue.start <= shot.frame < cue.end:
                    style = restyled(self.style.captions, scene.captions)
                    return cue, cue.poses(shot.frame, self.output.fps, style.animation), style
        return None, (), None

    def cues(self) -> Iterator[Cue]:
        """All cues in order, on the timeline's own clock."""
        for cue, _, _ in self.captioned():
            yield cue

    def captioned(self) -> Iterator[tuple[Cue, CaptionStyle, str]]:
        """All cues in order, on the timeline's own clock, with their style and what it is called."""
        for start, scene in zip(self.starts, self.scenes, strict=True):
            style, name = restyled(self.style.captions, scene.captions), scene.captions or "captions"
            for cue in scene.cues:
                words = tuple(replace(word, start=start + word.start, end=start + word.end) for word in cue.words)
                yield replace(cue, start=start + cue.start, end=start + cue.end, words=words), style, name

    def speech_spans(self) -> list[tuple[int, int]]:
        """The half-open spans of samples in which words are spoken, in order."""
        step = self.output.samples(1)
        return [(word.start * step, word.end * step) for cue in self.cues() for word in cue.words]
