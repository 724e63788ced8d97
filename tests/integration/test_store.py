"""The store keeps its promises on SQLite, on PostgreSQL and in memory."""

import asyncio
import sqlite3
import stat
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reelwright.adapters.persistence.store import SqlStore
from reelwright.application.store import Store
from reelwright.domain.errors import AlreadyTaken, Conflict, InvalidField, NotFound, StoreUnavailable
from reelwright.domain.ids import new_id
from reelwright.domain.quota import HELD_FOR_EVER, Reservation
from reelwright.domain.session import RefreshToken, Session
from reelwright.domain.usage import Audit, Usage
from reelwright.domain.user import User
from tests import accounts
from tests.accounts import added
from tests.databases import Postgres

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 5, 17, 12, 0, 0, 123456, UTC)
DAY = datetime(2026, 5, 17, tzinfo=UTC)
WINDOW = timedelta(minutes=15)


def person(name: str = "ada", **changes: Any) -> User:
    return accounts.person(name, at=NOON, **({"password_hash": "hash"} | changes))


async def begun(store: Store, user: User) -> Session:
    session = Session(
        id=new_id(), user_id=user.id, address="192.0.2.1", created_at=NOON, expires_at=NOON + timedelta(days=1)
    )
    async with store() as work:
        await work.sessions.add(session)
        await work.sessions.issue(
            RefreshToken(digest="ab" * 32, session_id=session.id, issued_at=NOON, expires_at=NOON + WINDOW)
        )
        await work.commit()
    return session


async def test_what_was_committed_is_found_exactly_as_it_was(store: Store) -> None:
    ada = await added(store, person("Ada", display_name="艾达", language="zh", role="admin", plan="team", leaving=True))
    for read_only in (False, True):
        async with store(read_only=read_only) as work:
            assert await work.users.get(ada.id) == ada
            assert await work.users.named("aDA") == ada
            assert await work.users.named("ADA@Example.ORG") == ada
            assert await work.users.named("ada2") is None
            assert await work.users.leaving() == (ada,)
            assert await work.users.has_admin()


async def test_what_was_not_committed_is_rolled_back(store: Store) -> None:
    async with store() as work:
        await work.users.add(person())
    async with store() as work:
        await work.users.add(person("eve"))
        await work.commit()
        await work.users.add(person("bob"))
    for mistake in (KeyError, OSError, TimeoutError):
        with suppress(mistake):
            async with store() as work:
                await work.users.add(person("carl"))
                raise mistake
    async with store(read_only=True) as work:
        found = [await work.users.named(name) is not None for name in ("ada", "eve", "bob", "carl")]
    assert found == [False, True, False, False]


async def test_names_and_addresses_are_unique_without_regard_to_case(store: Store) -> None:
    ada = await added(store, person("ada"))
    bob = await added(store, person("bob"))
    with pytest.raises(AlreadyTaken) as taken:
        await added(store, person("ADA", email="other@example.org"))
    assert taken.value.fields == ("username",)
    with pytest.raises(AlreadyTaken) as taken:
        await added(store, person("other", email="Ada@Example.org"))
    assert taken.value.fields == ("email",)
    async with store() as work:
        with pytest.raises(AlreadyTaken):
            await work.users.save(replace(bob, username="Ada"))
    async with store() as work:
        await work.users.save(replace(ada, username="ADA"))
        await work.commit()
    async with store(read_only=True) as work:
        kept = await work.users.get(ada.id)
        assert kept is not None
        assert kept.username == "ADA"


async def test_an_account_that_is_gone_cannot_be_saved_nor_own_anything(store: Store) -> None:
    ghost = person("ghost")
    async with store() as work:
        with pytest.raises(NotFound):
            await work.users.save(ghost)
    with pytest.raises(Conflict):
        await begun(store, ghost)
    async with store() as work:
        with pytest.raises(Conflict):
            await work.ledger.take(ghost.id, "videos", DAY, 1, 5)
    with pytest.raises(Conflict):
        async with store() as work:
            await work.usage.add(Usage(id=new_id(), user_id=ghost.id, at=NOON, action="login"))


