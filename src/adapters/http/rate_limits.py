"""How often an address or a user may ask, told as RateLimit fields say (draft-ietf-httpapi-ratelimit-headers)."""

import ipaddress
import math
import time
from collections.abc import Callable
from typing import Any

from ...application.access import Allowance, Rate, RateLimiter
from .asgi import Message, Scope, exchange, with_headers
from .problem_kinds import Refusal

_SWEEP = 4096
"""Buckets from which those that are full again are forgotten."""


class MemoryRateLimiter:
    """Token buckets of one process, exact: nothing can come between reading a bucket and taking from it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, Rate], tuple[float, float]] = {}
        self._sweep = _SWEEP

    async def take(self, key: str, rate: Rate) -> Allowance:
        """See :class:`~reelwright.application.access.RateLimiter`."""
        now = self._clock()
        held = self._held(key, rate, now)
        allowed = held >= 1
        if allowed:
            held -= 1
        self._buckets[key, rate] = held, now
        if len(self._buckets) >= self._sweep:
            self._forget(now)
        wait = max(0.0, (1 - held) * rate.seconds / rate.requests)
        return Allowance(allowed=allowed, remaining=int(held), wait=wait)

    def _held(self, key: str, rate: Rate, now: float) -> float:
        held, at = self._buckets.get((key, rate), (float(rate.requests), now))
        return min(float(rate.requests), held + (now - at) * rate.requests / rate.seconds)

    def _forget(self, now: float) -> None:
        full = [one for one in self._buckets if self._held(*one, now) >= one[1].requests]
        for one in full:
            del self._buckets[one]
        self._sweep = max(_SWEEP, 2 * len(self._buckets))


def address(scope: Scope) -> str | None:
    """What stands for the machine that asks: its IPv4 address, or the /64 network that an IPv6 host can roam in."""
    client = scope.get("client")
    if not client:
        return None
    try:
        found = ipaddress.ip_address(client[0])
    except ValueError:
        return str(client[0])
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((int(found) >> 64 << 64, 64)))
    return str(found)


def user(scope: Scope) -> str | None:
    """The user who asks by a request, below the layer that learns it; WebSockets are counted while they are open."""
    if scope["type"] != "http":
        return None
    identity = exchange(scope).identity
    return identity.user if identity else None


class RateLimits:
    """One token bucket named ``policy`` for everything with the same ``key``; a key of None is not limited."""

    def __init__(
        self, app: Any, *, limiter: RateLimiter, rate: Rate, policy: str, key: Callable[[Scope], str | None]
    ) -> None:
        self.app, self.limiter, self.rate, self.policy, self.key = app, limiter, rate, policy, key

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        key = self.key(scope) if scope["type"] in ("http", "websocket") else None
        if key is None:
            await self.app(scope, receive, send)
            return
        allowance = await self.limiter.take(f"{self.policy}:{key}", self.rate)
        wait = math.ceil(allowance.wait)
        policy = f'"{self.policy}";q={self.rate.requests};w={self.rate.seconds}'
        left = f'"{self.policy}";r={allowance.remaining};t={wait}'
        if not allowance.allowed:
            headers = {"Retry-After": str(max(1, wait)), "RateLimit-Policy": policy, "RateLimit": left}
            raise Refusal("too-many-requests", headers=headers, wait=max(1, wait))

        async def deliver(message: Message) -> None:
            if message["type"] == "http.response.start":
                limits = (b"ratelimit-policy", policy.encode()), (b"ratelimit", left.encode())
                message = with_headers(message, *limits)
            await send(message)

        await self.app(scope, receive, deliver)
