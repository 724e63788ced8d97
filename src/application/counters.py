"""What the engines did since the start: calls, hits, failures, times, tokens, seconds of speech, cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from ..domain.breaker import BreakerState
from ..domain.quantiles import Counts, bucket, merged, quantile


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one answer took: ``speech`` is in seconds of sound, ``cost`` in US dollars, None where unknown."""

    tokens_in: int = 0
    tokens_out: int = 0
    speech: float = 0.0
    cost: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFigures:
    """Of one call ("script", "speech") of one engine.

    ``calls`` counts every try, ``failures`` those of them that failed, by cause; ``hits`` are answers from a cache, for
    which nobody was asked. ``latencies`` (:mod:`~reelwright.domain.quantiles`) are of the tries that were answered.
    ``cost`` is the sum of what is known, in US dollars.
    """

    calls: int = 0
    hits: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    latencies: Counts = field(default_factory=dict)
    tokens_in: int = 0
    tokens_out: int = 0
    speech: float = 0.0
    cost: float = 0.0

    def latency(self, share: float) -> float | None:
        """Seconds within which that share of the answers came (0.5, 0.95 …), within one per cent."""
        return quantile(self.latencies, share)

    def plus(self, other: "CallFigures") -> "CallFigures":
        failures = self.failures.keys() | other.failures.keys()
        return CallFigures(
            calls=self.calls + other.calls,
            hits=self.hits + other.hits,
            failures={cause: self.failures.get(cause, 0) + other.failures.get(cause, 0) for cause in sorted(failures)},
            latencies=merged(self.latencies, other.latencies),
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_out=self.tokens_out + other.tokens_out,
            speech=self.speech + other.speech,
            cost=self.cost + other.cost,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFigures:
    """One engine at one moment: its ``calls`` by name, and whether it is asked (``breaker``).

    ``pause`` is how many seconds it will still be left alone, ``reason`` why.
    """

    engine: str
    calls: Mapping[str, CallFigures]
    breaker: BreakerState = "closed"
    pause: float = 0.0
    reason: str = ""


class EngineCounters:
    """Shared by threads. What another process counted is taken in by ``absorb``."""

    def __init__(self) -> None:
        self._figures: dict[str, dict[str, CallFigures]] = {}
        self._lock = Lock()

    def answered(self, engine: str, call: str, *, seconds: float, spent: Spent) -> None:
        self._add(
            engine,
            call,
            CallFigures(
                calls=1,
                latencies={bucket(seconds): 1},
                tokens_in=spent.tokens_in,
                tokens_out=spent.tokens_out,
                speech=spent.speech,
                cost=spent.cost or 0.0,
            ),
        )

    def failed(self, engine: str, call: str, cause: str) -> None:
        self._add(engine, call, CallFigures(calls=1, failures={cause: 1}))

    def hit(self, engine: str, call: str) -> None:
        self._add(engine, call, CallFigures(hits=1))

    def figures(self) -> dict[str, dict[str, CallFigures]]:
        """By engine and call, as they stand; what is counted later does not change them."""
        with self._lock:
            return {engine: dict(calls) for engine, calls in self._figures.items()}

    def absorb(self, figures: Mapping[str, Mapping[str, CallFigures]]) -> None:
        for engine, calls in figures.items():
            for call, more in calls.items():
                self._add(engine, call, more)

    def _add(self, engine: str, call: str, more: CallFigures) -> None:
        with self._lock:
            calls = self._figures.setdefault(engine, {})
            calls[call] = calls.get(call, CallFigures()).plus(more)
