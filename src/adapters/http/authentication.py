"""Who asks: bearer tokens (RFC 6750) and what a route demands of them.

A route is for signed-in users unless its ``opt`` holds PUBLIC or ADMIN.
"""

from collections.abc import Callable
from typing import Any

from litestar.exceptions import WebSocketException

from ...application.access import Identity, Verify
from ...application.accounts import Accounts
from ...domain.errors import Unauthenticated
from .asgi import Scope, exchange, header
from .problem_kinds import Refusal

PUBLIC = {"access": "public"}
ADMIN = {"access": "admin"}

_PROTOCOL = "bearer."
"""Before the token among the subprotocols of a WebSocket, whose headers a browser cannot set."""
_POLICY_VIOLATION = 1008


def access(opt: Any) -> str:
    """What a route's ``opt`` demands: "public", "user" or "admin"."""
    return str(opt.get("access", "user"))


def by_accounts(accounts: Callable[[], Accounts]) -> Verify:
    """The verifier that asks the accounts, which are made when the first token comes."""

    async def verify(token: str) -> Identity:
        caller = await accounts().authenticate(token)
        return Identity(user=caller.user_id, role=caller.role, session=caller.session_id)

    return verify


class Authentication:
    """Learns from ``verify`` who asks, before the handler of a route that is not public."""

    def __init__(self, app: Any, verify: Verify) -> None:
        self.app, self.verify = app, verify

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        wanted = access(scope["route_handler"].opt)
        if wanted != "public" and scope.get("method") != "OPTIONS":
            try:
                exchange(scope).identity = await self._identity(scope, wanted)
            except Refusal as refusal:
                if scope["type"] == "websocket":
                    raise WebSocketException(detail=refusal.kind, code=_POLICY_VIOLATION) from refusal
                raise
        await self.app(scope, receive, send)

    async def _identity(self, scope: Scope, wanted: str) -> Identity:
        token = token_of(scope)
        if not token:
            raise Refusal("unauthenticated")
        try:
            identity = await self.verify(token)
        except Unauthenticated as error:
            raise Refusal("unauthenticated") from error
        if wanted == "admin" and identity.role != "admin":
            raise Refusal("forbidden")
        return identity


def token_of(scope: Scope) -> str:
    """The token that came with the head of a request; empty where none did."""
    scheme, _, token = header(scope, b"authorization").partition(" ")
    if scope["type"] == "websocket" and not scheme:
        offered = (one.strip() for one in header(scope, b"sec-websocket-protocol").split(","))
        return next((one.removeprefix(_PROTOCOL) for one in offered if one.startswith(_PROTOCOL)), "")
    return token.strip() if scheme.lower() == "bearer" else ""


def signed_in(scope: Any) -> Identity:
    """The user of a request, in a handler of a route that is not public."""
    identity = exchange(scope).identity
    if identity is None:
        raise Refusal("unauthenticated")
    return identity
