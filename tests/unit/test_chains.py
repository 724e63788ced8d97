"""Chains of engines: who is asked, how often, and what is told of it. Time is virtual but for the last tests."""

import re
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Barrier, Event, Thread

import pytest

from reelwright.adapters.fakes.clock import VirtualClock
from reelwright.application.chains import Chain, Link, distinct
from reelwright.application.counters import Spent
from reelwright.application.language_ports import Replacement
from reelwright.domain.breaker import BreakerRules
from reelwright.domain.errors import Cancelled, EngineFailed, InvalidInput, MissingPart, ProviderFailed
from reelwright.domain.retrying import Retrying
from tests.waiting import set_and_wait

BUSY = ProviderFailed("a", "busy", "429 too many requests")
KEY = ProviderFailed("a", "credentials", "401 the key was refused; set REELWRIGHT_A_KEY")
WHO: ContextVar[str] = ContextVar("who", default="nobody")
SLOW = ProviderFailed("a", "timeout", "no answer within 30 s")


@dataclass
class Engine:
    """Meets the outcomes one by one; then it answers its name."""

    name: str
    outcomes: list[Exception | Callable[[], object]] = field(default_factory=list)
    remote: bool = True
    asked: int = 0

    def __call__(self) -> str:
        self.asked += 1
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if isinstance(outcome, Exception):
            raise outcome
        if outcome is not None:
            outcome()
        return self.name


def links(*engines: Engine) -> Sequence[Link[str]]:
    return [
        Link(engine=one.name, ask=one, spent=lambda answer: Spent(tokens_in=len(answer)), remote=one.remote)
        for one in engines
    ]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def chain(clock: VirtualClock) -> Chain:
    return Chain(
        retrying=Retrying(attempts=3, first=1.0, longest=8.0, patience=20.0),
        rules=BreakerRules(failures=4, window=60, pause=30, long_pause=300),
        seconds=60,
        clock=clock,
        sleep=clock.sleep,
        chance=lambda: 0.5,
    )


class TestOrder:
    def test_the_first_engine_answers_and_nobody_else_is_asked(self, chain: Chain) -> None:
        a, b = Engine("a"), Engine("b")
        delivered = chain("script", links(a, b))
        assert (delivered.value, delivered.engine, delivered.replaced) == ("a", "a", ())
        assert b.asked == 0

    def test_what_may_pass_is_tried_again(self, chain: Chain, clock: VirtualClock) -> None:
        a = Engine("a", [BUSY, SLOW])
        assert chain("script", links(a, Engine("b"))).value == "a"
        assert (a.asked, clock.slept) == (3, [0.5, 1.0])

    @pytest.mark.parametrize("cause", ["credentials", "quota", "refused", "reply"])
    def test_what_does_not_pass_goes_to_the_next_at_once(self, chain: Chain, clock: VirtualClock, cause: str) -> None:
        a = Engine("a", [ProviderFailed("a", cause, "no")])
        delivered = chain("script", links(a, Engine("b")))
        assert (delivered.value, delivered.engine) == ("b", "b")
        assert delivered.replaced == (Replacement(engine="a", reason=f"{cause}: no"),)
        assert (a.asked, clock.slept) == (1, [])

    def test_everybody_who_was_passed_over_is_told_with_the_reason(self, chain: Chain) -> None:
        a = Engine("a", [BUSY] * 3)
        b = Engine("b", [MissingPart("the model", "pip install it")], remote=False)
        c = Engine("c", [EngineFailed("it broke\nin two")], remote=False)
        d = Engine("d", [lambda: int("x")])
        *known, unforeseen = chain("script", links(a, b, c, d, Engine("e"))).replaced
        assert known == [
            Replacement(engine="a", reason="busy: 429 too many requests"),
            Replacement(engine="b", reason="the model is not installed; pip install it"),
            Replacement(engine="c", reason="it broke in two"),
        ]
        assert re.fullmatch(r"error: an unforeseen ValueError in test_chains\.py, line \d+", unforeseen.reason)

    def test_an_unforeseen_error_does_not_tell_its_text(self, chain: Chain) -> None:
        with pytest.raises(ProviderFailed, match="an unforeseen ValueError") as raised:
            chain("script", links(Engine("a", [ValueError("Bearer sk-secret")])))
        assert "secret" not in str(raised.value)

    def test_the_server_is_given_the_time_it_asks_for(self, chain: Chain, clock: VirtualClock) -> None:
        a = Engine("a", [ProviderFailed("a", "busy", "429", retry_after=7)])
        assert chain("script", links(a)).value == "a"
        assert clock.slept == [7.5]

    def test_a_server_that_asks_for_too_much_is_left_for_the_next(self, chain: Chain, clock: VirtualClock) -> None:
        a = Engine("a", [ProviderFailed("a", "busy", "429", retry_after=25)])
        assert chain("script", links(a, Engine("b"))).value == "b"
        assert (a.asked, clock.slept) == (1, [])

    def test_bad_input_is_the_callers_to_mend(self, chain: Chain) -> None:
        b = Engine("b")
        with pytest.raises(InvalidInput, match="nothing in it"):
            chain("script", links(Engine("a", [InvalidInput("nothing in it")]), b))
        assert b.asked == 0

    def test_a_stand_in_that_cannot_work_on_it_is_passed_over(self, chain: Chain) -> None:
        a, b = Engine("a", [KEY]), Engine("b", [InvalidInput("French is not known")])
        assert [one.engine for one in chain("script", links(a, b, Engine("c"))).replaced] == ["a", "b"]

    def test_two_engines_of_one_name_are_refused(self) -> None:
        with pytest.raises(InvalidInput, match="2 engines are called 'a'"):
            distinct(["a", "b", "a"])


