"""How long to wait before a call that failed is tried again: exponential backoff with full jitter."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from .ranges import in_range

Chance = Callable[[], float]
"""A number from 0 to 1, another one each time: ``random.random``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrying:
    """At most ``attempts`` tries of one engine.

    Before try ``n + 1`` there is a wait of anything up to ``first * 2 ** (n - 1)`` seconds, ``longest`` at most: full
    jitter, so that those who failed together do not come back together. A server that says how long to wait is
    heeded up to ``patience`` seconds; who asks for more is not tried again. Raises InvalidInput.
    """

    attempts: int = 3
    first: float = 0.5
    longest: float = 8.0
    patience: float = 20.0

    def __post_init__(self) -> None:
        in_range("attempts", self.attempts, 1, 20)
        in_range("first", self.first, 0, self.longest, "seconds")
        in_range("longest", self.longest, 0, 600, "seconds")
        in_range("patience", self.patience, 0, 600, "seconds")

    def pause(self, tried: int, *, chance: Chance, retry_after: float | None = None, left: float = inf) -> float | None:
        """Seconds to wait after ``tried`` tries with ``left`` seconds to spend; None: give up.

        What a server asked for (``retry_after``) is waited for in full, and the jitter comes on top of it.
        """
        asked = max(0.0, retry_after or 0.0)
        if tried >= self.attempts or asked > self.patience:
            return None
        pause = asked + chance() * min(self.longest, self.first * 2 ** (tried - 1))
        return pause if pause < left else None
