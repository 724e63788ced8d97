"""What can be set of the service, by keyword or by the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from ...application.access import Rate
from ...domain.errors import InvalidInput

_NO = ("", "none", "off")
_PER_ADDRESS = Rate(requests=6000, seconds=60)
_PER_USER = Rate(requests=3000, seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """Each field is set by the variable REELWRIGHT_ and its name in capitals.

    ``cors_origins``: origins whose pages may call, commas between them; "*" is any.
    ``body_limit``: bytes of a request body, uploads aside, which have limits of their own.
    ``body_grace``: seconds that a body may pause, or take in all beyond what ``body_rate`` bytes a second allow.
    ``rate_per_address``, ``rate_per_user``: requests and seconds as in "6000/60"; "none" is no limit.
    ``live_per_user``: WebSockets and event streams that a user may have open at once.
    ``live_check``: seconds between two looks at whether the session of an open one still holds.
    ``live_beat``: seconds between two signs of life on an event stream.
    ``trusted_proxies``: addresses whose X-Forwarded headers are believed, commas between them.
    """

    cors_origins: tuple[str, ...] = ()
    body_limit: int = 1 << 20
    body_grace: float = 15.0
    body_rate: int = 4096
    rate_per_address: Rate | None = _PER_ADDRESS
    rate_per_user: Rate | None = _PER_USER
    live_per_user: int = 50
    live_check: float = 15.0
    live_beat: float = 15.0
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")

    def __post_init__(self) -> None:
        for name in ("body_limit", "body_grace", "body_rate", "live_per_user", "live_check", "live_beat"):
            if getattr(self, name) <= 0:
                raise InvalidInput(f"{name} is {getattr(self, name)}; more than 0 is right")
        for origin in self.cors_origins:
            scheme, _, rest = origin.partition("://")
            if origin != "*" and (scheme not in ("http", "https") or not rest or "/" in rest):
                raise InvalidInput(f'cors_origins: {origin!r} is no origin; "https://app.example.com" or "*" is right')

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "HttpSettings":
        """Raises InvalidInput, naming the variable."""
        given: dict[str, Any] = {}
        for one in fields(cls):
            variable = f"REELWRIGHT_{one.name.upper()}"
            if variable in environment:
                given[one.name] = _read(variable, environment[variable].strip(), one.default)
        return cls(**given)


def _read(variable: str, text: str, usual: Any) -> Any:
    try:
        if isinstance(usual, tuple):
            return tuple(part.strip() for part in text.split(",") if part.strip())
        if isinstance(usual, Rate):
            return None if text.lower() in _NO else _rate(text)
        return type(usual)(text)
    except ValueError as error:
        right = '"6000/60" or "none"' if isinstance(usual, Rate) else f"a number such as {usual}"
        raise InvalidInput(f"{variable} is {text!r}; {right} is right") from error


def _rate(text: str) -> Rate:
    requests, _, seconds = text.partition("/")
    return Rate(requests=int(requests), seconds=int(seconds))
