"""Passwords are slow to guess, and nobody but us can make a token."""

import asyncio
import base64
import hashlib
import hmac
import json
import stat
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from reelwright.adapters.security.keys import KeyFolder
from reelwright.adapters.security.passwords import Argon2Passwords
from reelwright.adapters.security.tokens import SignedTokens
from reelwright.domain.errors import EngineFailed, Unauthenticated

USER, SESSION = "user-1", "session-1"


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 5, 17, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def keys(tmp_path: Path) -> KeyFolder:
    return KeyFolder(tmp_path / "keys")


def part(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.anyio
async def test_a_password_matches_its_own_hash_only() -> None:
    passwords = Argon2Passwords(passes=1, memory=64, lanes=1)
    hashed = await passwords.hash("correct horse")
    assert hashed.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert hashed != await passwords.hash("correct horse")
    assert await passwords.matches("correct horse", hashed)
    assert not await passwords.matches("correct hors", hashed)
    assert not await passwords.matches("correct horse", None)
    assert not await passwords.matches("correct horse", "no hash")
    assert not passwords.outdated(hashed)
    assert Argon2Passwords().outdated(hashed)


@pytest.mark.anyio
async def test_hashing_lets_the_loop_run_and_takes_as_long_where_there_is_no_account() -> None:
    passwords = Argon2Passwords()
    hashed = await passwords.hash("correct horse")
    stalls: list[float] = []

    async def tick() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            stalls.append(time.perf_counter() - before)

    ticking = asyncio.create_task(tick())
    took: dict[str | None, list[float]] = {hashed: [], None: []}
    for _ in range(3):
        for kept, times in took.items():
            before = time.perf_counter()
            assert not await passwords.matches("wrong", kept)
            times.append(time.perf_counter() - before)
    ticking.cancel()
    assert len(stalls) >= 10
    assert min(took[None]) > 0.4 * min(took[hashed])
    assert min(took[hashed]) > 0.4 * min(took[None])


def test_a_token_says_who_by_which_login_until_when(keys: KeyFolder) -> None:
    clock = Clock()
    tokens = SignedTokens(keys, lifetime=timedelta(minutes=15), clock=clock)
    token = tokens.issue(USER, SESSION)
    claims = tokens.read(token)
    assert (claims.user_id, claims.session_id) == (USER, SESSION)
    assert claims.expires_at == clock.at + timedelta(minutes=15)
    assert jwt.get_unverified_header(token) == {"alg": "EdDSA", "kid": keys.live()[0].kid, "typ": "JWT"}
    clock.at += timedelta(minutes=14, seconds=59)
    tokens.read(token)
    clock.at += timedelta(seconds=1)
    with pytest.raises(Unauthenticated, match="expired; refresh it"):
        tokens.read(token)


def test_keys_are_for_their_owner_only_and_are_kept(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = KeyFolder(folder).live()[0]
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert KeyFolder(folder).live()[0].kid == first.kid


def test_tokens_outlive_one_rotation_and_not_two_also_in_another_process(keys: KeyFolder, tmp_path: Path) -> None:
    tokens, elsewhere = SignedTokens(keys), SignedTokens(KeyFolder(tmp_path / "keys"))
    old = elsewhere.issue(USER, SESSION)
    keys.rotate()
    newer = tokens.issue(USER, SESSION)
    assert jwt.get_unverified_header(newer)["kid"] != jwt.get_unverified_header(old)["kid"]
    assert elsewhere.read(newer).user_id == elsewhere.read(old).user_id == USER
    assert jwt.get_unverified_header(elsewhere.issue(USER, SESSION)) == jwt.get_unverified_header(newer)
    keys.rotate()
    elsewhere.read(newer)
    for reader in (tokens, elsewhere):
        with pytest.raises(Unauthenticated):
            reader.read(old)
    assert len(list((tmp_path / "keys").iterdir())) == 2


def test_a_token_that_was_right_before_is_looked_at_again(keys: KeyFolder) -> None:
    moment = datetime(2026, 5, 17, 12, tzinfo=UTC)
    tokens = SignedTokens(keys, clock=lambda: moment)
    good = tokens.issue(USER, SESSION)
    assert tokens.read(good) == tokens.read(good)
    for wrong in (good[:-4] + "AAAA", good + "A", good.replace(".", "..", 1)):
        with pytest.raises(Unauthenticated):
            tokens.read(wrong)
    moment += timedelta(minutes=15)
    with pytest.raises(Unauthenticated, match="has expired"):
        tokens.read(good)


def test_a_token_that_somebody_else_made_is_refused(keys: KeyFolder) -> None:
    key = keys.live()[0]
    tokens = SignedTokens(keys)
    later = int(time.time()) + 600
    good = {
        "iss": "reelwright",
        "aud": "reelwright-api",
        "sub": USER,
        "sid": SESSION,
        "iat": later - 600,
        "exp": later,
    }

    def signed(claims: dict[str, Any], *, kid: Any = key.kid, by: Any = key.private) -> str:
        return jwt.encode(claims, by, algorithm="EdDSA", headers={"kid": kid})

    assert tokens.read(signed(good)).user_id == USER
    payload = part(good)
    public = key.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    by_public = f"{part({'alg': 'HS256', 'kid': key.kid})}.{payload}"
    mac = hmac.new(public, by_public.encode(), hashlib.sha256).digest()
    head, body, signature = signed(good).split(".")
    forged = {
        "empty": "",
        "words": "not a token",
        "alg none": f"{part({'alg': 'none', 'kid': key.kid})}.{payload}.",
        "alg None": f"{part({'alg': 'None', 'kid': key.kid})}.{payload}.{signature}",
        "HS256 with the public key": f"{by_public}.{part(mac)}",
        "no kid": f"{part({'alg': 'EdDSA'})}.{payload}.{signature}",
        "a kid that is no text": f"{part({'alg': 'EdDSA', 'kid': ['x']})}.{payload}.{signature}",
        "an unknown kid": signed(good, kid="0" * 16),
        "a kid that is a path": signed(good, kid="../../etc/passwd"),
        "another key": signed(good, by=Ed25519PrivateKey.generate()),
        "another audience": signed(good | {"aud": "other"}),
        "another issuer": signed(good | {"iss": "other"}),
        "no expiry": signed({name: value for name, value in good.items() if name != "exp"}),
        "no session": signed({name: value for name, value in good.items() if name != "sid"}),
        "a session that is no text": signed(good | {"sid": 7}),
        "an expiry beyond time": signed(good | {"exp": 10**30}),
        "an expiry that is no number": signed(good | {"exp": "soon"}),
        "expired": signed(good | {"exp": int(time.time()) - 1}),
        "changed claims": f"{head}.{part(good | {'sub': 'admin'})}.{signature}",
        "no signature": f"{head}.{body}.",
        "too long": signed(good | {"pad": "x" * 3000}),
        "deep": f"{part(b'[' * 900)}.{payload}.{signature}",
        "half a character": "\ud800.x.y",
    }
    assert [why for why, token in forged.items() if accepted(tokens, token)] == []


def accepted(tokens: SignedTokens, token: str) -> bool:
    try:
        tokens.read(token)
    except Unauthenticated:
        return False
    return True


def test_a_file_that_is_no_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.pem").write_text("no key")
    with pytest.raises(EngineFailed, match=r"broken\.pem: tokens cannot be signed with it"):
        KeyFolder(tmp_path).live()
    with pytest.raises(EngineFailed, match="tokens cannot be signed"):
        KeyFolder(Path("/dev/null/keys")).live()
