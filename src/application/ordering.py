"""Accepting orders: all that can be wrong is found, and the quota reserved, before any work starts."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..domain.errors import InvalidField, InvalidFields, NotFound
from ..domain.ids import Clock, now
from ..domain.job import Job
from ..domain.order import Order
from ..domain.user import User
from ..domain.video import Video
from .ending import purpose
from .order_checks import Checked, OrderChecks
from .quotas import Quotas
from .records import note
from .store import Store, Work
from .video_ports import Dispatcher
from .wishes import Wish, wished, with_project

MOST_AT_ONCE = 50
"""Orders of a batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A video to come, and its job."""

    video: Video
    job: Job


class Ordering:
    """The use cases. All raise InvalidFields for what is wrong with a wish, QuotaExceeded, and NotFound for an account
    that is gone or going. A ``key`` is the caller's own for a request, whose ``digest`` tells it from others: the same
    request has the same answer, and another one raises Conflict.
    """

    def __init__(
        self, *, store: Store, quotas: Quotas, checks: OrderChecks, dispatcher: Dispatcher, clock: Clock = now
    ) -> None:
        self._store, self._quotas, self._checks = store, quotas, checks
        self._dispatcher, self._clock = dispatcher, clock

    async def wish(self, owner: str, given: Mapping[str, Any], *, place: str = "") -> Wish:
        """What a request says at its ``place``: see ``wished``, and ``with_project`` where there is a project_id."""
        if isinstance(project_id := given.get("project_id"), str):
            async with self._store(read_only=True) as work:
                project = await work.projects.get(owner, project_id)
            given = given if project is None else with_project(given, project)
        return replace(await asyncio.to_thread(wished, given), place=place)

    async def generate(
        self, owner: str, order: Order, *, project_id: str | None = None, key: str = "", digest: str = ""
    ) -> Accepted:
        """Accept an order that was put together elsewhere."""
        wish = Wish(order=order, project_id=project_id)
        return (await self.accept(owner, [wish], key=key, digest=digest))[0]

    async def accept(
        self, owner: str, wishes: Sequence[Wish], *, key: str = "", digest: str = "", action: str = "video.generate"
    ) -> tuple[Accepted, ...]:
        """All of them, or none; in the order of the wishes."""
        if not 1 <= len(wishes) <= MOST_AT_ONCE:
            raise InvalidField("orders", f"{len(wishes)} of them: 1 to {MOST_AT_ONCE} are right")
        checked = [await self._checks(owner, wish) for wish in wishes]
        faults = [fault for one in checked for fault in placed(one)]
        if faults and not key:
            raise InvalidFields(faults)
        at = self._clock()
        made = [self._made(owner, one) for one in checked]
        async with self._store() as work:
            user = await self._locked(work, owner)
            if key:
                ids = [one.video.id for one in made]
                subjects = await work.idempotency_keys.claim(owner, key, digest, ids, at)
                if list(subjects) != ids:
                    return tuple([await _earlier(work, owner, subject) for subject in subjects])
            if faults:
                raise InvalidFields(faults)
            for one, new in zip(checked, made, strict=True):
                await self._quotas.reserve(work, user, one.amounts, purpose=purpose(new.video.id))
                await work.videos.add(new.video, one.wish.order)
                await work.jobs.add(new.job)
                await note(work, at=at, user_id=owner, action=action, subject=new.video.id)
            await work.commit()
        self._dispatcher.wake()
        return tuple(made)

    def _made(self, owner: str, checked: Checked) -> Accepted:
        wish, at = checked.wish, self._clock()
        video = Video(owner=owner, title=checked.title, project_id=wish.project_id, based_on=wish.based_on, created=at)
        return Accepted(video=video, job=Job(id=video.id, owner=owner, created=at))

    async def _locked(self, work: Work, owner: str) -> User:
        user = await work.users.lock(owner)
        if user is None or user.leaving:
            raise NotFound("user", owner)
        return user


def placed(checked: Checked) -> tuple[InvalidField, ...]:
    """What is wrong with a wish, by its place in the whole request."""
    place = checked.wish.place
    if not place:
        return checked.wish.faults
    return tuple(InvalidField(f"{place}.{one.field}".rstrip("."), one.problem) for one in checked.wish.faults)


async def _earlier(work: Work, owner: str, video_id: str) -> Accepted:
    """What an earlier request with the same key made. Raises NotFound where it was deleted since."""
    video, job = await work.videos.get(owner, video_id), await work.jobs.get(owner, video_id)
    if video is None or job is None:
        raise NotFound("video", video_id)
    return Accepted(video=video, job=job)
