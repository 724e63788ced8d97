"""Engines in an order: who fails is tried again where that may help, then the next one is asked.

An engine elsewhere is asked with a limit of time, and a breaker leaves it alone while it keeps failing. An engine in
this process has neither: it is what is left when everything else is down.
"""

import random
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from ..domain.breaker import BreakerRules
from ..domain.errors import EngineFailed, InvalidInput, MissingPart, ProviderFailed, ReelwrightError
from ..domain.retrying import Chance, Retrying
from .awaiting import awaited, slept, stop_if_set
from .counters import EngineCounters, EngineFigures, Spent
from .guards import Guard, cause_of, reason_of
from .language_ports import Replacement
from .ports import CancelSignal

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Generic[T]):
    """One ``engine`` and how it is asked; ``spent`` reads off an answer what it took.

    ``remote`` engines are reached over a network.
    """

    engine: str
    ask: Callable[[], T]
    spent: Callable[[T], Spent]
    remote: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered(Generic[T_co]):
    """What the ``engine`` answered, in whose place."""

    value: T_co
    engine: str
    replaced: tuple[Replacement, ...] = ()


class Chain:
    """Shared by threads, each of which it blocks; its engines' breakers and counters are of all calls together.

    ``seconds`` is what one call may take as long as engines elsewhere are asked: each of them gets an even share of
    what is left, so that one that hangs leaves time for the next. ``clock`` never goes back.
    """

    def __init__(
        self,
        *,
        retrying: Retrying | None = None,
        rules: BreakerRules | None = None,
        seconds: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        chance: Chance = random.random,
    ) -> None:
        self.counters = EngineCounters()
        self._retrying, self._seconds = retrying or Retrying(), seconds
        self._clock, self._sleep, self._chance = clock, sleep, chance
        self._rules = rules or BreakerRules()
        self._guards: dict[str, Guard] = {}
        self._lock = Lock()

    def __call__(
        self, call: str, links: Sequence[Link[T]], *, strict: bool = False, cancel: CancelSignal | None = None
    ) -> Delivered[T]:
        """Ask one after the other until one delivers; a ``strict`` call asks the first one only.

        Raises what ``first_delivered`` raises, and Cancelled.
        """
        ends = self._clock() + self._seconds
        remote = [link.remote for link in links]
        asked = [
            (link.engine, partial(self._shared, call, link, ends, max(1, sum(remote[at:])), cancel))
            for at, link in enumerate(links)
        ]
        return first_delivered(call, asked[:1] if strict else asked)

    def ask(self, call: str, link: Link[T], *, seconds: float | None = None, cancel: CancelSignal | None = None) -> T:
        """The answer of one engine, tried again where that may help; ``seconds`` limits one elsewhere.

        Raises EngineFailed, MissingPart, InvalidInput, Cancelled.
        """
        ends = self._clock() + (self._seconds if seconds is None else seconds)
        tried = 0
        while True:
            stop_if_set(cancel)
            guard = self._guard(link.engine) if link.remote else None
            permit = guard.admit() if guard else nullcontext()
            tried += 1
            try:
                with permit:
                    return self._tried(call, link, ends, cancel)
            except ProviderFailed as failure:
                pause = self._pause(tried, failure, ends)
                if pause is None or (guard and guard.standing().breaker == "open"):
                    raise
            slept(pause, sleep=self._sleep, cancel=cancel)

    def figures(self) -> tuple[EngineFigures, ...]:
        """Every engine that was asked, in the order of their names."""
        counted = self.counters.figures()
        with self._lock:
            guards = dict(self._guards)
        standings = {name: guard.standing() for name, guard in guards.items()}
        return tuple(
            replace(standings.get(name, EngineFigures(engine=name, calls={})), calls=counted.get(name, {}))
            for name in sorted(counted.keys() | standings.keys())
        )

    def _shared(self, call: str, link: Link[T], ends: float, among: int, cancel: CancelSignal | None) -> T:
        left = ends - self._clock()
        if link.remote and left <= 0:
            raise ProviderFailed(link.engine, "timeout", "the time of the call was over before its turn came")
        return self.ask(call, link, seconds=left / among, cancel=cancel)

    def _tried(self, call: str, link: Link[T], ends: float, cancel: CancelSignal | None) -> T:
        """One try, counted."""
        began = self._clock()
        try:
            value = self._asked(link, ends - began, cancel)
        except (EngineFailed, MissingPart) as failure:
            self.counters.failed(link.engine, call, cause_of(failure))
            raise
        spent = link.spent(value)
        self.counters.answered(link.engine, call, seconds=self._clock() - began, spent=spent)
        return value

    def _asked(self, link: Link[T], left: float, cancel: CancelSignal | None) -> T:
        try:
            return awaited(link.ask, seconds=left, cancel=cancel) if link.remote else link.ask()
        except ReelwrightError:
            raise
        except TimeoutError as error:
            raise ProviderFailed(link.engine, "timeout", f"no answer within {left:.0f} s") from error
        except Exception as error:
            raise ProviderFailed(link.engine, "error", f"an unforeseen {_place(error)}") from error

    def _pause(self, tried: int, failure: ProviderFailed, ends: float) -> float | None:
        if not failure.may_pass:
            return None
        left = ends - self._clock()
        return self._retrying.pause(tried, chance=self._chance, retry_after=failure.retry_after, left=left)

    def _guard(self, engine: str) -> Guard:
        with self._lock:
            if engine not in self._guards:
                self._guards[engine] = Guard(engine, self._rules, self._clock)
            return self._guards[engine]


