"""Cues: words that are read together, and when each of them is spoken."""

from dataclasses import dataclass
from itertools import pairwise

from .caption_animations import ANIMATIONS, Moment, WordPose
from .errors import InvalidInput
from .ranges import check_span


@dataclass(frozen=True, slots=True, kw_only=True)
class CueWord:
    """A word of a cue and the half-open span of frames in which it is spoken."""

    text: str
    start: int
    end: int
    space: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """Words that are read together, shown over the half-open span of frames ``start`` to ``end``.

    A cue that is not ``burned_in`` is exported with the others but not drawn: a title card shows its words already.
    """

    start: int
    end: int
    words: tuple[CueWord, ...]
    burned_in: bool = True

    def __post_init__(self) -> None:
        if not self.words:
            raise InvalidInput("a cue has no words: at least one is right")
        check_span("a cue", self.start, self.end)
        for before, after in pairwise(self.words):
            if before.start > after.start:
                raise InvalidInput(f"the words {before.text!r} and {after.text!r} are out of order")

    @property
    def text(self) -> str:
        return "".join(word.text + " " * word.space for word in self.words).strip()

    def poses(self, frame: int, fps: int, animation: str) -> tuple[WordPose, ...]:
        """How each word stands in ``frame`` of the scene; ``animation`` is a name of ANIMATIONS."""
        pose = ANIMATIONS[animation]
        nexts = [word.start for word in self.words[1:]]
        return tuple(
            pose(
                Moment(
                    since=(frame + 1 - word.start) / fps,
                    spoken=(word.end - word.start) / fps,
                    turn=(after - word.start) / fps,
                )
            )
            for word, after in zip(self.words, (*nexts, self.end), strict=True)
        )
