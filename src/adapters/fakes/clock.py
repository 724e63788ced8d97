"""``VirtualClock``: time that passes only when somebody says so."""

from threading import Lock


class VirtualClock:
    """Calling it gives the seconds; ``sleep`` takes no time and moves it on. ``slept`` holds every sleep."""

    def __init__(self, now: float = 1000.0) -> None:
        self.slept: list[float] = []
        self._now, self._lock = now, Lock()

    def __call__(self) -> float:
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._now += seconds

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        self.slept.append(seconds)
