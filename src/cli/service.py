"""Commands for who runs a service."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from ..domain.errors import InvalidInput

if TYPE_CHECKING:
    from ..bootstrap import Container

T = TypeVar("T")

data_folder = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of the service; else REELWRIGHT_DATA_DIR.",
)


def _run(data: Path | None, work: Callable[["Container"], Awaitable[T]]) -> T:
    """``work`` with the container of a service whose database is up to date."""
    container = container_on(data)

    async def migrated() -> T:
        store = container.store()
        try:
            await store.migrate()
            return await work(container)
        finally:
            await store.close()

    return asyncio.run(migrated())


@click.command()
@data_folder
def migrate(data: Path | None) -> None:
    """Bring the database of a service to the newest tables."""

    async def nothing_more(_: "Container") -> None:
        """The database is up to date by now."""

    _run(data, nothing_more)
    click.echo("the database is up to date")


@click.group()
def admin() -> None:
    """Run a service: its administrators and its keys."""


@admin.command()
@data_folder
@click.option("--username", required=True, envvar="REELWRIGHT_ADMIN_USERNAME")
@click.option("--email", required=True, envvar="REELWRIGHT_ADMIN_EMAIL")
def create(data: Path | None, username: str, email: str) -> None:
    """Make an account of an administrator.

    The password is asked for, read from standard input where that is no terminal, or taken from
    REELWRIGHT_ADMIN_PASSWORD.
    """
    password = os.environ.get("REELWRIGHT_ADMIN_PASSWORD") or _asked()
    made = _run(data, lambda container: container.accounts().create_admin(username, email, password))
    click.echo(f"{made.username} <{made.email}> is an administrator now")


@admin.command("rotate-keys")
@data_folder
def rotate_keys(data: Path | None) -> None:
    """Sign access tokens with a new key; the one before verifies until the next rotation."""
    click.echo(f"tokens are signed with the key {container_on(data).signing_keys().rotate().kid} now")


def container_on(data: Path | None) -> "Container":
    """The parts of a service on the folder ``data``, or on that of the settings."""
    from ..bootstrap import Container
    from ..settings import Settings

    container = Container()
    if data is not None:
        container.settings.override(Settings(data=data))
    return container


def _asked() -> str:
    stdin = sys.stdin
    if stdin.isatty():
        password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = stdin.readline().rstrip("\r\n")
    if not password:
        raise InvalidInput("no password came on standard input; one line with it is right")
    return password
