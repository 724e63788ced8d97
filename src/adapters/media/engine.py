"""What renders: a digest that changes whenever the same timeline might come out as other bytes."""

import platform
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import av

_PACKAGE = Path(__file__).parents[2]
_LIBRARIES = ("av", "numpy", "pillow", "uniseg")


@cache
def engine() -> str:
    """Over the code that draws, mixes and encodes, the libraries below it, and the kind of processor.

    Nobody has to remember to count a version up.
    """
    digest = sha256()
    for folder in (_PACKAGE / "domain", _PACKAGE / "adapters" / "media"):
        for file in sorted(folder.rglob("*.py")):
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    libraries = [f"{name} {version(name)}" for name in _LIBRARIES]
    digest.update(repr((av.library_versions, libraries, platform.machine())).encode())
    return digest.hexdigest()
