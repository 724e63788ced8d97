"""What every store of answers does: one suite over the disk and over the fake."""

import os
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from reelwright.adapters.fakes.answers import MemoryAnswers
from reelwright.adapters.fakes.clock import VirtualClock
from reelwright.adapters.storage.answers import DiskAnswers
from reelwright.application.language_ports import Answer, AnswerStore, Replacement
from reelwright.domain.errors import InvalidInput, OutputFailed
from reelwright.domain.writing import CALLS, Call, Keyword, Sentiment, WrittenScene, WrittenScript

SCRIPT = WrittenScript(
    title="潮汐", scenes=(WrittenScene(text="Twice a day.", visual="a beach", search=("sea", "moon")),)
)
VALUES: dict[Call, Any] = {
    "script": SCRIPT,
    "article": SCRIPT,
    "optimise": "Twice a day.",
    "keywords": (Keyword(text="sea", weight=1.0), Keyword(text="月", weight=0.25)),
    "sentiment": Sentiment(feeling="positive", score=0.5),
    "titles": ("One", "Two"),
    "hashtags": ("#one",),
    "translate": ("一", "二"),
}


def key(number: int) -> str:
    return sha256(str(number).encode()).hexdigest()


def answer(value: Any) -> Answer[Any]:
    replaced = (Replacement(engine="openai", reason="timeout: no answer"),)
    return Answer(value=value, engine="offline", model="m", tokens_in=3, tokens_out=2, cost=0.5, replaced=replaced)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture(params=["disk", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: VirtualClock) -> AnswerStore:
    """One with room for a few answers."""
    if request.param == "disk":
        return DiskAnswers(tmp_path / "answers", largest=2000, clock=clock)
    return MemoryAnswers(most=8, clock=clock)


@pytest.mark.parametrize("call", CALLS)
def test_an_answer_comes_back_as_it_was(store: AnswerStore, call: Call) -> None:
    assert store.get(call, key(1)) is None
    store.put(call, key(1), answer(VALUES[call]), seconds=10)
    assert store.get(call, key(1)) == answer(VALUES[call])


def test_an_answer_is_gone_when_its_time_is_over(store: AnswerStore, clock: VirtualClock) -> None:
    store.put("titles", key(1), answer(("One",)), seconds=10)
    clock.advance(9.9)
    assert store.get("titles", key(1)) is not None
    clock.advance(0.1)
    assert store.get("titles", key(1)) is None


def test_the_newer_answer_counts(store: AnswerStore) -> None:
    store.put("titles", key(1), answer(("One",)), seconds=10)
    store.put("titles", key(1), answer(("Two",)), seconds=10)
    assert store.get("titles", key(1)) == answer(("Two",))


def test_where_there_is_no_room_those_go_that_nobody_asked_for(store: AnswerStore) -> None:
    store.put("titles", key(0), answer(("kept",)), seconds=1e6)
    for number in range(1, 30):
        store.put("titles", key(number), answer(("x",)), seconds=1e6)
        assert store.get("titles", key(0)) is not None
    there = [number for number in range(30) if store.get("titles", key(number)) is not None]
    assert 3 <= len(there) <= 12
    assert there[0] == 0
    assert there[1:] == list(range(30))[-(len(there) - 1) :]


def test_many_threads_may_put_and_get(store: AnswerStore) -> None:
    errors: list[BaseException] = []

    def work(seed: int) -> None:
        try:
            for number in range(30):
                store.put("titles", key(number % 5), answer(("x",)), seconds=10)
                assert store.get("titles", key(seed % 5)) in (None, answer(("x",)))
        except BaseException as error:
            errors.append(error)

    threads = [Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


class TestDisk:
    def test_it_holds_no_more_bytes_than_it_may(self, tmp_path: Path) -> None:
        store = DiskAnswers(tmp_path, largest=20_000)
        for number in range(200):
            store.put("optimise", key(number), answer("x" * (number * 7)), seconds=10)
            assert sum(file.stat().st_size for file in tmp_path.rglob("*.json")) <= 22_500
        assert not list(tmp_path.rglob("*.part"))

    def test_the_next_process_finds_it(self, tmp_path: Path) -> None:
        DiskAnswers(tmp_path).put("script", key(1), answer(SCRIPT), seconds=1000)
        assert DiskAnswers(tmp_path).get("script", key(1)) == answer(SCRIPT)

    @pytest.mark.parametrize("damage", [b"", b"{", b'{"expires": 1e12, "answer": {"value": 3}}', b"\xff\xfe", b"[]"])
    def test_a_damaged_file_does_not_count_and_goes(self, tmp_path: Path, damage: bytes) -> None:
        store = DiskAnswers(tmp_path)
        store.put("script", key(1), answer(SCRIPT), seconds=1000)
        (file,) = tmp_path.rglob("*.json")
        file.write_bytes(damage)
        assert store.get("script", key(1)) is None
        assert not file.exists()

    def test_an_answer_that_breaks_the_domain_s_rules_does_not_count(self, tmp_path: Path) -> None:
        store = DiskAnswers(tmp_path)
        store.put("script", key(1), answer({"title": "x", "scenes": []}), seconds=1000)
        assert store.get("script", key(1)) is None

    def test_a_folder_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(OutputFailed, match="file"):
            DiskAnswers(tmp_path / "file").put("titles", key(1), answer(("x",)), seconds=1)

    def test_a_key_that_is_no_digest_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput):
            DiskAnswers(tmp_path).get("titles", f"..{os.sep}etc")
