"""SQLite for reading within the thread of the event loop."""

import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

import aiosqlite

Found = TypeVar("Found")


class PromptConnection(aiosqlite.Connection):
    """Runs its statements where they are asked for, and not in a thread of its own.

    A look-up in a local file takes less than waking a thread: of a statement with its transaction that is done eight
    times, and each time waits for a core where renders take them all.
    """

    async def _execute(self, fn: Callable[..., Found], *args: Any, **how: Any) -> Found:
        if not self._running or self._connection is None:
            raise ValueError("Connection closed")
        return fn(*args, **how)


async def open_promptly(uri: str) -> aiosqlite.Connection:
    def connect() -> sqlite3.Connection:
        return sqlite3.connect(uri, uri=True, check_same_thread=False)

    connection = PromptConnection(connect, iter_chunk_size=64)
    connection._thread.daemon = True
    return await connection
