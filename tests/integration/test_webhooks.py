"""Webhooks from the unit of work that announces them to the server of the user, whatever breaks on the way."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reelwright.adapters.fakes.store import MemoryStore
from reelwright.adapters.fakes.webhooks import KeptWebhooks
from reelwright.adapters.persistence.store import SqlStore
from reelwright.adapters.webhooks.sender import HttpSender
from reelwright.application import deliveries as loop_module
from reelwright.application.deliveries import Deliveries
from reelwright.application.store import Store, Work
from reelwright.application.webhooks import Webhooks
from reelwright.domain.errors import Conflict, InvalidField, NotFound, StoreUnavailable
from reelwright.domain.ids import new_id
from reelwright.domain.user import User
from reelwright.domain.webhook import RETRIES, Delivery, Event, EventType, Reply
from tests.accounts import added, person
from tests.receiver import Answer, Receiver, receiving, signed_by

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]
ADDRESS = "https://hooks.example/reelwright"


class Time:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 5, 17, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


class Held:
    """A sender whose deliveries wait until they are let go; ``most`` were under way at once, by host."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.now: list[str] = []
        self.most = 0
        self.go = asyncio.Event()

    async def __call__(self, address: str, headers: Mapping[str, str], body: bytes) -> Reply:
        assert address not in self.now, "one after another"
        self.begun.append(address)
        self.now.append(address)
        self.most = max(self.most, len(self.now))
        try:
            await self.go.wait()
            await asyncio.sleep(0.001)
        finally:
            self.now.remove(address)
        return Reply(status=204)


class Dying:
    """A store of a process that dies at its ``last``-th commit, ``before`` it or after it; then nothing works."""

    def __init__(self, store: Store, last: int, *, before: bool) -> None:
        self._store, self._left, self._before = store, last, before
        self.dead = asyncio.Event()

    def __call__(self, *, read_only: bool = False) -> AbstractAsyncContextManager[Work]:
        return self._work(read_only)

    @asynccontextmanager
    async def _work(self, read_only: bool) -> AsyncIterator[Work]:
        self.check()
        async with self._store(read_only=read_only) as work:
            commit = work.commit

            async def once() -> None:
                self._left -= not read_only
                if self._left <= 0 and self._before:
                    self.dead.set()
                self.check()
                await commit()
                if self._left <= 0:
                    self.dead.set()
                self.check()

            work.commit = once  # type: ignore[method-assign]
            yield work

    def check(self) -> None:
        if self.dead.is_set():
            raise StoreUnavailable("the process is dead")

    async def migrate(self) -> None:
        """It is done."""

    async def close(self) -> None:
        """It stays open for who comes after."""


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def event(kind: EventType = "video.succeeded") -> Event:
    video = new_id()
    links = {"status": f"/api/video/status/{video}"}
    return Event(id=new_id(), type=kind, at=datetime.now(UTC), video_id=video, title="Why 潮汐 rise", links=links)


async def announced(store: Store, webhooks: Webhooks, user: User, address: str = ADDRESS, **how: Any) -> Event:
    told = event(**how)
    async with store() as work:
        await webhooks.announce(work, user.id, address, told)
        await work.commit()
    return told


async def delivery(store: Store, user: User, told: Event) -> Delivery:
    async with store(read_only=True) as work:
        found = await work.webhooks.get(user.id, told.id)
    assert found is not None
    return found


