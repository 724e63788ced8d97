"""Cross-origin requests of browsers, for the origins that the settings name."""

from .asgi import App, Message, Receive, Scope, Send, header, varying, with_headers

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
REQUEST_HEADERS = (
    "Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Range, X-Request-ID"
)
ANSWER_HEADERS = (
    "Content-Disposition, Content-Range, ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID"
)
_DAY = b"86400"


class Cors:
    """Answers preflights and marks answers as readable for ``origins``; "*" is any.

    Credentials are never allowed: a token travels in a header that the page sets itself.
    """

    def __init__(self, app: App, origins: tuple[str, ...]) -> None:
        self.app, self.origins = app, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = header(scope, b"origin") if scope["type"] == "http" else ""
        allowed = "*" if "*" in self.origins else origin if origin in self.origins else ""
        if not self.origins or scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def deliver(message: Message) -> None:
            if message["type"] == "http.response.start":
                if origin and allowed:
                    message = with_headers(
                        message,
                        (b"access-control-allow-origin", allowed.encode()),
                        (b"access-control-expose-headers", ANSWER_HEADERS.encode()),
                    )
                message = message if allowed == "*" else varying(message, b"Origin")
            await send(message)

        if scope["method"] == "OPTIONS" and origin and header(scope, b"access-control-request-method"):
            granted = (
                (b"access-control-allow-methods", METHODS.encode()),
                (b"access-control-allow-headers", REQUEST_HEADERS.encode()),
                (b"access-control-max-age", _DAY),
            )
            headers = [*granted] if allowed else []
            await deliver({"type": "http.response.start", "status": 204, "headers": headers})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            await self.app(scope, receive, deliver)
