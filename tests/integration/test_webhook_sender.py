"""What a webhook meets on its way: good servers, bad ones, and addresses that lead inside."""

import asyncio
import gc
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from reelwright.adapters.webhooks.lookup import Lookup
from reelwright.adapters.webhooks.sender import HttpSender, retry_after
from reelwright.domain.errors import InvalidField
from reelwright.domain.webhook import Reply, valid_address
from tests.receiver import Answer, Receiver, receiving

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


async def send(address: str, seconds: float = 10) -> Reply:
    return await HttpSender(private=True, seconds=seconds)(address, {"webhook-id": "m1"}, b'{"a":1}')


async def test_a_webhook_is_posted_as_json_with_its_headers(receiver: Receiver) -> None:
    assert await send(receiver.address) == Reply(status=204)
    (came,) = receiver.requests
    assert came.line == "POST /hook?key=1 HTTP/1.1"
    assert came.body == b'{"a":1}'
    assert came.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert came.headers["content-type"] == "application/json"
    assert came.headers["content-length"] == "7"
    assert came.headers["webhook-id"] == "m1"
    assert came.headers["user-agent"].startswith("reelwright/")


async def test_a_refusal_is_told_in_a_line_with_the_wait_that_was_asked_for(receiver: Receiver) -> None:
    receiver.answers = [
        Answer(status=500, body="<h1>Down\0\n  for</h1> 维护".encode()),
        Answer(status=429, headers={"Retry-After": "120"}),
        Answer(status=503, headers={"Retry-After": "soon"}, body=b"\xff\xfe" + b"x" * 5000),
    ]
    assert await send(receiver.address) == Reply(status=500, problem="it answered 500: <h1>Down for</h1> 维护")
    assert await send(receiver.address) == Reply(
        status=429, problem="it answered 429", retry_after=timedelta(minutes=2)
    )
    last = await send(receiver.address)
    assert (last.status, last.retry_after, len(last.problem)) == (503, None, 217)


async def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.answers = [Answer(status=307, headers={"Location": receiver.address})]
    assert (await send(receiver.address)).status == 307
    await asyncio.sleep(0.05)
    assert len(receiver.requests) == 1


async def test_an_answer_without_end_is_not_read(receiver: Receiver) -> None:
    for status in (200, 500):
        receiver.answers, receiver.written = [Answer(status=status, endless=True)], 0
        began = time.monotonic()
        assert (await send(receiver.address)).status == status
        assert time.monotonic() - began < 1
        assert receiver.written < 16 << 20, "no more than the buffers of the system hold"


async def test_a_packed_bomb_is_not_unpacked(receiver: Receiver) -> None:
    receiver.answers = [Answer(status=500, headers={"Content-Encoding": "gzip"}, body=b"no gzip at all")]
    assert (await send(receiver.address)).problem == "it answered 500: no gzip at all"


async def test_whatever_breaks_on_the_way_is_told(receiver: Receiver) -> None:
    receiver.answers = [Answer(cut=True), Answer(delay=3), Answer(status=200, headers={"X": "a\r\nb\0: c"})]
    assert "the connection was cut" in (await send(receiver.address)).problem
    began = time.monotonic()
    assert await send(receiver.address, seconds=0.3) == Reply(problem="no answer within 0.3 s")
    assert time.monotonic() - began < 1
    assert "is no HTTP" in (await send(receiver.address)).problem
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert (await send(f"http://127.0.0.1:{port}/")).problem.startswith("no connection")
    assert (await send("http://name.invalid/")).problem.startswith("the name name.invalid is not known")
    slow = await send(f"https://127.0.0.1:{receiver.port}/", seconds=0.4)
    assert slow.problem == "no connection: the server does not answer"
    gc.collect()  # what was left open would warn here


async def test_the_sender_without_leave_calls_nothing_of_its_own_network(receiver: Receiver) -> None:
    for host in ("127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "0.0.0.0"):
        reply = await HttpSender()(f"http://{host}:{receiver.port}/", {}, b"")
        assert reply.status is None
        assert "leads to an address that may not be called" in reply.problem
    assert "cannot be read" in (await HttpSender()(f"http://0177.0.0.1:{receiver.port}/", {}, b"")).problem
    await asyncio.sleep(0.05)
    assert receiver.requests == []


@pytest.mark.parametrize("found", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["169.254.169.254"], ["fe80::1%lo"], []])
async def test_one_bad_address_of_a_name_is_enough_to_refuse_it(receiver: Receiver, found: list[str]) -> None:
    async def lookup(host: str, port: int) -> tuple[str, ...]:
        return tuple(found)

    reply = await HttpSender(lookup=lookup)(f"http://hooks.example:{receiver.port}/", {}, b"")
    assert reply == Reply(problem="hooks.example leads to an address that may not be called")
    assert receiver.requests == []


