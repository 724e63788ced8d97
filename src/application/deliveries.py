"""Delivering webhooks: the loop that takes them out of the store and to their addresses.

The rows are the truth: an attempt is counted in the store before it is made, and what came of it is written after it.
Whoever dies between leaves a row that is due again when its lease is over, so that everything is delivered at least
once.
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta

from ..domain.errors import Conflict, StoreUnavailable
from ..domain.ids import Clock, now
from ..domain.webhook import Delivery, Reply, Secret, headers, judged
from .store import Store
from .webhook_ports import WebhookSender
from .webhooks import secret_of

_KEPT = timedelta(days=30)
"""How long a finished delivery is kept, to be looked at and delivered again."""
_SWEPT_EVERY = timedelta(hours=6)
_LONGEST_SLEEP = timedelta(seconds=30)
"""After this it is looked again, for what another process has announced."""
_BREATH = timedelta(seconds=5)
"""How long to wait after a failure of the store."""
_HANDED_BACK_WITHIN = 0.5
"""Seconds that the end of the loop may take."""

_log = logging.getLogger("reelwright.webhooks")


class Deliveries:
    """``at_once`` deliveries at the same time: to one host one after another, and of one user a quarter at most.

    ``lease`` is how long an attempt may take before it counts as lost; longer than the ``sender`` takes.
    """

    def __init__(
        self,
        store: Store,
        sender: WebhookSender,
        *,
        at_once: int = 16,
        lease: timedelta = timedelta(seconds=30),
        clock: Clock = now,
        lot: Callable[[], float] = random.random,
    ) -> None:
        self._store, self._sender = store, sender
        self._at_once, self._of_one_user = at_once, max(1, at_once // 4)
        self._lease, self._clock, self._lot = lease, clock, lot
        self._under_way: dict[asyncio.Task[None], Delivery] = {}
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._swept: datetime | None = None

    def wake(self) -> None:
        """There is something new to deliver; may be called from any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has just been closed, and the next one looks by itself
                self._loop.call_soon_threadsafe(self._woken.set)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Deliver as long as the block lasts; what is under way at its end is handed back."""
        task = asyncio.create_task(self.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def run(self) -> None:
        """Deliver until it is cancelled. A failing store is waited for."""
        self._loop, self._woken = asyncio.get_running_loop(), asyncio.Event()
        try:
            while True:
                self._woken.clear()
                try:
                    pause = await self._deliver_due()
                except StoreUnavailable as error:
                    _log.error("webhooks wait: %s", error)
                    pause = _BREATH
                except Exception:
                    _log.exception("webhooks wait: a delivery could not be taken up")
                    pause = _BREATH
                with suppress(TimeoutError):
                    async with asyncio.timeout(None if pause is None else pause.total_seconds()):
                        await self._woken.wait()
        finally:
            self._loop = None
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _deliver_due(self) -> timedelta | None:
        """Begin all that is due and has room; how long there is nothing more to do, None for until it is woken."""
        await self._sweep()
        while len(self._under_way) < self._at_once:
            hosts = {one.host for one in self._under_way.values()}
            counts = Counter(one.user_id for one in self._under_way.values())
            users = {user for user, count in counts.items() if count >= self._of_one_user}
            async with self._store(read_only=True) as work:
                due = await work.webhooks.next_due(hosts=hosts, users=users)
            at = self._clock()
            if due is None or due > at:
                return _LONGEST_SLEEP if due is None else min(due - at, _LONGEST_SLEEP)
            async with self._store() as work:
                claimed = await work.webhooks.claim(at, at + self._lease, hosts=hosts, users=users)
                await work.commit()
            if claimed is not None:
                task = asyncio.create_task(self._deliver(claimed))
                self._under_way[task] = claimed
                task.add_done_callback(self._ended)
        return None

    def _ended(self, task: "asyncio.Task[None]") -> None:
        del self._under_way[task]
        self._woken.set()

    async def _deliver(self, claimed: Delivery) -> None:
        try:
            at = self._clock()
            secret = await self._secret(claimed.user_id, at)
            try:
                reply = await self._sender(claimed.address, headers(claimed, secret, at), claimed.body.encode())
            except Exception:
                _log.exception("webhook %s could not be sent", claimed.id)
                reply = Reply(problem="it could not be sent")
            await self._settle(claimed, reply)
        except asyncio.CancelledError:
            with suppress(StoreUnavailable, TimeoutError):
                async with asyncio.timeout(_HANDED_BACK_WITHIN):
                    await self._hand_back(claimed)
            raise
        except Conflict:
            _log.info("webhook %s went with its account", claimed.id)
        except StoreUnavailable as error:
            _log.error("webhook %s is tried again: %s", claimed.id, error)

    async def _secret(self, user_id: str, at: datetime) -> Secret:
        async with self._store(read_only=True) as work:
            found = await work.webhooks.secret(user_id)
        if found is None:
            async with self._store() as work:
                found = await secret_of(work, user_id, at)
                await work.commit()
        return found

    async def _settle(self, claimed: Delivery, reply: Reply) -> None:
        after = judged(claimed, reply, self._clock(), self._lot())
        async with self._store() as work:
            await work.webhooks.replace(claimed, after)
            await work.commit()
        _log.info(
            "webhook %s to %s, attempt %d: %s", claimed.id, claimed.host, claimed.attempt, reply.status or reply.problem
        )

    async def _hand_back(self, claimed: Delivery) -> None:
        """Due at once and without having spent the attempt: nobody knows what has come of it."""
        async with self._store() as work:
            await work.webhooks.replace(
                claimed, replace(claimed, attempt=claimed.attempt - 1, not_before=self._clock())
            )
            await work.commit()

    async def _sweep(self) -> None:
        at = self._clock()
        if self._swept is None or at - self._swept >= _SWEPT_EVERY:
            async with self._store() as work:
                await work.webhooks.forget(at - _KEPT)
                await work.commit()
            self._swept = at
