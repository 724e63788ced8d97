"""The use case of language: each call by the engines of its order, kept, counted, never a dead end."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from ..domain.errors import InvalidInput, UnknownName
from ..domain.language import detect
from ..domain.ranges import in_range
from ..domain.writing import CALLS, GOALS, TONES, Call, Goal, Keyword, ScriptWish, Sentiment, Tone, WrittenScript
from .answer_cache import AnswerCache
from .chains import Chain, Link, distinct
from .counters import Spent
from .language_ports import Answer, LanguageEngine, Reply
from .ports import CancelSignal

T = TypeVar("T")

MOST = 50
"""Keywords, titles or hashtags of one call."""


class Language:
    """Blocks: call it from a thread, or from many.

    ``engines`` are asked in their order, or in that of a call in ``orders``, by name. Every method raises InvalidInput
    before anybody is asked, and EngineFailed or ProviderFailed, with the reason of each engine, where none delivered.
    ``strict`` refuses a stand-in; setting ``cancel`` raises Cancelled soon after. Without a ``language`` it is that of
    the text.
    """

    def __init__(
        self,
        engines: Sequence[LanguageEngine],
        *,
        chain: Chain,
        answers: AnswerCache,
        orders: Mapping[Call, Sequence[str]] | None = None,
    ) -> None:
        distinct(engine.name for engine in engines)
        named = {engine.name: engine for engine in engines}
        self._orders: dict[Call, Sequence[LanguageEngine]] = dict.fromkeys(CALLS, tuple(engines))
        for call, names in (orders or {}).items():
            for unknown in (name for name in names if name not in named):
                raise UnknownName("language engine", unknown, named)
            self._orders[call] = tuple(named[name] for name in names)
        self._chain, self._answers = chain, answers

    def script(
        self, wish: ScriptWish, *, strict: bool = False, cancel: CancelSignal | None = None
    ) -> Answer[WrittenScript]:
        return self._answer("script", (wish,), lambda engine: engine.script(wish), strict, cancel)

    def article(
        self, text: str, wish: ScriptWish, *, strict: bool = False, cancel: CancelSignal | None = None
    ) -> Answer[WrittenScript]:
        """A script of what an article says; the topic of ``wish`` is its title."""
        _check_text(text)
        return self._answer("article", (text, wish), lambda engine: engine.article(text, wish), strict, cancel)

    def optimise(
        self,
        text: str,
        *,
        goal: Goal,
        tone: Tone = "neutral",
        language: str = "",
        strict: bool = False,
        cancel: CancelSignal | None = None,
    ) -> Answer[str]:
        _check_text(text)
        if goal not in GOALS:
            raise UnknownName("goal", goal, GOALS)
        if tone not in TONES:
            raise UnknownName("tone", tone, TONES)
        spoken = language or detect(text)
        return self._answer(
            "optimise",
            (text, goal, tone, spoken),
            lambda engine: engine.optimise(text, goal=goal, tone=tone, language=spoken),
            strict,
            cancel,
        )

    def keywords(
        self,
        text: str,
        *,
        count: int = 10,
        language: str = "",
        strict: bool = False,
        cancel: CancelSignal | None = None,
    ) -> Answer[tuple[Keyword, ...]]:
        """The heaviest first."""
        spoken = _checked(text, count, language)
        return self._answer(
            "keywords",
            (text, count, spoken),
            lambda engine: engine.keywords(text, count=count, language=spoken),
            strict,
            cancel,
        )

    def sentiment(
        self, text: str, *, language: str = "", strict: bool = False, cancel: CancelSignal | None = None
    ) -> Answer[Sentiment]:
        _check_text(text)
        spoken = language or detect(text)
        return self._answer(
            "sentiment", (text, spoken), lambda engine: engine.sentiment(text, language=spoken), strict, cancel
        )

    def titles(
        self,
        text: str,
        *,
        count: int = 5,
        language: str = "",
        strict: bool = False,
        cancel: CancelSignal | None = None,
    ) -> Answer[tuple[str, ...]]:
        spoken = _checked(text, count, language)
        return self._answer(
            "titles",
            (text, count, spoken),
            lambda engine: engine.titles(text, count=count, language=spoken),
            strict,
            cancel,
        )

    def hashtags(
        self,
        text: str,
        *,
        count: int = 8,
        language: str = "",
        strict: bool = False,
        cancel: CancelSignal | None = None,
    ) -> Answer[tuple[str, ...]]:
        """Each with its ``#``."""
        spoken = _checked(text, count, language)
        return self._answer(
            "hashtags",
            (text, count, spoken),
            lambda engine: engine.hashtags(text, count=count, language=spoken),
            strict,
            cancel,
        )

    def translate(
        self, texts: Sequence[str], *, into: str, strict: bool = False, cancel: CancelSignal | None = None
    ) -> Answer[tuple[str, ...]]:
        """One text for each, in the same order."""
        if not texts or not into.strip():
            raise InvalidInput("texts to translate and the language to translate them into are right")
        whole = tuple(texts)
        return self._answer(
            "translate", (whole, into), lambda engine: engine.translate(whole, into=into), strict, cancel
        )

    def _answer(
        self,
        call: Call,
        request: tuple[object, ...],
        ask: Callable[[LanguageEngine], Reply[T]],
        strict: bool,
        cancel: CancelSignal | None,
    ) -> Answer[T]:
        able = [engine for engine in self._orders[call] if call in engine.calls]
        links = [
            Link(engine=engine.name, ask=partial(ask, engine), spent=_spent, remote=engine.needs_network)
            for engine in able
        ]

        def make() -> Answer[T]:
            delivered = self._chain(call, links, strict=strict, cancel=cancel)
            reply = delivered.value
            return Answer(
                value=reply.value,
                engine=delivered.engine,
                model=reply.model,
                tokens_in=reply.tokens_in,
                tokens_out=reply.tokens_out,
                cost=reply.cost,
                replaced=delivered.replaced,
            )

        names = [engine.name for engine in able]
        answer = self._answers(call, names, request, make, strict=strict, cancel=cancel)
        if answer.cached:
            self._chain.counters.hit(answer.engine, call)
        return answer


def _check_text(text: str) -> None:
    if not text.strip():
        raise InvalidInput("the text is empty: a sentence is right")


def _checked(text: str, count: int, language: str) -> str:
    """The language."""
    _check_text(text)
    in_range("count", count, 1, MOST)
    return language or detect(text)


def _spent(reply: Reply[Any]) -> Spent:
    return Spent(tokens_in=reply.tokens_in, tokens_out=reply.tokens_out, cost=reply.cost)
