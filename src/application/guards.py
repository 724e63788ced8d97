"""The breakers of a chain's engines, shared by threads, and what they remember of the last failure."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Lock

from ..domain.breaker import Breaker, BreakerRules
from ..domain.errors import EngineFailed, MissingPart, ProviderFailed
from .counters import EngineFigures


class Guard:
    """The breaker of one engine."""

    def __init__(self, engine: str, rules: BreakerRules, clock: Callable[[], float]) -> None:
        self._engine, self._clock = engine, clock
        self._breaker, self._lock = Breaker(rules=rules), Lock()
        self._cause, self._reason = "", ""

    def admit(self) -> AbstractContextManager[None]:
        """The context in which the engine is to be asked: it learns how that ends.

        Raises ProviderFailed while the engine is left alone, of the cause that opened the breaker.
        """
        now = self._clock()
        with self._lock:
            if not self._breaker.lets_through(now):
                raise self._refusal(now)
            self._breaker = self._breaker.asked(now)
            turn = self._breaker.turn
        return self._learning(turn)

    def standing(self) -> EngineFigures:
        """Without the calls."""
        now = self._clock()
        with self._lock:
            state = self._breaker.state(now)
            reason = "" if state == "closed" else self._reason
            return EngineFigures(
                engine=self._engine, calls={}, breaker=state, pause=self._breaker.left(now), reason=reason
            )

    @contextmanager
    def _learning(self, turn: int) -> Iterator[None]:
        try:
            yield
        except (EngineFailed, MissingPart) as failure:
            retry_after = failure.retry_after if isinstance(failure, ProviderFailed) else None
            with self._lock:
                after = self._breaker.failed(turn, self._clock(), cause_of(failure), retry_after)
                if after is not self._breaker:
                    self._breaker, self._cause, self._reason = after, cause_of(failure), reason_of(failure)
            raise
        except BaseException:
            with self._lock:
                self._breaker = self._breaker.given_up(turn)
            raise
        with self._lock:
            self._breaker = self._breaker.succeeded(turn)

    def _refusal(self, now: float) -> ProviderFailed:
        left = self._breaker.left(now)
        wait = f"it is left alone for another {left:.0f} s" if left else "it is being tried by another call"
        return ProviderFailed(self._engine, self._cause, f"{wait}, after {self._reason}", retry_after=max(left, 1.0))


def cause_of(failure: BaseException) -> str:
    """That of ProviderFailed, and a word of that kind for every other failure."""
    if isinstance(failure, ProviderFailed):
        return failure.cause
    return "missing" if isinstance(failure, MissingPart) else "failed"


def reason_of(failure: BaseException) -> str:
    """Cause and problem without the name of the engine, in one line ("timeout: no answer within 30 s")."""
    told = f"{failure.cause}: {failure.problem}" if isinstance(failure, ProviderFailed) else str(failure)
    return " ".join(told.split())
