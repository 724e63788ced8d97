"""The ports of language: engines that write and read texts, and what is told of their answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from ..domain.writing import Call, Goal, Keyword, ScriptWish, Sentiment, Tone, WrittenScript

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Generic[T_co]):
    """What one engine answered, by which ``model``, and what that took; ``cost`` in US dollars, None where unknown."""

    value: T_co
    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """An ``engine`` that was asked first and did not deliver, and why ("timeout: no answer within 30 s")."""

    engine: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T_co]):
    """What a user gets: the value, and which ``engine`` made it, in whose place.

    One that was made before, or for somebody else who asked the same just now, is ``cached``: it took no tokens.
    """

    value: T_co
    engine: str
    model: str = ""
    cached: bool = False
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    replaced: tuple[Replacement, ...] = ()


class AnswerStore(Protocol):
    """Answers kept by the digest of what was asked, shared by threads; what is too old or too much is not there."""

    def get(self, call: Call, digest: str) -> Answer[Any] | None: ...

    def put(self, call: Call, digest: str, answer: Answer[Any], *, seconds: float) -> None:
        """Keep it for ``seconds`` at most. Raises OutputFailed where it cannot be kept."""
        ...


class LanguageEngine(Protocol):
    """Blocks: call it from a thread. ``calls`` says which methods it can do; the others raise EngineFailed.

    ``needs_network`` is true of one that is reached over a network, which may take long or never answer.
    Texts of users are data, and never instructions. Every method raises ProviderFailed, saying by its cause whether
    another try may help, and InvalidInput for a text that cannot be worked on.
    """

    name: str
    calls: frozenset[Call]
    needs_network: bool

    def script(self, wish: ScriptWish) -> Reply[WrittenScript]: ...

    def article(self, text: str, wish: ScriptWish) -> Reply[WrittenScript]:
        """A script of what an article says; the topic of ``wish`` is its title."""
        ...

    def optimise(self, text: str, *, goal: Goal, tone: Tone, language: str) -> Reply[str]: ...

    def keywords(self, text: str, *, count: int, language: str) -> Reply[tuple[Keyword, ...]]:
        """The heaviest first."""
        ...

    def sentiment(self, text: str, *, language: str) -> Reply[Sentiment]: ...

    def titles(self, text: str, *, count: int, language: str) -> Reply[tuple[str, ...]]: ...

    def hashtags(self, text: str, *, count: int, language: str) -> Reply[tuple[str, ...]]:
        """Each with its ``#``."""
        ...

    def translate(self, texts: Sequence[str], *, into: str) -> Reply[tuple[str, ...]]:
        """One text for each, in the same order."""
        ...
