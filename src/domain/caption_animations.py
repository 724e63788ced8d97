"""How the words of a caption move: where one word stands at one moment of its being spoken, as pure functions."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

POP_SECONDS, POP_SWELL = 0.3, 0.18
"""How long a word swells when its turn comes, and the share of its size that drives it: 1.12 at its largest."""
BOUNCE_SECONDS, BOUNCE_HEIGHT, BOUNCE_FADE = 0.4, 0.42, 0.1
"""How long a word falls and rebounds, from how many ems above its place, and how long it takes to be opaque."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A word's own clock, in seconds.

    ``since`` is 0 or less before the word's turn, and grows from the first frame on. ``spoken`` is how long it is
    spoken, ``turn`` how long until the next word's turn.
    """

    since: float
    spoken: float
    turn: float

    @property
    def now(self) -> bool:
        """Whether it is the word's turn."""
        return 0 < self.since <= self.turn

    def share(self, seconds: float) -> float:
        """How much of the first ``seconds`` is over, 0 to 1."""
        if self.since <= 0:
            return 0.0
        return min(1.0, self.since / seconds) if seconds > 0 else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPose:
    """How a word stands in a frame; the defaults are a word at rest that nothing marks.

    ``scale`` grows it about its middle; ``dx`` and ``dy`` move it, in ems to the right and downwards. ``shown`` is
    the share of its letters that are there, ``fill`` the share of its width that has the lit fill, both from where
    reading starts. A ``lit`` word lies on the lit box.
    """

    opacity: float = 1.0
    scale: float = 1.0
    dx: float = 0.0
    dy: float = 0.0
    shown: float = 1.0
    fill: float = 0.0
    lit: bool = False


REST = WordPose()
LIT = WordPose(fill=1.0, lit=True)
UNSEEN = WordPose(shown=0.0)

Animation = Callable[[Moment], WordPose]


def none(_: Moment) -> WordPose:
    """The words stand still and nothing marks them."""
    return REST


def highlight(moment: Moment) -> WordPose:
    """The spoken word takes the lit fill and lies on the lit box."""
    return LIT if moment.now else REST


def fill(moment: Moment) -> WordPose:
    """Each word is filled while it is spoken, from its first letter to its last, and stays filled."""
    return WordPose(fill=moment.share(moment.spoken), lit=moment.now)


def pop(moment: Moment) -> WordPose:
    """The spoken word swells beyond its size, shrinks a little below it and comes to rest, lit all the while."""
    p = moment.share(min(POP_SECONDS, moment.turn))
    if not moment.now or p >= 1:
        return highlight(moment)
    return WordPose(scale=1 + POP_SWELL * math.sin(1.5 * math.pi * p) * (1 - p) ** 1.2, fill=1.0, lit=True)


def typewriter(moment: Moment) -> WordPose:
    """The letters of each word come one by one while it is spoken."""
    return WordPose(shown=moment.share(moment.spoken))


def bounce(moment: Moment) -> WordPose:
    """Each word falls onto its place when its turn comes, and rebounds once."""
    if moment.since <= 0:
        return UNSEEN
    p = moment.share(min(BOUNCE_SECONDS, moment.turn))
    if p >= 1:
        return highlight(moment)
    return WordPose(
        opacity=moment.share(BOUNCE_FADE),
        dy=-BOUNCE_HEIGHT * abs(math.cos(1.5 * math.pi * p)) * (1 - p) ** 2,
        fill=1.0,
        lit=True,
    )


ANIMATIONS: dict[str, Animation] = {
    "none": none,
    "highlight": highlight,
    "fill": fill,
    "pop": pop,
    "typewriter": typewriter,
    "bounce": bounce,
}


@cache
def largest(animation: str) -> float:
    """The scale that a word reaches in ``animation``, a name of ANIMATIONS."""
    return max(ANIMATIONS[animation](Moment(since=step / 60, spoken=1, turn=1)).scale for step in range(-1, 61))
