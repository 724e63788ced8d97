"""Small copies of videos on request, made one after another in the background."""

import asyncio
import logging
import threading
from collections import deque
from dataclasses import dataclass, replace
from typing import Literal

from ..domain.errors import Cancelled, InvalidInput, NotFound, StoreUnavailable, TaskFailed
from ..domain.progress import Progress
from .files import FileLibrary

log = logging.getLogger(__name__)

_LOOK = 1.0
"""Seconds from one look to the next whether the file is still there."""
_MOST_FAILURES = 1000
"""Reasons that are remembered until the proxy is asked for again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How far the proxy of a file is; ``progress`` is 0 to 1."""

    state: Literal["waiting", "making", "made"]
    progress: float = 0.0


class Proxies:
    """Makes at most one at a time; owners take turns. What was asked for is forgotten when the process ends."""

    def __init__(self, library: FileLibrary) -> None:
        self._library = library
        self._waiting: dict[str, deque[str]] = {}
        self._asked: dict[str, Making] = {}
        self._failed: dict[str, str] = {}
        self._cancel = threading.Event()
        self._working: asyncio.Task[None] | None = None

    async def ask(self, owner: str, file_id: str) -> Making:
        """Have the proxy of a video made, unless it is there or on its way. Raises NoSuchFile, InvalidInput."""
        file = await self._library.get(owner, file_id)
        if not file.lacks_proxy:
            return Making(state="made", progress=1.0)
        if file_id in self._asked:
            return self._asked[file_id]
        self._failed.pop(file_id, None)
        self._asked[file_id] = asked = Making(state="waiting")
        self._waiting.setdefault(owner, deque()).append(file_id)
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return asked

    def asked(self, file_id: str) -> Making | None:
        """None where it was not asked for, or is at its end."""
        return self._asked.get(file_id)

    def failure(self, file_id: str) -> str:
        """What went wrong with the last one; empty where nothing did."""
        return self._failed.get(file_id, "")

    async def close(self) -> None:
        """End what is being made and forget what waits."""
        self._waiting.clear()
        self._cancel.set()
        if self._working is not None:
            await asyncio.wait([self._working])
        self._working = None
        self._asked.clear()

    async def _work(self) -> None:
        while self._waiting:
            owner = next(iter(self._waiting))
            file_id = self._waiting[owner].popleft()
            problem = await self._make(owner, file_id)
            del self._asked[file_id]
            if rest := self._waiting.pop(owner, None):
                self._waiting[owner] = rest
            if problem:
                self._failed[file_id] = problem
            while len(self._failed) > _MOST_FAILURES:
                del self._failed[next(iter(self._failed))]

    async def _make(self, owner: str, file_id: str) -> str:
        """What went wrong, empty where nothing did or nobody wants it any more."""
        self._cancel = cancel = threading.Event()
        self._asked[file_id] = begun = Making(state="making")

        def hear(progress: Progress) -> None:
            self._asked[file_id] = replace(begun, progress=progress.fraction)

        making = asyncio.create_task(self._library.make_proxy(owner, file_id, progress=hear, cancel=cancel))
        while not (await asyncio.wait([making], timeout=_LOOK))[0]:
            if await self._gone(owner, file_id):
                cancel.set()
        try:
            await making
        except (NotFound, Cancelled):
            return ""
        except (InvalidInput, TaskFailed) as error:
            return str(error)
        except Exception:
            log.exception("the proxy of %s broke", file_id)
            return "something broke here, and was logged"
        return ""

    async def _gone(self, owner: str, file_id: str) -> bool:
        try:
            await self._library.get(owner, file_id)
        except NotFound:
            return True
        except StoreUnavailable:
            return False
        return False
