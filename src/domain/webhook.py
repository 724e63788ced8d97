"""Webhooks: the event that a user's own server is told of, how it is signed, and when it is tried again.

After the Standard Webhooks specification, version 1.0.0.
"""

import hmac
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from .errors import InvalidField
from .network import callable_address

EventType = Literal["video.succeeded", "video.failed", "video.cancelled"]
DeliveryState = Literal["waiting", "delivered", "given_up"]

LONGEST_ADDRESS = 2048
PREFIX = "whsec_"
SECRET_BYTES = 32
SIGNED_BY_BOTH = timedelta(hours=24)
"""How long after a rotation the secret before signs, too."""
RETRIES = tuple(timedelta(seconds=one) for one in (5, 30, 120, 600, 3600, 6 * 3600, 24 * 3600))
"""The longest waits after the first attempt, the second …; the wait before is the shortest."""
GONE = 410
_RIGHT = "an address such as https://example.org/hooks/reelwright is right"
_HOST = re.compile(r"(?=.{1,253}\Z)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A video ended at the time ``at``. ``links`` are paths of the service by what they lead to ("status" …)."""

    id: str
    type: EventType
    at: datetime
    video_id: str
    title: str
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> str:
        """The JSON that is sent, the same to the byte at every attempt."""
        told = {
            "id": self.id,
            "type": self.type,
            "timestamp": self.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "data": {
                "video_id": self.video_id,
                "status": self.type.removeprefix("video."),
                "title": self.title,
                "links": dict(self.links),
            },
        }
        return json.dumps(told, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """What the webhooks of an account are signed with: "whsec_" and base64. The ``previous`` one signs ``until``."""

    user_id: str
    text: str = field(repr=False)
    created_at: datetime
    previous: str | None = field(default=None, repr=False)
    until: datetime | None = None

    def live(self, at: datetime) -> tuple[str, ...]:
        """The secrets that sign, the newest first."""
        if self.previous is not None and self.until is not None and at < self.until:
            return self.text, self.previous
        return (self.text,)

    def rotated(self, text: str, at: datetime) -> "Secret":
        return replace(self, text=text, created_at=at, previous=self.text, until=at + SIGNED_BY_BOTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An event on its way to an ``address``. Its id is that of the event; ``attempt`` counts those that began.

    While it is waiting, ``not_before`` is when it is tried next, or when an attempt under way counts as lost.
    ``status_code`` and ``problem`` are those of the last attempt.
    """

    id: str
    user_id: str
    event: EventType
    subject: str
    address: str
    body: str
    attempt: int = 0
    not_before: datetime
    state: DeliveryState = "waiting"
    status_code: int | None = None
    problem: str = ""
    created_at: datetime
    finished_at: datetime | None = None

    @property
    def host(self) -> str:
        """Deliveries to one host go one after another."""
        return urlsplit(self.address).hostname or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of an attempt: a ``status``, or none and the ``problem``; the server asked for ``retry_after``."""

    status: int | None = None
    problem: str = ""
    retry_after: timedelta | None = None

    @property
    def accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def valid_address(text: str, *, field: str = "webhook", plain_http: bool = False, private: bool = False) -> str:
    """The address that deliveries go to. Raises InvalidField, which does not repeat it: it may hold a password.

    Which addresses its host has is looked at when it is called.
    """

    def wrong(problem: str) -> InvalidField:
        return InvalidField(field, f"{problem}; {_RIGHT}")

    if len(text) > LONGEST_ADDRESS:
        raise wrong(f"it has {len(text)} characters of at most {LONGEST_ADDRESS}")
    if not text.isascii() or not text.isprintable() or any(one in text for one in ' "<>\\^`{|}'):
        raise wrong("it has characters that no address has; encode them with %, and a host in xn--")
    try:
        parts = urlsplit(text)
        port, host = parts.port, (parts.hostname or "").casefold()
    except ValueError as error:
        raise wrong("it cannot be read") from error
    if parts.scheme not in (("https", "http") if plain_http else ("https",)):
        raise wrong("it begins neither with https:// nor with http://" if plain_http else "it must begin with https://")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise wrong("it names a user; a path or a query that is hard to guess can take its place")
    if "#" in text:
        raise wrong("it has a part after #, which is never sent")
    if port == 0:
        raise wrong("there is no port 0")
    inside = _inside(host, private)
    if inside is None:
        raise wrong("it names no host")
    if inside:
        raise wrong("it leads into the network of the service")
    return text


def _inside(host: str, private: bool) -> bool | None:
    """Whether a host can be told by its looks to lie where nobody may call; None for what is no host."""
    try:
        return "%" in host or not callable_address(host, private=private)
    except ValueError:
        name = host.removesuffix(".")
    last = name.rpartition(".")[2]
    if _HOST.fullmatch(name) is None or last.isdigit() or last.startswith("0x"):  # numbers are addresses in disguise
        return None
    return not private and (name == "localhost" or name.endswith(".localhost"))


def new_secret(random: bytes) -> str:
    """A secret of 24 to 64 random bytes."""
    return PREFIX + b64encode(random).decode()


def signature(secrets: Sequence[str], message_id: str, at: int, body: str) -> str:
    """The header ``webhook-signature`` of an attempt ``at`` seconds of Unix time: a signature by each secret."""
    signed = f"{message_id}.{at}.{body}".encode()
    made = (hmac.digest(b64decode(one.removeprefix(PREFIX)), signed, "sha256") for one in secrets)
    return " ".join(f"v1,{b64encode(one).decode()}" for one in made)


def headers(delivery: Delivery, secret: Secret, at: datetime) -> dict[str, str]:
    """What an attempt at the time ``at`` is signed by."""
    seconds = int(at.timestamp())
    return {
        "webhook-id": delivery.id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signature(secret.live(at), delivery.id, seconds, delivery.body),
    }


def wait(attempt: int, share: float) -> timedelta | None:
    """How long to wait after the ``attempt``-th one, None where it was the last.

    ``share``, from 0 to 1, is drawn by lot: it spreads the attempts over the whole span from the wait before to this
    one, so that what failed together does not come again together.
    """
    if attempt > len(RETRIES):
        return None
    shortest = RETRIES[attempt - 2] if attempt > 1 else timedelta(0)
    return shortest + share * (RETRIES[attempt - 1] - shortest)


def judged(delivery: Delivery, reply: Reply, at: datetime, share: float) -> Delivery:
    """The delivery after an attempt that ended at the time ``at``."""
    told = replace(delivery, status_code=reply.status, problem="" if reply.accepted else reply.problem)
    if reply.accepted:
        return replace(told, state="delivered", finished_at=at)
    pause = wait(delivery.attempt, share)
    if reply.status == GONE or pause is None:
        return replace(told, state="given_up", finished_at=at)
    asked = min(reply.retry_after or timedelta(0), RETRIES[-1])
    return replace(told, not_before=at + max(pause, asked))
