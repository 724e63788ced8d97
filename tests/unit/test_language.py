"""The use case of language over engines that do as they are told: answers, what is kept, and who pays."""

import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest

from reelwright.adapters.fakes.answers import MemoryAnswers
from reelwright.adapters.fakes.clock import VirtualClock
from reelwright.adapters.fakes.language import ScriptedLanguage
from reelwright.application.answer_cache import AGE, STAND_IN_AGE, AnswerCache
from reelwright.application.chains import Chain
from reelwright.application.language import Language
from reelwright.application.language_ports import Answer, LanguageEngine, Replacement
from reelwright.domain.errors import Cancelled, EngineFailed, InvalidInput, OutputFailed, ProviderFailed, UnknownName
from reelwright.domain.writing import CALLS, Call, ScriptWish
from tests.waiting import set_and_wait

DOWN = ProviderFailed("openai", "quota", "429 nothing is left to spend")
WISH = ScriptWish(topic="the tides", language="en")


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


def language(
    clock: VirtualClock, *engines: LanguageEngine, answers: AnswerCache | None = None, **choices: Any
) -> Language:
    chain = Chain(clock=clock, sleep=clock.sleep)
    return Language(engines, chain=chain, answers=answers or AnswerCache(MemoryAnswers(clock=clock)), **choices)


REQUESTS: dict[Call, Callable[[Language], Answer[Any]]] = {
    "script": lambda one: one.script(WISH),
    "article": lambda one: one.article("The sea rises.", WISH),
    "optimise": lambda one: one.optimise("The sea  rises.", goal="shorter"),
    "keywords": lambda one: one.keywords("The sea rises.", count=2),
    "sentiment": lambda one: one.sentiment("The sea rises."),
    "titles": lambda one: one.titles("The sea rises.", count=2),
    "hashtags": lambda one: one.hashtags("The sea rises.", count=2),
    "translate": lambda one: one.translate(["The sea", "rises."], into="zh"),
}


def test_every_call_has_its_request() -> None:
    assert set(REQUESTS) == set(CALLS)


@pytest.mark.parametrize("call", CALLS)
def test_an_answer_tells_who_made_it_and_what_it_took_and_comes_free_again(clock: VirtualClock, call: Call) -> None:
    engine = ScriptedLanguage("openai")
    asked = language(clock, engine)
    first, second = REQUESTS[call](asked), REQUESTS[call](asked)
    assert (first.engine, first.model, first.cached, first.replaced) == ("openai", "openai-1", False, ())
    assert (first.tokens_in, first.tokens_out, first.cost) == (10, 5, 0.001)
    assert (second.value, second.engine, second.model, second.cached) == (first.value, "openai", "openai-1", True)
    assert (second.tokens_in, second.tokens_out, second.cost) == (0, 0, 0.0)
    assert [request[0] for request in engine.asked] == [call]
    (figures,) = asked._chain.figures()
    assert (figures.calls[call].calls, figures.calls[call].hits) == (1, 1)


def test_the_language_is_the_text_s_own_where_none_is_named(clock: VirtualClock) -> None:
    engine = ScriptedLanguage()
    asked = language(clock, engine)
    asked.sentiment("潮汐每天两次。")
    asked.sentiment("潮汐每天两次。", language="en")
    assert [request[-1] for request in engine.asked] == ["zh", "en"]


def test_a_call_goes_to_the_engines_of_its_own_order(clock: VirtualClock) -> None:
    near, far = ScriptedLanguage("offline", needs_network=False), ScriptedLanguage("openai")
    asked = language(clock, far, near, orders={"sentiment": ["offline"]})
    assert asked.sentiment("Good.").engine == "offline"
    assert asked.titles("Good.").engine == "openai"


def test_an_engine_that_cannot_do_a_call_is_not_asked_for_it(clock: VirtualClock) -> None:
    near, far = ScriptedLanguage("offline", calls=["titles"], needs_network=False), ScriptedLanguage("openai")
    answer = language(clock, near, far).translate(["Good."], into="zh")
    assert (answer.engine, answer.replaced, near.asked) == ("openai", (), [])
    with pytest.raises(EngineFailed, match="no engine can do 'translate'"):
        language(clock, near).translate(["Good."], into="zh")


def test_bad_input_is_refused_before_anybody_is_asked(clock: VirtualClock) -> None:
    engine = ScriptedLanguage()
    asked = language(clock, engine)
    for wrong in (
        lambda: asked.sentiment(" "),
        lambda: asked.article("", WISH),
        lambda: asked.keywords("Good.", count=0),
        lambda: asked.titles("Good.", count=51),
        lambda: asked.optimise("Good.", goal="longer"),  # type: ignore[arg-type]
        lambda: asked.optimise("Good.", goal="tone", tone="sour"),  # type: ignore[arg-type]
        lambda: asked.translate([], into="zh"),
    ):
        with pytest.raises(InvalidInput):
            wrong()
    with pytest.raises(UnknownName, match="language engine 'opnai'"):
        language(clock, engine, orders={"script": ["opnai"]})
    assert engine.asked == []


