"""``create_app``: the routes and the layers around them, as one ASGI application."""

from collections.abc import Sequence
from typing import Any, cast

from litestar import Litestar, Request, Response
from litestar.di import Provide
from litestar.middleware import DefineMiddleware
from litestar.types import ControllerRouterHandler

from ...application.access import RateLimiter, Verify
from .asgi import App
from .authentication import Authentication, by_accounts
from .bodies import Bodies, JsonRequest, MediaTypes
from .cors import Cors
from .docs import ROUTES as DOCS
from .envelope import Envelope
from .events import Events
from .file_proxies import FileProxies
from .file_uploads import FileUploads
from .files import Files
from .kept import Kept
from .openapi import CONFIG
from .parts import Parts
from .problems import MEDIA_TYPE, answer
from .progress import Progress, Watching
from .progress_bodies import StandingTexts
from .project_archives import ProjectArchives
from .projects import Projects
from .queries import Queries
from .rate_limits import MemoryRateLimiter, RateLimits, address, user
from .representations import EntityTags, Gzip
from .streams import Streams
from .system import System, health_of
from .users import Users
from .video import Video, summaries
from .video_orders import Orders
from .videos import Videos
from .webhooks import UserWebhooks

CONTROLLERS = (
    Video,
    Orders,
    Videos,
    Progress,
    Events,
    Users,
    UserWebhooks,
    Files,
    FileUploads,
    FileProxies,
    Projects,
    ProjectArchives,
    System,
)


def create_app(
    parts: Parts,
    *,
    verify: Verify | None = None,
    limiter: RateLimiter | None = None,
    routes: Sequence[ControllerRouterHandler] = (),
) -> App:
    """The service as an ASGI application, to be served or mounted under a path of another.

    ``parts`` is a ``reelwright.bootstrap.Container``, whose providers may be overridden; what it keeps is open between
    the startup and the shutdown of the application's lifespan. ``verify`` turns an access token into an Identity, by
    default by the accounts. ``limiter`` counts requests, by default within this process. ``routes`` are Litestar
    handlers of your own: the same rules hold for them, and they are for signed-in users unless marked otherwise.
    """
    settings = parts.http()
    limiter = limiter or MemoryRateLimiter()
    health, templates = Kept(lambda: health_of(parts)), Kept(lambda: summaries(parts))
    verify = verify or by_accounts(parts.accounts)
    watching = Watching(
        watch=parts.watch_videos,
        streams=Streams(verify, per_user=settings.live_per_user, seconds=settings.live_check),
        texts=StandingTexts(),
        beat=settings.live_beat,
    )
    inside: list[Any] = [DefineMiddleware(Authentication, verify=verify)]
    if settings.rate_per_user:
        inside.append(
            DefineMiddleware(RateLimits, limiter=limiter, rate=settings.rate_per_user, policy="user", key=user)
        )
    inside += [Queries, MediaTypes]
    app = cast(
        "App",
        Litestar(
            [*CONTROLLERS, *DOCS, *routes],
            dependencies={
                "parts": Provide(lambda: parts, sync_to_thread=False),
                "health": Provide(lambda: health, sync_to_thread=False),
                "templates": Provide(lambda: templates, sync_to_thread=False),
                "accounts": Provide(lambda: parts.accounts(), sync_to_thread=False),
                "files": Provide(lambda: parts.files(), sync_to_thread=False),
                "videos": Provide(lambda: parts.videos(), sync_to_thread=False),
                "projects": Provide(lambda: parts.projects(), sync_to_thread=False),
                "exchange": Provide(lambda: parts.project_exchange(), sync_to_thread=False),
                "webhooks": Provide(lambda: parts.webhooks(), sync_to_thread=False),
                "proxies": Provide(lambda: parts.proxies(), sync_to_thread=False),
                "watching": Provide(lambda: watching, sync_to_thread=False),
            },
            lifespan=[lambda _: parts.opened()],
            middleware=inside,
            request_class=JsonRequest,
            exception_handlers={Exception: _problem},
            openapi_config=CONFIG,
            request_max_body_size=settings.body_limit,
            logging_config=None,
        ),
    )
    app = Gzip(EntityTags(app))
    if settings.rate_per_address:
        app = RateLimits(app, limiter=limiter, rate=settings.rate_per_address, policy="address", key=address)
    app = Bodies(app, grace=settings.body_grace, rate=settings.body_rate)
    return Envelope(Cors(app, settings.cors_origins))


def _problem(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    scope: Any = request.scope
    ready = answer(scope, error)
    return Response(ready.body, status_code=ready.status, headers=ready.headers, media_type=MEDIA_TYPE)
