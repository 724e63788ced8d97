"""Argon2id (RFC 9106) in two threads of its own: the event loop never waits for a hash, and memory has a bound."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_THREADS = 2


class Argon2Passwords:
    """See :class:`~reelwright.application.security.Passwords`.

    ``memory`` is in KiB. The parameters are the second recommended ones of RFC 9106; tests may take smaller ones.
    """

    def __init__(self, *, passes: int = 3, memory: int = 65536, lanes: int = 4) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=lanes)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="argon2")

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, password)

    async def matches(self, password: str, password_hash: str | None) -> bool:
        if password_hash is None:
            await self.hash(password)
            return False
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._verify, password, password_hash)

    def outdated(self, password_hash: str) -> bool:
        return self._hasher.check_needs_rehash(password_hash)

    def _verify(self, password: str, password_hash: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
