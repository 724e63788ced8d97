"""The library's door: :class:`Studio`."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from .adapters.documents.brief_file import SUFFIXES, read_brief
from .adapters.documents.timeline_json import read_timeline, write_timeline
from .adapters.media.fonts import line_height
from .adapters.media.renderer import contents
from .application.language_ports import Answer
from .application.make_video import Made
from .application.ports import CancelSignal
from .application.preview_templates import TemplatePreview
from .application.writing import writing
from .bootstrap import Container, checks
from .domain.brief import Brief
from .domain.difference import Difference, difference
from .domain.errors import InvalidInput, OutputFailed, UnknownName
from .domain.health import Check
from .domain.language import detect
from .domain.narration import Voice
from .domain.output import FORMATS, HARDWARE, Quality
from .domain.progress import Listener, nobody
from .domain.script import Script
from .domain.subtitles import subtitles
from .domain.template import Template
from .domain.timeline import Timeline
from .domain.writing import ScriptWish, Tone, WrittenScript
from .settings import Settings


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
        cache: str | Path | None = None,
        progress: Listener = nobody,
        cancel: CancelSignal | None = None,
    ) -> Made:
        """Turn a text, a file, or a Brief with all its choices, into the video ``to``; its suffix chooses the format.

        ``cache`` is a folder in which finished parts are kept: the next run takes over what did not change, also after
        a kill. ``progress`` is called with a Progress from this thread; setting ``cancel`` (a ``threading.Event``)
        stops the work within a frame. Raises the errors of ``reelwright.domain.errors``; nothing unfinished is left
        behind.
        """
        path = Path(to)
        brief = source if isinstance(source, Brief) else self.brief(source, format=format_of(path))
        check_place(path)
        make_video = self.container.make_video()
        return make_video(brief, path, cache=_folder(cache), progress=progress, cancel=cancel)

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
        cache: str | Path | None = None,
        progress: Listener = nobody,
        cancel: CancelSignal | None = None,
        codec: str = "",
        quality: Quality | Literal[""] = "",
        hardware: str = "none",
        strict: bool = False,
    ) -> Made:
        """Render a timeline, or the file of one, into the video ``to``; its suffix chooses the format.

        An empty ``codec`` or ``quality`` is the timeline's own. Same timeline, same machine, same bytes, unless
        ``hardware`` encodes.
        """
        path = Path(to)
        if hardware not in HARDWARE:
            raise UnknownName("hardware", hardware, HARDWARE)
        timeline = _timeline(timeline)
        check_place(path)
        output = timeline.output.delivered(format=format_of(path), codec=codec, quality=quality)
        timeline = replace(timeline, output=output)
        rendered = self.container.renderer().render(
            timeline,
            path,
            cache=_folder(cache),
            progress=progress,
            cancel=cancel,
            hardware=hardware,
            strict=strict,
        )
        return Made(rendered=rendered, timeline=timeline, warnings=rendered.warnings)

    def write(
        self,
        topic: str,
        *,
        seconds: float = 60.0,
        language: str = "",
        tone: Tone = "neutral",
        audience: str = "",
        strict: bool = False,
        cancel: CancelSignal | None = None,
    ) -> Answer[WrittenScript]:
        """Have a language model write a script; ``answer.value.markdown`` is a text for ``make``.

        The engines are those of REELWRIGHT_LANGUAGE_ENGINES, and ``strict`` is the first one only. Raises InvalidInput,
        MissingPart where no model is set up, EngineFailed with the reason of each engine.
        """
        wish = ScriptWish(
            topic=topic, language=language or detect(topic), seconds=seconds, tone=tone, audience=audience
        )
        return self.container.language().script(wish, strict=strict, cancel=cancel)

    def poster(self, timeline: Timeline | str | Path, *, to: str | Path) -> Path:
        """Write the picture that stands for a timeline's video, as JPEG, PNG or WebP by the suffix of ``to``.

        It is the title card where there is one at the beginning, and else the scene with the most to see.
        """
        path = Path(to)
        check_place(path)
        self.container.previews().poster(_timeline(timeline), path)
        return path

    def teaser(self, timeline: Timeline | str | Path, *, to: str | Path, cancel: CancelSignal | None = None) -> Path:
        """Write a small silent loop of 3 to 5 seconds of a timeline's video, as GIF or WebP by the suffix of ``to``."""
        path = Path(to)
        check_place(path)
        self.container.previews().teaser(_timeline(timeline), path, cancel=cancel)
        return path

    def save(self, timeline: Timeline, to: str | Path) -> None:
        """Write a timeline as JSON that ``render`` takes; copies of its narration lie beside it."""
        write_timeline(timeline, Path(to))

    def difference(self, before: Timeline | str | Path, after: Timeline | str | Path) -> Difference:
        """Which scenes of ``after`` differ, why, and which segments would be rendered again for it."""
        older, newer = _timeline(before), _timeline(after)
        return difference(older, newer, contents(older), contents(newer))

    def save_captions(self, timeline: Timeline, to: str | Path) -> None:
        """Write the captions as SubRip, WebVTT or Advanced SubStation Alpha: ``.srt``, ``.vtt`` or ``.ass``.

        Raises UnknownName for another suffix, OutputFailed, DiskFull.
        """
        path = Path(to)
        text = subtitles(timeline, path.suffix.lower().removeprefix("."), line_height)
        with writing(path):
            path.write_text(text, "utf-8")

    def templates(self, names: Sequence[str] = ()) -> tuple[Template, ...]:
        """Those of ``names``, or all. Raises UnknownName, InvalidTemplate."""
        templates = self.container.templates()
        return tuple(templates.get(name) for name in names or templates.names())

    def template_file(self, name: str) -> Path:
        """Where a template lies. Raises UnknownName."""
        return Path(self.container.templates().file(name))

    def preview(
        self,
        to: str | Path,
        *,
        names: Sequence[str] = (),
        aspect: str = "9:16",
        language: str = "en",
        progress: Listener = nobody,
        cancel: CancelSignal | None = None,
    ) -> tuple[TemplatePreview, ...]:
        """Show templates, all or those of ``names``: NAME.jpg and NAME.mp4, a few silent seconds, and ``sheet.png``.

        ``to`` is a folder, made where it is missing. Raises the errors of ``reelwright.domain.errors``.
        """
        folder = Path(to)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputFailed(f"{folder}: cannot be made a folder ({error.strerror})") from error
        preview_templates = self.container.preview_templates()
        return preview_templates(
            folder, names=names, aspect=aspect, language=language, progress=progress, cancel=cancel
        )

    def transition_sheet(self, to: str | Path, *, aspect: str = "9:16", every_direction: bool = False) -> None:
        """Write a PNG that shows every transition at moments of its way, one row each or one for each direction."""
        from .adapters.media.transition_sheet import write_transition_sheet

        path = Path(to)
        if path.suffix.lower() != ".png":
            raise InvalidInput(f"{path}: a sheet is a PNG picture; a name that ends in .png is right")
        check_place(path)
        write_transition_sheet(path, aspect, every_direction=every_direction)

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


def _timeline(given: Timeline | str | Path) -> Timeline:
    return given if isinstance(given, Timeline) else read_timeline(Path(given))


def _folder(cache: str | Path | None) -> Path | None:
    return None if cache is None else Path(cache)


def check_place(path: Path) -> None:
    """Raises OutputFailed for a folder, and for a file in a folder that there is not."""
    if path.is_dir():
        raise OutputFailed(f"{path}: it is a folder; the name of a file is right")
    if not path.parent.is_dir():
        raise OutputFailed(f"{path.parent}: there is no such folder to write {path.name} to")
