"""Which language engines are asked in which order, and what can be set of each, by the environment."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from ...domain.errors import InvalidField
from .language_servers import FORMATS, PRESETS, AnswerFormat, LanguageServer, Preset, Price, Timeouts

OFFLINE = "offline"
"""The engine that needs no server."""
ENGINES = "REELWRIGHT_LANGUAGE_ENGINES"
LONGEST_KEY_FILE = 16_384
"""Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageSettings:
    """``engines`` in the order in which they are asked, and the ``servers`` behind those that have one, by name.

    Everything is read and checked here, so that a wrong setting is named before any work.
    """

    engines: tuple[str, ...] = (OFFLINE,)
    servers: Mapping[str, LanguageServer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.engines:
            raise InvalidField(ENGINES, 'no engine is named; "openai,offline" is right')
        for name in self.engines:
            if self.engines.count(name) > 1:
                raise InvalidField(ENGINES, f"{name!r} stands there twice; once is right")
            if name != OFFLINE and name not in self.servers:
                raise InvalidField(ENGINES, f"there is no server {name!r}")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "LanguageSettings":
        """``REELWRIGHT_LANGUAGE_ENGINES`` and, for each server in it, the variables that docs/providers.md lists.

        Raises InvalidField, naming the variable. No error holds a key or the value of a header.
        """
        names = tuple(name.strip() for name in environment.get(ENGINES, OFFLINE).split(",") if name.strip())
        servers = {name: _Variables(name, environment).server() for name in names if name != OFFLINE}
        return cls(engines=names, servers=servers)


class _Variables:
    """Those of one server."""

    def __init__(self, name: str, environment: Mapping[str, str]) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", name):
            raise InvalidField(ENGINES, f'{name!r} is no name of an engine; small letters such as "openai" are right')
        self.name, self.environment = name, environment
        self.preset = PRESETS.get(name, Preset(base_url="", model=""))

    def server(self) -> LanguageServer:
        key, key_setting = self.key()
        return LanguageServer(
            name=self.name,
            base_url=self.base_url(),
            model=self.model(),
            key=key,
            key_setting=key_setting,
            headers=self.headers(),
            answers=self.answers(),
            timeouts=self.timeouts(),
            price=self.price(),
        )

    def variable(self, what: str) -> str:
        return f"REELWRIGHT_{self.name.upper().replace('-', '_')}_{what}"

    def text(self, what: str) -> str:
        return self.environment.get(self.variable(what), "").strip()

    def base_url(self) -> str:
        variable, url = self.variable("BASE_URL"), self.text("BASE_URL") or self.preset.base_url
        if not url:
            known = ", ".join((OFFLINE, *PRESETS))
            raise InvalidField(variable, f"{self.name!r} is none of {known}: a server of one's own needs its address")
        right = 'an address such as "https://api.openai.com/v1" is right'
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError as error:
            raise InvalidField(variable, f"it cannot be read as an address; {right}") from error
        if parts.username or parts.password:
            raise InvalidField(variable, f"it holds a user or a password; a key belongs into {self.variable('KEY')}")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise InvalidField(variable, f"{url.partition('?')[0]!r} is no address of a server; {right}")
        if parts.path.rstrip("/").endswith("/chat/completions"):
            raise InvalidField(variable, "it ends with /chat/completions; the address without that is right")
        return url.rstrip("/")

    def model(self) -> str:
        own = self.text("BASE_URL") not in ("", self.preset.base_url)
        model = self.text("MODEL") or ("" if own else self.preset.model)
        if not model:
            raise InvalidField(self.variable("MODEL"), f"{self.name} serves models of your choice: name one of them")
        return model

    def key(self) -> tuple[str, str]:
        """The key, and the variable that it came from or would come from."""
        own, file = self.variable("KEY"), self.variable("KEY_FILE")
        if self.text("KEY") and self.text("KEY_FILE"):
            raise InvalidField(file, f"{own} is set too; one of both is right")
        if path := self.text("KEY_FILE"):
            return _checked_key(_content(Path(path), file), file), file
        if key := self.text("KEY"):
            return _checked_key(key, own), own
        usual = self.preset.key_variable
        if not usual:
            return "", own
        if key := self.environment.get(usual, "").strip():
            return _checked_key(key, usual), usual
        raise InvalidField(usual, f"the engine {self.name} needs a key: set it, or {file} to a file that holds it")

    def headers(self) -> dict[str, str]:
        variable, text = self.variable("HEADERS"), self.text("HEADERS")
        right = 'a JSON object such as {"X-Title": "reelwright"} is right'
        try:
            found = json.loads(text) if text else {}
        except ValueError:
            raise InvalidField(variable, f"it is no JSON; {right}") from None
        if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
            raise InvalidField(variable, f"it does not map names to texts; {right}")
        for name, value in found.items():
            if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
                raise InvalidField(variable, f"{name!r} is no name of a header; {right}")
            if not (value.isascii() and value.isprintable()):
                raise InvalidField(variable, f"the value of {name} has other characters than ASCII's printable ones")
        return found

    def answers(self) -> AnswerFormat:
        text = self.text("ANSWERS") or self.preset.answers
        for known in FORMATS:
            if text == known:
                return known
        raise InvalidField(self.variable("ANSWERS"), f"{text!r} is none of {', '.join(FORMATS)}")

    def timeouts(self) -> Timeouts:
        text = self.text("TIMEOUT")
        if not text:
            return Timeouts()
        seconds = _positive(text)
        if not seconds:
            raise InvalidField(self.variable("TIMEOUT"), f"{text!r} is no number of seconds, such as 120")
        return Timeouts(connect=min(Timeouts().connect, seconds), read=seconds, total=seconds)

    def price(self) -> Price | None:
        text = self.text("PRICE")
        if not text:
            return self.preset.price
        reads, _, writes = (part.strip() for part in text.partition("/"))
        if None in (found := (_positive(reads), _positive(writes))):
            right = 'dollars of a million tokens read and written, such as "0.25/2", are right'
            raise InvalidField(self.variable("PRICE"), f"{text!r} is no price; {right}")
        return Price(reads=found[0] or 0.0, writes=found[1] or 0.0)


def _positive(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text) else None


def _content(path: Path, variable: str) -> str:
    try:
        if path.stat().st_size > LONGEST_KEY_FILE:
            raise InvalidField(variable, f"{path} is too large for a file that holds a key and nothing else")
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise InvalidField(variable, f"{path} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError:
        raise InvalidField(variable, f"{path} is no text; a file with the key and nothing else is right") from None


def _checked_key(key: str, variable: str) -> str:
    if not key:
        raise InvalidField(variable, "the file is empty; one that holds the key and nothing else is right")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise InvalidField(variable, "what it holds is no key: one word of ASCII characters is right")
    return key