async def test_a_name_is_looked_up_once_and_the_checked_address_is_called(receiver: Receiver) -> None:
    asked: list[tuple[str, int]] = []

    async def rebinding(host: str, port: int) -> tuple[str, ...]:
        asked.append((host, port))
        return ("127.0.0.1",) if len(asked) == 1 else ("169.254.169.254",)

    sender = HttpSender(private=True, lookup=rebinding)
    address = f"http://hooks.example:{receiver.port}/x"
    assert (await sender(address, {}, b"")).status == 204
    assert asked == [("hooks.example", receiver.port)]
    assert receiver.requests[0].headers["host"] == f"hooks.example:{receiver.port}"
    assert "may not be called" in (await sender(address, {}, b"")).problem


async def test_the_next_address_is_called_where_one_does_not_answer(receiver: Receiver) -> None:
    async def lookup(host: str, port: int) -> tuple[str, ...]:
        return ("::1", "127.0.0.2", "127.0.0.1")

    assert (await HttpSender(private=True, lookup=lookup)(receiver.address, {}, b"")).status == 204


async def test_a_proxy_of_the_environment_is_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert (await send(receiver.address)).status == 204


def identity(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's side for ``name``, and the side of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if name[0].isdigit():
        names = [x509.IPAddress(ipaddress.ip_address(name))]
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    file = folder / f"{name}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(file)
    return serving, ssl.create_default_context(cadata=made.public_bytes(Encoding.PEM).decode())


@pytest.mark.parametrize("name", ["hooks.example", "127.0.0.1"])
async def test_the_certificate_has_to_be_that_of_the_name_and_not_of_the_address(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lookup(host: str, port: int) -> tuple[str, ...]:
        return ("127.0.0.1",)

    serving, trust = identity(tmp_path, name)
    with receiving(serving) as receiver:
        sender = HttpSender(private=True, lookup=lookup, trust=trust)
        assert (await sender(f"https://{name}:{receiver.port}/", {}, b"1")).status == 204
        assert receiver.requests[0].headers["host"] == f"{name}:{receiver.port}"
        other = await sender(f"https://other.example:{receiver.port}/", {}, b"2")
        assert "certificate verify failed" in other.problem
        unknown = await HttpSender(private=True, lookup=lookup)(f"https://{name}:{receiver.port}/", {}, b"3")
        assert "certificate verify failed" in unknown.problem
        assert [one.body for one in receiver.requests] == [b"1"]
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / f"{name}.pem"))
        known = HttpSender(private=True, lookup=lookup)
        assert (await known(f"https://{name}:{receiver.port}/", {}, b"4")).status == 204


async def test_a_lookup_that_hangs_is_given_up_and_many_leave_room_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **__: object) -> list[object]:
        time.sleep(0.5)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    sender = HttpSender(seconds=0.1)
    replies = await asyncio.gather(*(sender("https://slow.example/", {}, b"") for _ in range(40)))
    told = {one.problem for one in replies}
    assert told == {
        "no answer within 0.1 s",
        "the name slow.example is not known: too many names are being looked up",
    }
    await asyncio.sleep(0.6)
    assert await Lookup()("slow.example", 443) == ()


async def test_the_lookup_gives_every_address_of_a_name_once() -> None:
    assert await Lookup()("127.0.0.1", 80) == ("127.0.0.1",)
    assert "127.0.0.1" in await Lookup()("localhost", 80)
    for host in ("name.invalid", "x" * 64 + ".example"):
        with pytest.raises(OSError, match=r".+"):
            await Lookup()(host, 80)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("0", 0),
        (" 120 ", 120),
        (format_datetime(NOON + timedelta(hours=1), usegmt=True), 3600),
        (format_datetime(NOON - timedelta(hours=1), usegmt=True), 0),
        ("Sun, 17 May 2026 12:00:05 -0000", 5),
        ("9" * 400, 10**8),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, wait: float | None) -> None:
    assert retry_after(value, NOON) == (None if wait is None else timedelta(seconds=wait))


@given(st.text(max_size=40) | st.from_regex(r"https?://[a-z0-9.:@\[\]%/?&=_-]{1,40}", fullmatch=True))
def test_the_host_that_was_checked_is_the_host_that_is_called(text: str) -> None:
    try:
        address = valid_address(text, plain_http=True, private=True)
    except InvalidField:
        return
    assert httpx.URL(address).raw_host.decode() == urlsplit(address).hostname
