"""A timeline into a finished file: what a cache lacks is rendered, and all is joined without encoding again."""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import av

from ...application.ports import CancelSignal, Rendered
from ...application.writing import writing
from ...domain.errors import DiskFull, InvalidTimeline, OutputFailed
from ...domain.output import FORMATS, Output
from ...domain.progress import Listener, Progress, nobody
from ...domain.timeline import Timeline
from .cache import SegmentCache
from .encoders import SOFTWARE, Encoder
from .encoding import join
from .hardware import choose
from .probe import content_digest
from .rendering import Rendering
from .workplace import workplace


class SegmentRenderer:
    """Renders with ``workers`` threads, one encoder thread each; every heavy step inside lets go of the GIL.

    A cache is held to ``cache_limit`` bytes.
    """

    def __init__(self, workers: int = 2, cache_limit: int = 10_000_000_000) -> None:
        self.workers, self.cache_limit = workers, cache_limit

    def check(self, output: Output, *, hardware: str, strict: bool) -> None:
        """Raises EngineFailed and MissingPart where ``render`` could not encode ``output``."""
        choose(output, hardware, strict=strict)

    def render(
        self,
        timeline: Timeline,
        to: Path,
        *,
        cache: Path | None = None,
        progress: Listener = nobody,
        cancel: CancelSignal | None = None,
        hardware: str = "none",
        strict: bool = False,
    ) -> Rendered:
        """Write ``to`` whole or not at all. ``progress`` is called from the calling thread only.

        What the folder ``cache`` has of an earlier run, finished or killed, is taken over byte for byte, and what is
        finished here is kept there. ``hardware`` that does not work here, or fails on the way, gives way to the
        processor with a warning, or raises EngineFailed or OutputFailed where ``strict`` is set. Raises MissingPart
        without an encoder for the output, InvalidTimeline for a missing asset, UnusableAsset for a broken one,
        OutputFailed, DiskFull, Cancelled.
        """
        if to.is_dir():
            raise OutputFailed(f"{to}: it is a folder; the name of a file is right")
        _check_assets(timeline)
        encoder, warning = choose(timeline.output, hardware, strict=strict)
        try:
            rendered = self._render(timeline, to, encoder, cache, progress, cancel)
        except OutputFailed as error:
            software = SOFTWARE[timeline.output.codec]
            if strict or encoder == software or isinstance(error, DiskFull):
                raise
            warning = f"{error}; encoded on the processor instead"
            rendered = self._render(timeline, to, software, cache, progress, cancel)
        return replace(rendered, warnings=(warning,)) if warning else rendered

    def _render(
        self,
        timeline: Timeline,
        to: Path,
        encoder: Encoder,
        cache: Path | None,
        progress: Listener,
        cancel: CancelSignal | None,
    ) -> Rendered:
        with ExitStack() as stack:
            if cache is not None:
                stack.enter_context(writing(cache))
                cache.mkdir(parents=True, exist_ok=True)
                parts = stack.enter_context(workplace(cache, to.name))
            stack.enter_context(writing(to))
            folder = stack.enter_context(workplace(to.parent, to.name))
            if cache is None:
                kept, parts = SegmentCache(folder), folder
                found = {name: asset.sha256 for name, asset in timeline.assets.items()}
            else:
                kept, found = SegmentCache(cache), contents(timeline)
            rendering = Rendering(timeline, found, kept, parts, encoder, self.workers, cancel)
            try:
                rendered = _finish(rendering, timeline, to, folder, progress)
            except av.FFmpegError as error:
                if isinstance(error, OSError):
                    raise
                raise OutputFailed(f"{to}: {encoder.name} failed on the way ({error.strerror})") from error
            if cache is not None:
                kept.prune(self.cache_limit, used=[rendering.sound[0], *(file for file, _ in rendering.pictures)])
        return rendered


def _finish(rendering: Rendering, timeline: Timeline, to: Path, folder: Path, progress: Listener) -> Rendered:
    rendering.run(progress)
    progress(Progress(stage="join", done=0, total=1))
    part = folder / f"whole{FORMATS[timeline.output.format].suffix}"
    sound, loudness = rendering.sound
    join(rendering.pictures, sound, timeline.output, part)
    part.replace(to)
    progress(Progress(stage="join", done=1, total=1))
    return Rendered(
        path=to,
        frames=timeline.frames,
        bytes=to.stat().st_size,
        loudness=loudness,
        segments=len(rendering.pictures),
        reused=rendering.reused,
    )


def _check_assets(timeline: Timeline) -> None:
    for name, asset in timeline.assets.items():
        if not Path(asset.path).is_file():
            raise InvalidTimeline(f"$.assets[{name!r}].path", f"there is no file {asset.path!r}")


def contents(timeline: Timeline) -> dict[str, str]:
    """The SHA-256 of each asset as it is now: it may have been edited since the timeline was made.

    Raises InvalidTimeline for a missing one.
    """
    _check_assets(timeline)
    return {name: content_digest(Path(asset.path)) for name, asset in timeline.assets.items()}
