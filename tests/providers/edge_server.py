"""A server that speaks the WebSocket protocol of Microsoft Edge's voices, with faults on demand."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from xml.sax.saxutils import unescape

from websockets.datastructures import Headers
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from tests.providers.voices import KEY, Behaviour, broken, mp3, sent, tones

TICKS = 10_000_000


class EdgeServer(Behaviour):
    """``splits`` says how a word is told: as pieces, or other words that are said for it."""

    splits: dict[str, list[str]]

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/edge/v1?TrustedClientToken={KEY}"


@contextmanager
def edge_server() -> Iterator[EdgeServer]:
    told = EdgeServer()
    told.splits = {}

    def refuse(connection: ServerConnection, request: Request) -> Response | None:
        if not told.status:
            return None
        headers = Headers({"Content-Type": "text/plain", "Date": formatdate(usegmt=True), "Content-Length": "0"})
        if told.retry_after:
            headers["Retry-After"] = told.retry_after
        return Response(told.status, "Told", headers, b"")

    def answer(socket: ServerConnection) -> None:
        config, ssml = str(socket.recv()), str(socket.recv())
        assert "Path:speech.config\r\n" in config
        assert '"wordBoundaryEnabled":"true"' in config
        assert "Path:ssml\r\n" in ssml
        told.asked.append(ssml)
        if told.fault == "slow":
            told.closing.wait(5)
        _speak(socket, ssml, told)

    with serve(answer, "127.0.0.1", 0, process_request=refuse) as server:
        told.port = server.socket.getsockname()[1]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield told
        finally:
            told.closing.set()
            server.shutdown()
            thread.join()


def _speak(socket: ServerConnection, ssml: str, told: EdgeServer) -> None:
    found = re.search(r"rate='([+-]\d+)%'.*?>(.*)</prosody>", ssml, re.DOTALL)
    assert found
    text = unescape(found[2])
    sound, words = tones(text, 1 + int(found[1]) / 100)
    data = sent(mp3(broken(sound, told.fault)), told.fault)
    socket.send('X-RequestId:1\r\nContent-Type:application/json\r\nPath:turn.start\r\n\r\n{"context":{}}')
    socket.send('X-RequestId:1\r\nContent-Type:application/json\r\nPath:response\r\n\r\n{"context":{}}')
    if told.fault == "garbage":
        socket.send("Path:nonsense\r\n\r\nx")
        return
    for word in words:
        bare = re.sub(r"^\W+|\W+$", "", word.text)
        parts = told.splits.get(bare, [bare])
        length = (word.end - word.start) * TICKS // 48_000 // len(parts)
        for number, part in enumerate(parts):
            start = word.start * TICKS // 48_000 + number * length
            socket.send(_metadata(part, start, length))
    half = len(data) // 2
    for start in range(0, half if told.fault == "cut" else len(data), 720):
        head = b"X-RequestId:1\r\nContent-Type:audio/mpeg\r\nPath:audio\r\n"
        socket.send(len(head).to_bytes(2, "big") + head + data[start : start + 720])
    if told.fault == "cut":
        socket.socket.close()
        return
    head = b"X-RequestId:1\r\nPath:audio\r\n"
    socket.send(len(head).to_bytes(2, "big") + head)
    socket.send("X-RequestId:1\r\nContent-Type:application/json\r\nPath:turn.end\r\n\r\n{}")


def _metadata(text: str, start: int, length: int) -> str:
    data = {"Offset": start, "Duration": length, "text": {"Text": text, "Length": len(text), "BoundaryType": "Word"}}
    body = json.dumps({"Metadata": [{"Type": "WordBoundary", "Data": data}]}, ensure_ascii=False)
    return f"X-RequestId:1\r\nContent-Type:application/json\r\nPath:audio.metadata\r\n\r\n{body}"
