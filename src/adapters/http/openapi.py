"""``/api/openapi.json``: the description of every route, with the problems that each can answer."""

from typing import Any

import msgspec
from litestar import Litestar
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Server
from litestar.routes import HTTPRoute

from ... import __version__
from .authentication import access
from .languages import ENGLISH
from .problem_kinds import KINDS
from .problems import MEDIA_TYPE, Problem
from .webhook_bodies import VideoEvent
from .webhook_description import WEBHOOKS

CONFIG = OpenAPIConfig(
    title="reelwright",
    version=__version__,
    description=(
        "Turns a topic, a script or an article into a finished, narrated, captioned short video.\n\n"
        "Errors are problem documents (RFC 9457), in English or Simplified Chinese by `Accept-Language`. "
        "Every answer carries `X-Request-ID`. Lists carry an `ETag` and answer 304 to `If-None-Match`. "
        "`HEAD` is taken wherever `GET` is."
    ),
    servers=[Server(url="..", description="Where this description came from, also below a path of another service")],
    use_handler_docstrings=False,
    render_plugins=[],
)

_ALWAYS = ("invalid-request", "too-many-requests", "internal")
_SIGNED_IN = ("unauthenticated", "unavailable")
_ADMIN = ("unauthenticated", "forbidden", "unavailable")
_WITH_BODY = ("request-timeout", "content-too-large", "unsupported-media-type", "invalid-input")
_WITH_PARAMETERS = ("invalid-input",)

_DETAILS = {
    "invalid-request": "JSON is malformed: invalid character (byte 17)",
    "method-not-allowed": "This address does not take PATCH; the header Allow names what it takes",
    "not-made": "there is no proxy of beach.mp4: POST makes one",
    "request-timeout": "The body came too slowly; 4096 bytes of it arrived",
    "conflict": "this username is already taken; choose another one",
    "quota-exceeded": "the quota of videos is 20 this day: 20 are used or reserved, 1 more do not fit",
    "content-too-large": "At most 1048576 bytes are right",
    "unsupported-media-type": "The body must be application/json, and not text/plain",
    "range-not-satisfiable": "The file has 4096 bytes; the range must begin before its end",
    "too-many-requests": "Wait 3 s before the next request",
    "too-many-streams": "At most 50 WebSockets and event streams of one user at once are right",
    "head-too-large": "At most 65536 bytes of address and headers are right",
    "engine-failed": "the voice did not answer",
}
"""Examples for the details that hold values."""


def describe(app: Litestar) -> dict[str, Any]:
    """The OpenAPI 3.1 document of an app."""
    document: dict[str, Any] = app.openapi_schema.to_schema()
    shapes = _shapes(Problem) | _shapes(VideoEvent)
    parts = document.setdefault("components", {})
    parts.setdefault("schemas", {}).update(shapes)
    parts["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    document["webhooks"] = WEBHOOKS
    parts["responses"] = {slug: _response(slug) for slug in KINDS}
    for route in app.routes:
        operations = document["paths"].get(getattr(route, "path_format", ""))
        if operations is None or not isinstance(route, HTTPRoute):
            continue
        for handler, _ in route.route_handler_map.values():
            for method in handler.http_methods:
                if method.lower() not in operations:
                    continue
                if handler.parsed_data_field is not None:
                    _close(parts["schemas"], _shapes(handler.parsed_data_field.annotation))
                _add_problems(operations[method.lower()], handler.opt)
    return document


def _shapes(kind: Any) -> dict[str, Any]:
    """The JSON schemas of a type and of those inside it, by their names; none of a type that is no data."""
    try:
        return msgspec.json.schema_components((kind,), ref_template="#/components/schemas/{name}")[1]
    except TypeError:
        return {}


def _close(schemas: dict[str, Any], shapes: dict[str, Any]) -> None:
    """Say of which objects unknown fields are refused: the framework does not."""
    for name, shape in shapes.items():
        if shape.get("additionalProperties") is False and name in schemas:
            schemas[name]["additionalProperties"] = False


def _add_problems(operation: dict[str, Any], opt: Any) -> None:
    """The framework's own error bodies give way to ours; ``opt`` may describe a "body" and "answers" it cannot see."""
    if "body" in opt:
        operation["requestBody"] = opt["body"]
    operation["responses"] |= opt.get("answers", {})
    wanted = access(opt)
    slugs = [*_ALWAYS, *{"public": (), "user": _SIGNED_IN, "admin": _ADMIN}[wanted], *opt.get("problems", ())]
    if "requestBody" in operation:
        slugs += _WITH_BODY
    if operation.get("parameters"):
        slugs += _WITH_PARAMETERS
    if any(one["in"] == "path" for one in operation.get("parameters", ())):
        slugs.append("not-found")
    if wanted != "public":
        operation["security"] = [{"bearer": []}]
    responses = operation["responses"]
    responses.pop("400", None)
    for slug in sorted(set(slugs), key=lambda one: KINDS[one].status):
        responses.setdefault(str(KINDS[slug].status), {"$ref": f"#/components/responses/{slug}"})


def _response(slug: str) -> dict[str, Any]:
    kind = KINDS[slug]
    example = {
        "type": f"/problems/{slug}",
        "title": kind.title[ENGLISH],
        "status": kind.status,
        "detail": kind.detail[ENGLISH],
        "instance": "/api/video/voices",
        "request_id": "5f0c9a1be27d4c3380aa61d2",
    }
    if slug == "invalid-input":
        example["errors"] = [{"detail": "Expected `int`, got `str`", "pointer": "#/scenes/2/seconds"}]
    if "{" in kind.detail[ENGLISH]:
        example["detail"] = _DETAILS[slug]
    shape = {"$ref": "#/components/schemas/Problem"}
    return {"description": kind.title[ENGLISH], "content": {MEDIA_TYPE: {"schema": shape, "example": example}}}
