"""``SqlStore``: units of work on SQLite or PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from ...application.store import Work
from .engines import open_engines, read_url
from .faults import foreign_errors
from .files import SqlFiles
from .jobs import SqlIdempotencyKeys, SqlJobs
from .ledger import SqlLedger
from .migrating import migrate
from .projects import SqlProjects
from .records import SqlAuditLog, SqlUsageHistory
from .sessions import SqlSessions, SqlThrottles
from .statements import Statements
from .users import SqlUsers
from .videos import SqlVideos


class SqlWork:
    """See :class:`~reelwright.application.store.Work`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        statements = Statements(connection)
        self.users = SqlUsers(statements)
        self.sessions = SqlSessions(statements)
        self.throttles = SqlThrottles(statements)
        self.ledger = SqlLedger(statements)
        self.usage = SqlUsageHistory(statements)
        self.audit = SqlAuditLog(statements)
        self.files = SqlFiles(statements)
        self.videos = SqlVideos(statements)
        self.jobs = SqlJobs(statements)
        self.idempotency_keys = SqlIdempotencyKeys(statements)
        self.projects = SqlProjects(statements)

    async def commit(self) -> None:
        with foreign_errors():
            await self._connection.commit()


class SqlStore:
    """See :class:`~reelwright.application.store.Store`.

    Raises InvalidField for a ``url`` that names no database, StoreUnavailable for a file that cannot be opened.
    """

    def __init__(self, url: str) -> None:
        self.url = read_url(url)
        with foreign_errors():
            self._writer, self._reader = open_engines(self.url)

    def __call__(self, *, read_only: bool = False) -> AbstractAsyncContextManager[Work]:
        return self._work(read_only)

    @asynccontextmanager
    async def _work(self, read_only: bool) -> AsyncIterator[Work]:
        engine = self._reader if read_only else self._writer
        async with AsyncExitStack() as stack:
            # Only what the database says is translated: errors of the caller's own pass as they are.
            with foreign_errors():
                connection = await stack.enter_async_context(engine.connect())
                if read_only and connection.dialect.name == "postgresql":
                    await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                await connection.begin()
            yield SqlWork(connection)

    async def migrate(self) -> None:
        with foreign_errors():
            async with self._writer.begin() as connection:
                await connection.run_sync(migrate)

    async def close(self) -> None:
        # The last connection of SQLite moves its log into the file, which one that only reads could not do.
        await self._reader.dispose()
        await self._writer.dispose()