class TestFailure:
    def test_one_error_tells_the_reason_of_each_in_one_line(self, chain: Chain) -> None:
        failing = links(Engine("a", [KEY]), Engine("b", [BUSY] * 3), Engine("c", [EngineFailed("broke")], remote=False))
        with pytest.raises(ProviderFailed) as raised:
            chain("script", failing)
        assert str(raised.value) == (
            "a, b, c: none delivered 'script' (a: credentials: 401 the key was refused; set REELWRIGHT_A_KEY; "
            "b: busy: 429 too many requests; c: broke)"
        )
        assert raised.value.may_pass

    def test_a_strict_call_asks_the_first_one_only(self, chain: Chain) -> None:
        a, b = Engine("a", [BUSY] * 3), Engine("b")
        with pytest.raises(ProviderFailed) as raised:
            chain("script", links(a, b), strict=True)
        assert raised.value is BUSY
        assert (a.asked, b.asked) == (3, 0)

    def test_without_an_engine_it_says_what_is_missing(self, chain: Chain) -> None:
        with pytest.raises(EngineFailed, match="no engine can do 'translate'"):
            chain("translate", [])


class TestTime:
    def test_no_wait_goes_beyond_the_budget(self, chain: Chain, clock: VirtualClock) -> None:
        def slow() -> None:
            clock.advance(59.8)
            raise SLOW

        a = Engine("a", [slow])
        assert chain("script", links(a, Engine("b", remote=False))).value == "b"
        assert (a.asked, clock.slept) == (1, [])

    def test_engines_elsewhere_share_the_time(self, chain: Chain, clock: VirtualClock) -> None:
        def slow() -> None:
            clock.advance(29.8)
            raise SLOW

        a, b = Engine("a", [slow]), Engine("b", [BUSY])
        assert chain("script", links(a, b)).value == "b"
        assert (a.asked, b.asked) == (1, 2)

    def test_one_in_this_process_is_asked_also_when_no_time_is_left(self, chain: Chain, clock: VirtualClock) -> None:
        def slow() -> None:
            clock.advance(70)
            raise SLOW

        a, b, c = Engine("a", [slow]), Engine("b"), Engine("c", remote=False)
        delivered = chain("script", links(a, b, c))
        assert delivered.value == "c"
        assert delivered.replaced[1].reason == "timeout: the time of the call was over before its turn came"
        assert b.asked == 0

    def test_a_hanging_engine_is_given_up(self) -> None:
        hang = Event()
        began = time.monotonic()
        delivered = Chain(seconds=0.4)("script", links(Engine("a", [hang.wait]), Engine("b")))
        hang.set()
        assert delivered.value == "b"
        assert "no answer within" in delivered.replaced[0].reason
        assert time.monotonic() - began < 2

    def test_an_engine_knows_on_whose_behalf_it_is_asked(self, chain: Chain) -> None:
        heard: list[str] = []
        token = WHO.set("request 7")
        try:
            chain("script", links(Engine("a", [lambda: heard.append(WHO.get())])))
        finally:
            WHO.reset(token)
        assert heard == ["request 7"]

    def test_cancelling_ends_the_wait_for_an_engine(self) -> None:
        hang, cancel = Event(), Event()
        engine = Engine("a", [set_and_wait(cancel, hang)])
        began = time.monotonic()
        chain = Chain()
        with pytest.raises(Cancelled):
            chain("script", links(engine, Engine("b")), cancel=cancel)
        hang.set()
        assert time.monotonic() - began < 1
        assert chain.figures()[0].calls == {}

    def test_cancelling_ends_the_wait_before_another_try(self, clock: VirtualClock) -> None:
        cancel = Event()

        def sleep(seconds: float) -> None:
            clock.sleep(seconds)
            cancel.set()

        chain = Chain(clock=clock, sleep=sleep, chance=lambda: 1.0)
        a = Engine("a", [BUSY])
        with pytest.raises(Cancelled):
            chain("script", links(a), cancel=cancel)
        assert (a.asked, clock.slept) == (1, [0.05])


