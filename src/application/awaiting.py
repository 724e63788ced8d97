"""Waiting for work that blocks and knows neither a limit of time nor how to be cancelled."""

import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextvars import copy_context
from threading import Thread
from typing import TypeVar

from ..domain.errors import Cancelled
from .ports import CancelSignal

T = TypeVar("T")

LOOK = 0.05
"""Seconds between two looks at a cancel signal."""


def stop_if_set(cancel: CancelSignal | None) -> None:
    """Raises Cancelled."""
    if cancel is not None and cancel.is_set():
        raise Cancelled


def awaited(work: Callable[[], T], *, seconds: float, cancel: CancelSignal | None = None) -> T:
    """What ``work`` gives back or raises, from a thread of its own that has the context variables of the caller's.

    After ``seconds`` TimeoutError is raised, and Cancelled soon after ``cancel`` was set; then nobody hears of what
    the work still does until it ends by itself.
    """
    ended: Future[T] = Future()
    context = copy_context()

    def run() -> None:
        try:
            ended.set_result(context.run(work))
        except BaseException as error:
            ended.set_exception(error)

    Thread(target=run, name="awaited", daemon=True).start()
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if wait((ended,), left if cancel is None else min(left, LOOK)).done:
            return ended.result()
        stop_if_set(cancel)
    raise TimeoutError


def slept(seconds: float, *, sleep: Callable[[float], object], cancel: CancelSignal | None = None) -> None:
    """``sleep`` in parts, so that a cancel signal is heeded. Raises Cancelled."""
    while seconds > 0:
        stop_if_set(cancel)
        part = seconds if cancel is None else min(seconds, LOOK)
        sleep(part)
        seconds -= part
    stop_if_set(cancel)
