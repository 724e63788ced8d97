"""Whether there is room to work."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from ...domain.health import Check

_LEAST_FREE = 1 << 30
"""Bytes: a long 4K video with its scratch files."""


def storage_checks(cache: Path) -> Iterator[Check]:
    for name, folder in (("here", Path.cwd()), ("cache", cache)):
        existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
        free = shutil.disk_usage(existing).free
        yield Check(
            group="disk",
            name=name,
            present=free >= _LEAST_FREE,
            detail=f"{folder}: {free / 2**30:.1f} GiB free",
            remedy="" if free >= _LEAST_FREE else "free at least 1 GiB",
        )