class TestBreaker:
    def test_an_engine_that_keeps_failing_is_left_alone_and_tried_again(
        self, chain: Chain, clock: VirtualClock
    ) -> None:
        a, b = Engine("a", [SLOW] * 4), Engine("b")
        chain("script", links(a, b))
        chain("titles", links(a, b))
        assert a.asked == 4
        delivered = chain("script", links(a, b))
        assert (a.asked, delivered.engine) == (4, "b")
        assert delivered.replaced[0].reason == (
            "timeout: it is left alone for another 30 s, after timeout: no answer within 30 s"
        )
        standing = chain.figures()[0]
        assert (standing.engine, standing.breaker, standing.pause) == ("a", "open", 30)
        clock.advance(30)
        assert chain("script", links(a, b)).engine == "a"
        assert chain.figures()[0].breaker == "closed"

    def test_a_refused_key_is_not_shown_again_for_longer(self, chain: Chain, clock: VirtualClock) -> None:
        a = Engine("a", [KEY])
        chain("script", links(a, Engine("b")))
        clock.advance(299)
        with pytest.raises(ProviderFailed, match="left alone for another 1 s, after credentials: 401") as raised:
            chain("script", links(a), strict=True)
        assert (a.asked, raised.value.cause) == (1, "credentials")

    @pytest.mark.parametrize("late", [SLOW, ProviderFailed("a", "refused", "not this")])
    def test_a_failure_from_before_the_opening_does_not_change_what_is_told_of_it(
        self, chain: Chain, late: ProviderFailed
    ) -> None:
        waits, go_on = Event(), Event()

        def fail_late() -> None:
            waits.set()
            go_on.wait(20)
            raise late

        a = Engine("a", [fail_late, KEY])
        before = Thread(target=lambda: chain("script", links(a, Engine("b"))))
        before.start()
        assert waits.wait(20)
        chain("script", links(a, Engine("b")))
        go_on.set()
        before.join()
        with pytest.raises(ProviderFailed, match="after credentials: 401") as raised:
            chain("script", links(a), strict=True)
        assert (raised.value.cause, raised.value.may_pass) == ("credentials", False)
        assert chain.figures()[0].reason.startswith("credentials")

    def test_an_engine_in_this_process_is_always_asked(self, chain: Chain) -> None:
        a = Engine("a", [EngineFailed("broke")] * 20, remote=False)
        for _ in range(20):
            with pytest.raises(EngineFailed, match="broke"):
                chain("script", links(a))
        assert chain("script", links(a)).value == "a"

    def test_of_many_threads_one_tries_a_half_open_engine(self, chain: Chain, clock: VirtualClock) -> None:
        a, b = Engine("a", [KEY]), Engine("b")
        chain("script", links(a, b))
        clock.advance(300)
        tried, go_on, start = Event(), Event(), Barrier(8)
        a.outcomes.append(set_and_wait(tried, go_on))
        answers: list[str] = []

        def ask() -> None:
            start.wait()
            answers.append(chain("script", links(a, b)).value)

        threads = [Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        assert tried.wait(20)
        while len(answers) < 7:
            time.sleep(0.005)
        go_on.set()
        for thread in threads:
            thread.join()
        assert sorted(answers) == ["a"] + ["b"] * 7
        assert a.asked == 2

    def test_a_cancelled_probe_leaves_the_way_to_the_next(self, chain: Chain, clock: VirtualClock) -> None:
        a, cancel, hang = Engine("a", [KEY]), Event(), Event()
        chain("script", links(a, Engine("b")))
        clock.advance(300)
        a.outcomes.append(set_and_wait(cancel, hang))
        with pytest.raises(Cancelled):
            chain("script", links(a), cancel=cancel)
        hang.set()
        assert chain("script", links(a)).value == "a"


def test_every_try_is_counted(chain: Chain, clock: VirtualClock) -> None:
    a = Engine("a", [BUSY, lambda: clock.advance(2)])
    chain("script", links(a, Engine("bb")))
    a.outcomes = [KEY]
    chain("script", links(a, Engine("bb")))
    first, second = chain.figures()
    script = first.calls["script"]
    assert (script.calls, script.failures, script.tokens_in) == (3, {"busy": 1, "credentials": 1}, 1)
    assert script.latency(0.5) == pytest.approx(2, rel=0.01)
    assert second.calls["script"].tokens_in == 2
    assert (first.breaker, second.breaker) == ("open", "closed")
