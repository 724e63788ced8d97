"""Videos, made by a child that can do no harm: what it decodes was sent by somebody."""

import re
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ...application.ports import CancelSignal
from ...application.video_ports import Product
from ...domain.errors import ReelwrightError, TaskFailed
from ...domain.order import Order
from ...domain.progress import Listener, Progress
from ...domain.video import VideoMetadata
from .sandbox import Limits, Sandbox

MAKING = Limits(
    seconds=4 * 3600,
    cpu_seconds=16 * 3600,
    memory=16 << 30,
    disk=24 << 30,
    open_files=512,
    threads=512,
    niceness=10,
)
_LONGEST_TIMELINE = 64 << 20


class Making(msgspec.Struct, kw_only=True, frozen=True):
    """What a child is to make, from files by their ids; ``workspace`` holds narration and segments of the owner."""

    order: dict[str, Any]
    material: dict[str, str]
    assets: str | None
    workspace: str
    template_folders: tuple[str, ...]
    workers: int


class Made(msgspec.Struct, kw_only=True, frozen=True):
    """What the child left in its folder, by names."""

    file: str
    poster: str
    timeline: str
    title: str
    metadata: VideoMetadata
    teaser: str = ""


class SandboxedMaker:
    """See :class:`~reelwright.application.video_ports.VideoMaker`. ``task`` takes a Making and gives back a Made."""

    def __init__(
        self,
        sandbox: Sandbox,
        *,
        task: str,
        template_folders: Sequence[Path],
        workers: int,
        limits: Limits = MAKING,
    ) -> None:
        self._sandbox, self._task, self._limits = sandbox, task, limits
        self._template_folders, self._workers = tuple(template_folders), workers

    def make(
        self,
        order: Order,
        material: Mapping[str, Path],
        *,
        folder: Path,
        workspace: Path,
        progress: Listener,
        cancel: CancelSignal,
    ) -> Product:
        keeps = [workspace / name for name in ("speech", "segments")]
        for kept in (folder, *keeps):
            kept.mkdir(parents=True, exist_ok=True)
        argument = Making(
            order=msgspec.to_builtins(order, enc_hook=str),
            material={file_id: str(path) for file_id, path in material.items()},
            assets=str(folder / "assets") if order.assets else None,
            workspace=str(workspace.resolve()),
            template_folders=tuple(str(path.resolve()) for path in self._template_folders),
            workers=self._workers,
        )
        try:
            made = self._sandbox.run(
                self._task,
                argument,
                Made,
                reads=(*(path.resolve() for path in material.values()), *self._template_folders),
                writes=folder,
                keeps=keeps,
                limits=self._limits,
                progress=lambda value: progress(msgspec.convert(value, Progress)),
                cancel=cancel,
            )
        except ReelwrightError as error:
            _call_by_names(error, folder)
            raise
        document = self._plain(folder, made.timeline)
        if document.stat().st_size > _LONGEST_TIMELINE:
            raise TaskFailed(self._task, "error", "its timeline is too long")
        return Product(
            file=self._plain(folder, made.file),
            poster=self._plain(folder, made.poster),
            timeline=msgspec.json.decode(document.read_bytes(), type=dict[str, Any]),
            title=made.title[:200],
            metadata=made.metadata,
            teaser=self._plain(folder, made.teaser) if made.teaser else None,
        )

    def _plain(self, folder: Path, name: str) -> Path:
        """A plain file that the child wrote in its own folder, nothing else under its name."""
        path = folder / Path(name).name
        try:
            found = path.lstat()
        except OSError as error:
            raise TaskFailed(self._task, "error", f"it left no {path.name}") from error
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1 or not found.st_size:
            raise TaskFailed(self._task, "error", f"its {path.name} is no plain file")
        return path


def _call_by_names(error: ReelwrightError, folder: Path) -> None:
    """Let it name files as their owner does, and not by their places here."""
    place = re.compile(rf"(?:{re.escape(str(folder))}|{re.escape(str(folder.resolve()))})/(?:material/\d+/|assets/)?")
    error.args = (place.sub("", str(error)),)
    for key, value in vars(error).items():
        if isinstance(value, str):
            setattr(error, key, place.sub("", value))
