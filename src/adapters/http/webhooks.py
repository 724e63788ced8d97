"""``/api/users/webhook-…``: the secret of one's webhooks, and what became of them."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import PathParameter

from ...application.webhooks import Webhooks
from ...domain.ids import now
from . import webhook_bodies as bodies
from .authentication import signed_in
from .users import Cursor, Limit
from .webhook_bodies import WebhookDelivery, WebhookDeliveryPage, WebhookSecret, answer

Asked = Request[Any, Any, Any]
DeliveryId = Annotated[
    str, PathParameter(description="The `id` of a delivery.", examples=[Example(value=bodies.DELIVERY.id)])
]

_UNKEPT = {"Cache-Control": "no-store"}


def _problems(*slugs: str) -> dict[str, Any]:
    return {"problems": ("unavailable", *slugs)}


class UserWebhooks(Controller):
    path = "/api/users"
    tags = ("webhooks",)

    @get(
        "/webhook-secret",
        opt=_problems("not-found"),
        summary="Show what webhooks are signed with",
        operation_id="getWebhookSecret",
        responses={200: answer(WebhookSecret, bodies.SECRET, "The secret, made when it is first asked for")},
    )
    async def secret(self, request: Asked, webhooks: NamedDependency[Webhooks]) -> Response[WebhookSecret]:
        found = await webhooks.secret(signed_in(request.scope).user)
        return Response(bodies.secret(found, now()), headers=_UNKEPT)

    @post(
        "/webhook-secret",
        status_code=200,
        opt=_problems("not-found"),
        summary="Sign webhooks with a new secret",
        description="The secret before signs, too, for a day, so that no webhook is missed meanwhile.",
        operation_id="rotateWebhookSecret",
        responses={200: answer(WebhookSecret, bodies.SECRET, "The new secret")},
    )
    async def rotate(self, request: Asked, webhooks: NamedDependency[Webhooks]) -> Response[WebhookSecret]:
        made = await webhooks.rotate(signed_in(request.scope).user)
        return Response(bodies.secret(made, now()), headers=_UNKEPT)

    @get(
        "/webhook-deliveries",
        opt=_problems(),
        summary="List one's webhooks",
        description="The newest first; those that are over are kept for 30 days.",
        operation_id="listWebhookDeliveries",
        responses={200: answer(WebhookDeliveryPage, bodies.DELIVERIES, "A page of deliveries")},
    )
    async def deliveries(
        self, request: Asked, webhooks: NamedDependency[Webhooks], cursor: Cursor = None, limit: Limit = 20
    ) -> WebhookDeliveryPage:
        found = await webhooks.deliveries(signed_in(request.scope).user, cursor=cursor, limit=limit)
        return bodies.deliveries(found)

    @post(
        "/webhook-deliveries/{delivery_id:str}/redeliver",
        status_code=202,
        opt=_problems("conflict"),
        summary="Deliver a webhook once more",
        description="Whatever came of it so far, and at once; it is the same event under the same `webhook-id`.",
        operation_id="redeliverWebhook",
        responses={202: answer(WebhookDelivery, bodies.DELIVERY, "It waits to be delivered")},
    )
    async def redeliver(
        self, request: Asked, webhooks: NamedDependency[Webhooks], delivery_id: DeliveryId
    ) -> WebhookDelivery:
        return bodies.delivery(await webhooks.redeliver(signed_in(request.scope).user, delivery_id))
