"""Contents of files by their digests."""

from hashlib import sha256
from pathlib import Path

_BLOCK = 1 << 20


def sha256_of(file: Path) -> str:
    """In hexadecimal. Blocks for as long as a disk does."""
    found = sha256()
    with file.open("rb", buffering=0) as source:
        while block := source.read(_BLOCK):
            found.update(block)
    return found.hexdigest()
