"""Foreign files, looked into by a child that can do no harm."""

import logging
import stat
from dataclasses import astuple
from pathlib import Path
from typing import Any

import msgspec

from ...application.file_ports import Inspection
from ...application.ports import CancelSignal
from ...domain.errors import InvalidFile, InvalidInput, TaskFailed, UnusableAsset
from ...domain.file import MEDIA_TYPES, FileKind, FileMetadata
from ...domain.progress import Listener, Progress
from .sandbox import Limits, Sandbox

log = logging.getLogger(__name__)

THUMBNAIL, PROXY = "thumbnail.jpg", "proxy.mp4"
_LARGEST_THUMBNAIL = 2 << 20
_LONGEST_TEXT = 1000
INSPECTION = Limits(seconds=120, cpu_seconds=120, memory=3 << 30, disk=32 << 20)
PROXY_MAKING = Limits(seconds=3600, cpu_seconds=3600, memory=3 << 30, disk=2 << 30)


class Foreign(msgspec.Struct, kw_only=True, frozen=True):
    """A file by its path, and what its sender calls it."""

    path: str
    name: str


class Found(msgspec.Struct, kw_only=True, frozen=True):
    """What the child found; its picture lies under THUMBNAIL."""

    kind: FileKind
    media_type: str
    metadata: FileMetadata


class SandboxedInspector:
    """``inspect_task`` and ``proxy_task`` are named as ``Sandbox.run`` names them; they take a ``Foreign``.

    What a child answers is checked, for a file may have taken it over.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        *,
        inspect_task: str,
        proxy_task: str,
        inspection: Limits = INSPECTION,
        making: Limits = PROXY_MAKING,
    ) -> None:
        self._sandbox, self._inspect_task, self._proxy_task = sandbox, inspect_task, proxy_task
        self._inspection, self._making = inspection, making

    def inspect(self, file: Path, name: str, into: Path) -> Inspection:
        found = self._run(self._inspect_task, file, name, into, Found, self._inspection)
        texts = [value for value in astuple(found.metadata) if isinstance(value, str)]
        if MEDIA_TYPES.get(found.media_type) != found.kind or max(map(len, texts)) > _LONGEST_TEXT:
            raise InvalidFile(name, "what was found in it makes no sense")
        thumbnail = _made(into / THUMBNAIL, name, _LARGEST_THUMBNAIL)
        return Inspection(kind=found.kind, media_type=found.media_type, metadata=found.metadata, thumbnail=thumbnail)

    def proxy(
        self, file: Path, name: str, into: Path, *, progress: Listener | None, cancel: CancelSignal | None
    ) -> Path:
        def hear(value: Any) -> None:
            if progress is not None:
                progress(msgspec.convert(value, Progress))

        self._run(self._proxy_task, file, name, into, type(None), self._making, progress=hear, cancel=cancel)
        return _made(into / PROXY, name, self._making.disk)

    def _run(self, task: str, file: Path, name: str, into: Path, result: type[Any], limits: Limits, **how: Any) -> Any:
        path = file.resolve()
        argument = Foreign(path=str(path), name=name)
        try:
            return self._sandbox.run(task, argument, result, reads=(path,), writes=into, limits=limits, **how)
        except InvalidFile:
            raise
        except UnusableAsset as error:
            raise InvalidFile(name, error.problem) from error
        except InvalidInput as error:
            raise InvalidFile(name, str(error).removeprefix(f"{path}: ")) from error
        except TaskFailed as error:
            log.warning("%s of %s: %s", task, path.name, error)
            raise InvalidFile(name, f"it cannot be read within the limits ({error.problem})") from error


def _made(path: Path, name: str, most: int) -> Path:
    """A plain file that a child has written, nothing else under its name."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        found = None
    if found is None or not stat.S_ISREG(found.st_mode) or found.st_nlink != 1 or not 0 < found.st_size <= most:
        raise InvalidFile(name, "no picture of it could be made")
    return path
