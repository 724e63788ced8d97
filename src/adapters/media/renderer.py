"""A timeline into a finished file: what a cache lacks is rendered, and all is joined without encoding again."""

from hashlib import file_digest
from pathlib import Path

from ...application.ports import CancelSignal, Rendered
from ...domain.errors import InvalidTimeline, OutputFailed
from ...domain.output import FORMATS
from ...domain.progress import Listener, Progress, nobody
from ...domain.timeline import Timeline
from .cache import SegmentCache
from .encoding import join
from .faults import writing
from .rendering import Rendering
from .workplace import workplace


class SegmentRenderer:
    """Renders with ``workers`` threads, one encoder thread each; every heavy step inside lets go of the GIL.

    A cache is held to ``cache_limit`` bytes.
    """

    def __init__(self, workers: int = 2, cache_limit: int = 10_000_000_000) -> None:
        self.workers, self.cache_limit = workers, cache_limit

    def render(
        self,
        timeline: Timeline,
        to: Path,
        *,
        cache: Path | None = None,
        progress: Listener = nobody,
        cancel: CancelSignal | None = None,
    ) -> Rendered:
        """Write ``to`` whole or not at all. ``progress`` is called from the calling thread only.

        What the folder ``cache`` has of an earlier run, finished or killed, is taken over byte for byte, and what is
        finished here is kept there. Raises InvalidTimeline for a missing asset, UnusableAsset for a broken one,
        OutputFailed, DiskFull, Cancelled.
        """
        if to.is_dir():
            raise OutputFailed(f"{to}: it is a folder; the name of a file is right")
        _check_assets(timeline)
        if cache is None:
            told = {name: asset.sha256 for name, asset in timeline.assets.items()}
            with writing(to), workplace(to.parent, to.name) as folder:
                rendering = Rendering(timeline, told, SegmentCache(folder), folder, self.workers, cancel)
                return _finish(rendering, timeline, to, folder, progress)
        kept, found = SegmentCache(cache), contents(timeline)
        with writing(cache):
            cache.mkdir(parents=True, exist_ok=True)
            with workplace(cache, to.name) as parts, writing(to), workplace(to.parent, to.name) as folder:
                rendering = Rendering(timeline, found, kept, parts, self.workers, cancel)
                rendered = _finish(rendering, timeline, to, folder, progress)
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
    digests = {}
    for name, asset in timeline.assets.items():
        with Path(asset.path).open("rb") as file:
            digests[name] = file_digest(file, "sha256").hexdigest()
    return digests
