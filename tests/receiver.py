"""A server of a user that webhooks are sent to: it keeps what comes, and answers as it is told, well or badly."""

import socket
import ssl
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest, new
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    line: str
    headers: Mapping[str, str]
    body: bytes
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """After ``delay`` seconds; ``cut`` closes the connection in the place of it; ``endless`` goes on with the body."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0
    cut: bool = False
    endless: bool = False


class Receiver:
    """``answers`` are given one after another, then 204 each time. ``requests`` is what came."""

    def __init__(self, listening: socket.socket, trust: ssl.SSLContext | None = None) -> None:
        self.answers: list[Answer] = []
        self.requests: list[Request] = []
        self.under_way = self.most_at_once = self.written = 0
        self.port: int = listening.getsockname()[1]
        self._listening, self._trust = listening, trust
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?key=1"

    def wait_for(self, count: int, seconds: float = 10) -> list[Request]:
        """What came, once it is so many."""
        until = time.monotonic() + seconds
        while len(self.requests) < count:
            assert time.monotonic() < until, f"{len(self.requests)} of {count} came"
            time.sleep(0.005)
        return self.requests

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            connection.settimeout(30)
            if self._trust is not None:
                connection = self._trust.wrap_socket(connection, server_side=True)
            with self._lock:
                self.under_way += 1
                self.most_at_once = max(self.most_at_once, self.under_way)
            try:
                self._exchange(connection)
            finally:
                with self._lock:
                    self.under_way -= 1
                connection.close()

    def _exchange(self, connection: socket.socket) -> None:
        received = b""
        while b"\r\n\r\n" not in received:
            part = connection.recv(65536)
            if not part:
                return
            received += part
        head, _, body = received.partition(b"\r\n\r\n")
        line, *fields = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in fields)}
        while len(body) < int(headers.get("content-length", 0)):
            body += connection.recv(65536)
        with self._lock:
            self.requests.append(Request(line=line, headers=headers, body=body, at=time.monotonic()))
            answer = self.answers.pop(0) if self.answers else Answer()
        time.sleep(answer.delay)
        if answer.cut:
            return
        told = {"Content-Length": str(10**9 if answer.endless else len(answer.body)), **answer.headers}
        lines = [f"HTTP/1.1 {answer.status} Told", *(f"{name}: {value}" for name, value in told.items())]
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + answer.body)
        while answer.endless:
            self.written += connection.send(b"x" * 65536)


@contextmanager
def receiving(trust: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver on a free port of this machine."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listening:
        receiver = Receiver(listening, trust)
        threading.Thread(target=receiver.serve, daemon=True).start()
        yield receiver
        listening.shutdown(socket.SHUT_RDWR)


def signed_by(request: Any, secret: str) -> bool:
    """Whether one of the signatures is by this secret, computed from the words of the specification."""
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    right = b64encode(new(b64decode(secret.removeprefix("whsec_")), signed, sha256).digest()).decode()
    given = request.headers["webhook-signature"].split(" ")
    return any(compare_digest(f"v1,{right}", one) for one in given)
