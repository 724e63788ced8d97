"""A circuit breaker: an engine that keeps failing is left alone for a while, then tried by one call at a time.

    closed --too many failures--> open --time--> half-open --the probe is answered--> closed
                                   ^                 |
                                   +--the probe fails-+

Times are seconds of any clock that does not go back. Every method gives the breaker after it.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

from .ranges import in_range

BreakerState = Literal["closed", "open", "half-open"]

LASTING = frozenset({"credentials", "quota"})
"""Causes of failure that somebody has to mend: one is enough."""
HARMLESS = frozenset({"refused"})
"""Causes that say something of the question and nothing of the engine, which works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerRules:
    """Open after ``failures`` within ``window`` seconds, for ``pause`` seconds.

    Each probe that fails doubles the pause, up to ``long_pause``, for which a cause that lasts opens at once. A server
    that asks for a longer wait than ``pause`` is left alone as long as it asks, ``long_pause`` at most. Raises
    InvalidInput.
    """

    failures: int = 5
    window: float = 60.0
    pause: float = 30.0
    long_pause: float = 300.0

    def __post_init__(self) -> None:
        in_range("failures", self.failures, 1, 1000)
        in_range("window", self.window, 0, 86_400, "seconds")
        in_range("pause", self.pause, 0, self.long_pause, "seconds")
        in_range("long_pause", self.long_pause, 0, 86_400, "seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """``failed_at`` holds the failures that count, ``trips`` the openings since an answer came.

    ``turn`` grows with every opening, probe and closing. Who asks remembers it, and tells it with the outcome, so that
    an answer to a question from before an opening does not close, nor a late failure open again.
    """

    rules: BreakerRules = field(default_factory=BreakerRules)
    failed_at: tuple[float, ...] = ()
    open_until: float | None = None
    trips: int = 0
    probing: bool = False
    turn: int = 0

    def state(self, now: float) -> BreakerState:
        if self.open_until is None:
            return "closed"
        return "open" if now < self.open_until else "half-open"

    def lets_through(self, now: float) -> bool:
        state = self.state(now)
        return state == "closed" or (state == "half-open" and not self.probing)

    def left(self, now: float) -> float:
        """Seconds until it lets a call through again, as far as that is known."""
        return 0.0 if self.open_until is None else max(0.0, self.open_until - now)

    def asked(self, now: float) -> "Breaker":
        """A call was let through: the ``turn`` of what is given back belongs to it."""
        if self.state(now) == "closed":
            return self
        return replace(self, probing=True, turn=self.turn + 1)

    def succeeded(self, turn: int) -> "Breaker":
        """What went wrong a moment ago still counts against an engine that is closed: one in two may fail."""
        if turn != self.turn or self.open_until is None:
            return self
        return Breaker(rules=self.rules, turn=self.turn + 1)

    def failed(self, turn: int, now: float, cause: str, retry_after: float | None = None) -> "Breaker":
        """A call failed by a ``cause`` of ProviderFailed."""
        if turn != self.turn:
            return self
        if cause in HARMLESS:
            return self.succeeded(turn)
        rules = self.rules
        failed_at = (*(at for at in self.failed_at if now - at < rules.window), now)
        if cause in LASTING:
            return self._opened(now + rules.long_pause)
        if retry_after is not None and retry_after > rules.pause:
            return self._opened(now + min(retry_after, rules.long_pause))
        if self.probing or len(failed_at) >= rules.failures:
            return self._opened(now + min(rules.pause * 2 ** min(self.trips, 30), rules.long_pause))
        return replace(self, failed_at=failed_at)

    def given_up(self, turn: int) -> "Breaker":
        """Nobody waits for the call any more, and how it would have ended is not known."""
        if turn != self.turn or not self.probing:
            return self
        return replace(self, probing=False)

    def _opened(self, until: float) -> "Breaker":
        return Breaker(rules=self.rules, open_until=until, trips=self.trips + 1, turn=self.turn + 1)
