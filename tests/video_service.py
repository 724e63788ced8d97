"""A service that makes videos of text, for people with names for tokens, and what tests ask of it."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from dependency_injector import providers

from reelwright.adapters.documents.timeline_json import to_plain
from reelwright.adapters.fakes.making import TextMaker
from reelwright.adapters.http import create_app
from reelwright.adapters.persistence.store import SqlStore
from reelwright.application.access import Identity
from reelwright.bootstrap import Container
from reelwright.domain.errors import Unauthenticated
from reelwright.domain.ids import new_id
from reelwright.domain.quota import PLANS, Plan
from reelwright.domain.style import CaptionStyle, Style, TitleStyle, Type
from tests import accounts, timelines
from tests.belongings import without_media
from tests.service import container, served

TYPE = Type(font="inter")
PEOPLE = {name: new_id() for name in ("ada", "bob", "root", "poor", "leaver")}
SPEECH = "speech:" + "5e" * 32
SCRIPT = {"script": "The sea rises twice a day. The moon is the reason."}


async def verify(token: str) -> Identity:
    if token not in PEOPLE:
        raise Unauthenticated("the token is not valid")
    return Identity(user=PEOPLE[token], role="admin" if token == "root" else "user")


def document() -> dict[str, Any]:
    """The timeline that every made video has."""
    spoken = timelines.scene(60, "speech-01", words=((5, 20), (20, 50)))
    made = timelines.timeline(spoken, sounds={"speech-01": Path("x")})
    made = replace(made, style=Style(captions=CaptionStyle(type=TYPE), titles=TitleStyle(type=TYPE)))
    plain = to_plain(made)
    plain["assets"]["speech-01"] |= {"path": SPEECH, "samples": 90_000}
    return plain


@dataclass
class Service:
    client: httpx.Client
    folder: Path
    maker: TextMaker
    parts: Container

    def __call__(self, who: str, method: str, path: str, **how: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {who}"} | how.pop("headers", {})
        return self.client.request(method, f"/api/video{path}", headers=headers, **how)

    def order(self, who: str = "ada", **order: Any) -> str:
        answer = self(who, "POST", "/generate", json=order or SCRIPT)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def made(self, who: str = "ada", **order: Any) -> str:
        return self.ends(who, self.order(who, **order))

    def ends(self, who: str, video: str, status: str = "succeeded") -> str:
        assert eventually(lambda: self(who, "GET", f"/status/{video}").json()["finished"] is not None)
        assert self(who, "GET", f"/status/{video}").json()["status"] == status
        return video

    def send(self, who: str, media_type: str, name: str, body: bytes = b"") -> str:
        headers = {"Authorization": f"Bearer {who}", "Content-Type": media_type}
        content = media_type.encode() + b"\n" + body + new_id().encode()
        answer = self.client.put("/api/files", params={"name": name}, content=content, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def used(self, who: str) -> dict[str, int]:
        """What the quotas say; they are asked for in a loop of their own."""

        async def look() -> dict[str, int]:
            store = SqlStore(f"sqlite:///{self.folder / 'reelwright.db'}")
            async with store(read_only=True) as work:
                user = await work.users.get(PEOPLE[who])
                assert user is not None
                standings = await self.parts.quotas().standings(work, user)
            await store.close()
            return {one.resource: one.used for one in standings}

        return asyncio.run(look())

    def kept(self) -> int:
        return sum(1 for _ in (self.folder / "videos").glob("??/??/*"))


def eventually(holds: Callable[[], bool], seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while not (found := holds()) and time.monotonic() < until:
        time.sleep(0.02)
    return found


@contextmanager
def video_service(folder: Path) -> Iterator[Service]:
    url = f"sqlite:///{folder / 'reelwright.db'}"

    async def people() -> None:
        store = SqlStore(url)
        await store.migrate()
        async with store() as work:
            for name, user_id in PEOPLE.items():
                plan = "small" if name == "poor" else "unlimited"
                await work.users.add(accounts.person(name, id=user_id, plan=plan))
            await work.commit()
        await store.close()

    asyncio.run(people())
    parts, maker = container(folder, rate_per_address=None, rate_per_user=None), TextMaker(document())
    parts.store.override(providers.Singleton(SqlStore, url))
    without_media(parts, document())
    parts.maker.override(providers.Object(maker))
    small = Plan(name="small", videos_a_day=2, ai_calls_a_day=1)
    parts.plans.override(providers.Object(PLANS | {"small": small}))
    with served(create_app(parts, verify=verify)) as client:
        yield Service(client, folder, maker, parts)


def faults(answer: httpx.Response) -> dict[str, str]:
    """What is wrong, by its pointer into the body."""
    assert answer.status_code == 422, answer.text
    return {one.get("pointer", one.get("parameter")): one["detail"] for one in answer.json()["errors"]}
