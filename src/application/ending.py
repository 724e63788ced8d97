"""What goes with the end of a job, in the unit of work that ends it: the quota, the records, and who is told."""

from collections.abc import Mapping
from typing import get_args

from ..domain.ids import new_id
from ..domain.job import Job
from ..domain.quota import Resource
from ..domain.video import Video
from ..domain.webhook import Event, EventType
from .quotas import Quotas
from .records import note
from .store import Work
from .webhooks import Webhooks

_EVENTS: Mapping[str, EventType] = {kind.removeprefix("video."): kind for kind in get_args(EventType)}


class Ending:
    """Called with a job that has ended, and whose ``token`` the caller held until then."""

    def __init__(self, quotas: Quotas, webhooks: Webhooks) -> None:
        self._quotas, self._webhooks = quotas, webhooks

    async def __call__(
        self, work: Work, job: Job, video: Video, *, token: str | None, used: Mapping[Resource, int] | None = None
    ) -> bool:
        """False, and nothing changes, where another one has ended it or holds it by now.

        ``used`` is what a finished video took of each resource; all else is given back.
        """
        if not await work.jobs.save(job, token=token):
            return False
        if job.status == "succeeded":
            await self._quotas.settle(work, purpose(video.id), used or {})
        else:
            await self._quotas.give_back(work, purpose(video.id))
        await self._quotas.release(work, job.id)
        amounts = {str(resource): amount for resource, amount in (used or {}).items()}
        at = job.finished or job.created
        action = f"video.{job.status}"
        await note(work, at=at, user_id=job.owner, action=action, subject=video.id, amounts=amounts)
        await self._announce(work, job, video)
        return True

    async def _announce(self, work: Work, job: Job, video: Video) -> None:
        order = await work.videos.order(video.id)
        if order is None or not order.webhook:
            return
        links = {"status": f"/api/video/status/{video.id}"}
        if job.status == "succeeded":
            links |= {name: f"/api/video/{name}/{video.id}" for name in ("download", "thumbnail", "timeline")}
        event = Event(
            id=new_id(),
            type=_EVENTS[job.status],
            at=job.finished or job.created,
            video_id=video.id,
            title=video.title,
            links=links,
        )
        await self._webhooks.announce(work, job.owner, order.webhook, event)


def purpose(video_id: str) -> str:
    """What the quota of a video is reserved for."""
    return f"video:{video_id}"