async def test_an_account_goes_with_all_its_rows_and_leaves_the_audit_log(store: Store) -> None:
    ada, bob = await added(store, person("ada")), await added(store, person("bob"))
    session = await begun(store, ada)
    async with store() as work:
        for user in (ada, bob):
            await work.ledger.take(user.id, "videos", DAY, 1, None)
            await work.usage.add(Usage(id=new_id(), user_id=user.id, at=NOON, action="login"))
            await work.ledger.reserve(
                Reservation(purpose=f"video:{user.id}", resource="videos", user_id=user.id, amount=1, period_start=DAY)
            )
        await work.audit.add(Audit(id=new_id(), at=NOON, actor=ada.id, action="login"))
        await work.commit()
    async with store() as work:
        await work.users.remove(ada.id)
        await work.commit()
    async with store(read_only=True) as work:
        assert await work.users.get(ada.id) is None
        assert await work.sessions.get(session.id) is None
        assert await work.sessions.token("ab" * 32) is None
        assert await work.ledger.used(ada.id, "videos", DAY) == 0
        assert await work.ledger.reservations(f"video:{ada.id}") == ()
        assert await work.usage.history(ada.id, before=None, limit=9) == ()
        assert [one.actor for one in await work.audit.history(before=None, limit=9)] == [ada.id]
        assert await work.ledger.used(bob.id, "videos", DAY) == 1
        assert len(await work.usage.history(bob.id, before=None, limit=9)) == 1
        assert len(await work.ledger.reservations(f"video:{bob.id}")) == 1


@pytest.mark.parametrize("text", ["", "none", "a\0b", "\ud800", "'; DROP TABLE users; --", "x" * 10_000])
async def test_what_is_no_identifier_finds_nothing(store: Store, text: str) -> None:
    async with store() as work:
        assert await work.users.get(text) is None
        assert await work.users.lock(text) is None
        assert await work.users.named(text) is None
        assert await work.users.named(f"{text}@example.org") is None
        assert await work.sessions.get(text) is None


async def test_a_reading_unit_of_work_changes_nothing(store: Store) -> None:
    ada = await added(store, person())
    with pytest.raises(StoreUnavailable):
        async with store(read_only=True) as work:
            await work.users.remove(ada.id)
    async with store(read_only=True) as work:
        assert await work.users.get(ada.id) == ada


async def test_a_reading_unit_of_work_sees_one_state_and_waits_for_no_writer(store: Store) -> None:
    ada = await added(store, person())
    async with store(read_only=True) as reading:
        before = await reading.users.get(ada.id)
        async with asyncio.timeout(5), store() as writing:
            await writing.users.save(replace(ada, plan="team"))
            await writing.commit()
        assert await reading.users.get(ada.id) == before
    async with store(read_only=True) as reading:
        assert await reading.users.get(ada.id) == replace(ada, plan="team")


async def test_read_then_write_loses_no_update_among_many(store: Store) -> None:
    ada = await added(store, person())

    async def one_more() -> None:
        async with store() as work:
            user = await work.users.lock(ada.id)
            assert user is not None
            await work.users.save(replace(user, display_name=str(int(user.display_name or 0) + 1)))
            await work.commit()

    await asyncio.gather(*(one_more() for _ in range(40)))
    async with store(read_only=True) as work:
        user = await work.users.get(ada.id)
        assert user is not None
        assert user.display_name == "40"


async def test_a_refresh_token_is_spent_once_however_many_try(store: Store) -> None:
    await begun(store, await added(store, person()))

    async def spend() -> bool:
        async with store() as work:
            spent = await work.sessions.spend("ab" * 32, NOON)
            await work.commit()
            return spent

    assert sum(await asyncio.gather(*(spend() for _ in range(20)))) == 1
    async with store(read_only=True) as work:
        token = await work.sessions.token("ab" * 32)
        assert token is not None
        assert token.used_at == NOON