def distinct(engines: Iterable[str]) -> None:
    """Raises InvalidInput where two engines have one name: breakers, counters and answers tell them apart by it."""
    for name, times in Counter(engines).items():
        if times > 1:
            raise InvalidInput(f"{times} engines are called {name!r}: a name for each is right")


def first_delivered(call: str, asked: Sequence[tuple[str, Callable[[], T]]]) -> Delivered[T]:
    """What the first of the engines, each with its name, delivers; who was passed over is told with the reason.

    What the first one calls invalid is so, and raised at once; a stand-in that cannot work on it is passed over. Raises
    the failure itself where one engine was asked, and else one error that tells all of them.
    """
    failures: list[tuple[str, ReelwrightError]] = []
    for engine, ask in asked:
        replaced = tuple(Replacement(engine=name, reason=reason_of(failure)) for name, failure in failures)
        try:
            return Delivered(value=ask(), engine=engine, replaced=replaced)
        except InvalidInput as failure:
            if not failures:
                raise
            failures.append((engine, failure))
        except (EngineFailed, MissingPart) as failure:
            failures.append((engine, failure))
    if len(failures) == 1:
        raise failures[0][1]
    raise _told(call, failures)


def _told(call: str, failures: Sequence[tuple[str, ReelwrightError]]) -> EngineFailed:
    """Its cause is one that may pass where there is any, so that a caller knows whether to come again."""
    if not failures:
        return EngineFailed(f"no engine can do {call!r}: add one that can to the engines of this call")
    reasons = "; ".join(f"{engine}: {reason_of(failure)}" for engine, failure in failures)
    problem = f"none delivered {call!r} ({reasons})"
    providers = [failure for _, failure in failures if isinstance(failure, ProviderFailed)]
    if not providers:
        return EngineFailed(problem)
    passing = [failure for failure in providers if failure.may_pass]
    return ProviderFailed(
        ", ".join(engine for engine, _ in failures),
        (passing or providers)[0].cause,
        problem,
        retry_after=min((one.retry_after for one in passing if one.retry_after is not None), default=None),
    )


def _place(error: Exception) -> str:
    """Its class and where it was raised; its text may hold anything, and be it a key."""
    *_, last = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}"
