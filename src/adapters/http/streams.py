"""Live streams, which outlast what a request is checked for: counted by user, ended with the session of their token."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ...application.access import Identity, Verify
from ...domain.errors import StoreUnavailable, Unauthenticated
from .problem_kinds import Refusal

_log = logging.getLogger("reelwright.http")


class Stream:
    """One that is open. ``refused`` comes true, with the reason, once its token does not hold any more."""

    __slots__ = ("identity", "refused", "token")

    def __init__(self, identity: Identity, token: str) -> None:
        self.identity, self.token = identity, token
        self.refused: asyncio.Future[str] = asyncio.get_running_loop().create_future()


class Streams:
    """Those of this process: at most ``per_user`` of a user; each token is verified every ``seconds``."""

    def __init__(self, verify: Verify, *, per_user: int, seconds: float) -> None:
        self.verify = verify
        self._per_user, self._seconds = per_user, seconds
        self._users: Counter[str] = Counter()
        self._tokens: dict[str, set[Stream]] = {}
        self._watch: asyncio.Task[None] | None = None

    @contextmanager
    def opened(self, identity: Identity, token: str) -> Iterator[Stream]:
        """Raises Refusal where the user has too many."""
        user = identity.user
        if self._users[user] >= self._per_user:
            raise Refusal("too-many-streams", limit=self._per_user)
        self._users[user] += 1
        stream = Stream(identity, token)
        self._hold(stream)
        try:
            yield stream
        finally:
            self._let_go(stream)
            self._users[user] -= 1
            if not self._users[user]:
                del self._users[user]

    async def renew(self, stream: Stream, token: str) -> None:
        """Go on with another token of the same user. Raises Unauthenticated, StoreUnavailable."""
        if (await self.verify(token)).user != stream.identity.user:
            raise Unauthenticated("this is the token of somebody else")
        self._let_go(stream)
        stream.token = token
        self._hold(stream)

    def _hold(self, stream: Stream) -> None:
        self._tokens.setdefault(stream.token, set()).add(stream)
        if self._watch is None:
            self._watch = asyncio.get_running_loop().create_task(self._verify_again())

    def _let_go(self, stream: Stream) -> None:
        streams = self._tokens[stream.token]
        streams.discard(stream)
        if not streams:
            del self._tokens[stream.token]
        if not self._tokens and self._watch is not None:
            self._watch.cancel()
            self._watch = None

    async def _verify_again(self) -> None:
        """One token after the other, evenly over the time, each for all of its streams."""
        while True:
            tokens = list(self._tokens)
            for token in tokens:
                await asyncio.sleep(self._seconds / len(tokens))
                with suppress(StoreUnavailable):
                    try:
                        await self.verify(token)
                    except Unauthenticated as error:
                        self._refuse(token, str(error))
                    except Exception:
                        _log.exception("a token of a live stream could not be verified")
                        raise

    def _refuse(self, token: str, reason: str) -> None:
        for stream in self._tokens.get(token, ()):
            if not stream.refused.done():
                stream.refused.set_result(reason)