async def test_sessions_end_one_by_one_or_all_and_are_forgotten_when_they_are_over(store: Store) -> None:
    ada = await added(store, person())
    session = await begun(store, ada)
    other = replace(session, id=new_id())
    async with store() as work:
        await work.sessions.add(other)
        await work.sessions.revoke(session.id, NOON)
        await work.sessions.revoke_all(ada.id, NOON + WINDOW)
        await work.commit()
    async with store() as work:
        assert await work.sessions.owner(session.id) == (replace(session, revoked_at=NOON), ada)
        assert await work.sessions.owner("a\0b") is await work.sessions.owner(ada.id) is None
        assert [await work.sessions.get(one.id) for one in (session, other)] == [
            replace(session, revoked_at=NOON),
            replace(other, revoked_at=NOON + WINDOW),
        ]
        assert await work.sessions.forget(session.expires_at) == 0
        assert await work.sessions.forget(session.expires_at + WINDOW) == 2
        assert await work.sessions.token("ab" * 32) is None


async def test_attempts_are_counted_exactly_and_begin_anew_after_the_window(store: Store) -> None:
    async def attempt() -> int:
        async with store() as work:
            counted = await work.throttles.attempt("k", NOON, WINDOW)
            await work.commit()
            assert counted.since == NOON
            return counted.count

    assert sorted(await asyncio.gather(*(attempt() for _ in range(20)))) == list(range(1, 21))
    async with store() as work:
        await work.throttles.forgive("k")
        assert (await work.throttles.attempt("k", NOON + WINDOW / 2, WINDOW)).count == 20
        again = await work.throttles.attempt("k", NOON + WINDOW, WINDOW)
        assert (again.count, again.since) == (1, NOON + WINDOW)
        await work.throttles.clear("k")
        assert (await work.throttles.attempt("k", NOON + WINDOW, WINDOW)).count == 1
        assert await work.throttles.forget(NOON + 2 * WINDOW) == 1


async def test_a_counter_never_passes_its_limit_nor_zero(store: Store) -> None:
    ada = await added(store, person())

    async def take() -> int | None:
        async with store() as work:
            taken = await work.ledger.take(ada.id, "videos", DAY, 2, 7)
            await work.commit()
            return taken

    taken = await asyncio.gather(*(take() for _ in range(10)))
    assert sorted(one for one in taken if one) == [2, 4, 6]
    async with store() as work:
        await work.ledger.change(ada.id, "videos", DAY, 5)
        assert await work.ledger.used(ada.id, "videos", DAY) == 11
        await work.ledger.change(ada.id, "videos", DAY, -99)
        assert await work.ledger.used(ada.id, "videos", DAY) == 0
        assert await work.ledger.take(ada.id, "storage_bytes", HELD_FOR_EVER, 2**45, None) == 2**45
        assert await work.ledger.used(ada.id, "videos", DAY + timedelta(days=1)) == 0


async def test_a_reservation_is_noted_once_and_replaced_by_one(store: Store) -> None:
    ada = await added(store, person())
    noted = Reservation(purpose="video:1", resource="videos", user_id=ada.id, amount=3, period_start=DAY)

    async def settle() -> bool:
        async with store() as work:
            done = await work.ledger.replace(noted, replace(noted, amount=2, state="settled"))
            await work.commit()
            return done

    async with store() as work:
        assert await work.ledger.reserve(noted)
        assert not await work.ledger.reserve(replace(noted, amount=9))
        assert await work.ledger.open_amount(ada.id, "videos") == 3
        await work.commit()
    assert sum(await asyncio.gather(*(settle() for _ in range(10)))) == 1
    async with store(read_only=True) as work:
        assert await work.ledger.reservations("video:1") == (replace(noted, amount=2, state="settled"),)
        assert await work.ledger.open_amount(ada.id, "videos") == 0


async def test_histories_come_newest_first_from_any_place(store: Store) -> None:
    ada, bob = await added(store, person("ada")), await added(store, person("bob"))
    uses = [
        Usage(id=new_id(), user_id=ada.id, at=NOON, action="video", subject=str(n), amounts={"videos": n})
        for n in range(5)
    ]
    async with store() as work:
        for use in uses:
            await work.usage.add(use)
            await work.audit.add(Audit(id=use.id, at=NOON, actor=ada.id, action="video", detail="细节"))
        await work.usage.add(Usage(id=new_id(), user_id=bob.id, at=NOON, action="login"))
        await work.commit()
    async with store(read_only=True) as work:
        first = await work.usage.history(ada.id, before=None, limit=2)
        assert first == (uses[4], uses[3])
        assert await work.usage.history(ada.id, before=first[-1].id, limit=9) == (uses[2], uses[1], uses[0])
        assert [one.id for one in await work.audit.history(before=uses[2].id, limit=9)] == [uses[1].id, uses[0].id]
        assert await work.users.newest(before=None, limit=1) == (bob,)
        assert await work.users.newest(before=bob.id, limit=9) == (ada,)
        counted = await work.usage.statistics(ada.id)
        assert (counted.actions, counted.amounts) == ({"video": 5}, {"videos": 10})


