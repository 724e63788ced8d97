"""What who runs a service types: migrate, admin create, admin rotate-keys; and the settings behind."""

import asyncio
import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from dependency_injector import providers

from reelwright.adapters.fakes.store import MemoryStore
from reelwright.bootstrap import Container
from reelwright.cli.main import cli
from reelwright.domain.errors import AlreadyTaken, InvalidField, InvalidInput, MissingPart, Unauthenticated
from reelwright.domain.quota import Plan
from reelwright.settings import AccountSettings, Settings, variable
from tests.databases import Postgres

ROOT = Path(__file__).parents[2]
PASSWORD = "tidal basin at noon"


def run(*arguments: str, data: Path, typed: str = "", **environment: str) -> Result:
    """In this process: a new one takes two seconds to start."""
    return CliRunner().invoke(cli, arguments, input=typed, env={"REELWRIGHT_DATA_DIR": str(data)} | environment)


async def role_of(container: Container, password: str) -> str:
    accounts = container.accounts()
    try:
        tokens = await accounts.login("root", password, address="192.0.2.1")
        return (await accounts.authenticate(tokens.access_token)).role
    finally:
        await container.store().close()


def test_the_first_administrator_is_made_on_a_new_folder_and_can_sign_in(tmp_path: Path) -> None:
    data = tmp_path / "data"
    command = ["admin", "create", "--username", "root", "--email", "root@example.org"]
    made = subprocess.run(
        [sys.executable, "-m", "reelwright", *command],
        cwd=ROOT,
        env=os.environ | {"REELWRIGHT_DATA_DIR": str(data)},
        input=PASSWORD + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (made.returncode, made.stdout) == (0, "root <root@example.org> is an administrator now\n"), made.stderr
    again = run(*command, data=data, REELWRIGHT_ADMIN_PASSWORD=PASSWORD)
    assert isinstance(again.exception, AlreadyTaken)
    container = Container()
    container.settings.override(Settings(data=data, database_url=""))
    assert asyncio.run(role_of(container, PASSWORD)) == "admin"


@pytest.mark.parametrize(("typed", "told"), [("", "no password came"), ("12345678\n", "among the first")])
def test_there_is_no_administrator_without_a_good_password(tmp_path: Path, typed: str, told: str) -> None:
    made = run("admin", "create", "--username", "root", "--email", "root@example.org", data=tmp_path, typed=typed)
    assert isinstance(made.exception, InvalidInput)
    assert told in str(made.exception)


def test_migrate_works_on_postgresql_by_one_setting(tmp_path: Path, postgres: Postgres) -> None:
    url = asyncio.run(postgres.empty_database())
    done = run("migrate", data=tmp_path, REELWRIGHT_DATABASE_URL=url)
    assert done.output == "the database is up to date\n"
    container = Container()
    container.settings.override(Settings(data=tmp_path, database_url=url))
    with pytest.raises(Unauthenticated):
        asyncio.run(role_of(container, PASSWORD))


def test_the_key_is_rotated_from_the_command_line(tmp_path: Path) -> None:
    kids = [run("admin", "rotate-keys", "--data", str(tmp_path), data=tmp_path / "other").output for _ in range(2)]
    assert len({re.search(r"the key ([0-9a-f]{16}) now", kid)[1] for kid in kids}) == 2  # type: ignore[index]
    assert len(list((tmp_path / "keys").glob("*.pem"))) == 2


def test_a_database_of_no_kind_is_refused_with_what_would_be_right(tmp_path: Path) -> None:
    done = run("migrate", data=tmp_path, REELWRIGHT_DATABASE_URL="mysql://root@localhost/x")
    assert isinstance(done.exception, InvalidInput)
    assert str(done.exception).endswith("sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE is right")


def test_every_setting_is_read_from_the_environment() -> None:
    numbers = {variable(one.name): "7" for one in fields(AccountSettings) if isinstance(one.default, int)}
    read = AccountSettings.from_environment(numbers | {"REELWRIGHT_PLAN": "team"})
    assert {getattr(read, one.name) for one in fields(AccountSettings) if isinstance(one.default, int)} == {7}
    assert read.plan == "team"


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"REELWRIGHT_SESSION_DAYS": "many"}, "'many' is no whole number, such as 90"),
        ({"REELWRIGHT_LOGIN_ATTEMPTS": "0"}, "REELWRIGHT_LOGIN_ATTEMPTS: 0 is too small"),
    ],
)
def test_a_setting_that_is_wrong_is_named(environment: dict[str, str], told: str) -> None:
    with pytest.raises(InvalidField, match=told):
        AccountSettings.from_environment(environment)


def test_the_first_administrator_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"USERNAME": "root", "EMAIL": "root@example.org", "PASSWORD": PASSWORD}.items():
        monkeypatch.setenv(f"REELWRIGHT_ADMIN_{name}", value)

    async def role() -> str:
        container = Container()
        container.settings.override(Settings(data=tmp_path, database_url=""))
        for _ in range(2):
            async with container.opened():
                role = await role_of(container, PASSWORD)
        return role

    assert asyncio.run(role()) == "admin"
    monkeypatch.delenv("REELWRIGHT_ADMIN_PASSWORD")
    with pytest.raises(InvalidField, match="REELWRIGHT_ADMIN_PASSWORD: it goes with"):
        asyncio.run(role())


def test_a_program_tests_its_use_of_accounts_in_memory_with_plans_of_its_own(tmp_path: Path) -> None:
    container = Container()
    container.settings.override(Settings(data=tmp_path))
    container.store.override(providers.Object(MemoryStore()))
    container.plans.override(providers.Object({"free": Plan(name="free", videos_a_day=5)}))

    async def videos() -> int | None:
        async with container.opened():
            accounts = container.accounts()
            ada = await accounts.register("ada", "ada@example.org", PASSWORD)
            return {one.resource: one.limit for one in await accounts.quota(ada.id)}["videos"]

    assert asyncio.run(videos()) == 5
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("package", "part", "module"),
    [("argon2", "passwords", "security.passwords"), ("sqlalchemy", "store", "persistence.store")],
)
def test_without_the_packages_of_a_service_it_is_said_how_to_get_them(
    package: str, part: str, module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    for loaded in [name for name in sys.modules if name.startswith("reelwright.adapters.persistence")]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.delitem(sys.modules, f"reelwright.adapters.{module}", raising=False)
    container = Container()
    container.settings.override(Settings(data=tmp_path))
    with pytest.raises(
        MissingPart, match=rf"{package} is not installed; pip install 'reelwright\[service\]' brings it"
    ):
        getattr(container, part)()


def test_the_password_of_the_environment_is_not_shown() -> None:
    settings = AccountSettings(admin_username="root", admin_email="root@example.org", admin_password=PASSWORD)
    assert PASSWORD not in repr(settings)
    assert "secret" not in repr(Settings(database_url="postgresql://u:secret@h/d"))
