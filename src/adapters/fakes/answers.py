"""``MemoryAnswers``: answers of language engines in the memory."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from ...application.language_ports import Answer
from ...domain.writing import Call


class MemoryAnswers:
    """Fulfils ``AnswerStore`` with room for ``most`` answers; those that were not asked for longest go first."""

    def __init__(self, *, most: int = 1000, clock: Callable[[], float] = time.time) -> None:
        self._most, self._clock = most, clock
        self._kept: dict[tuple[Call, str], tuple[float, Answer[Any]]] = {}
        self._lock = Lock()

    def get(self, call: Call, digest: str) -> Answer[Any] | None:
        with self._lock:
            kept = self._kept.pop((call, digest), None)
            if kept is None or kept[0] <= self._clock():
                return None
            self._kept[call, digest] = kept
            return kept[1]

    def put(self, call: Call, digest: str, answer: Answer[Any], *, seconds: float) -> None:
        with self._lock:
            self._kept.pop((call, digest), None)
            self._kept[call, digest] = self._clock() + seconds, answer
            while len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
