"""Equal work that is wanted by many at once and done once."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Lock
from typing import Generic, TypeVar

from ..domain.errors import Cancelled
from .awaiting import LOOK, stop_if_set
from .ports import CancelSignal

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Shared by threads. Work is equal where its key is; nothing is remembered once it has ended."""

    def __init__(self) -> None:
        self._flying: dict[str, Future[T]] = {}
        self._lock = Lock()

    def __call__(self, key: str, work: Callable[[], T], *, cancel: CancelSignal | None = None) -> tuple[T, bool]:
        """What ``work`` gives back, and whether somebody else's was waited for.

        A failure goes to all who wait. Where the one who works is cancelled, the next one takes over; who waits and is
        cancelled leaves the others alone, and raises Cancelled.
        """
        while True:
            with self._lock:
                flight = self._flying.get(key)
                if flight is None:
                    mine = self._flying[key] = Future()
                    break
            while not wait((flight,), None if cancel is None else LOOK).done:
                stop_if_set(cancel)
            if not isinstance(flight.exception(), Cancelled):
                return flight.result(), True
            stop_if_set(cancel)
        return self._flown(key, mine, work), False

    def _flown(self, key: str, mine: "Future[T]", work: Callable[[], T]) -> T:
        try:
            value = work()
        except BaseException as error:
            self._land(key)
            # An interrupt is meant for this thread alone.
            mine.set_exception(error if isinstance(error, Exception) else Cancelled())
            raise
        self._land(key)
        mine.set_result(value)
        return value

    def _land(self, key: str) -> None:
        with self._lock:
            del self._flying[key]
