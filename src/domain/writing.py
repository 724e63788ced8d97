"""What a language engine is asked for, and what it answers: typed values, whoever made them."""

from dataclasses import dataclass
from typing import Literal

from .errors import InvalidInput, UnknownName
from .ranges import in_range

Call = Literal["script", "article", "optimise", "keywords", "sentiment", "titles", "hashtags", "translate"]
CALLS: tuple[Call, ...] = ("script", "article", "optimise", "keywords", "sentiment", "titles", "hashtags", "translate")
Tone = Literal["neutral", "friendly", "serious", "funny", "urgent", "inspiring"]
TONES: tuple[Tone, ...] = ("neutral", "friendly", "serious", "funny", "urgent", "inspiring")
Goal = Literal["shorter", "punchier", "clearer", "tone"]
GOALS: dict[Goal, str] = {
    "shorter": "the same in fewer words",
    "punchier": "short sentences, strong verbs, the point first",
    "clearer": "plain words, one thought a sentence",
    "tone": "the same in another tone",
}
Feeling = Literal["positive", "neutral", "negative"]
LONGEST_TOPIC = 500
"""Characters."""
SECONDS = (10.0, 600.0)
"""How long a script may be asked to be said, from and to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptWish:
    """A video that somebody wants to be written, about a ``topic``, in ``language`` ("en", "zh").

    Raises InvalidInput.
    """

    topic: str
    language: str
    seconds: float = 60.0
    tone: Tone = "neutral"
    audience: str = ""

    def __post_init__(self) -> None:
        if not self.topic.strip():
            raise InvalidInput("the topic is empty: a few words are right")
        if len(self.topic) > LONGEST_TOPIC:
            raise InvalidInput(f"the topic has {len(self.topic):,} characters: at most {LONGEST_TOPIC} are right")
        if self.tone not in TONES:
            raise UnknownName("tone", self.tone, TONES)
        in_range("seconds", self.seconds, *SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenScene:
    """What is said, what is to be seen meanwhile, and words to search pictures by."""

    text: str
    visual: str = ""
    search: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenScript:
    """Scenes in their order: the first one hooks, the last one calls to action. Raises InvalidInput without any."""

    title: str
    scenes: tuple[WrittenScene, ...]

    def __post_init__(self) -> None:
        if not self.scenes or not all(scene.text.strip() for scene in self.scenes):
            raise InvalidInput("a script has scenes, and each of them a text")

    @property
    def markdown(self) -> str:
        """A document that is said word for word, a paragraph each scene, under its title."""
        blocks = ([f"# {self.title}"] if self.title.strip() else []) + [scene.text for scene in self.scenes]
        return "\n\n".join(" ".join(block.split()) for block in blocks) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyword:
    """``weight`` is 1 for the first one, and less for those behind it."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentiment:
    """``score`` runs from -1, negative, to 1, positive."""

    feeling: Feeling
    score: float
