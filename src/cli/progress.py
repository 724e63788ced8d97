"""Progress on a terminal: stage, bar, frames a second, time left. Nothing where the output is piped."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar

from ..domain.progress import Listener, Progress, nobody

_LABELS = {"write": "reading", "voice": "voicing", "arrange": "arranging", "render": "rendering", "join": "joining"}


@contextmanager
def shown(quiet: bool) -> Iterator[Listener]:
    """A listener that draws, where standard error is a terminal and ``quiet`` is not asked for."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield nobody
        return
    with Bar(
        TextColumn("{task.description:<10}"),
        BarColumn(bar_width=32),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[pace]}"),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("reading", total=1.0, pace="")

        def listen(progress: Progress) -> None:
            bar.update(task, description=_LABELS[progress.stage], completed=progress.fraction, pace=_pace(progress))

        yield listen


def _pace(progress: Progress) -> str:
    if progress.stage == "voice":
        return f"scene {progress.done} of {progress.total}"
    if progress.stage != "render" or progress.left is None:
        return ""
    minutes, seconds = divmod(round(progress.left), 60)
    return f"{progress.speed:.0f} frames/s, {minutes}:{seconds:02d} left"
