"""uvicorn with what it lacks: a limit on slow request heads, a port that is told, and a quick end."""

import asyncio
import gc
import logging
import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from types import FrameType
from typing import Literal

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ...domain.errors import InvalidInput
from .asgi import ENDING, REQUEST_ID, App, Receive, Scope, Send
from .problem_kinds import Refusal
from .problems import unread

_HEAD_BYTES = 64 << 10
"""How long the address and the headers of a request may be together, give or take what one read brings."""
_HEAD_SECONDS = 10.0
"""How long the head of a request may take, from the connection or its first byte on."""
_MESSAGE_BYTES = 16 << 10
"""How long a message on a WebSocket may be; ours hold a token."""
_STOP_SECONDS = 0.5
"""How long running requests may go on once the server is told to stop: then their callers are hung up on."""
_NOTICE_SECONDS = 0.2
"""How long the answers of those may take to notice it, before they are cancelled."""


class Punctual(HttpToolsProtocol):
    """Closes a connection whose next request head does not come in time (Slowloris), or grows without end."""

    head_seconds = _HEAD_SECONDS
    _due: asyncio.TimerHandle | None = None
    _head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._due is not None:
            self._head += len(data)
            if self._head > _HEAD_BYTES and not self.transport.is_closing():
                self._end(Refusal("head-too-large", limit=_HEAD_BYTES))

    def send_400_response(self, msg: str) -> None:
        self._end(Refusal("invalid-request", problem="it is no HTTP/1.1 request"))

    def on_message_begin(self) -> None:
        self._expect_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head_came()
        super().on_headers_complete()

    def _expect_head(self) -> None:
        self._head_came()
        self._head = 0
        self._due = self.loop.call_later(self.head_seconds, self.transport.close)

    def _head_came(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _end(self, refusal: Refusal) -> None:
        self.transport.write(unread(refusal))
        self.transport.close()


class Server(uvicorn.Server):
    """Ends by SIGINT or SIGTERM with its work done, so without passing the signal on; a second one ends it at once.

    ``ending`` is set when it begins to, so that streams without an end of their own can come to one.
    """

    def __init__(self, config: uvicorn.Config, ending: asyncio.Event) -> None:
        super().__init__(config)
        self.ending = ending

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.ending.set()
        hanging_up = asyncio.get_running_loop().call_later(_STOP_SECONDS, self._hang_up)
        await super().shutdown(sockets)
        hanging_up.cancel()

    def _hang_up(self) -> None:
        for connection in self.server_state.connections:
            connection.transport.abort()


class _WithRequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = REQUEST_ID.get()
        return True


def _not_cancelled(record: logging.LogRecord) -> bool:
    """A request that the end of the server cut off has not failed."""
    return record.exc_info is None or not isinstance(record.exc_info[1], asyncio.CancelledError)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises InvalidInput, saying what is in the way."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise InvalidInput(f"--host {host}: {error.strerror}; an address of this machine is right") from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        raise InvalidInput(f"{host}:{port}: {error.strerror}; --port 0 takes a free port") from error
    return listening


def address_of(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def server(app: App, *, trusted_proxies: tuple[str, ...], lifespan: Literal["on", "off"] = "on") -> Server:
    ending = asyncio.Event()

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, ENDING: ending}, receive, send)

    config = uvicorn.Config(
        told,
        http=Punctual,
        lifespan=lifespan,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        timeout_keep_alive=15,
        ws_max_size=_MESSAGE_BYTES,
        ws_per_message_deflate=False,  # it costs more memory and time for each socket than short messages save
        timeout_graceful_shutdown=_STOP_SECONDS + _NOTICE_SECONDS,  # type: ignore[arg-type]
    )
    return Server(config, ending)


def run(
    app: App,
    listening: socket.socket,
    *,
    opened: Callable[[], AbstractAsyncContextManager[None]],
    trusted_proxies: tuple[str, ...],
    ready: Callable[[], None],
) -> None:
    """Serve until a signal says stop, with what ``app`` needs ``opened``; ``ready`` is called once it answers.

    What cannot be opened is raised as it is, which the server would only log.
    """
    ending = server(app, trusted_proxies=trusted_proxies, lifespan="off")

    async def serve() -> None:
        async with opened():
            serving = asyncio.create_task(ending.serve([listening]))
            while not ending.started and not serving.done():
                await asyncio.sleep(0.01)
            if ending.started:
                gc.collect()
                gc.freeze()  # what is there by now stays; to look through it again would hold everybody for long
                ready()
            await serving

    with asyncio.Runner(loop_factory=ending.config.get_loop_factory()) as runner:
        runner.run(serve())


def log_to_stderr(level: str) -> None:
    """Lines of a time, a level, the request's id and the message, for this process."""
    handler = logging.StreamHandler()
    handler.addFilter(_WithRequestId())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s [%(request_id)s] %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    for chatty in ("uvicorn", "alembic", "httpx", "httpcore"):
        logging.getLogger(chatty).setLevel("WARNING")
    logging.getLogger("uvicorn.error").addFilter(_not_cancelled)
