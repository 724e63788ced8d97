"""The library's door: :class:`Studio`."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from .adapters.documents.brief_file import SUFFIXES, read_brief
from .adapters.documents.timeline_json import read_timeline, write_timeline
from .application.make_video import Made
from .application.ports import CancelSignal
from .bootstrap import Container, Settings, checks
from .domain.brief import Brief
from .domain.errors import OutputFailed, UnknownName
from .domain.health import Check
from .domain.narration import Voice
from .domain.output import FORMATS
from .domain.progress import Listener, nobody
from .domain.script import Script
from .domain.template import Template
from .domain.timeline import Timeline


class Studio:
    """Makes videos in this process, offline.

    >>> Studio().make("The tide rises twice a day.", to="tide.mp4")  # doctest: +SKIP

    ``container`` swaps adapters (``reelwright.bootstrap.Container``); one Studio may be used again and again.
    """

    def __init__(self, *, settings: Settings | None = None, container: Container | None = None) -> None:
        self.container = container or Container()
        if settings is not None:
            self.container.settings.override(settings)

    def make(
        self,
        source: str | Path | Brief,
        *,
        to: str | Path,
        progress: Listener = nobody,
        cancel: CancelSignal | None = None,
    ) -> Made:
        """Turn a text, a file, or a Brief with all its choices, into the video ``to``; its suffix chooses the format.

        ``progress`` is called with a Progress from this thread; setting ``cancel`` (a ``threading.Event``) stops the
        work within a frame. Raises the errors of ``reelwright.domain.errors``; nothing unfinished is left behind.
        """
        path = Path(to)
        brief = source if isinstance(source, Brief) else self.brief(source, format=format_of(path))
        _refuse_place(path)
        make_video = self.container.make_video()
        return make_video(brief, path, progress=progress, cancel=cancel)

    def brief(self, source: str | Path, **choices: Any) -> Brief:
        """The brief of a text or of the file at a path, with ``choices`` for its fields.

        A TOML or JSON file is a brief itself, whose fields the ``choices`` replace; any other is its document. Raises
        InvalidBrief, UnknownName.
        """
        if isinstance(source, str):
            return Brief(text=source, **choices)
        if source.suffix.lower() in SUFFIXES:
            return replace(read_brief(source), **choices)
        return Brief(document=source, **choices)

    def script(self, source: str | Path | Brief) -> Script:
        """What ``make`` would say, scene by scene: nothing is voiced yet. Raises InvalidBrief."""
        brief = source if isinstance(source, Brief) else self.brief(source)
        return self.container.make_video().script(brief)

    def render(
        self,
        timeline: Timeline | str | Path,
        *,
        to: str | Path,
        progress: Listener = nobody,
        cancel: CancelSignal | None = None,
    ) -> Made:
        """Render a timeline, or the file of one, into the video ``to``. Same timeline, same machine, same bytes."""
        path = Path(to)
        if not isinstance(timeline, Timeline):
            timeline = read_timeline(Path(timeline))
        _refuse_place(path)
        form = format_of(path)
        if form != timeline.output.format:
            timeline = replace(timeline, output=replace(timeline.output, format=form))
        rendered = self.container.renderer().render(timeline, path, progress=progress, cancel=cancel)
        return Made(rendered=rendered, timeline=timeline)

    def save(self, timeline: Timeline, to: str | Path) -> None:
        """Write a timeline as JSON that ``render`` takes; copies of its narration lie beside it."""
        write_timeline(timeline, Path(to))

    def templates(self) -> tuple[Template, ...]:
        templates = self.container.templates()
        return tuple(templates.get(name) for name in templates.names())

    def voices(self) -> tuple[Voice, ...]:
        return tuple(self.container.speech().voices())

    def checks(self) -> tuple[Check, ...]:
        """What is there and what is missing on this machine."""
        return tuple(checks(self.container.settings()))


def format_of(path: Path) -> str:
    """The format that a file's suffix stands for. Raises UnknownName."""
    for form in FORMATS.values():
        if form.suffix == path.suffix.lower():
            return form.name
    raise UnknownName("format", path.suffix or path.name, (form.suffix for form in FORMATS.values()))


def _refuse_place(path: Path) -> None:
    if path.is_dir():
        raise OutputFailed(f"{path}: it is a folder; the name of a file is right")
    if not path.parent.is_dir():
        raise OutputFailed(f"{path.parent}: there is no such folder to write {path.name} to")
