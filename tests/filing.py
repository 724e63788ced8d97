"""A service with files that really runs: on a database and a disk, with people whose tokens are their names."""

import asyncio
import hashlib
import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from dependency_injector import providers
from PIL import Image

from reelwright.adapters.http import create_app
from reelwright.adapters.persistence.store import SqlStore
from reelwright.application.access import Identity
from reelwright.bootstrap import Container
from reelwright.domain.errors import Unauthenticated
from reelwright.domain.ids import new_id
from reelwright.domain.quota import PLANS, Plan
from reelwright.domain.user import User
from tests import accounts
from tests.service import container, served

PEOPLE = {name: new_id() for name in ("ada", "bob", "root", "poor", "leaver")}
SMALL = 4000
"""Bytes that the plan of "poor" holds."""


async def verify(token: str) -> Identity:
    if token not in PEOPLE:
        raise Unauthenticated("the token is not valid")
    return Identity(user=PEOPLE[token], role="admin" if token == "root" else "user")


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether it holds within two seconds."""
    until = time.monotonic() + 2
    while not (found := holds()) and time.monotonic() < until:
        time.sleep(0.02)
    return found


def person(name: str) -> User:
    return accounts.person(name, id=PEOPLE[name], plan="small" if name == "poor" else "free")


@dataclass
class Service:
    client: httpx.Client
    parts: Container
    folder: Path

    def __call__(self, who: str, method: str, path: str, **how: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {who}"} | how.pop("headers", {})
        return self.client.request(method, f"/api/files{path}", headers=headers, **how)

    def send(self, who: str, content: bytes, name: str = "beach.png", **how: Any) -> httpx.Response:
        return self(who, "PUT", "", params={"name": name, **how}, content=content)

    def used(self, who: str) -> int:
        """What the quota of storage says; it is asked for in a loop of its own."""

        async def look() -> int:
            store = SqlStore(f"sqlite:///{self.folder / 'reelwright.db'}")
            async with store(read_only=True) as work:
                user = await work.users.get(PEOPLE[who])
                assert user is not None
                standings = await self.parts.quotas().standings(work, user)
            await store.close()
            return next(one.used for one in standings if one.resource == "storage_bytes")

        return asyncio.run(look())

    def kept(self) -> int:
        return sum(1 for path in (self.folder / "files").glob("??/??/*"))

    def leftovers(self) -> list[Path]:
        """What lies on the disk beside the contents, once the server had a moment to clean up."""
        places = [self.folder / "scratch", self.folder / "uploads", self.folder / "files/parts"]
        eventually(lambda: not any(path for place in places for path in place.rglob("*")))
        return [path for place in places for path in place.rglob("*")]


@contextmanager
def filing(folder: Path) -> Iterator[Service]:
    """A service with PEOPLE in a database below ``folder``, looking into files in its sandbox."""
    url = f"sqlite:///{folder / 'reelwright.db'}"

    async def people() -> None:
        store = SqlStore(url)
        await store.migrate()
        async with store() as work:
            for name in PEOPLE:
                await work.users.add(person(name))
            await work.commit()
        await store.close()

    asyncio.run(people())
    parts = container(folder, body_grace=0.5)
    parts.store.override(providers.Singleton(SqlStore, url))
    parts.plans.override(providers.Object(PLANS | {"small": Plan(name="small", storage_bytes=SMALL)}))
    with served(create_app(parts, verify=verify)) as client:
        yield Service(client, parts, folder)
    asyncio.run(parts.store().close())


def picture(shade: int, size: tuple[int, int] = (64, 48), *, kind: str = "png") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (shade, 100, 200)).save(out, kind)
    return out.getvalue()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
