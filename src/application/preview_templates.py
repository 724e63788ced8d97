"""Templates to look at: a picture and a few seconds of each, and a sheet of them all."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from ..domain.output import Output, frame_size
from ..domain.progress import Listener, Progress, nobody
from ..domain.showcase import moments, showcase
from ..domain.timeline import Timeline
from .ports import CancelSignal, Previews, Probe, Renderer, Templates

STILL, CLIP, SHEET = "1080p", "360p", "sheet.png"
"""Resolutions of the two files of a template, and the name of the sheet."""
FPS = 30

SamplePictures = Callable[[], AbstractContextManager[tuple[Path, ...]]]
"""Gives the files of photos that last until it is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatePreview:
    """What was written of one template."""

    name: str
    picture: Path
    clip: Path


class PreviewTemplates:
    """Showcases of templates, rendered as videos are."""

    def __init__(
        self,
        *,
        templates: Templates,
        pictures: SamplePictures,
        probe: Probe,
        renderer: Renderer,
        previews: Previews,
    ) -> None:
        self._templates, self._pictures, self._probe = templates, pictures, probe
        self._renderer, self._previews = renderer, previews

    def __call__(
        self,
        folder: Path,
        *,
        names: Sequence[str] = (),
        aspect: str = "9:16",
        language: str = "en",
        progress: Listener = nobody,
        cancel: CancelSignal | None = None,
    ) -> tuple[TemplatePreview, ...]:
        """Write NAME.jpg and NAME.mp4 for each of ``names``, or for all, and the sheet into ``folder``.

        Raises UnknownName for a template, an aspect or a language, InvalidTemplate, OutputFailed, DiskFull, Cancelled.
        """
        chosen = [self._templates.get(name) for name in names or self._templates.names()]
        large, small = self._output(aspect, STILL), self._output(aspect, CLIP)
        written, rows = [], []
        with self._pictures() as files:
            photos = {file.name: self._probe.asset(file) for file in files}
            for done, template in enumerate(chosen):
                progress(Progress(stage="render", done=done, total=len(chosen)))
                timeline = showcase(template, small, photos, language)
                rows.append((template.name, timeline, moments(timeline)))
                written.append(self._write(showcase(template, large, photos, language), timeline, folder, cancel))
            self._previews.sheet(rows, folder / SHEET)
        progress(Progress(stage="render", done=len(chosen), total=len(chosen)))
        return tuple(written)

    def _write(self, large: Timeline, small: Timeline, folder: Path, cancel: CancelSignal | None) -> TemplatePreview:
        name = large.template
        picture, clip = folder / f"{name}.jpg", folder / f"{name}.mp4"
        _, spoken, *_ = moments(large)
        self._previews.still(large, spoken, picture)
        self._renderer.render(small, clip, cache=None, progress=nobody, cancel=cancel)
        return TemplatePreview(name=name, picture=picture, clip=clip)

    def _output(self, aspect: str, resolution: str) -> Output:
        width, height = frame_size(aspect, resolution)
        return Output(width=width, height=height, fps=FPS)
