"""Answers of language engines, kept by what was asked: what was answered once is not paid for again."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from typing import Any, TypeVar

from ..domain.errors import OutputFailed
from ..domain.writing import Call
from .language_ports import Answer, AnswerStore
from .ports import CancelSignal
from .single_flight import SingleFlight

T = TypeVar("T")

AGE = 30 * 86_400.0
"""Seconds that an answer of the engine that was asked first is kept."""
STAND_IN_AGE = 300.0
"""Seconds that an answer in place of an engine that failed is kept: it gets its next chance soon."""


def digest_of(call: Call, engines: Sequence[str], request: Sequence[object], edition: str = "") -> str:
    """SHA-256 of a request, whoever makes it, and the order in which engines are asked."""
    return sha256(repr((call, tuple(engines), tuple(request), edition)).encode()).hexdigest()


class AnswerCache:
    """Shared by threads: equal requests at once make one call.

    ``edition`` is what else answers depend on, models and the wording of prompts: another edition finds nothing of what
    was kept before. ``age`` and ``stand_in_age`` are how many seconds answers are kept.
    """

    def __init__(
        self, store: AnswerStore, *, edition: str = "", age: float = AGE, stand_in_age: float = STAND_IN_AGE
    ) -> None:
        self._store, self._edition = store, edition
        self._age, self._stand_in_age = age, stand_in_age
        self._flights = SingleFlight[Answer[Any]]()

    def __call__(
        self,
        call: Call,
        engines: Sequence[str],
        request: Sequence[object],
        make: Callable[[], Answer[T]],
        *,
        strict: bool = False,
        cancel: CancelSignal | None = None,
    ) -> Answer[T]:
        """The kept answer, or that of ``make``, which is called by one of those who ask the same at the same time.

        ``cached`` where somebody else paid. A failure is raised for all who wait and not kept. A ``strict`` caller gets
        no answer of a stand-in, from nowhere.
        """
        digest = digest_of(call, engines, request, self._edition)

        def found_or_made() -> Answer[T]:
            kept = self._store.get(call, digest)
            if kept is not None and not (strict and kept.replaced):
                return _cached(kept)
            answer = make()
            with suppress(OutputFailed):
                self._store.put(call, digest, answer, seconds=self._stand_in_age if answer.replaced else self._age)
            return answer

        answer, shared = self._flights(f"{digest}:{strict}", found_or_made, cancel=cancel)
        return _cached(answer) if shared else answer


def _cached(answer: Answer[T]) -> Answer[T]:
    return replace(answer, cached=True, tokens_in=0, tokens_out=0, cost=0.0)
