"""Bringing a database to the newest tables."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, func, select

LOCK = 0x7265656C77726967
"""The advisory lock that migrations hold on PostgreSQL: "reelwrig"."""


def migrate(connection: Connection) -> None:
    """Inside the transaction of ``connection``: all of it or nothing, and one process at a time.

    SQLite's writer holds the lock of its file already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
