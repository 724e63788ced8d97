"""A studio whose voice is a tone of exact length, so that tests of everything else are fast and exact."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from dependency_injector import providers
from hypothesis import HealthCheck, settings

from reelwright import Studio
from reelwright.adapters.fakes.speech import ToneSpeech
from reelwright.adapters.fakes.store import MemoryStore
from reelwright.adapters.http import create_app
from reelwright.application.store import Store
from reelwright.bootstrap import Container
from reelwright.settings import Settings
from tests.databases import KINDS, Postgres, running
from tests.people import ROOT, accounts_in
from tests.service import served

settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")
"""A busy machine must not fail a test: how long an example takes says nothing about what it does."""

SQLITE = pytest.StashKey[Path]()
"""A migrated database to copy."""


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    container = Container()
    container.speech.override(providers.Object(ToneSpeech()))
    return Studio(settings=Settings(cache=tmp_path / "cache"), container=container)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running() as server:
        yield server


@pytest.fixture(params=KINDS)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store of each kind: what holds for one holds for all."""
    opened = await open_store(request.param, tmp_path, request)
    yield opened
    await opened.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def parts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Container:
    """Those of a service with accounts in an empty database of each kind."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'reelwright.db'}"
    else:
        url = asyncio.run(request.getfixturevalue("postgres").empty_database())
    return accounts_in(folder, url, login_attempts=5, login_attempts_per_address=1000, **ROOT)


@pytest.fixture(scope="module")
def client(parts: Container) -> Iterator[httpx.Client]:
    with served(create_app(parts)) as client:
        yield client


async def open_store(kind: str, folder: Path, request: Any) -> Store:
    from reelwright.adapters.persistence.store import SqlStore

    if kind == "memory":
        return MemoryStore()
    if kind == "postgresql":
        return SqlStore(await request.getfixturevalue("postgres").database())
    template = request.config.stash.get(SQLITE, None)
    if template is None:
        template = request.config.stash[SQLITE] = request.getfixturevalue("tmp_path_factory").mktemp("db") / "empty.db"
        first = SqlStore(f"sqlite:///{template}")
        await first.migrate()
        await first.close()
    return SqlStore(f"sqlite:///{shutil.copy(template, folder / 'reelwright.db')}")
