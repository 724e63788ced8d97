"""Answers that cost something and may be a few seconds old."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Found = TypeVar("Found")


class Kept(Generic[Found]):
    """What ``look`` finds, looked at anew when the last look is older than ``seconds``; safe in any thread."""

    def __init__(
        self, look: Callable[[], Found], *, seconds: float = 5.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._look, self._seconds, self._clock = look, seconds, clock
        self._lock = threading.Lock()
        self._found: tuple[float, Found] | None = None

    def __call__(self) -> Found:
        with self._lock:
            if self._found is None or self._clock() - self._found[0] >= self._seconds:
                found = self._look()
                self._found = self._clock(), found
            return self._found[1]
