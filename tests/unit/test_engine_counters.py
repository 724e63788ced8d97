"""What is counted of engines, and how near quantiles are without the times."""

from math import floor
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.application.counters import CallFigures, EngineCounters, Spent
from reelwright.domain.quantiles import ERROR, LONGEST, SHORTEST, bucket, merged, quantile

TIMES = st.lists(st.floats(SHORTEST, LONGEST), min_size=1, max_size=60)


def counts(times: list[float]) -> dict[int, int]:
    table: dict[int, int] = {}
    for one in times:
        table[bucket(one)] = table.get(bucket(one), 0) + 1
    return table


@given(TIMES, st.floats(0, 1))
def test_a_quantile_is_within_one_per_cent_of_the_exact_one(times: list[float], share: float) -> None:
    exact = sorted(times)[floor(share * (len(times) - 1))]
    assert quantile(counts(times), share) == pytest.approx(exact, rel=ERROR + 1e-9)


@given(TIMES, TIMES)
def test_merged_tables_are_those_of_all_times_together(these: list[float], those: list[float]) -> None:
    assert merged(counts(these), counts(those)) == counts(these + those)


@given(st.floats(0, 1e9))
def test_there_are_less_than_a_thousand_buckets(seconds: float) -> None:
    assert 0 <= bucket(seconds) < 1000


def test_nothing_has_no_quantile() -> None:
    assert quantile({}, 0.5) is None


def test_figures_add_up_by_engine_and_call() -> None:
    counters = EngineCounters()
    counters.answered("a", "script", seconds=1.0, spent=Spent(tokens_in=10, tokens_out=5, cost=0.25))
    counters.answered("a", "script", seconds=3.0, spent=Spent(tokens_in=1, cost=None))
    counters.failed("a", "script", "timeout")
    counters.failed("a", "script", "timeout")
    counters.failed("a", "script", "busy")
    counters.hit("a", "script")
    counters.answered("b", "speech", seconds=0.5, spent=Spent(speech=4.5))
    figures = counters.figures()
    script = figures["a"]["script"]
    assert (script.calls, script.hits, script.failures) == (5, 1, {"busy": 1, "timeout": 2})
    assert (script.tokens_in, script.tokens_out, script.cost) == (11, 5, 0.25)
    assert script.latency(0) == pytest.approx(1.0, rel=ERROR)
    assert script.latency(1) == pytest.approx(3.0, rel=ERROR)
    assert figures["b"]["speech"].speech == 4.5


def test_what_another_process_counted_is_taken_in() -> None:
    here, there = EngineCounters(), EngineCounters()
    here.hit("a", "script")
    there.failed("a", "script", "quota")
    there.answered("b", "speech", seconds=1, spent=Spent(speech=2))
    here.absorb(there.figures())
    assert here.figures()["a"]["script"] == CallFigures(calls=1, hits=1, failures={"quota": 1})
    assert here.figures()["b"] == there.figures()["b"]


def test_a_snapshot_stays_as_it_is() -> None:
    counters = EngineCounters()
    counters.hit("a", "script")
    before = counters.figures()
    counters.hit("a", "script")
    assert before["a"]["script"].hits == 1


def test_no_count_is_lost_between_threads() -> None:
    counters = EngineCounters()

    def count() -> None:
        for _ in range(300):
            counters.answered("a", "script", seconds=0.1, spent=Spent(tokens_in=1))

    threads = [Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    script = counters.figures()["a"]["script"]
    assert (script.calls, script.tokens_in, script.latencies) == (2400, 2400, {bucket(0.1): 2400})
