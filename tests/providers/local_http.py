"""A local HTTP server for stand-ins of providers: in a thread, quiet about clients that go away."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the tests."""


@contextmanager
def listening(handler: type[BaseHTTPRequestHandler], closing: threading.Event) -> Iterator[int]:
    """The port; ``closing`` is set when the block ends, so that answers that wait can end too."""
    http = _Quiet(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield http.server_port
    finally:
        closing.set()
        http.shutdown()
        thread.join()
        http.server_close()
