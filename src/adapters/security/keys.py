"""Ed25519 keys in a folder: the newest signs, the two newest verify."""

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from filelock import FileLock

from ...domain.errors import EngineFailed

LIVE = 2
"""How many keys verify: tokens signed before a rotation stay valid until the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """``kid`` is the beginning of the SHA-256 of the public key."""

    kid: str
    private: Ed25519PrivateKey
    public: Ed25519PublicKey


class KeyFolder:
    """Files ``STAMP.pem`` in PKCS 8 that only their owner can read; made when there is none.

    Processes that share the folder see each other's rotations.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: list[Path] = []
        self._live: tuple[SigningKey, ...] = ()

    def live(self) -> tuple[SigningKey, ...]:
        """The newest first. Raises EngineFailed where a file is no key or cannot be read."""
        try:
            if not self._live or self._files() != self._seen:
                self._load()
        except OSError as error:
            raise _unusable(self._folder, error.strerror or str(error)) from error
        return self._live

    def rotate(self) -> SigningKey:
        """Make a new key that signs from now on, and remove all but the newest that still verify."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._lock():
                self._make()
                for old in self._files()[LIVE:]:
                    old.unlink()
        except OSError as error:
            raise _unusable(self._folder, error.strerror or str(error)) from error
        return self.live()[0]

    def _load(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._lock():
            if not self._files():
                self._make()
            self._seen = self._files()
            self._live = tuple(_read(file) for file in self._seen[:LIVE])

    def _lock(self) -> FileLock:
        return FileLock(self._folder.with_name(f"{self._folder.name}.lock"), mode=0o600)

    def _files(self) -> list[Path]:
        """The newest first. A listing, since the time of a folder is too coarse to tell two rotations apart."""
        return sorted((file for file in self._folder.iterdir() if file.suffix == ".pem"), reverse=True)

    def _make(self) -> None:
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file = self._folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}.pem"
        part = file.with_suffix(".part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(pem)
            out.flush()
            os.fsync(out.fileno())
        part.rename(file)


def _read(file: Path) -> SigningKey:
    try:
        private = load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise _unusable(file, "it is no key") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise _unusable(file, "it is no Ed25519 key")
    public = private.public_key()
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return SigningKey(kid=hashlib.sha256(raw).hexdigest()[:16], private=private, public=public)


def _unusable(path: Path, problem: str) -> EngineFailed:
    return EngineFailed(f"{path}: tokens cannot be signed with it: {problem}; without the file a new key is made")
