"""What can be set of accounts, by keyword or by the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from .domain.errors import InvalidField


def _setting(default: Any, told: str, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"told": told})


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings:
    """Each field is set by the variable REELWRIGHT_ and its name in capitals, and told in its ``metadata``."""

    access_token_minutes: int = _setting(15, "How long an access token is valid.")
    session_days: int = _setting(90, "When a session ends for good, counted from the login.")
    session_idle_days: int = _setting(30, "When a session ends that is not refreshed.")
    login_attempts: int = _setting(20, "Failures on one name within the window before it has to wait.")
    login_attempts_per_address: int = _setting(100, "Failures from one network address within the window.")
    login_window_minutes: int = _setting(15, "The window that failures are counted in.")
    plan: str = _setting("free", "The plan of new accounts: free, team or unlimited.")
    admin_plan: str = _setting("unlimited", "The plan of new administrators.")
    admin_username: str = _setting("", "The first administrator, made at the start where there is none.")
    admin_email: str = _setting("", "The administrator's address.")
    admin_password: str = _setting("", "The administrator's password; there is no default.", secret=True)

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, int) and value < 1:
                raise InvalidField(variable(one.name), f"{value} is too small; a whole number from 1 is right")

    @property
    def first_admin(self) -> tuple[str, str, str] | None:
        """Username, e-mail address and password, or None without a username. Raises InvalidField for half of it."""
        if not self.admin_username:
            return None
        for name in ("admin_email", "admin_password"):
            if not getattr(self, name):
                raise InvalidField(variable(name), "it goes with REELWRIGHT_ADMIN_USERNAME and has no default")
        return self.admin_username, self.admin_email, self.admin_password

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "AccountSettings":
        """Raises InvalidField, naming the variable."""
        given: dict[str, Any] = {}
        for one in fields(cls):
            text = environment.get(variable(one.name), "")
            if not text:
                continue
            try:
                given[one.name] = int(text) if isinstance(one.default, int) else text
            except ValueError as error:
                raise InvalidField(variable(one.name), f"{text!r} is no whole number, such as {one.default}") from error
        return cls(**given)


def variable(name: str) -> str:
    """The environment's name of a setting."""
    return f"REELWRIGHT_{name.upper()}"
