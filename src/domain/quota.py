"""What a plan holds, and over which period each resource is counted."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from .errors import InvalidField, UnknownName

Resource = Literal["videos", "render_seconds", "storage_bytes", "ai_calls", "jobs"]
Period = Literal["day", "month", "always"]
RESOURCES: dict[Resource, Period] = {
    "videos": "day",
    "render_seconds": "month",
    "storage_bytes": "always",
    "ai_calls": "day",
    "jobs": "always",
}
"""What is counted -> when counting begins anew, in UTC. ``render_seconds`` are those of finished video, ``jobs`` those
that run at once; what is counted ``always`` is held until it is given back."""
HELD_FOR_EVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The start of the one period of what is counted ``always``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The most of each resource; None is no limit. Raises InvalidField."""

    name: str
    videos_a_day: int | None = None
    render_minutes_a_month: int | None = None
    storage_bytes: int | None = None
    ai_calls_a_day: int | None = None
    concurrent_jobs: int | None = None

    def __post_init__(self) -> None:
        for resource in RESOURCES:
            limit = self.limit(resource)
            if limit is not None and limit < 0:
                raise InvalidField(f"plan {self.name}: {resource}", "a number from 0 is right, or none for no limit")

    def limit(self, resource: Resource) -> int | None:
        """In the unit that the resource is counted in."""
        if resource == "videos":
            return self.videos_a_day
        if resource == "render_seconds":
            return None if self.render_minutes_a_month is None else 60 * self.render_minutes_a_month
        if resource == "storage_bytes":
            return self.storage_bytes
        if resource == "ai_calls":
            return self.ai_calls_a_day
        return self.concurrent_jobs


PLANS = {
    plan.name: plan
    for plan in (
        Plan(
            name="free",
            videos_a_day=20,
            render_minutes_a_month=120,
            storage_bytes=5 * 1024**3,
            ai_calls_a_day=200,
            concurrent_jobs=2,
        ),
        Plan(
            name="team",
            videos_a_day=200,
            render_minutes_a_month=3000,
            storage_bytes=100 * 1024**3,
            ai_calls_a_day=5000,
            concurrent_jobs=4,
        ),
        Plan(name="unlimited"),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How much of a resource is used or reserved in its current period. ``resets_at`` is None for ``always``."""

    resource: Resource
    period: Period
    used: int
    limit: int | None
    resets_at: datetime | None

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.used)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """``amount`` of a resource taken for ``purpose``, the work or file it is for; counted from ``period_start``.

    It is ``open`` until it is ``settled`` at what was really used, or ``returned``.
    """

    purpose: str
    resource: Resource
    user_id: str
    amount: int
    period_start: datetime
    state: Literal["open", "settled", "returned"] = "open"

    def __post_init__(self) -> None:
        if self.resource not in RESOURCES:
            raise UnknownName("resource", self.resource, RESOURCES)
        if self.amount < 0:
            raise InvalidField(self.resource, f"{self.amount} cannot be reserved; a number from 0 is right")


def period_start(resource: Resource, moment: datetime) -> datetime:
    """When the period that ``moment`` lies in began. Raises UnknownName."""
    if resource not in RESOURCES:
        raise UnknownName("resource", resource, RESOURCES)
    period = RESOURCES[resource]
    if period == "always":
        return HELD_FOR_EVER
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day if period == "day" else day.replace(day=1)


def period_end(resource: Resource, moment: datetime) -> datetime | None:
    """When counting begins anew."""
    start = period_start(resource, moment)
    if RESOURCES[resource] == "always":
        return None
    return start + timedelta(days=1) if RESOURCES[resource] == "day" else (start + timedelta(days=32)).replace(day=1)
