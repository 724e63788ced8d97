"""What goes with the end of a job, in the unit of work that ends it: the quota, the records, and who is told."""

from collections.abc import Awaitable, Callable, Mapping

from ..domain.job import Job
from ..domain.quota import Resource
from ..domain.video import Video
from .quotas import Quotas
from .records import note
from .store import Work

Announce = Callable[[Work, Job, Video], Awaitable[None]]
"""Tells the world outside, once the unit of work is committed."""


async def nobody_is_told(work: Work, job: Job, video: Video) -> None:
    """Where there is no world outside."""


class Ending:
    """Called with a job that has ended, and whose ``token`` the caller held until then."""

    def __init__(self, quotas: Quotas, announce: Announce = nobody_is_told) -> None:
        self._quotas, self._announce = quotas, announce

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


def purpose(video_id: str) -> str:
    """What the quota of a video is reserved for."""
    return f"video:{video_id}"
