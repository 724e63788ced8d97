"""``/docs``: the page of the API, Swagger UI out of this package; and the description that it reads."""

import asyncio
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from .asgi import header
from .authentication import PUBLIC
from .openapi import describe
from .problem_kinds import Refusal
from .representations import matches, pack, takes_gzip

_FOLDER = Path(__file__).parent / "swagger_ui"

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>reelwright API</title>
<link rel="icon" href="HERE/favicon-32x32.png">
<link rel="stylesheet" href="HERE/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="HERE/swagger-ui-bundle.js"></script>
<script src="HERE/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: new URL(location.pathname.endsWith("/") ? "../api/openapi.json" : "api/openapi.json", location.href).href,
  dom_id: "#page",
  deepLinking: true,
  displayRequestDuration: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  validatorUrl: null,
});
"""
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_TYPES = {".js": "text/javascript", ".css": "text/css", ".png": "image/png"}
_FILES = ("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png", "start.js")


@dataclass(frozen=True, slots=True)
class _Piece:
    body: bytes
    packed: bytes
    etag: str
    media_type: str


@cache
def _piece(name: str) -> _Piece:
    body = _START.encode() if name == "start.js" else (_FOLDER / name).read_bytes()
    media_type = _TYPES[Path(name).suffix]
    packed = body if media_type.startswith("image/") else pack(body)
    return _Piece(body, packed, f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"', media_type)


@get("/docs", opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def page(request: Request[Any, Any, Any]) -> Response[str]:
    """Its files lie below it, whether it was asked for with a slash at its end or without."""
    here = "." if bytes(request.scope["raw_path"]).endswith(b"/") else "docs"
    return Response(_PAGE.replace("HERE", here), media_type="text/html", headers={"Content-Security-Policy": _POLICY})


@get("/docs/{name:str}", opt=PUBLIC, include_in_schema=False)
async def piece(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """A file of the page, compressed once for all."""
    if name not in _FILES:
        raise Refusal("not-found")
    found = await asyncio.to_thread(_piece, name)
    headers = {"ETag": found.etag, "Vary": "Accept-Encoding", "Cache-Control": "public, max-age=3600"}
    scope: Any = request.scope
    if matches(header(scope, b"if-none-match") or '""', found.etag):
        return Response(b"", status_code=304, headers=headers)
    if found.packed is not found.body and takes_gzip(header(scope, b"accept-encoding")):
        headers["Content-Encoding"] = "gzip"
        return Response(found.packed, media_type=found.media_type, headers=headers)
    return Response(found.body, media_type=found.media_type, headers=headers)


@get("/api/openapi.json", opt=PUBLIC, include_in_schema=False, sync_to_thread=True)
def description(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The document, made once for each app."""
    state = request.app.state
    if "description" not in state:
        state["description"] = msgspec.json.encode(describe(request.app))
    return Response(state["description"], media_type="application/json")


ROUTES = (page, piece, description)
