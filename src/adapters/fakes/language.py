"""``ScriptedLanguage``: a language engine that does as it is told."""

from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import Any, TypeVar

from ...application.language_ports import Reply
from ...domain.writing import CALLS, Call, Goal, Keyword, ScriptWish, Sentiment, Tone, WrittenScene, WrittenScript

T = TypeVar("T")


class ScriptedLanguage:
    """Each request meets the next of the ``outcomes``.

    An error is raised, a callable is called before a plain answer is given, and None is a plain answer at once. When
    they are used up, every answer is plain: made of the text by the simplest of rules, at ten tokens in and five out
    for 0.001 dollars. ``asked`` holds every request. Shared by threads.
    """

    def __init__(
        self,
        name: str = "scripted",
        outcomes: Iterable[Exception | Callable[[], object] | None] = (),
        *,
        calls: Iterable[Call] = CALLS,
        needs_network: bool = True,
    ) -> None:
        self.name, self.calls, self.needs_network = name, frozenset(calls), needs_network
        self.asked: list[tuple[Any, ...]] = []
        self._outcomes = list(outcomes)
        self._lock = Lock()

    def script(self, wish: ScriptWish) -> Reply[WrittenScript]:
        return self._reply(_script(wish.topic, wish), "script", wish)

    def article(self, text: str, wish: ScriptWish) -> Reply[WrittenScript]:
        return self._reply(_script(text, wish), "article", text, wish)

    def optimise(self, text: str, *, goal: Goal, tone: Tone, language: str) -> Reply[str]:
        return self._reply(" ".join(text.split()), "optimise", text, goal, tone, language)

    def keywords(self, text: str, *, count: int, language: str) -> Reply[tuple[Keyword, ...]]:
        words = tuple(Keyword(text=word, weight=1 / n) for n, word in enumerate(_words(text, count), 1))
        return self._reply(words, "keywords", text, count, language)

    def sentiment(self, text: str, *, language: str) -> Reply[Sentiment]:
        return self._reply(Sentiment(feeling="neutral", score=0.0), "sentiment", text, language)

    def titles(self, text: str, *, count: int, language: str) -> Reply[tuple[str, ...]]:
        return self._reply(_words(text, count), "titles", text, count, language)

    def hashtags(self, text: str, *, count: int, language: str) -> Reply[tuple[str, ...]]:
        return self._reply(tuple(f"#{word}" for word in _words(text, count)), "hashtags", text, count, language)

    def translate(self, texts: Sequence[str], *, into: str) -> Reply[tuple[str, ...]]:
        return self._reply(tuple(f"[{into}] {text}" for text in texts), "translate", tuple(texts), into)

    def _reply(self, value: T, *request: object) -> Reply[T]:
        with self._lock:
            self.asked.append(request)
            outcome = self._outcomes.pop(0) if self._outcomes else None
        if isinstance(outcome, Exception):
            raise outcome
        if outcome is not None:
            outcome()
        return Reply(value=value, model=f"{self.name}-1", tokens_in=10, tokens_out=5, cost=0.001)


def _script(text: str, wish: ScriptWish) -> WrittenScript:
    return WrittenScript(title=wish.topic, scenes=(WrittenScene(text=text, visual=text, search=_words(text, 3)),))


def _words(text: str, count: int) -> tuple[str, ...]:
    """The first words, each once."""
    return tuple(dict.fromkeys(text.split()))[:count]
