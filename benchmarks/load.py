"""Load on a service from a process of its own, with as little work for each message as can be.

    python -m benchmarks.load requests ADDRESS RATE SECONDS < plan.json
    python -m benchmarks.load sockets ADDRESS < plan.json

``requests`` reads pairs of path and token and asks for them in turn, open loop: each request goes out at its time,
whatever became of the ones before, and its latency counts from that time. ``sockets`` opens a WebSocket for every pair,
says "open", and at the next line on standard input tells what came when. Times are those of the monotonic clock, which
all processes of a machine share.
"""

import asyncio
import base64
import json
import re
import sys
import time
from collections import deque
from typing import Any

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_NUMBER = re.compile(rb'"id":"([^"]+)","status":"([a-z]+)".*?"done":(\d+)')
_HANDSHAKES = 25
"""WebSockets that are opened at the same time."""


class Connection(asyncio.Protocol):
    """One kept-alive connection that answers one request at a time."""

    def __init__(self, free: "deque[Connection]") -> None:
        self.free = free
        self.buffer = b""
        self.due = 0.0
        self.done: asyncio.Future[tuple[int, float]] | None = None
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def ask(self, path: str, token: str, due: float) -> "asyncio.Future[tuple[int, float]]":
        self.due, self.done = due, asyncio.get_running_loop().create_future()
        self.transport.write(f"GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        return self.done

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, end, body = self.buffer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if end and self.done and length and len(body) >= int(length[1]):
            self.done.set_result((int(head[9:12]), time.monotonic() - self.due))
            self.buffer, self.done = b"", None
            self.free.append(self)

    def connection_lost(self, error: Exception | None) -> None:
        if self.done and not self.done.done():
            self.done.set_result((0, time.monotonic() - self.due))


async def requests(host: str, port: int, rate: float, seconds: float, plan: list[tuple[str, str]]) -> dict[str, Any]:
    loop, free = asyncio.get_running_loop(), deque[Connection]()
    answers: list[asyncio.Future[tuple[int, float]]] = []
    opened: set[asyncio.Task[None]] = set()
    late: list[float] = []

    async def fresh(path: str, token: str, due: float, answer: "asyncio.Future[tuple[int, float]]") -> None:
        _, connection = await loop.create_connection(lambda: Connection(free), host, port)
        answer.set_result(await connection.ask(path, token, due))

    began = time.monotonic()
    for number in range(int(rate * seconds)):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        late.append(time.monotonic() - due)
        path, token = plan[number % len(plan)]
        if free:
            answers.append(free.popleft().ask(path, token, due))
        else:
            answer = loop.create_future()
            answers.append(answer)
            opened.add(asyncio.create_task(fresh(path, token, due, answer)))
    found = await asyncio.gather(*answers)
    statuses = sorted({status for status, _ in found})
    return {
        "statuses": {status: sum(one == status for one, _ in found) for status in statuses},
        "latencies": [latency for _, latency in found],
        "late": max(late),
        "connections": len(opened),
        "cpu": time.process_time(),
    }


class Watcher(asyncio.Protocol):
    """A WebSocket that keeps what comes, unread, and answers pings."""

    def __init__(self, opened: "asyncio.Future[None]") -> None:
        self.opened, self.parts, self.transport = opened, list[tuple[float, bytes]](), None
        self.closed: float | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if not self.opened.done():
            head, _, data = data.partition(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 101"):
                self.opened.set_exception(ConnectionError(head[:80].decode()))
                return
            self.opened.set_result(None)
        self.parts.append((time.monotonic(), data))
        ping = data.find(b"\x89\x04")
        if ping >= 0:
            self.transport.write(b"\x8a\x84\0\0\0\0" + data[ping + 2 : ping + 6])  # type: ignore[attr-defined]

    def connection_lost(self, error: Exception | None) -> None:
        self.closed = time.monotonic()
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("closed before it was open"))

    def messages(self) -> list[tuple[float, str, int, bool]]:
        """When each came, its video, its number, and whether the video is over."""
        found, rest = [], b""
        for at, data in self.parts:
            text, read = rest + data, 0
            for message in _NUMBER.finditer(text):
                video, status, number = message.groups()
                found.append((at, video.decode(), int(number), status in (b"succeeded", b"failed", b"cancelled")))
                read = message.end()
            rest = text[read:]
        return found


async def sockets(host: str, port: int, plan: list[tuple[str, str]]) -> dict[str, Any]:
    loop, turn = asyncio.get_running_loop(), asyncio.Semaphore(_HANDSHAKES)
    key = base64.b64encode(b"reelwright bench").decode()

    async def watch(path: str, token: str) -> Watcher:
        opened: asyncio.Future[None] = loop.create_future()
        async with turn:
            transport, watcher = await loop.create_connection(lambda: Watcher(opened), host, port)
            lines = [
                f"GET {path} HTTP/1.1",
                "Host: bench",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
                f"Sec-WebSocket-Key: {key}",
                f"Sec-WebSocket-Protocol: reelwright.v1, bearer.{token}",
            ]
            transport.write("\r\n".join([*lines, "", ""]).encode())
            await opened
        return watcher

    began = time.monotonic()
    watchers = await asyncio.gather(*(watch(path, token) for path, token in plan))
    print(json.dumps({"open": time.monotonic() - began}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    return {
        "messages": [watcher.messages() for watcher in watchers],
        "closed": sum(watcher.closed is not None for watcher in watchers),
        "cpu": time.process_time(),
    }


def main() -> None:
    what, address, *numbers = sys.argv[1:]
    host, _, port = address.rpartition(":")
    plan = json.loads(sys.stdin.readline())
    if what == "requests":
        done = asyncio.run(requests(host, int(port), float(numbers[0]), float(numbers[1]), plan))
    else:
        done = asyncio.run(sockets(host, int(port), plan))
    print(json.dumps(done), flush=True)


if __name__ == "__main__":
    main()
