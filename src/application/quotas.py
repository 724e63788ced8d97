"""Quotas: reserved when work is accepted, settled when it ends, given back when it fails."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from ..domain.errors import NotFound, QuotaExceeded, UnknownName
from ..domain.ids import Clock, now
from ..domain.quota import RESOURCES, Plan, Reservation, Resource, Standing, period_end, period_start
from ..domain.user import User
from .store import Work


class Quotas:
    """All methods work inside the unit of work of the caller, so that a quota and what it is for change together.

    A ``purpose`` names the work or the file that a reservation is for ("video:ID", "file:ID"). Every method may be
    called again with the same purpose and changes nothing then, also from elsewhere at the same time.
    """

    def __init__(self, plans: Mapping[str, Plan], *, clock: Clock = now) -> None:
        self._plans, self._clock = plans, clock

    def plan(self, user: User) -> Plan:
        """Raises UnknownName where the plan of the account is configured no more."""
        if user.plan not in self._plans:
            raise UnknownName("plan", user.plan, self._plans)
        return self._plans[user.plan]

    async def reserve(self, work: Work, user: User, amounts: Mapping[Resource, int], *, purpose: str) -> None:
        """Take all the ``amounts``, or raise QuotaExceeded for the first that does not fit: then do not commit.

        What was given back may be reserved again. Concurrent jobs are not reserved but admitted.
        """
        at, plan = self._clock(), self.plan(user)
        held = {one.resource: one for one in await work.ledger.reservations(purpose)}
        # In one order everywhere, so that two units of work that take the same counters cannot wait for each other.
        for resource in sorted(amounts):
            if resource not in RESOURCES or resource == "jobs":
                raise UnknownName("resource", resource, (one for one in RESOURCES if one != "jobs"))
            wanted = Reservation(
                purpose=purpose,
                resource=resource,
                user_id=user.id,
                amount=amounts[resource],
                period_start=period_start(resource, at),
            )
            if await self._hold(work, held.get(resource), wanted):
                await self._take(work, wanted, plan.limit(resource))

    async def settle(self, work: Work, purpose: str, used: Mapping[Resource, int]) -> None:
        """Put what was really ``used`` in the place of what was reserved, also where it is more."""
        for open_one in await self._open(work, purpose):
            settled = replace(open_one, amount=used.get(open_one.resource, open_one.amount), state="settled")
            if await work.ledger.replace(open_one, settled):
                await self._change(work, open_one, settled.amount - open_one.amount)

    async def give_back(self, work: Work, purpose: str) -> None:
        """Return what is reserved and not settled."""
        for open_one in await self._open(work, purpose):
            if await work.ledger.replace(open_one, replace(open_one, state="returned")):
                await self._change(work, open_one, -open_one.amount)

    async def free(self, work: Work, purpose: str) -> None:
        """Return the storage that a removed file took, settled or not."""
        for held in await work.ledger.reservations(purpose):
            if RESOURCES[held.resource] != "always" or held.state == "returned":
                continue
            if await work.ledger.replace(held, replace(held, state="returned")):
                await self._change(work, held, -held.amount)

    async def admit(self, work: Work, user_id: str, job_id: str) -> bool:
        """Whether the job may run now beside the account's other ones; true for one that was admitted already.

        Holds the account's row until the unit of work ends: jobs of one account are admitted one after another. Where
        the same unit of work reserves too, it admits first.
        Raises NotFound where the account is gone.
        """
        user = await work.users.lock(user_id)
        if user is None:
            raise NotFound("user", user_id)
        purpose, limit = _running(job_id), self.plan(user).limit("jobs")
        held = {one.resource: one for one in await work.ledger.reservations(purpose)}.get("jobs")
        if held is not None and held.state == "open":
            return True
        if limit is not None and await work.ledger.open_amount(user_id, "jobs") >= limit:
            return False
        wanted = Reservation(
            purpose=purpose,
            resource="jobs",
            user_id=user_id,
            amount=1,
            period_start=period_start("jobs", self._clock()),
        )
        return await self._hold(work, held, wanted)

    async def release(self, work: Work, job_id: str) -> None:
        """The job runs no more; it may be admitted again."""
        for open_one in await self._open(work, _running(job_id)):
            await work.ledger.replace(open_one, replace(open_one, state="returned"))

    async def standings(self, work: Work, user: User) -> tuple[Standing, ...]:
        """How much of each resource is used and reserved in its current period."""
        at, plan = self._clock(), self.plan(user)
        return tuple(
            [
                Standing(
                    resource=resource,
                    period=period,
                    used=await self._used(work, user.id, resource, at),
                    limit=plan.limit(resource),
                    resets_at=period_end(resource, at),
                )
                for resource, period in RESOURCES.items()
            ]
        )

    async def _hold(self, work: Work, before: Reservation | None, wanted: Reservation) -> bool:
        if before is None:
            return await work.ledger.reserve(wanted)
        return before.state == "returned" and await work.ledger.replace(before, wanted)

    async def _take(self, work: Work, wanted: Reservation, limit: int | None) -> None:
        key = wanted.user_id, wanted.resource, wanted.period_start
        if await work.ledger.take(*key, wanted.amount, limit) is None:
            raise QuotaExceeded(
                wanted.resource,
                asked=wanted.amount,
                used=await work.ledger.used(*key),
                limit=limit or 0,
                period=RESOURCES[wanted.resource],
            )

    async def _change(self, work: Work, of: Reservation, by: int) -> None:
        if by:
            await work.ledger.change(of.user_id, of.resource, of.period_start, by)

    async def _open(self, work: Work, purpose: str) -> list[Reservation]:
        return [one for one in await work.ledger.reservations(purpose) if one.state == "open"]

    async def _used(self, work: Work, user_id: str, resource: Resource, at: datetime) -> int:
        if resource == "jobs":
            return await work.ledger.open_amount(user_id, resource)
        return await work.ledger.used(user_id, resource, period_start(resource, at))


def _running(job_id: str) -> str:
    return f"running:{job_id}"
