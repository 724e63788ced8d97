"""The ports of signing in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


class Passwords(Protocol):
    """Passwords as hashes that are slow to guess from."""

    async def hash(self, password: str) -> str: ...

    async def matches(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is the one hashed. Without a hash it is not, and takes as long to say so."""
        ...

    def outdated(self, password_hash: str) -> bool:
        """Whether it was made with other parameters than those of now."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What an access token says: who, by which login, until when."""

    user_id: str
    session_id: str
    expires_at: datetime


class AccessTokens(Protocol):
    """Short-lived signed tokens."""

    lifetime: timedelta

    def issue(self, user_id: str, session_id: str) -> str: ...

    def read(self, token: str) -> Claims:
        """Raises Unauthenticated for anything that is not a token of ours, signed with a living key and in time."""
        ...
