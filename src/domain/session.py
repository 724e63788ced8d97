"""Signing in: the family of refresh tokens that a login begins."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One login. Its refresh tokens follow one another, each good for one use; a revoked session has none."""

    id: str
    user_id: str
    address: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    def live(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """A refresh token by the SHA-256 of its text, in hex; the text itself is kept nowhere."""

    digest: str
    session_id: str
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
