"""What threads of tests do while others look."""

from collections.abc import Callable
from threading import Event


def set_and_wait(tell: Event, until: Event) -> Callable[[], object]:
    """Something to call that sets one event and waits for another, for 20 s at most."""

    def call() -> None:
        tell.set()
        until.wait(20)

    return call
