"""Names of hosts to addresses, in threads that nobody has to wait for."""

import asyncio
import socket
import threading
from contextlib import suppress

_AT_ONCE = 32


class Lookup:
    """Called with a host and a port, it gives every address of the host, in the order to try them.

    Raises OSError where the name leads nowhere, or where too many look-ups hang. A look-up that is given up runs on in
    a thread of its own, which the end of the process does not wait for; the pools of the event loop would.
    """

    def __init__(self) -> None:
        self._room = threading.BoundedSemaphore(_AT_ONCE)

    async def __call__(self, host: str, port: int) -> tuple[str, ...]:
        loop = asyncio.get_running_loop()
        found: asyncio.Future[tuple[str, ...]] = loop.create_future()

        def tell(addresses: tuple[str, ...] | None, error: OSError | None) -> None:
            if found.done():
                return
            if addresses is None:
                found.set_exception(error or OSError("the name leads nowhere"))
            else:
                found.set_result(addresses)

        def look() -> None:
            addresses, problem = None, None
            try:
                entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
                addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in entries))
            except OSError as error:
                problem = error
            except UnicodeError:
                problem = OSError("this is no name of a host")
            finally:
                self._room.release()
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(tell, addresses, problem)

        if not self._room.acquire(blocking=False):
            raise OSError("too many names are being looked up")
        threading.Thread(target=look, name="webhook look-up", daemon=True).start()
        return await found
