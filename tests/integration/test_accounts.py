"""Accounts from registering to leaving, on every store."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reelwright.adapters.security.keys import KeyFolder
from reelwright.adapters.security.passwords import Argon2Passwords
from reelwright.adapters.security.tokens import SignedTokens
from reelwright.application.accounts import Accounts
from reelwright.application.quotas import Quotas
from reelwright.application.sessions import Sessions, Tokens
from reelwright.application.store import Store
from reelwright.application.throttling import Throttle
from reelwright.domain.errors import (
    AlreadyTaken,
    Forbidden,
    InvalidField,
    NotFound,
    ReelwrightError,
    TooManyAttempts,
    Unauthenticated,
    UnknownName,
)
from reelwright.domain.ids import new_id
from reelwright.domain.quota import PLANS

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
HOME, AWAY = "192.0.2.1", "198.51.100.7"
PASSWORD, OTHER = "tidal basin at noon", "another moon rises"


class Clock:
    at = NOON

    def __call__(self) -> datetime:
        return self.at

    def later(self, **span: int) -> None:
        self.at += timedelta(**span)


@dataclass
class House:
    accounts: Accounts
    store: Store
    clock: Clock
    farewells: list[str]
    fails: bool = False

    async def ada(self) -> str:
        return (await self.accounts.register("Ada", "Ada@example.org", PASSWORD, address=HOME)).id

    async def login(self, name: str = "ada", password: str = PASSWORD, address: str = HOME) -> Tokens:
        return await self.accounts.login(name, password, address=address)

    async def actions(self) -> list[str]:
        async with self.store(read_only=True) as work:
            return [one.action for one in reversed(await work.audit.history(before=None, limit=100))]


def accounts_of(store: Store, folder: Path, clock: Clock, passwords: Argon2Passwords, house: list[House]) -> Accounts:
    async def farewell(user_id: str) -> None:
        house[0].farewells.append(user_id)
        if house[0].fails:
            raise OSError("the power is gone")

    tokens = SignedTokens(KeyFolder(folder / "keys"), clock=clock)
    return Accounts(
        store=store,
        passwords=passwords,
        access_tokens=tokens,
        quotas=Quotas(PLANS, clock=clock),
        sessions=Sessions(tokens),
        throttle=Throttle(per_name=5, per_address=8),
        farewells=[farewell],
        clock=clock,
    )


@pytest.fixture
async def house(store: Store, tmp_path: Path) -> House:
    clock = Clock()
    made: list[House] = []
    accounts = accounts_of(store, tmp_path, clock, Argon2Passwords(passes=1, memory=64, lanes=1), made)
    made.append(House(accounts=accounts, store=store, clock=clock, farewells=[]))
    return made[0]


async def refusal(answer: object) -> ReelwrightError:
    with pytest.raises(ReelwrightError) as refused:
        await answer  # type: ignore[misc]
    return refused.value


async def test_who_registers_signs_in_by_name_or_address_and_is_known_by_the_token(house: House) -> None:
    ada = await house.ada()
    for name in ("Ada", "aDA", "ada@EXAMPLE.org", " ada "):
        tokens = await house.login(name)
        assert (tokens.token_type, tokens.expires_in) == ("Bearer", 900)
        caller = await house.accounts.authenticate(tokens.access_token)
        assert (caller.user_id, caller.role) == (ada, "user")
    profile = await house.accounts.profile(ada)
    assert (profile.username, profile.email, profile.plan) == ("Ada", "Ada@example.org", "free")
    assert profile.created_at == NOON


async def test_a_name_or_address_in_use_is_refused_without_telling_which(house: House) -> None:
    await house.ada()
    told = {
        str(await refusal(house.accounts.register(username, email, PASSWORD)))
        for username, email in (("ADA", "new@example.org"), ("new", "ADA@example.org"), ("ada", "ada@example.org"))
    }
    assert told == {"this username or email is already taken; choose another one"}
    with pytest.raises(InvalidField, match="password"):
        await house.accounts.register("eve", "eve@example.org", "12345678")


async def test_of_many_who_register_one_name_at_once_one_gets_it(house: House) -> None:
    answers = await asyncio.gather(
        *(house.accounts.register("ada", f"ada{n}@example.org", PASSWORD) for n in range(10)), return_exceptions=True
    )
    assert sum(isinstance(one, AlreadyTaken) for one in answers) == 9


async def test_a_wrong_password_and_a_missing_account_get_the_same_answer(house: House) -> None:
    await house.ada()
    answers = [
        await refusal(house.login(name, password))
        for name, password in (
            ("ada", OTHER),
            ("nobody", PASSWORD),
            ("nobody@example.org", PASSWORD),
            ("ada", ""),
            ("ada", "\ud800"),
            ("a\0da", PASSWORD),
        )
    ]
    assert {(type(one), str(one)) for one in answers} == {(Unauthenticated, "the name or the password is wrong")}
    assert (await house.actions()).count("login.failed") == 6


async def test_guessing_is_slowed_down_by_name_alike_for_every_name(house: House) -> None:
    await house.ada()
    for name in ("ada", "nobody"):
        answers = await asyncio.gather(
            *(house.login(name, OTHER, f"192.0.2.{n}") for n in range(12)), return_exceptions=True
        )
        assert sum(isinstance(one, Unauthenticated) for one in answers) == 5
        assert sum(isinstance(one, TooManyAttempts) for one in answers) == 7
        refused = await refusal(house.login(name))
        assert isinstance(refused, TooManyAttempts)
        assert refused.retry_after == 900
    house.clock.later(minutes=15)
    await house.login()


async def test_guessing_is_slowed_down_by_address_and_success_is_no_guess(house: House) -> None:
    await house.ada()
    for _ in range(12):
        await house.login(address=AWAY)
    for n in range(8):
        assert isinstance(await refusal(house.login(f"name-{n}", OTHER)), Unauthenticated)
    assert isinstance(await refusal(house.login()), TooManyAttempts)
    await house.login(address=AWAY)
    house.clock.later(minutes=16)
    assert await house.accounts.forget_expired() > 0


async def test_a_refresh_token_works_once_and_its_reuse_ends_the_session_for_both_hands(house: House) -> None:
    await house.ada()
    first, apart = await house.login(), await house.login()
    second = await house.accounts.refresh(first.refresh_token)
    await house.accounts.authenticate(second.access_token)
    assert isinstance(await refusal(house.accounts.refresh(first.refresh_token, address=AWAY)), Unauthenticated)
    for answer in (
        house.accounts.refresh(second.refresh_token),
        house.accounts.authenticate(second.access_token),
        house.accounts.authenticate(first.access_token),
        house.accounts.refresh("none of ours \ud800"),
    ):
        assert isinstance(await refusal(answer), Unauthenticated)
    await house.accounts.authenticate(apart.access_token)
    assert (await house.actions())[-1] == "session.reused"


async def test_of_many_refreshes_with_one_token_at_most_one_succeeds(house: House) -> None:
    await house.ada()
    tokens = await house.login()
    answers = await asyncio.gather(
        *(house.accounts.refresh(tokens.refresh_token) for _ in range(10)), return_exceptions=True
    )
    assert sum(isinstance(one, Tokens) for one in answers) == 1
    assert sum(isinstance(one, Unauthenticated) for one in answers) == 9


async def test_sessions_end_by_idleness_by_age_and_by_logout(house: House) -> None:
    await house.ada()
    idle = await house.login()
    house.clock.later(days=30)
    assert isinstance(await refusal(house.accounts.refresh(idle.refresh_token)), Unauthenticated)
    tokens = await house.login()
    for _ in range(3):
        house.clock.later(days=29)
        tokens = await house.accounts.refresh(tokens.refresh_token)
    house.clock.later(days=3)
    assert isinstance(await refusal(house.accounts.refresh(tokens.refresh_token)), Unauthenticated)
    tokens = await house.login()
    await house.accounts.logout(await house.accounts.authenticate(tokens.access_token))
    assert isinstance(await refusal(house.accounts.authenticate(tokens.access_token)), Unauthenticated)
    assert isinstance(await refusal(house.accounts.refresh(tokens.refresh_token)), Unauthenticated)


async def test_the_profile_changes_where_something_was_given(house: House) -> None:
    ada = await house.ada()
    await house.accounts.register("eve", "eve@example.org", PASSWORD)
    changed = await house.accounts.update_profile(ada, display_name=" Ada  Lovelace ", language="zh")
    assert (changed.display_name, changed.language, changed.username) == ("Ada Lovelace", "zh", "Ada")
    changed = await house.accounts.update_profile(ada, username="ADA", email="ada@example.com", display_name="")
    assert changed == await house.accounts.profile(ada)
    assert (changed.username, changed.email, changed.display_name) == ("ADA", "ada@example.com", "")
    assert isinstance(await refusal(house.accounts.update_profile(ada, email="EVE@example.org")), AlreadyTaken)
    assert isinstance(await refusal(house.accounts.update_profile(ada, username="a b")), InvalidField)
    assert await house.accounts.profile(ada) == changed
    await house.login("ada@example.com")


async def test_a_changed_password_ends_every_session_and_only_the_new_one_works(house: House) -> None:
    ada = await house.ada()
    sessions = [await house.login(), await house.login(address=AWAY)]
    assert isinstance(await refusal(house.accounts.change_password(ada, OTHER, OTHER)), Forbidden)
    assert isinstance(await refusal(house.accounts.change_password(ada, PASSWORD, PASSWORD)), InvalidField)
    assert isinstance(await refusal(house.accounts.change_password(ada, PASSWORD, "short")), InvalidField)
    await house.accounts.change_password(ada, PASSWORD, OTHER)
    for tokens in sessions:
        assert isinstance(await refusal(house.accounts.authenticate(tokens.access_token)), Unauthenticated)
        assert isinstance(await refusal(house.accounts.refresh(tokens.refresh_token)), Unauthenticated)
    assert isinstance(await refusal(house.login()), Unauthenticated)
    await house.login(password=OTHER)
    for _ in range(5):
        assert isinstance(await refusal(house.accounts.change_password(ada, PASSWORD, PASSWORD)), Forbidden)
    assert isinstance(await refusal(house.accounts.change_password(ada, OTHER, PASSWORD)), TooManyAttempts)


async def test_a_hash_with_older_parameters_is_made_anew_at_the_next_login(house: House, tmp_path: Path) -> None:
    ada = await house.ada()
    stronger = accounts_of(house.store, tmp_path, house.clock, Argon2Passwords(passes=2, memory=64, lanes=1), [house])
    await stronger.login("ada", PASSWORD, address=HOME)
    async with house.store(read_only=True) as work:
        user = await work.users.get(ada)
        assert user is not None
        assert user.password_hash.startswith("$argon2id$v=19$m=64,t=2,")
    await house.login()


async def test_a_deleted_account_is_gone_with_its_sessions_and_its_name_is_free(house: House) -> None:
    ada = await house.ada()
    tokens = await house.login()
    await house.accounts.delete_account(ada)
    assert house.farewells == [ada]
    assert isinstance(await refusal(house.accounts.authenticate(tokens.access_token)), Unauthenticated)
    assert isinstance(await refusal(house.accounts.refresh(tokens.refresh_token)), Unauthenticated)
    assert isinstance(await refusal(house.login()), Unauthenticated)
    for answer in (house.accounts.profile(ada), house.accounts.delete_account(ada), house.accounts.quota(ada)):
        assert isinstance(await refusal(answer), NotFound)
    assert await house.ada() != ada
    assert "account.delete" in await house.actions()


async def test_a_deletion_that_a_crash_interrupted_is_ended_at_the_next_start(house: House) -> None:
    ada = await house.ada()
    tokens = await house.login()
    house.fails = True
    with pytest.raises(OSError, match="power"):
        await house.accounts.delete_account(ada)
    for answer in (house.login(), house.accounts.authenticate(tokens.access_token)):
        assert isinstance(await refusal(answer), Unauthenticated)
    assert isinstance(await refusal(house.accounts.profile(ada)), NotFound)
    house.fails = False
    assert await house.accounts.finish_deletions() == 1
    assert await house.accounts.finish_deletions() == 0
    await house.ada()


async def test_every_action_is_in_the_history_in_pages(house: House) -> None:
    ada = await house.ada()
    await house.accounts.register("eve", "eve@example.org", PASSWORD)
    for _ in range(4):
        await house.login()
    await house.accounts.update_profile(ada, language="en")
    seen, cursor = [], None
    while True:
        page = await house.accounts.usage_history(ada, cursor=cursor, limit=4)
        seen += [usage.action for usage in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == ["profile.update", *["login"] * 4, "register"]
    statistics = await house.accounts.statistics(ada)
    assert statistics.actions == {"profile.update": 1, "login": 4, "register": 1}
    assert isinstance(await refusal(house.accounts.usage_history(ada, cursor="x")), InvalidField)
    assert isinstance(await refusal(house.accounts.usage_history(ada, limit=0)), InvalidField)


async def test_administrators_set_plans_and_nobody_else(house: House) -> None:
    ada = await house.ada()
    root = await house.accounts.create_admin("root", "root@example.org", PASSWORD)
    assert (root.role, root.plan) == ("admin", "unlimited")
    assert isinstance(await refusal(house.accounts.set_plan(ada, ada, "team")), Forbidden)
    assert isinstance(await refusal(house.accounts.set_plan(root.id, ada, "gold")), UnknownName)
    assert isinstance(await refusal(house.accounts.set_plan(root.id, new_id(), "team")), NotFound)
    assert (await house.accounts.set_plan(root.id, ada, "team")).plan == "team"
    limits = {one.resource: one.limit for one in await house.accounts.quota(ada)}
    assert limits["videos"] == PLANS["team"].videos_a_day


async def test_administrators_see_all_accounts_in_pages_and_nobody_else(house: House) -> None:
    ada = await house.ada()
    root = (await house.accounts.create_admin("root", "root@example.org", PASSWORD)).id
    first = await house.accounts.users(root, limit=1)
    second = await house.accounts.users(root, cursor=first.next, limit=1)
    assert [one.username for one in first.items + second.items] == ["root", "Ada"]
    assert second.next is None
    assert isinstance(await refusal(house.accounts.users(ada)), Forbidden)


async def test_the_first_administrator_is_made_once(house: House) -> None:
    made = await asyncio.gather(
        *(house.accounts.ensure_admin("root", "root@example.org", PASSWORD) for _ in range(4)), return_exceptions=True
    )
    assert sum(one is not None for one in made) == 1
    assert await house.accounts.ensure_admin("other", "other@example.org", PASSWORD) is None
    assert isinstance(await refusal(house.login("other")), Unauthenticated)
