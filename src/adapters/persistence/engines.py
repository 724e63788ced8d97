"""Connections: one writer and some readers on SQLite, a pool on PostgreSQL."""

import asyncio
import os
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from ...domain.errors import InvalidField
from .prompt_sqlite import open_promptly

PATIENCE = 30
"""Seconds that a unit of work waits for its turn."""
_PROMPT = 1000
"""Milliseconds that one may wait that only reads, which holds everything else; in a write-ahead log it does not."""
_PAUSE = 0.01
"""Seconds after which SQLite is asked again for what it does not wait for itself."""
_JSON = {
    "json_serializer": lambda value: msgspec.json.encode(value).decode(),
    "json_deserializer": msgspec.json.decode,
}


def read_url(text: str) -> URL:
    """``sqlite:///FILE`` or ``postgresql://…`` with the driver that is used here. Raises InvalidField."""
    right = "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE is right"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise InvalidField("database_url", f"this is none; {right}") from error
    kind = url.drivername.partition("+")[0]
    if kind == "sqlite" and url.database and url.database != ":memory:":
        return url.set(drivername="sqlite+aiosqlite")
    if kind in ("postgresql", "postgres"):
        query: Mapping[str, Any] = {("ssl" if key == "sslmode" else key): value for key, value in url.query.items()}
        return url.set(drivername="postgresql+asyncpg", query=query)
    raise InvalidField("database_url", f"there is no database of the kind {url.drivername!r} here; {right}")


def open_engines(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """The engine for units of work that write and the one for those that only read; on PostgreSQL they are one.

    Raises OSError where the file cannot be opened.
    """
    if url.drivername.startswith("postgresql"):
        engine = create_async_engine(
            url,
            pool_size=10,
            max_overflow=10,
            pool_timeout=PATIENCE,
            pool_pre_ping=True,
            connect_args={
                "timeout": PATIENCE,
                "server_settings": {"application_name": "reelwright", "lock_timeout": f"{PATIENCE}s"},
            },
            **_JSON,
        )
        return engine, engine
    path = Path(url.database or "").absolute()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Made here so that nobody else can read it, and so that what cannot be opened is not told in the driver's thread.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    writer = create_async_engine(
        url.set(database=str(path)), pool_size=1, max_overflow=0, pool_timeout=PATIENCE, **_JSON
    )
    reader = create_async_engine(
        url.set(database=path.as_uri(), query={"mode": "ro", "uri": "true"}),
        async_creator=lambda *_, **__: open_promptly(f"{path.as_uri()}?mode=ro"),
        pool_size=4,
        max_overflow=0,
        pool_timeout=PATIENCE,
        **_JSON,
    )
    _tune(
        writer,
        "BEGIN IMMEDIATE",
        f"PRAGMA busy_timeout = {1000 * PATIENCE}",
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA foreign_keys = ON",
    )
    _tune(reader, "BEGIN", f"PRAGMA busy_timeout = {_PROMPT}", "PRAGMA query_only = ON")
    return writer, reader


def _tune(engine: AsyncEngine, begin: str, *pragmas: str) -> None:
    """Begin transactions by ``begin``: the driver's own way would take the lock late and fail instead of waiting."""

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            _patiently(connection, cursor, pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql(begin)


def _patiently(connection: Any, cursor: Any, pragma: str) -> None:
    """SQLite refuses to switch a new file to its log while another connection, which opens it too, writes to it.

    It does so at once, whatever the busy timeout is.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            cursor.execute(pragma)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            connection.run_async(lambda _: asyncio.sleep(_PAUSE))
        else:
            return
