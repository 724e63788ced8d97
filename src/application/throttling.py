"""Slowing down who guesses: attempts are counted in the store before the password is looked at."""

import hashlib
from datetime import datetime, timedelta
from math import ceil

from ..domain.errors import TooManyAttempts
from ..domain.user import folded
from .store import Work


class Throttle:
    """At most ``per_name`` failures on a name and ``per_address`` from a network address within ``window``.

    A name counts as it was typed, whether an account has it or not, so that the answer tells nothing about that.
    """

    def __init__(
        self, *, per_name: int = 20, per_address: int = 100, window: timedelta = timedelta(minutes=15)
    ) -> None:
        self._per_name, self._per_address, self._window = per_name, per_address, window

    async def attempt(self, work: Work, what: str, name: str, address: str, at: datetime) -> None:
        """Count one more of ``what``; an empty address is not counted. Raises TooManyAttempts: then do not commit."""
        for key, limit in self._limits(what, name, address):
            attempts = await work.throttles.attempt(key, at, self._window)
            if attempts.count > limit:
                wait = attempts.since + self._window - at
                raise TooManyAttempts(max(1, ceil(wait.total_seconds())))

    async def succeeded(self, work: Work, what: str, name: str, address: str) -> None:
        """The name begins anew; of the address, only this attempt is taken back."""
        (by_name, _), *others = self._limits(what, name, address)
        await work.throttles.clear(by_name)
        for key, _ in others:
            await work.throttles.forgive(key)

    async def forget(self, work: Work, at: datetime) -> int:
        return await work.throttles.forget(at - self._window)

    def _limits(self, what: str, name: str, address: str) -> list[tuple[str, int]]:
        limits = [(_key(what, folded(name)), self._per_name)]
        return [*limits, (_key("address", address), self._per_address)] if address else limits


def _key(kind: str, text: str) -> str:
    return f"{kind}:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()}"