async def test_a_unit_of_work_that_is_cancelled_leaves_nothing_and_blocks_nobody(store: Store) -> None:
    async def endless() -> None:
        async with store() as work:
            await work.users.add(person())
            await asyncio.sleep(60)

    task = asyncio.create_task(endless())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5):
        await added(store, person())


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_migrations_lead_to_the_tables_and_may_run_many_times_at_once(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import Connection, create_engine, text
    from sqlalchemy.ext.asyncio import create_async_engine

    from reelwright.adapters.persistence.engines import read_url
    from reelwright.adapters.persistence.migrations import versions
    from reelwright.adapters.persistence.tables import METADATA

    server: Postgres = request.getfixturevalue("postgres")
    url = f"sqlite:///{tmp_path / '100% ü' / 'x.db'}" if kind == "sqlite" else await server.empty_database()
    stores = [SqlStore(url) for _ in range(3)]
    await asyncio.gather(*(store.migrate() for store in stores))
    for store in stores:
        await store.close()

    def differences(connection: Connection) -> object:
        newest = max(path.name for path in Path(versions.__path__[0]).glob("v*.py"))
        assert connection.execute(text("SELECT version_num FROM alembic_version")).all() == [(newest[1:5],)]
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA)

    if kind == "sqlite":
        plain = create_engine(read_url(url).set(drivername="sqlite"))
        with plain.connect() as connection:
            assert differences(connection) == []
        plain.dispose()
    else:
        engine = create_async_engine(read_url(url))
        async with engine.connect() as opened:
            assert await opened.run_sync(differences) == []
        await engine.dispose()


async def test_who_opens_a_new_file_of_sqlite_waits_for_another_who_writes_to_it(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store = SqlStore(f"sqlite:///{tmp_path / 'x.db'}")
    opening = asyncio.create_task(store.migrate())
    await asyncio.wait([opening], timeout=0.3)
    assert not opening.done()
    other.close()
    async with asyncio.timeout(10):
        await opening
    await store.close()


async def test_sqlite_keeps_what_was_committed_in_a_durable_log_with_its_keys_checked(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path / 'x.db'}")
    await store.migrate()
    told = {}
    async with store._writer.connect() as connection:
        for pragma in ("journal_mode", "synchronous", "foreign_keys"):
            told[pragma] = (await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar_one()
    await store.close()
    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_nobody_else_can_read_the_file_of_a_database(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path / 'data' / 'x.db'}")
    await store.migrate()
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "data").iterdir()}
    await store.close()
    assert set(modes) >= {"x.db", "x.db-wal"}
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://u@h/d", "sqlite://", "sqlite:///:memory:"])
def test_a_url_of_no_database_is_refused_with_what_would_be_right(url: str) -> None:
    with pytest.raises(InvalidField, match="sqlite:///FILE or postgresql://"):
        SqlStore(url)


async def test_a_database_that_cannot_be_reached_says_so(tmp_path: Path) -> None:
    store = SqlStore(f"postgresql://u@/d?host={tmp_path}")
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        await store.migrate()
    await store.close()
    for no_file in (tmp_path, Path("/dev/null/x.db")):
        with pytest.raises(StoreUnavailable):
            SqlStore(f"sqlite:///{no_file}")
    (tmp_path / "x.db").write_text("a text that is no database at all, but long enough to look at")
    store = SqlStore(f"sqlite:///{tmp_path / 'x.db'}")
    with pytest.raises(StoreUnavailable, match="not a database"):
        await store.migrate()
    await store.close()
