"""What every store of projects does."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reelwright.application.projects import ProjectLibrary
from reelwright.application.store import Store
from reelwright.domain.errors import Conflict, QuotaExceeded
from reelwright.domain.ids import new_id
from reelwright.domain.project import Project, summary
from tests.accounts import added, person

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 5, 17, 12, 0, 0, 123456, UTC)
SETTINGS = {
    "template": "tide",
    "fps": 25,
    "clip_sound": -6.5,
    "strict": False,
    "assets": ["a", "b"],
    "scenes": [{"text": "潮汐 “ebb”", "focus": [0.5, 1], "transition": {"kind": "wipe"}}],
}


def project(owner: str, **changes: Any) -> Project:
    made: dict[str, Any] = {"id": new_id(), "owner": owner, "name": "Tides", "created_at": NOON, "updated_at": NOON}
    return Project(**(made | changes))


async def kept(store: Store, *projects: Project) -> None:
    async with store() as work:
        for one in projects:
            await work.projects.add(one)
        await work.commit()


async def test_what_was_committed_is_found_exactly_as_it_was_by_its_owner(store: Store) -> None:
    ada, bob = await added(store, person("ada")), await added(store, person("bob"))
    made = project(
        ada.id, description="für das 博物馆", script="潮" * 100_000, settings=SETTINGS, version=7, archived_at=NOON
    )
    plain = project(ada.id)
    await kept(store, made, plain)
    async with store(read_only=True) as work:
        assert await work.projects.get(ada.id, made.id) == made
        assert await work.projects.get(ada.id, plain.id) == plain
        assert await work.projects.get(bob.id, made.id) is None
        for nobody in ("", "none", "a\0b", "\ud800", "x" * 10_000):
            assert await work.projects.get(ada.id, nobody) is None
        assert (await work.projects.count(ada.id), await work.projects.count(bob.id)) == (2, 0)


async def test_projects_come_newest_first_from_any_place_archived_or_not(store: Store) -> None:
    ada, bob = await added(store, person("ada")), await added(store, person("bob"))
    made = [project(ada.id, name=f"Tides {n}", archived_at=NOON if n % 2 else None) for n in range(5)]
    await kept(store, *made, project(bob.id))
    lines = [summary(one) for one in made]
    async with store(read_only=True) as work:
        assert list(await work.projects.page(ada.id, limit=2)) == [lines[4], lines[3]]
        assert list(await work.projects.page(ada.id, after=made[3].id, limit=9)) == [lines[2], lines[1], lines[0]]
        assert list(await work.projects.page(ada.id, archived=True, limit=9)) == [lines[3], lines[1]]
        assert list(await work.projects.page(ada.id, archived=False, after=made[4].id, limit=1)) == [lines[2]]


async def test_a_change_counts_only_on_the_version_that_it_was_made_of(store: Store) -> None:
    ada, bob = await added(store, person("ada")), await added(store, person("bob"))
    first = project(ada.id, settings=SETTINGS)
    await kept(store, first)
    second = replace(first, version=2, name="Ebb", settings={}, updated_at=NOON + timedelta(hours=1))
    async with store() as work:
        assert not await work.projects.replace(replace(first, version=2), second)
        assert not await work.projects.replace(replace(first, owner=bob.id), replace(second, owner=bob.id))
        assert await work.projects.replace(first, second)
        assert not await work.projects.replace(first, replace(second, name="Flow"))
        assert not await work.projects.delete(first)
        assert not await work.projects.delete(replace(second, owner=bob.id))
        await work.commit()
    async with store() as work:
        assert await work.projects.get(ada.id, first.id) == second
        assert await work.projects.delete(second)
        assert not await work.projects.delete(second)
        await work.commit()
    async with store(read_only=True) as work:
        assert await work.projects.get(ada.id, first.id) is None


async def test_of_many_who_change_the_same_version_one_wins(store: Store) -> None:
    ada = await added(store, person())
    first = project(ada.id)
    await kept(store, first)

    async def change(number: int) -> bool:
        async with store() as work:
            won = await work.projects.replace(first, replace(first, version=2, name=f"Tides {number}"))
            await work.commit()
            return won

    assert sum(await asyncio.gather(*(change(number) for number in range(10)))) == 1


async def test_projects_go_with_their_account_and_none_comes_without_one(store: Store) -> None:
    ada, bob = await added(store, person("ada")), await added(store, person("bob"))
    mine, theirs = project(ada.id), project(bob.id)
    await kept(store, mine, theirs)
    async with store() as work:
        await work.users.remove(ada.id)
        await work.commit()
    async with store(read_only=True) as work:
        assert await work.projects.get(ada.id, mine.id) is None
        assert await work.projects.get(bob.id, theirs.id) == theirs
    with pytest.raises(Conflict):
        await kept(store, project(ada.id))


async def test_changes_of_different_fields_at_the_same_time_are_all_kept(store: Store) -> None:
    ada, projects = await added(store, person()), ProjectLibrary(store)
    made = await projects.create(ada.id, name="Tides")
    changes: list[dict[str, Any]] = [
        {"name": "Ebb"},
        {"description": "Flow"},
        {"script": "One."},
        {"settings": {"seed": 1}},
    ]
    await asyncio.gather(*(projects.update(ada.id, made.id, **one) for one in changes))
    found = await projects.get(ada.id, made.id)
    assert (found.name, found.description, found.script, found.settings) == ("Ebb", "Flow", "One.", {"seed": 1})
    assert found.version == 5


async def test_however_many_come_at_once_an_owner_has_no_more_than_the_limit(store: Store) -> None:
    ada, projects = await added(store, person()), ProjectLibrary(store, most=3)
    made = await asyncio.gather(*(projects.create(ada.id, name=f"Tides {n}") for n in range(9)), return_exceptions=True)
    assert [type(one) for one in made].count(QuotaExceeded) == 6
    async with store(read_only=True) as work:
        assert await work.projects.count(ada.id) == 3
