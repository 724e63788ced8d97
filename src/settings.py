"""What can be set, by keyword or by the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path, user_config_path, user_data_path

from .domain.errors import InvalidField, InvalidInput

_YES_OR_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def _setting(default: Any, told: str, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"told": told})


def _cache() -> Path:
    return Path(os.environ.get("REELWRIGHT_CACHE_DIR") or user_cache_path("reelwright"))


def _data() -> Path:
    return Path(os.environ.get("REELWRIGHT_DATA_DIR") or user_data_path("reelwright"))


def _database_url() -> str:
    return os.environ.get("REELWRIGHT_DATABASE_URL", "")


OURS = Path(__file__).parent / "templates"
"""Where the templates lie that come with reelwright."""


def _template_folders() -> tuple[Path, ...]:
    own = os.environ.get("REELWRIGHT_TEMPLATE_DIR")
    if own and not Path(own).is_dir():
        raise InvalidInput(f"REELWRIGHT_TEMPLATE_DIR is {own}: a folder of templates is right")
    return OURS, user_config_path("reelwright") / "templates", *((Path(own),) if own else ())


def _workers() -> int:
    return min(8, _cores())


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _jobs_at_once() -> int:
    given = os.environ.get("REELWRIGHT_JOBS_AT_ONCE", "")
    if given and not (given.isdecimal() and int(given)):
        raise InvalidInput(f"REELWRIGHT_JOBS_AT_ONCE is {given!r}: a whole number from 1 is right")
    return int(given) if given else max(1, _cores() // 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where narration is kept (REELWRIGHT_CACHE_DIR), where templates are read, how many segments render at once.

    ``data`` is where a service keeps everything (REELWRIGHT_DATA_DIR), ``database_url`` its database
    (REELWRIGHT_DATABASE_URL): a file in ``data`` where it is empty. Of templates with one name the one in the last
    folder counts; REELWRIGHT_TEMPLATE_DIR comes behind the others. ``jobs_at_once`` is how many videos a service makes
    at the same time (REELWRIGHT_JOBS_AT_ONCE).
    """

    cache: Path = field(default_factory=_cache)
    data: Path = field(default_factory=_data)
    database_url: str = field(default_factory=_database_url, repr=False)
    template_folders: tuple[Path, ...] = field(default_factory=_template_folders)
    workers: int = field(default_factory=_workers)
    jobs_at_once: int = field(default_factory=_jobs_at_once)

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data.absolute() / 'reelwright.db'}"


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
        return cls(**_given(cls, environment))


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """As ``AccountSettings``."""

    webhook_http: bool = _setting(False, "Whether webhooks may go to addresses that begin with http://.")
    webhook_private_addresses: bool = _setting(
        False, "Whether they may go to this machine and its network; never to the metadata of a cloud."
    )
    webhooks_at_once: int = _setting(16, "How many are delivered at the same time, of one user a quarter at most.")

    def __post_init__(self) -> None:
        if self.webhooks_at_once < 1:
            raise InvalidField(variable("webhooks_at_once"), "a whole number from 1 is right")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "WebhookSettings":
        """Raises InvalidField, naming the variable."""
        return cls(**_given(cls, environment))


SPEECH_ENGINES = ("kokoro", "edge", "openai", "google", "gtts")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechSettings:
    """As ``AccountSettings``."""

    speech_engines: str = _setting("kokoro", "The engines of speech in the order they are asked, comma between.")
    speech_timeout_seconds: int = _setting(60, "How long a network engine may take for one piece of a text.")
    edge_endpoint: str = _setting("", "Another server than Microsoft's: a ws:// or wss:// address.")
    openai_key: str = _setting("", "The key of OpenAI.", secret=True)
    openai_speech_url: str = _setting("", "The base URL of another server that speaks OpenAI's protocol.")
    openai_speech_model: str = _setting("tts-1", "The model that speaks.")
    openai_speech_voices: str = _setting("", "The voices of the server: alloy:female,onyx:male.")
    google_credentials: str = _setting("", "The JSON file of a service account of Google Cloud.")
    google_key: str = _setting("", "An API key of Google Cloud, in the place of a file.", secret=True)
    google_url: str = _setting("", "Another server that speaks Google Cloud's protocol.")
    gtts_url: str = _setting("", "Another server than Google Translate.")

    def __post_init__(self) -> None:
        if self.speech_timeout_seconds < 1:
            raise InvalidField(variable("speech_timeout_seconds"), "a whole number from 1 is right")
        unknown = [name for name in self.engines if name not in SPEECH_ENGINES]
        if unknown or not self.engines or len(set(self.engines)) < len(self.engines):
            told = f"{self.speech_engines!r} is no list of engines, each once, of {', '.join(SPEECH_ENGINES)}"
            raise InvalidField(variable("speech_engines"), told)

    @property
    def engines(self) -> tuple[str, ...]:
        return tuple(self.speech_engines.replace(",", " ").split())

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "SpeechSettings":
        """Raises InvalidField, naming the variable."""
        return cls(**_given(cls, environment))


def _given(kind: type[Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """The fields that an environment sets."""
    found: dict[str, Any] = {}
    for one in fields(kind):
        text = environment.get(variable(one.name), "")
        if text:
            found[one.name] = _read(one.name, text, one.default)
    return found


def _read(name: str, text: str, usual: Any) -> Any:
    if isinstance(usual, bool):
        if text.lower() not in _YES_OR_NO:
            raise InvalidField(variable(name), f"{text!r} is neither yes nor no")
        return _YES_OR_NO[text.lower()]
    try:
        return int(text) if isinstance(usual, int) else text
    except ValueError as error:
        raise InvalidField(variable(name), f"{text!r} is no whole number, such as {usual}") from error


def variable(name: str) -> str:
    """The environment's name of a setting."""
    return f"REELWRIGHT_{name.upper()}"