async def until(condition: Any, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not await condition() if asyncio.iscoroutinefunction(condition) else not condition():
            await asyncio.sleep(0.005)


async def ended(store: Store, user: User, told: Event, *states: str) -> Delivery:
    async with asyncio.timeout(10):
        while (found := await delivery(store, user, told)).state not in (states or ("delivered", "given_up")):
            await asyncio.sleep(0.005)
    return found


async def test_what_is_announced_arrives_at_once_and_signed_when_it_is_committed(
    store: Store, receiver: Receiver
) -> None:
    ada = await added(store, person("ada"))
    loop = Deliveries(store, HttpSender(private=True))
    webhooks = Webhooks(store, wake=loop.wake)
    async with loop.running():
        await asyncio.sleep(0.05)
        async with store() as work:
            await webhooks.announce(work, ada.id, receiver.address, event())
        began = time.monotonic()
        told = await announced(store, webhooks, ada, receiver.address)
        over = await ended(store, ada, told)
        assert time.monotonic() - began < 2
        assert (over.state, over.attempt, over.status_code, over.problem) == ("delivered", 1, 204, "")
        first = await webhooks.secret(ada.id)
        second = await webhooks.rotate(ada.id)
        await ended(store, ada, await announced(store, webhooks, ada, receiver.address, kind="video.failed"))
    came = receiver.requests
    assert len(came) == 2, "what was rolled back never happened"
    assert came[0].body.decode() == told.body
    assert came[0].headers["webhook-id"] == told.id
    assert abs(int(came[0].headers["webhook-timestamp"]) - time.time()) < 60
    assert signed_by(came[0], first.text)
    assert not signed_by(came[0], second.text)
    assert signed_by(came[1], first.text), "the one before signs, too"
    assert signed_by(came[1], second.text)
    assert json.loads(came[1].body)["data"]["status"] == "failed"


async def test_it_comes_again_after_every_kind_of_failure_until_it_is_accepted(receiver: Receiver, clock: Time) -> None:
    store = MemoryStore()
    ada = await added(store, person("ada"))
    receiver.answers = [
        Answer(status=500, body=b"down"),
        Answer(cut=True),
        Answer(status=307, headers={"Location": "/elsewhere"}),
        Answer(status=404),
        Answer(delay=3),
        Answer(status=425),
    ]
    loop = Deliveries(store, HttpSender(private=True, seconds=0.3), clock=clock, lot=lambda: 0.5)
    webhooks = Webhooks(store, wake=loop.wake, clock=clock)
    told = await announced(store, webhooks, ada, receiver.address)
    problems, pauses = [], []
    async with loop.running():
        for attempt in range(1, 7):

            async def failed(attempt: int = attempt) -> bool:
                found = await delivery(store, ada, told)
                return found.attempt == attempt and found.not_before != clock.at + timedelta(seconds=30)

            await until(failed)
            found = await delivery(store, ada, told)
            assert found.state == "waiting"
            problems.append(found.problem)
            pauses.append((found.not_before - clock.at).total_seconds())
            clock.at = found.not_before
            loop.wake()
        over = await ended(store, ada, told)
    assert (over.state, over.attempt, over.status_code, over.problem) == ("delivered", 7, 204, "")
    assert [problems[0], *problems[2:]] == [
        "it answered 500: down",
        "it answered 307",
        "it answered 404",
        "no answer within 0.3 s",
        "it answered 425",
    ]
    assert "cut" in problems[1]
    assert pauses == [2.5, 17.5, 75, 360, 2100, 12600]
    assert {one.headers["webhook-id"] for one in receiver.requests} == {told.id}
    assert {one.body for one in receiver.requests} == {told.body.encode()}
    assert len({one.headers["webhook-timestamp"] for one in receiver.requests}) == 7, "each attempt has its own time"
    assert {one.line for one in receiver.requests} == {"POST /hook?key=1 HTTP/1.1"}


async def test_the_wait_that_a_server_asks_for_is_kept(receiver: Receiver, clock: Time) -> None:
    store = MemoryStore()
    ada = await added(store, person("ada"))
    receiver.answers = [Answer(status=429, headers={"Retry-After": "600"})]
    loop = Deliveries(store, HttpSender(private=True), clock=clock)
    told = await announced(store, Webhooks(store, wake=loop.wake, clock=clock), ada, receiver.address)
    async with loop.running():

        async def refused() -> bool:
            return (await delivery(store, ada, told)).status_code == 429

        await until(refused)
        assert (await delivery(store, ada, told)).not_before == clock.at + timedelta(minutes=10)


async def test_what_is_gone_is_given_up_at_once_and_may_be_delivered_again(receiver: Receiver, clock: Time) -> None:
    store = MemoryStore()
    ada = await added(store, person("ada"))
    receiver.answers = [Answer(status=410)]
    loop = Deliveries(store, HttpSender(private=True), clock=clock)
    webhooks = Webhooks(store, wake=loop.wake, clock=clock)
    async with loop.running():
        told = await announced(store, webhooks, ada, receiver.address)
        over = await ended(store, ada, told)
        assert (over.state, over.attempt, over.finished_at) == ("given_up", 1, clock.at)
        again = await webhooks.redeliver(ada.id, told.id)
        assert (again.state, again.attempt) == ("waiting", 0)
        over = await ended(store, ada, told, "delivered")
        assert (over.attempt, over.status_code) == (1, 204)
        await webhooks.redeliver(ada.id, told.id)
        await until(lambda: len(receiver.requests) == 3)
    assert {one.headers["webhook-id"] for one in receiver.requests} == {told.id}


async def test_it_is_given_up_after_the_last_attempt(clock: Time) -> None:
    store = MemoryStore()
    ada = await added(store, person("ada"))
    sender = KeptWebhooks(replies=[Reply(problem="no connection")] * 99)
    loop = Deliveries(store, sender, clock=clock)
    told = await announced(store, Webhooks(store, wake=loop.wake, clock=clock), ada)
    async with loop.running():
        while (await delivery(store, ada, told)).state == "waiting":
            clock.at += timedelta(hours=25)
            loop.wake()
            await asyncio.sleep(0.005)
    assert len(sender.sent) == len(RETRIES) + 1
    assert (await delivery(store, ada, told)).problem == "no connection"


async def test_one_host_gets_one_after_another_and_many_hosts_go_side_by_side() -> None:
    store = MemoryStore()
    users = [await added(store, person(name)) for name in ("ada", "bob", "carl", "dora")]
    sender = Held()
    loop = Deliveries(store, sender, at_once=8)
    webhooks = Webhooks(store, wake=loop.wake)
    addresses = [(user, f"https://{user.username}-{host}.example/") for user in users for host in "abcabc"]
    told = [(user, await announced(store, webhooks, user, address)) for user, address in addresses]
    async with loop.running():
        await until(lambda: len(sender.begun) == 8)
        await asyncio.sleep(0.05)
        assert len(sender.now) == 8, "no more than that many at once"
        shares = sorted(sum(one.startswith(f"https://{user.username}") for one in sender.now) for user in users)
        assert shares == [2, 2, 2, 2], "a quarter for each"
        sender.go.set()
        for user, one in told:
            assert (await ended(store, user, one)).attempt == 1
    assert len(sender.begun) == 24


async def test_a_host_that_is_slow_holds_up_nobody_else_and_no_unit_of_work(store: Store, receiver: Receiver) -> None:
    ada = await added(store, person("ada"))
    receiver.answers = [Answer(delay=1)]
    loop = Deliveries(store, HttpSender(private=True))
    webhooks = Webhooks(store, wake=loop.wake)
    with receiving() as other:
        async with loop.running():
            slow = await announced(store, webhooks, ada, receiver.address)
            await until(lambda: receiver.requests)
            behind = await announced(store, webhooks, ada, receiver.address)
            began = time.monotonic()
            elsewhere = await announced(store, webhooks, ada, other.address.replace("127.0.0.1", "localhost"))
            assert (await ended(store, ada, elsewhere)).attempt == 1
            await added(store, person("bob"))
            assert time.monotonic() - began < 0.9
            assert len(receiver.requests) == 1
            for one in (slow, behind):
                assert (await ended(store, ada, one)).attempt == 1
    assert receiver.most_at_once == 1


async def test_the_end_takes_no_second_and_what_was_under_way_is_handed_back(store: Store, receiver: Receiver) -> None:
    ada = await added(store, person("ada"))
    receiver.answers = [Answer(delay=20)]
    loop = Deliveries(store, HttpSender(private=True))
    webhooks = Webhooks(store, wake=loop.wake)
    async with loop.running():
        told = await announced(store, webhooks, ada, receiver.address)
        await until(lambda: receiver.requests)
        began = time.monotonic()
    assert time.monotonic() - began < 1
    left = await delivery(store, ada, told)
    assert (left.state, left.attempt) == ("waiting", 0)
    assert left.not_before <= datetime.now(UTC)
    async with Deliveries(store, HttpSender(private=True)).running():
        assert (await ended(store, ada, told)).attempt == 1
    assert len(receiver.requests) == 2


async def test_an_idle_loop_does_not_ask_and_wakes_for_what_is_due_later(monkeypatch: pytest.MonkeyPatch) -> None:
    store, asked = MemoryStore(), 0

    class Counting(MemoryStore):
        def __call__(self, *, read_only: bool = False) -> AbstractAsyncContextManager[Work]:
            nonlocal asked
            asked += 1
            return store(read_only=read_only)

    ada = await added(store, person("ada"))
    sender = KeptWebhooks()
    loop = Deliveries(Counting(), sender)
    async with loop.running():
        await asyncio.sleep(0.3)
        assert asked == 2, "one clean-up and one look"
        later = event()
        async with store() as work:
            await Webhooks(store, wake=lambda: None).announce(work, ada.id, ADDRESS, later)
            first = await work.webhooks.get(ada.id, later.id)
            assert first is not None
            due = datetime.now(UTC) + timedelta(seconds=0.4)
            await work.webhooks.replace(first, replace(first, not_before=due))
            await work.commit()
        loop.wake()
        await asyncio.sleep(0.2)
        assert (asked, sender.sent) == (3, [])
        await ended(store, ada, later)
        assert datetime.now(UTC) >= due
    monkeypatch.setattr(loop_module, "_LONGEST_SLEEP", timedelta(seconds=0.1))
    async with Deliveries(store, sender).running():
        await asyncio.sleep(0.05)
        unheard = await announced(store, Webhooks(store, wake=lambda: None), ada)
        assert (await ended(store, ada, unheard)).state == "delivered", "as from another process"


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("last", range(1, 8))
async def test_a_process_may_die_at_any_write_and_nothing_is_lost(store: Store, last: int, before: bool) -> None:
    ada = await added(store, person("ada"))
    clock, sender = Time(), KeptWebhooks(replies=[Reply(status=500)])
    dying = Dying(store, last, before=before)
    loop = Deliveries(dying, sender, clock=clock, lot=lambda: 0.0)
    told, accepted = event(), False
    async with loop.running():
        try:
            async with dying() as work:
                await work.users.save(replace(ada, display_name="told"))
                await Webhooks(store, wake=loop.wake, clock=clock).announce(work, ada.id, ADDRESS, told)
                await work.commit()
        except StoreUnavailable:
            pass
        for _ in range(100):
            clock.at += timedelta(milliseconds=1)
            loop.wake()
            await asyncio.sleep(0.002)
            if dying.dead.is_set():
                break
        assert dying.dead.is_set(), "the test reaches every write"
    async with store(read_only=True) as work:
        saved = await work.users.get(ada.id)
        found = await work.webhooks.get(ada.id, told.id)
        accepted = saved is not None and saved.display_name == "told"
        assert (found is not None) == accepted, "both happened or neither"
    if not accepted:
        return
    clock.at += timedelta(minutes=1)
    loop = Deliveries(store, sender, clock=clock, lot=lambda: 0.0)
    async with loop.running():

        async def over() -> bool:
            clock.at += timedelta(seconds=1)
            loop.wake()
            return (await delivery(store, ada, told)).state == "delivered"

        await until(over)
    found = await delivery(store, ada, told)
    assert 1 <= found.attempt <= 3
    assert {headers["webhook-id"] for _, headers, _ in sender.sent} == {told.id}
    assert {body for _, _, body in sender.sent} == {told.body.encode()}


RUNS = """
import asyncio, sys
from datetime import timedelta
from reelwright.adapters.persistence.store import SqlStore
from reelwright.adapters.webhooks.sender import HttpSender
from reelwright.application.deliveries import Deliveries

async def main():
    store = SqlStore(sys.argv[1])
    await Deliveries(store, HttpSender(private=True), lease=timedelta(seconds=0.5)).run()

asyncio.run(main())
"""


async def test_a_process_that_is_killed_in_the_middle_is_made_good_by_the_next(
    tmp_path: Path, receiver: Receiver
) -> None:
    url = f"sqlite:///{tmp_path / 'reelwright.db'}"
    store = SqlStore(url)
    await store.migrate()
    ada = await added(store, person("ada"))
    told = await announced(store, Webhooks(store, wake=lambda: None), ada, receiver.address)
    receiver.answers = [Answer(delay=20)]

    def started() -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-c", RUNS, url], env=os.environ | {"PYTHONPATH": str(ROOT)})

    first = started()
    await asyncio.to_thread(receiver.wait_for, 1, 20)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert (await delivery(store, ada, told)).attempt == 1
    second = started()
    try:
        await asyncio.to_thread(receiver.wait_for, 2, 20)
        over = await ended(store, ada, told)
    finally:
        second.kill()
        second.wait()
        await store.close()
    assert (over.state, over.attempt) == ("delivered", 2)
    assert {one.headers["webhook-id"] for one in receiver.requests} == {told.id}


async def test_a_store_that_fails_for_a_while_stops_nothing() -> None:
    store, failing = MemoryStore(), True

    class Shaky(MemoryStore):
        def __call__(self, *, read_only: bool = False) -> AbstractAsyncContextManager[Work]:
            if failing:
                raise StoreUnavailable("the database cannot be reached")
            return store(read_only=read_only)

    ada = await added(store, person("ada"))
    sender = KeptWebhooks()
    loop = Deliveries(Shaky(), sender)
    async with loop.running():
        told = await announced(store, Webhooks(store, wake=loop.wake), ada)
        await asyncio.sleep(0.05)
        assert sender.sent == []
        failing = False
        loop.wake()
        assert (await ended(store, ada, told)).state == "delivered"


async def test_a_sender_that_breaks_has_failed_and_the_others_go_on() -> None:
    store = MemoryStore()
    ada = await added(store, person("ada"))
    kept = KeptWebhooks()

    async def breaking(address: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if "broken" in address:
            raise ZeroDivisionError
        return await kept(address, headers, body)

    loop = Deliveries(store, breaking)
    webhooks = Webhooks(store, wake=loop.wake)
    async with loop.running():
        broken = await announced(store, webhooks, ada, "https://broken.example/")
        whole = await announced(store, webhooks, ada)
        assert (await ended(store, ada, whole)).state == "delivered"
        found = await delivery(store, ada, broken)
        assert (found.state, found.problem) == ("waiting", "it could not be sent")


async def test_a_webhook_under_way_goes_with_its_account(store: Store) -> None:
    ada, bob = await added(store, person("ada")), await added(store, person("bob"))
    sender = Held()
    loop = Deliveries(store, sender)
    webhooks = Webhooks(store, wake=loop.wake)
    async with loop.running():
        await announced(store, webhooks, ada)
        await until(lambda: sender.begun)
        async with store() as work:
            await work.users.remove(ada.id)
            await work.commit()
        sender.go.set()
        assert (await ended(store, bob, await announced(store, webhooks, bob))).state == "delivered"


async def test_deliveries_are_their_owner_s_and_come_in_pages(store: Store, clock: Time) -> None:
    ada, bob = await added(store, person("ada")), await added(store, person("bob"))
    webhooks = Webhooks(store, wake=lambda: None, clock=clock)
    told = [await announced(store, webhooks, ada) for _ in range(3)]
    first = await webhooks.deliveries(ada.id, limit=2)
    assert [one.id for one in first.items] == [told[2].id, told[1].id]
    rest = await webhooks.deliveries(ada.id, cursor=first.next, limit=2)
    assert ([one.id for one in rest.items], rest.next) == ([told[0].id], None)
    assert (await webhooks.deliveries(bob.id)).items == ()
    with pytest.raises(NotFound):
        await webhooks.redeliver(bob.id, told[0].id)
    for ghost in (new_id(), "a\0b", ""):
        with pytest.raises(NotFound):
            await webhooks.secret(ghost)
        with pytest.raises(NotFound):
            await webhooks.rotate(ghost)
        with pytest.raises(NotFound):
            await webhooks.redeliver(ghost, told[0].id)
    with pytest.raises(InvalidField):
        await webhooks.deliveries(ada.id, limit=0)
    with pytest.raises(Conflict):
        async with store() as work:
            await webhooks.announce(work, new_id(), ADDRESS, event())
    async with store(read_only=True) as work:
        assert [one.action for one in await work.usage.history(ada.id, before=None, limit=9)] == []
    await webhooks.redeliver(ada.id, told[0].id)
    await webhooks.rotate(ada.id)
    async with store(read_only=True) as work:
        done = [one.action for one in await work.usage.history(ada.id, before=None, limit=9)]
    assert done == ["webhook.rotate", "webhook.redeliver"]


async def test_addresses_are_checked_as_the_operator_allows() -> None:
    strict = Webhooks(MemoryStore(), wake=lambda: None)
    lenient = Webhooks(MemoryStore(), wake=lambda: None, plain_http=True, private=True)
    assert lenient.address("http://127.0.0.1:8000/hook") == "http://127.0.0.1:8000/hook"
    with pytest.raises(InvalidField) as refused:
        strict.address("http://127.0.0.1:8000/hook", field="webhook")
    assert refused.value.field == "webhook"