class TestStandIns:
    def test_the_answer_tells_what_was_replaced_also_from_the_cache(self, clock: VirtualClock) -> None:
        near, far = ScriptedLanguage("offline", needs_network=False), ScriptedLanguage("openai", [DOWN])
        asked = language(clock, far, near)
        replaced = (Replacement(engine="openai", reason="quota: 429 nothing is left to spend"),)
        assert [asked.script(WISH).replaced, asked.script(WISH).replaced] == [replaced, replaced]
        assert len(near.asked) == 1

    def test_they_are_kept_for_a_short_time_only(self, clock: VirtualClock) -> None:
        near, far = ScriptedLanguage("offline", needs_network=False), ScriptedLanguage("openai", [DOWN])
        asked = language(clock, far, near)
        assert asked.script(WISH).engine == "offline"
        clock.advance(STAND_IN_AGE)
        assert asked.script(WISH).engine == "openai"
        clock.advance(AGE - 1)
        assert asked.script(WISH).cached
        clock.advance(1)
        assert not asked.script(WISH).cached

    def test_a_strict_caller_gets_none_not_even_from_the_cache(self, clock: VirtualClock) -> None:
        near, far = ScriptedLanguage("offline", needs_network=False), ScriptedLanguage("openai", [DOWN])
        asked = language(clock, far, near)
        asked.script(WISH)
        with pytest.raises(ProviderFailed, match="left alone"):
            asked.script(WISH, strict=True)


class TestKeeping:
    def test_another_order_or_edition_or_request_finds_nothing(self, clock: VirtualClock) -> None:
        store = MemoryAnswers(clock=clock)
        a, b = ScriptedLanguage("a"), ScriptedLanguage("b")
        language(clock, a, b, answers=AnswerCache(store)).titles("Good.")
        assert language(clock, a, b, answers=AnswerCache(store)).titles("Good.").cached
        assert not language(clock, b, a, answers=AnswerCache(store)).titles("Good.").cached
        assert not language(clock, a, b, answers=AnswerCache(store, edition="2")).titles("Good.").cached
        assert not language(clock, a, b, answers=AnswerCache(store)).titles("Good.", count=4).cached
        assert not language(clock, a, b, answers=AnswerCache(store)).hashtags("Good.", count=5).cached

    def test_an_answer_that_cannot_be_kept_is_given_all_the_same(self, clock: VirtualClock) -> None:
        class Full(MemoryAnswers):
            def put(self, *args: Any, **kwargs: Any) -> None:
                raise OutputFailed("no room")

        asked = language(clock, ScriptedLanguage(), answers=AnswerCache(Full()))
        assert asked.titles("Good.").value == ("Good.",)
        assert not asked.titles("Good.").cached


class TestAtOnce:
    """Real threads and a real clock."""

    @staticmethod
    def ten(ask: Callable[[int], Answer[Any]], engine: ScriptedLanguage, go_on: Event) -> list[Any]:
        """What ten get who ask while the engine works."""
        got: list[Any] = [None] * 10

        def run(number: int) -> None:
            try:
                got[number] = ask(number)
            except (ProviderFailed, Cancelled) as error:
                got[number] = error

        threads = [Thread(target=run, args=(number,)) for number in range(10)]
        threads[0].start()
        while not engine.asked:
            time.sleep(0.002)
        for thread in threads[1:]:
            thread.start()
        time.sleep(0.1)
        go_on.set()
        for thread in threads:
            thread.join(20)
        return got

    def test_equal_requests_make_one_call_and_one_of_them_pays(self) -> None:
        go_on = Event()
        engine = ScriptedLanguage("openai", [lambda: go_on.wait(20)])
        asked = Language([engine], chain=Chain(), answers=AnswerCache(MemoryAnswers()))
        got = self.ten(lambda number: asked.script(WISH), engine, go_on)
        assert len(engine.asked) == 1
        assert [one.cached for one in got] == [False] + [True] * 9
        assert {one.value.title for one in got} == {"the tides"}
        assert sum(one.cost for one in got) == 0.001
        (figures,) = asked._chain.figures()
        assert (figures.calls["script"].calls, figures.calls["script"].hits) == (1, 9)

    def test_a_failure_wakes_all_and_is_not_kept(self) -> None:
        go_on = Event()

        def fail() -> None:
            go_on.wait(20)
            raise ProviderFailed("openai", "refused", "not this")

        engine = ScriptedLanguage("openai", [fail])
        asked = Language([engine], chain=Chain(), answers=AnswerCache(MemoryAnswers()))
        got = self.ten(lambda number: asked.script(WISH), engine, go_on)
        assert [str(one) for one in got] == ["openai: not this"] * 10
        assert len(engine.asked) == 1
        assert not asked.script(WISH).cached

    def test_where_the_first_is_cancelled_another_one_takes_over(self) -> None:
        go_on, cancel = Event(), Event()
        engine = ScriptedLanguage("openai", [set_and_wait(cancel, go_on)])
        asked = Language([engine], chain=Chain(), answers=AnswerCache(MemoryAnswers()))
        got = self.ten(lambda number: asked.script(WISH, cancel=None if number else cancel), engine, go_on)
        assert isinstance(got[0], Cancelled)
        assert {one.value.title for one in got[1:]} == {"the tides"}
        assert len(engine.asked) == 2

    def test_who_waits_and_is_cancelled_leaves_the_others_alone(self) -> None:
        go_on, cancel = Event(), Event()
        cancel.set()
        engine = ScriptedLanguage("openai", [lambda: go_on.wait(20)])
        asked = Language([engine], chain=Chain(), answers=AnswerCache(MemoryAnswers()))
        got = self.ten(lambda number: asked.script(WISH, cancel=cancel if number == 5 else None), engine, go_on)
        assert isinstance(got.pop(5), Cancelled)
        assert [one.cached for one in got] == [False] + [True] * 8
        assert len(engine.asked) == 1
