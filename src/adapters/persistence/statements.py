"""Statements on one connection, in what both databases can say, with their errors as ours."""

from typing import Any

from sqlalchemy import CursorResult, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from .faults import foreign_errors

_INSERTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


class Statements:
    """Raises as ``foreign_errors`` does; on PostgreSQL nothing can follow an error in the same transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @property
    def dialect(self) -> str:
        return self._connection.dialect.name

    async def execute(self, statement: Executable, **values: Any) -> CursorResult[*tuple[Any, ...]]:
        """``values`` are those of the bound parameters of a statement that was made once for all."""
        with foreign_errors():
            return await self._connection.execute(statement, values or None)

    async def scalar(self, statement: Executable) -> Any:
        """The first column of the first row, None without one."""
        with foreign_errors():
            return await self._connection.scalar(statement)

    def upsert(self, table: Table) -> Any:
        """An ``INSERT`` that takes an ``ON CONFLICT``, which SQLAlchemy spells apart."""
        return _INSERTS[self._connection.dialect.name](table)


def storable(text: str) -> bool:
    """Whether a text can be in a table at all: PostgreSQL refuses NUL, and both refuse half characters."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False
