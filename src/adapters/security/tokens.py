"""Access tokens as JSON Web Tokens (RFC 7519), signed with Ed25519 (RFC 8037) and nothing else."""

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from ...application.security import Claims
from ...domain.errors import Unauthenticated
from ...domain.ids import Clock, now
from .keys import KeyFolder, SigningKey

_LONGEST = 2048
"""Characters; ours have about 450."""
_KNOWN = 2048
"""Tokens that are remembered as rightly signed: who polls or watches sends the same one all the time."""


class SignedTokens:
    """See :class:`~reelwright.application.security.AccessTokens`. Tokens name their key by ``kid``."""

    def __init__(
        self,
        keys: KeyFolder,
        *,
        lifetime: timedelta = timedelta(minutes=15),
        issuer: str = "reelwright",
        audience: str = "reelwright-api",
        clock: Clock = now,
    ) -> None:
        self.lifetime = lifetime
        self._keys, self._issuer, self._audience, self._clock = keys, issuer, audience, clock
        self._known: OrderedDict[str, tuple[SigningKey, dict[str, Any]]] = OrderedDict()

    def issue(self, user_id: str, session_id: str) -> str:
        at = self._clock()
        key = self._keys.live()[0]
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": user_id,
            "sid": session_id,
            "iat": int(at.timestamp()),
            "exp": int((at + self.lifetime).timestamp()),
        }
        return jwt.encode(claims, key.private, algorithm="EdDSA", headers={"kid": key.kid})

    def read(self, token: str) -> Claims:
        try:
            claims = self._verified(token)
            expires_at = datetime.fromtimestamp(claims["exp"], UTC)
            user_id, session_id = claims["sub"], claims["sid"]
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError, OSError, RecursionError) as error:
            raise Unauthenticated("this is no access token of ours; sign in again") from error
        if not (isinstance(user_id, str) and isinstance(session_id, str)):
            raise Unauthenticated("this is no access token of ours; sign in again")
        if self._clock() >= expires_at:
            raise Unauthenticated("the access token has expired; refresh it")
        return Claims(user_id=user_id, session_id=session_id, expires_at=expires_at)

    def _verified(self, token: str) -> dict[str, Any]:
        if len(token) > _LONGEST:
            raise ValueError("too long")
        live = self._keys.live()
        signed_by, claims = self._known.get(token, (None, {}))
        if any(key is signed_by for key in live):
            return claims
        kid = jwt.get_unverified_header(token).get("kid")
        key = next((key for key in live if key.kid == kid), None)
        if key is None:
            raise KeyError("kid")
        # The time is checked by our own clock.
        options: Any = {"verify_exp": False, "verify_iat": False, "require": ["iss", "aud", "sub", "sid", "iat", "exp"]}
        claims = jwt.decode(
            token, key.public, algorithms=["EdDSA"], audience=self._audience, issuer=self._issuer, options=options
        )
        self._known[token] = key, claims
        if len(self._known) > _KNOWN:
            self._known.popitem(last=False)
        return claims
