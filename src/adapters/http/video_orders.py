"""``/api/video``: ordering videos."""

from hashlib import sha256
from typing import Annotated, Any

from litestar import Controller, Request, Response, post
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import HeaderParameter, PathParameter, QueryParameter

from ...application.ordering import Accepted as New
from ...application.videos import VideoLibrary
from ...domain.errors import InvalidField
from . import order_bodies as bodies
from . import video_bodies as told
from .asgi import exchange
from .authentication import signed_in
from .file_bodies import answer, body
from .order_bodies import VideoEdit, VideoOrder, VideoOrders, VideoPlan, given
from .parts import Parts
from .video_bodies import Accepted, Standing, standing

Asked = Request[Any, Any, Any]
VideoId = Annotated[str, PathParameter(description="The `id` of a video.", examples=[Example(value=told.ID)])]
Key = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="Your own name for the request. Who sends it again within a day gets the first answer.",
        min_length=1,
        max_length=255,
    ),
]
LONGEST_EDIT = 8 << 20
"""Bytes of a body with a timeline."""
_PROBLEMS = {"problems": ("not-found", "conflict", "quota-exceeded", "invalid-input", "unavailable")}
_PLANS = {"problems": (*_PROBLEMS["problems"], "engine-failed")}


class Orders(Controller):
    path = "/api/video"
    tags = ("video",)

    @post(
        "/generate",
        status_code=202,
        opt=_PLANS,
        summary="Order a video",
        description=(
            "Everything is checked before it is accepted, and the quota is reserved: what is not used is given back. "
            "With `dry_run` nothing is stored, and the answer is the plan: 200 also for an order that would be "
            "refused, with all that is wrong with it."
        ),
        operation_id="generateVideo",
        responses={
            200: answer(VideoPlan, bodies.PLAN, "With `dry_run`: what would be made, or all that is wrong"),
            202: answer(Standing, told.QUEUED, "The video is queued; `Location` is its status"),
        },
    )
    async def generate(
        self,
        request: Asked,
        parts: NamedDependency[Parts],
        videos: NamedDependency[VideoLibrary],
        data: Annotated[VideoOrder, body(bodies.ORDER)],
        dry_run: Annotated[bool, QueryParameter(description="Only plan it.")] = False,
        key: Key = None,
    ) -> Response[Any]:
        owner, ordering = signed_in(request.scope).user, parts.ordering()
        wish = await ordering.wish(owner, given(data))
        if dry_run:
            found = await parts.planning()(owner, wish)
            return Response(bodies.plan(found, exchange(request.scope).language), status_code=200)
        digest = await _digest(request)
        (new,) = await ordering.accept(owner, [wish], key=key or "", digest=digest)
        return await _queued(request, videos, new)

    @post(
        "/batch",
        status_code=202,
        opt=_PROBLEMS,
        summary="Order several videos",
        description="All of them are accepted, or none.",
        operation_id="generateVideos",
        responses={202: answer(Accepted, told.ACCEPTED, "The videos are queued")},
    )
    async def batch(
        self,
        request: Asked,
        parts: NamedDependency[Parts],
        videos: NamedDependency[VideoLibrary],
        data: Annotated[VideoOrders, body(bodies.ORDERS)],
        key: Key = None,
    ) -> Response[Accepted]:
        owner, digest, ordering = signed_in(request.scope).user, await _digest(request), parts.ordering()
        wishes = [
            await ordering.wish(owner, given(order), place=f"orders[{number}]")
            for number, order in enumerate(data.orders)
        ]
        new = await ordering.accept(owner, wishes, key=key or "", digest=digest)
        return Response(Accepted(videos=[await _standing(request, videos, one) for one in new]), status_code=202)

    @post(
        "/re-render/{video_id:str}",
        status_code=202,
        opt=_PROBLEMS,
        request_max_body_size=LONGEST_EDIT,
        summary="Make a video anew",
        description=(
            "A new video from an edited `timeline`, or from the same order with `changes`; the old one stays. "
            "What is as it was is not made again. In a timeline the path of an asset is `file:ID` of "
            "one of your files, or a `speech:DIGEST` that it had before."
        ),
        operation_id="reRenderVideo",
        responses={202: answer(Standing, told.QUEUED, "The new video is queued; `Location` is its status")},
    )
    async def re_render(
        self,
        request: Asked,
        parts: NamedDependency[Parts],
        videos: NamedDependency[VideoLibrary],
        video_id: VideoId,
        data: Annotated[VideoEdit, body(bodies.EDIT)],
        key: Key = None,
    ) -> Response[Standing]:
        owner, again = signed_in(request.scope).user, parts.rerendering()
        how = {"key": key or "", "digest": await _digest(request)}
        if (data.changes is None) == (data.timeline is None):
            raise InvalidField("", "exactly one of changes and timeline is right")
        if data.timeline is not None:
            new = await again.from_timeline(owner, video_id, data.timeline, webhook=data.webhook or "", **how)
        else:
            changes = given(data.changes or bodies.VideoChanges())
            if data.webhook is not None:
                raise InvalidField("webhook", "it goes with a timeline: changes.webhook is right")
            new = await again.from_changes(owner, video_id, changes, **how)
        return await _queued(request, videos, new)


async def _digest(request: Asked) -> str:
    """What tells a request from others under the same key."""
    head = f"{request.scope['path']}?{request.scope['query_string'].decode('latin-1')}\n".encode()
    return sha256(head + await request.body()).hexdigest()


async def _standing(request: Asked, videos: VideoLibrary, new: New) -> Standing:
    snapshot = await videos.status(new.video.owner, new.video.id)
    return standing(snapshot, exchange(request.scope).language, request.scope.get("root_path", ""))


async def _queued(request: Asked, videos: VideoLibrary, new: New) -> Response[Any]:
    found = await _standing(request, videos, new)
    return Response(found, status_code=202, headers={"Location": found.links["status"]})
