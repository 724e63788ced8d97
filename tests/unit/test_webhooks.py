"""Webhooks as values: addresses, bodies, signatures, and when they are tried again."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.domain.errors import InvalidField
from reelwright.domain.network import callable_address
from reelwright.domain.webhook import (
    GONE,
    RETRIES,
    Delivery,
    Event,
    Reply,
    Secret,
    headers,
    judged,
    new_secret,
    signature,
    valid_address,
    wait,
)

NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
SECRETS = st.binary(min_size=24, max_size=64).map(new_secret)
SHARES = st.floats(0, 1, exclude_max=True)
EVENTS = st.builds(
    Event,
    id=st.uuids().map(str),
    type=st.sampled_from(["video.succeeded", "video.failed", "video.cancelled"]),
    at=st.datetimes(timezones=st.just(UTC)),
    video_id=st.uuids().map(str),
    title=st.text(),
    links=st.dictionaries(st.text(), st.text(), max_size=3),
)
STATUSES = st.integers(100, 599)
REPLIES = st.builds(
    Reply,
    status=st.none() | STATUSES,
    problem=st.just("it did not work"),
    retry_after=st.none() | st.timedeltas(timedelta(0), timedelta(days=99)),
)


def delivery(**how: Any) -> Delivery:
    made = Delivery(
        id="019e3550-1c00-7123-8abc-0123456789ab",
        user_id="ada",
        event="video.succeeded",
        subject="v",
        address="https://example.org/hook",
        body="{}",
        attempt=1,
        not_before=NOON,
        created_at=NOON,
    )
    return replace(made, **how)


def test_the_signature_is_that_of_the_reference_implementation() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    made = signature([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(event=EVENTS, secrets=st.lists(SECRETS, min_size=1, max_size=2, unique=True), at=st.integers(0, 2**33))
def test_each_secret_signs_and_what_was_changed_has_another_signature(
    event: Event, secrets: list[str], at: int
) -> None:
    made = signature(secrets, event.id, at, event.body).split(" ")
    for secret, one in zip(secrets, made, strict=True):
        signed = f"{event.id}.{at}.{event.body}".encode()
        right = hmac.new(b64decode(secret[6:]), signed, hashlib.sha256).digest()
        assert one == f"v1,{b64encode(right).decode()}"
    assert signature(secrets, event.id, at + 1, event.body).split(" ")[0] != made[0]
    assert signature(secrets, event.id, at, event.body + " ").split(" ")[0] != made[0]


@given(EVENTS)
def test_a_body_is_json_that_tells_the_event(event: Event) -> None:
    told = json.loads(event.body.encode())
    assert (told["id"], told["type"]) == (event.id, event.type)
    assert datetime.fromisoformat(told["timestamp"]) == event.at
    assert told["timestamp"].endswith("Z")
    assert told["data"] == {
        "video_id": event.video_id,
        "status": event.type.split(".")[1],
        "title": event.title,
        "links": event.links,
    }


def test_after_a_rotation_both_secrets_sign_for_a_day() -> None:
    first, second = new_secret(bytes(32)), new_secret(b"x" * 32)
    secret = Secret(user_id="ada", text=first, created_at=NOON)
    assert secret.live(NOON) == (first,)
    rotated = secret.rotated(second, NOON)
    assert rotated.live(NOON + timedelta(hours=23, minutes=59)) == (second, first)
    assert rotated.live(NOON + timedelta(hours=24)) == (second,)
    told = headers(delivery(), rotated, NOON)
    assert told["webhook-timestamp"] == str(int(NOON.timestamp()))
    assert [one[:3] for one in told["webhook-signature"].split(" ")] == ["v1,", "v1,"]
    assert first not in repr(rotated)
    assert second not in repr(rotated)


@given(st.integers(1, len(RETRIES)), SHARES)
def test_each_wait_lies_between_the_step_before_and_its_own(attempt: int, share: float) -> None:
    pause = wait(attempt, share)
    assert pause is not None
    assert (RETRIES[attempt - 2] if attempt > 1 else timedelta(0)) <= pause <= RETRIES[attempt - 1]


def test_the_waits_grow_from_seconds_to_a_day_and_end() -> None:
    assert RETRIES[0] == timedelta(seconds=5)
    assert RETRIES[-1] == timedelta(days=1)
    assert list(RETRIES) == sorted(RETRIES)
    assert wait(len(RETRIES) + 1, 0.5) is None
    assert wait(2, 0.5) == timedelta(seconds=17.5), "drawn by lot from the whole span"


@given(REPLIES, st.integers(1, len(RETRIES) + 1), SHARES)
def test_what_is_not_accepted_comes_again_until_it_is_gone_or_the_last_attempt(
    reply: Reply, attempt: int, share: float
) -> None:
    after = judged(delivery(attempt=attempt), reply, NOON, share)
    assert after.status_code == reply.status
    if reply.status is not None and 200 <= reply.status <= 299:
        assert (after.state, after.problem, after.finished_at) == ("delivered", "", NOON)
    elif reply.status == GONE or attempt > len(RETRIES):
        assert (after.state, after.problem, after.finished_at) == ("given_up", reply.problem, NOON)
    else:
        assert (after.state, after.problem, after.finished_at) == ("waiting", reply.problem, None)
        asked = reply.retry_after or timedelta(0)
        assert after.not_before - NOON >= min(asked, timedelta(days=1))
        assert timedelta(0) <= after.not_before - NOON <= timedelta(days=1)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/hook",
        "https://example.org",
        "https://hooks.example.org:8443/a/b?key=%20x&y=[1]",
        "https://xn--bcher-kva.example/",
        "https://_x.example.org./",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]:444/x",
        "HTTPS://EXAMPLE.org/",
    ],
)
def test_addresses_of_the_public_network_are_taken_as_they_are(address: str) -> None:
    assert valid_address(address) == address


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("", "must begin with https://"),
        ("example.org/hook", "must begin with https://"),
        ("http://example.org/", "must begin with https://"),
        ("ftp://example.org/", "must begin with https://"),
        ("//example.org/", "must begin with https://"),
        ("https:///hook", "names no host"),
        ("https://exa_mple..org/", "names no host"),
        ("https://-x.org/", "names no host"),
        ("https://2130706433/", "names no host"),
        ("https://0177.0.0.1/", "names no host"),
        ("https://127.1/", "names no host"),
        ("https://0x7f.0x1/", "names no host"),
        ("https://example.0x7f000001./", "names no host"),
        (f"https://{'x' * 64}.org/", "names no host"),
        (f"https://{'x.' * 127}org/", "names no host"),
        ("https://ada:sesame@example.org/", "names a user"),
        ("https://@example.org/", "names a user"),
        ("https://example.org/#top", "after #"),
        ("https://example.org:0/", "port 0"),
        ("https://example.org:99999/", "cannot be read"),
        ("https://[::1/", "cannot be read"),
        ("https://example.org/a b", "characters that no address has"),
        ("https://example.org/a\r\nX: y", "characters that no address has"),
        ("https://example.org\\@10.0.0.1/", "characters that no address has"),
        ("https://bücher.example/", "characters that no address has"),
        ("https://example.org/\0", "characters that no address has"),
        ("https://example.org/\ud800", "characters that no address has"),
        ("https://example.org/" + "x" * 2048, "has 2068 characters of at most 2048"),
        ("https://localhost/", "network of the service"),
        ("https://LOCALHOST./", "network of the service"),
        ("https://a.localhost:8443/", "network of the service"),
        ("https://127.0.0.1/", "network of the service"),
        ("https://169.254.169.254/latest/meta-data", "network of the service"),
        ("https://[::ffff:10.0.0.1]/", "network of the service"),
        ("https://[fe80::1%25eth0]/", "network of the service"),
    ],
)
def test_an_address_that_cannot_be_is_refused_with_what_would_be_right(address: str, told: str) -> None:
    with pytest.raises(InvalidField) as refused:
        valid_address(address, field="callback")
    assert refused.value.field == "callback"
    assert told in refused.value.problem
    assert refused.value.problem.endswith("an address such as https://example.org/hooks/reelwright is right")
    assert "sesame" not in str(refused.value)


def test_an_operator_may_allow_http_and_the_own_network() -> None:
    assert valid_address("http://example.org/", plain_http=True)
    assert valid_address("https://localhost/", private=True)
    assert valid_address("https://10.1.2.3/", private=True)
    with pytest.raises(InvalidField, match="neither with https:// nor with http://"):
        valid_address("ftp://example.org/", plain_http=True)
    with pytest.raises(InvalidField, match="network of the service"):
        valid_address("https://169.254.169.254/", private=True)


@given(st.text(max_size=60) | st.from_regex(r"https?://[a-z0-9.:@\[\]%/\\#?-]{0,30}", fullmatch=True))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    with suppress(InvalidField):
        assert valid_address(text, plain_http=True).startswith(("http", "HTTP"))


@given(st.ip_addresses())
def test_what_is_not_global_is_never_called(address: IPv4Address | IPv6Address) -> None:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    if callable_address(str(address)):
        assert (mapped or address).is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_by_itself(address: IPv4Address) -> None:
    for private in (False, True):
        alone = callable_address(str(address), private=private)
        assert callable_address(f"::ffff:{address}", private=private) == alone
        assert callable_address(str(IPv6Address(int(ip_address("64:ff9b::")) + int(address))), private=private) == alone
        assert not callable_address(str(IPv6Address(int(ip_address("2002::")) + (int(address) << 80))), private=private)
        assert not callable_address(str(IPv6Address(int(address))), private=private) or int(address) == 1


@pytest.mark.parametrize(
    "address",
    "0.0.0.0 10.0.0.1 100.64.0.1 127.0.0.1 169.254.169.254 172.31.255.255 192.0.0.192 192.0.2.1 192.168.1.1 198.18.0.1 "
    "198.51.100.7 203.0.113.9 224.0.0.1 255.255.255.255 168.63.129.16 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 "
    "64:ff9b::7f00:1 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1:: 3fff::1 5f00::1 fc00::1 fd00:ec2::254 "
    "fe80::1 fe80::1%eth0 ff02::1".split(),
)
def test_special_addresses_are_not_called(address: str) -> None:
    assert not callable_address(address)


def test_the_own_network_is_opened_by_the_operator_alone_and_metadata_by_nobody() -> None:
    for address in "10.0.0.1 100.64.0.1 127.0.0.1 172.16.0.1 192.168.0.1 ::1 fd12::1 ::ffff:10.0.0.1".split():
        assert callable_address(address, private=True)
    for address in "169.254.169.254 100.100.100.200 168.63.129.16 192.0.0.192 fd00:ec2::254 fe80::1 0.0.0.0".split():
        assert not callable_address(address, private=True)
    for address in "1.1.1.1 2606:4700::1111 64:ff9b::101:101".split():
        assert callable_address(address)
