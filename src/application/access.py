"""Who asks, and how often they may: what a service needs to know before it does anything."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from ..domain.errors import InvalidInput
from ..domain.user import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The user whose token came with a request, and the session that it belongs to, where there is one."""

    user: str
    role: Role = "user"
    session: str = ""


Verify = Callable[[str], Awaitable[Identity]]
"""An access token into who it speaks for. Raises Unauthenticated for one that is forged, expired or revoked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A token bucket that holds ``requests`` and fills up within ``seconds``."""

    requests: int
    seconds: int

    def __post_init__(self) -> None:
        if self.requests < 1 or self.seconds < 1:
            raise InvalidInput(f"a rate of {self.requests} in {self.seconds} s: at least 1 in 1 s is right")


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Whether one more request may pass; ``remaining`` could pass at once, ``wait`` seconds from now the next one."""

    allowed: bool
    remaining: int
    wait: float


class RateLimiter(Protocol):
    """Token buckets by key. Of any number of simultaneous calls exactly as many pass as the bucket holds."""

    async def take(self, key: str, rate: Rate) -> Allowance: ...
