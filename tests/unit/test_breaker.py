"""The circuit breaker, by its rules and by any order of events."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from reelwright.domain.breaker import HARMLESS, LASTING, Breaker, BreakerRules
from reelwright.domain.errors import InvalidInput

RULES = BreakerRules(failures=3, window=60, pause=30, long_pause=300)


def failing(breaker: Breaker, *times: float, cause: str = "timeout") -> Breaker:
    for now in times:
        asked = breaker.asked(now)
        breaker = asked.failed(asked.turn, now, cause)
    return breaker


class TestOpening:
    def test_after_enough_failures_in_the_window(self) -> None:
        breaker = failing(Breaker(rules=RULES), 0, 1)
        assert breaker.state(1) == "closed"
        breaker = failing(breaker, 2)
        assert (breaker.state(2), breaker.state(31.9), breaker.state(32)) == ("open", "open", "half-open")
        assert breaker.left(12) == 20

    def test_not_by_failures_that_lie_apart(self) -> None:
        assert failing(Breaker(rules=RULES), 0, 40, 80, 120, 160).state(160) == "closed"

    def test_answers_between_do_not_hide_that_every_other_call_fails(self) -> None:
        breaker = Breaker(rules=RULES)
        for now in range(3):
            breaker = failing(breaker.succeeded(breaker.turn), now)
        assert breaker.state(3) == "open"

    @pytest.mark.parametrize("cause", sorted(LASTING))
    def test_at_once_and_for_longer_where_somebody_has_to_mend_it(self, cause: str) -> None:
        assert failing(Breaker(rules=RULES), 0, cause=cause).left(0) == 300

    def test_never_by_what_only_the_question_is_to_blame_for(self) -> None:
        assert failing(Breaker(rules=RULES), *range(20), cause="refused").state(20) == "closed"

    @pytest.mark.parametrize(("asked", "left"), [(29.0, 0), (45.0, 45), (9000.0, 300)])
    def test_for_as_long_as_a_server_asks_up_to_a_limit(self, asked: float, left: float) -> None:
        breaker = Breaker(rules=RULES)
        assert breaker.failed(breaker.turn, 0, "busy", asked).left(0) == left


class TestHalfOpen:
    opened = failing(Breaker(rules=RULES), 0, 0, 0)

    def test_one_call_at_a_time_is_let_through(self) -> None:
        probing = self.opened.asked(30)
        assert self.opened.lets_through(30)
        assert not probing.lets_through(30)
        assert probing.given_up(probing.turn).lets_through(30)

    def test_an_answer_closes(self) -> None:
        probing = self.opened.asked(30)
        closed = probing.succeeded(probing.turn)
        assert closed.state(30) == "closed"
        assert failing(closed, 31, 31).state(31) == "closed"

    def test_a_refusal_of_the_question_closes_too(self) -> None:
        probing = self.opened.asked(30)
        assert probing.failed(probing.turn, 31, "refused").state(31) == "closed"

    def test_each_failure_doubles_the_pause_up_to_a_limit(self) -> None:
        breaker, now, pauses = self.opened, 0.0, []
        for _ in range(6):
            now += breaker.left(now)
            breaker = failing(breaker, now)
            pauses.append(breaker.left(now))
        assert pauses == [60, 120, 240, 300, 300, 300]

    def test_what_was_asked_before_the_opening_changes_nothing(self) -> None:
        before = Breaker(rules=RULES)
        assert self.opened.succeeded(before.turn) == self.opened
        assert self.opened.failed(before.turn, 1, "quota") == self.opened
        probing = self.opened.asked(30)
        assert probing.succeeded(before.turn) == probing
        assert probing.given_up(before.turn) == probing


def test_rules_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InvalidInput, match="pause is 400"):
        BreakerRules(pause=400)


class AnyOrder(RuleBasedStateMachine):
    """Calls come, wait and end in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker, self.now = Breaker(rules=RULES), 0.0
        self.waiting: list[int] = []
        self.probes: set[int] = set()

    @rule(seconds=st.integers(0, 480).map(lambda quarters: quarters / 4))  # exact, so that sums are
    def time_passes(self, seconds: float) -> None:
        before = self.breaker.state(self.now)
        self.now += seconds
        assert self.breaker.state(self.now) == before or (before, self.breaker.state(self.now)) == ("open", "half-open")

    @rule()
    def somebody_asks(self) -> None:
        state = self.breaker.state(self.now)
        if not self.breaker.lets_through(self.now):
            assert state == "open" or self.probes & set(self.waiting)
            return
        assert state != "open"
        self.breaker = self.breaker.asked(self.now)
        if state == "half-open":
            assert not self.probes & set(self.waiting)
            self.probes.add(self.breaker.turn)
        self.waiting.append(self.breaker.turn)

    @precondition(lambda self: bool(self.waiting))
    @rule(
        data=st.data(),
        outcome=st.sampled_from(["answer", "gave up", "timeout", "busy", "reply", *sorted(LASTING), *sorted(HARMLESS)]),
        retry_after=st.none() | st.integers(0, 1000),
    )
    def a_call_ends(self, data: Any, outcome: str, retry_after: float | None) -> None:
        turn = self.waiting.pop(data.draw(st.integers(0, len(self.waiting) - 1)))
        before = self.breaker
        if outcome == "answer":
            self.breaker = before.succeeded(turn)
        elif outcome == "gave up":
            self.breaker = before.given_up(turn)
        else:
            self.breaker = before.failed(turn, self.now, outcome, retry_after)
        if turn != before.turn:
            assert self.breaker == before
        elif outcome in LASTING:
            assert self.breaker.left(self.now) == RULES.long_pause
        elif before.probing and outcome != "gave up":
            closes = outcome == "answer" or outcome in HARMLESS
            assert self.breaker.state(self.now) == ("closed" if closes else "open")

    @invariant()
    def a_pause_keeps_to_its_limits(self) -> None:
        assert 0 <= self.breaker.left(self.now) <= RULES.long_pause
        assert len(self.breaker.failed_at) < RULES.failures

    @invariant()
    def it_never_stays_shut(self) -> None:
        """When the pause is over and nobody is waiting for an answer, the next call is let through."""
        if not self.probes & set(self.waiting):
            assert self.breaker.lets_through(self.now + self.breaker.left(self.now))


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
