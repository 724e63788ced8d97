"""The bodies of webhooks, and of the routes about them, with an example of each."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example

from ...application.paging import Page
from ...domain.webhook import Delivery, DeliveryState, Event, EventType, Secret
from .user_bodies import Next


class WebhookSecret(msgspec.Struct, kw_only=True):
    """What webhooks are signed with. The secret before, which is not shown, signs, too, until ``previous_until``."""

    secret: Annotated[str, msgspec.Meta(description="`whsec_` and the base64 of 32 bytes.")]
    created_at: datetime
    previous_until: datetime | None


class WebhookDelivery(msgspec.Struct, kw_only=True):
    """A webhook and what became of it. ``status_code`` and ``problem`` are those of the last attempt."""

    id: Annotated[str, msgspec.Meta(description="The `webhook-id` that it carries.")]
    event: EventType
    video_id: str
    address: str
    state: DeliveryState
    attempts: Annotated[int, msgspec.Meta(description="How many began, one under way included.")]
    next_attempt_at: Annotated[datetime | None, msgspec.Meta(description="Null once it is over.")]
    status_code: int | None
    problem: str
    created_at: datetime
    finished_at: datetime | None


class WebhookDeliveryPage(msgspec.Struct, kw_only=True):
    """Some of the webhooks of an account."""

    items: list[WebhookDelivery]
    next: Next


class EndedVideo(msgspec.Struct, kw_only=True):
    """The video that ended; ``links`` are paths of the service by what they lead to."""

    video_id: str
    status: Literal["succeeded", "failed", "cancelled"]
    title: str
    links: dict[str, str]


class VideoEvent(msgspec.Struct, kw_only=True):
    """The body of a webhook, the same to the byte at every attempt."""

    id: Annotated[str, msgspec.Meta(description="The same as `webhook-id`: one that came before is a repetition.")]
    type: EventType
    timestamp: Annotated[datetime, msgspec.Meta(description="When it happened.")]
    data: EndedVideo


def secret(found: Secret, at: datetime) -> WebhookSecret:
    return WebhookSecret(
        secret=found.text,
        created_at=found.created_at,
        previous_until=found.until if len(found.live(at)) > 1 else None,
    )


def delivery(found: Delivery) -> WebhookDelivery:
    return WebhookDelivery(
        id=found.id,
        event=found.event,
        video_id=found.subject,
        address=found.address,
        state=found.state,
        attempts=found.attempt,
        next_attempt_at=found.not_before if found.state == "waiting" else None,
        status_code=found.status_code,
        problem=found.problem,
        created_at=found.created_at,
        finished_at=found.finished_at,
    )


def deliveries(found: Page[Delivery]) -> WebhookDeliveryPage:
    return WebhookDeliveryPage(items=[delivery(one) for one in found.items], next=found.next)


def answer(shape: Any, example: Any, told: str) -> ResponseSpec:
    shown = [Example(value=msgspec.to_builtins(example))]
    return ResponseSpec(shape, generate_examples=False, description=told, examples=shown)


_NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
_VIDEO = "019a2f4e-6b1c-7d3e-8f90-1a2b3c4d5e6f"
SECRET = WebhookSecret(
    secret="whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfL3xBzlTU=",  # noqa: S106
    created_at=_NOON,
    previous_until=None,
)
EVENT = Event(
    id="019e3550-1c00-7123-8abc-0123456789ab",
    type="video.succeeded",
    at=_NOON,
    video_id=_VIDEO,
    title="Why the sea has tides",
    links={"status": f"/api/video/status/{_VIDEO}", "download": f"/api/video/download/{_VIDEO}"},
)
DELIVERY = WebhookDelivery(
    id=EVENT.id,
    event=EVENT.type,
    video_id=_VIDEO,
    address="https://example.org/hooks/reelwright",
    state="waiting",
    attempts=2,
    next_attempt_at=_NOON,
    status_code=503,
    problem="it answered 503: back soon",
    created_at=_NOON,
    finished_at=None,
)
DELIVERIES = WebhookDeliveryPage(items=[DELIVERY], next="AZ41UBwAcSOKvAEjRWeJqw")
