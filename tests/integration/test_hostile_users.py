"""What callers send to the routes of accounts that is wrong, or meant to break in."""

import hashlib
import hmac
import time
from base64 import urlsafe_b64encode
from typing import Any

import httpx
import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from reelwright.bootstrap import Container
from tests.people import PASSWORD, bearer, kind, newcomer, sign_in


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "ab"),
        ("username", "ada\0"),
        ("username", "a b"),
        ("email", "ada"),
        ("email", "ada\0@example.org"),
        ("password", "12345678"),
        ("password", "short"),
        ("password", "tidal\0basin at noon"),
        ("password", "x" * 5000),
    ],
)
def test_what_is_wrong_with_a_field_is_said_by_a_pointer(client: httpx.Client, field: str, value: str) -> None:
    body = {"username": "newone", "email": "newone@example.org", "password": PASSWORD} | {field: value}
    answer = client.post("/api/users/register", json=body)
    assert kind(answer) == (422, "invalid-input")
    (error,) = answer.json()["errors"]
    assert error["pointer"] == f"#/{field}"
    assert error["detail"]
    if field == "password":
        assert value not in answer.text


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("register", {"username": "newone", "email": "newone@example.org"}),
        ("register", {"username": "newone", "email": "newone@example.org", "password": PASSWORD, "role": "admin"}),
        ("login", {"username": 7, "password": PASSWORD}),
        ("login", ["ada", PASSWORD]),
        ("refresh", {"refresh_token": None}),
    ],
)
def test_a_body_of_another_shape_is_refused(client: httpx.Client, path: str, body: Any) -> None:
    answer = client.post(f"/api/users/{path}", json=body)
    assert kind(answer) == (422, "invalid-input")
    assert answer.json()["errors"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"username": "\xff", "password": "x"}',
        b'{"username": "\\ud800", "password": "x"}',
        b'{"username": "\xed\xa0\x80", "password": "x"}',
        b'{"username": ' + b"[" * 10_000 + b"]" * 10_000 + b', "password": "x"}',
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    ],
    ids=["cut off", "no UTF-8", "half a character", "half a character's bytes", "deep lists", "deep objects"],
)
@pytest.mark.parametrize("path", ["register", "login", "refresh"])
def test_a_body_that_cannot_be_read_is_refused(client: httpx.Client, path: str, body: bytes) -> None:
    answer = client.post(f"/api/users/{path}", content=body, headers={"Content-Type": "application/json"})
    assert kind(answer) == (400, "invalid-request")


def test_a_nul_in_an_address_or_a_token_finds_nothing(client: httpx.Client) -> None:
    _, tokens = newcomer(client)
    root = bearer(sign_in(client, "root").json())
    for key in ("%00", "a%00b", "%ED%A0%80", "0" * 3000, "..%2f..", "%F0%9F%8C%8A"):
        for who in (root, bearer(tokens)):
            assert kind(client.get(f"/api/users/stats/{key}", headers=who)) == (404, "not-found")
        answer = client.put(f"/api/users/{key}/plan", headers=root, json={"plan": "team"})
        assert kind(answer) == (404, "not-found")
        cursor = client.get(f"/api/users/usage-history?cursor={key}", headers=bearer(tokens))
        assert kind(cursor) == (422, "invalid-input")
        assert [one["parameter"] for one in cursor.json()["errors"]] == ["cursor"]
    for body in ({"username": "a\0b"}, {"display_name": "a\0b"}, {"language": "fr"}, {"email": "\0"}):
        assert kind(client.put("/api/users/profile", headers=bearer(tokens), json=body))[0] == 422
    assert kind(client.post("/api/users/refresh", json={"refresh_token": "a\0b"}))[0] == 401


def part(value: Any) -> str:
    return urlsafe_b64encode(value if isinstance(value, bytes) else msgspec.json.encode(value)).decode().rstrip("=")


def test_a_token_that_somebody_else_made_opens_nothing(client: httpx.Client, parts: Container) -> None:
    made, tokens = newcomer(client)
    key = parts.signing_keys().live()[0]
    good = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    assert good["sub"] == made["id"]

    def signed(claims: dict[str, Any], *, kid: str = key.kid, by: Any = key.private) -> str:
        return jwt.encode(claims, by, algorithm="EdDSA", headers={"kid": kid})

    def status(token: str) -> int:
        answer = client.get("/api/users/profile", headers={"Authorization": f"Bearer {token}"})
        if answer.status_code == 401:
            assert answer.headers["www-authenticate"] == 'Bearer realm="reelwright", error="invalid_token"'
            assert answer.json()["detail"] == "A valid access token is needed: Authorization: Bearer TOKEN"
        return answer.status_code

    assert status(signed(good)) == 200
    payload = part(good)
    public = key.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    raw = key.public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    by_public = f"{part({'alg': 'HS256', 'kid': key.kid})}.{payload}"
    other, _ = newcomer(client)
    forged = {
        "alg none": f"{part({'alg': 'none', 'kid': key.kid})}.{payload}.",
        "HS256 with the public key": f"{by_public}.{part(hmac.digest(public, by_public.encode(), hashlib.sha256))}",
        "HS256 with its bytes": f"{by_public}.{part(hmac.digest(raw, by_public.encode(), hashlib.sha256))}",
        "an unknown kid": signed(good, kid="0" * 16),
        "another key": signed(good, by=Ed25519PrivateKey.generate()),
        "expired": signed(good | {"exp": int(time.time()) - 1}),
        "another audience": signed(good | {"aud": "other"}),
        "another issuer": signed(good | {"iss": "other"}),
        "another user's session": signed(good | {"sub": other["id"]}),
        "a session that never was": signed(good | {"sid": other["id"]}),
        "a session with a NUL": signed(good | {"sid": "a\0b"}),
        "a refresh token": tokens["refresh_token"],
        "no token": "x",
    }
    assert {why: status(token) for why, token in forged.items()} == dict.fromkeys(forged, 401)
