"""Sessions: access tokens for minutes, and refresh tokens that are each good for one use."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ..domain.errors import Unauthenticated
from ..domain.ids import new_id
from ..domain.session import RefreshToken, Session
from .records import audit
from .security import AccessTokens
from .store import Store, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The answer to a login, after RFC 6749; ``expires_in`` are the seconds of the access token."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105
    expires_in: int


class Sessions:
    """A session ends ``lifetime`` after the login, or when it was not refreshed for ``idle``."""

    def __init__(
        self,
        access_tokens: AccessTokens,
        *,
        lifetime: timedelta = timedelta(days=90),
        idle: timedelta = timedelta(days=30),
    ) -> None:
        self._access_tokens, self._lifetime, self._idle = access_tokens, lifetime, idle

    async def begin(self, work: Work, user_id: str, address: str, at: datetime) -> Tokens:
        session = Session(
            id=new_id(), user_id=user_id, address=address[:64], created_at=at, expires_at=at + self._lifetime
        )
        await work.sessions.add(session)
        return await self._issue(work, session, at)

    async def refresh(self, store: Store, refresh_token: str, at: datetime, address: str) -> Tokens:
        """Raises Unauthenticated; a token that comes a second time revokes its session."""
        ended = Unauthenticated("this refresh token is spent, expired or none of ours; sign in again")
        digest = _digest(refresh_token)
        async with store() as work:
            token = await work.sessions.token(digest)
            session = None if token is None else await work.sessions.get(token.session_id)
            if token is None or session is None or not session.live(at) or token.expires_at <= at:
                raise ended
            user = await work.users.get(session.user_id)
            if user is None or user.leaving:
                raise ended
            if not await work.sessions.spend(digest, at):
                await work.sessions.revoke(session.id, at)
                await audit(
                    work, at=at, actor=session.user_id, action="session.reused", subject=session.id, address=address
                )
                await work.commit()
                raise ended
            tokens = await self._issue(work, session, at)
            await audit(
                work, at=at, actor=session.user_id, action="session.refresh", subject=session.id, address=address
            )
            await work.commit()
        return tokens

    async def _issue(self, work: Work, session: Session, at: datetime) -> Tokens:
        text = secrets.token_urlsafe(32)
        expires_at = min(session.expires_at, at + self._idle)
        await work.sessions.issue(
            RefreshToken(digest=_digest(text), session_id=session.id, issued_at=at, expires_at=expires_at)
        )
        return Tokens(
            access_token=self._access_tokens.issue(session.user_id, session.id),
            refresh_token=text,
            expires_in=int(self._access_tokens.lifetime.total_seconds()),
        )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
