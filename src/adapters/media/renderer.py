"""A timeline into a finished file: segments side by side, the sound beside them, one join."""

import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import av

from ...application.ports import CancelSignal, Loudness, Rendered
from ...domain.errors import Cancelled, DiskFull, InvalidTimeline, OutputFailed
from ...domain.output import FORMATS, Output
from ...domain.progress import Listener, Progress, nobody
from ...domain.segments import Segment, chains, plan
from ...domain.timeline import Timeline
from .compositor import Compositor
from .encoders import SOFTWARE, Encoder
from .encoding import encode_segment, join
from .faults import writing
from .hardware import choose
from .lettering import Lettering
from .pictures import PhotoShelf
from .planes import new_frame, planes_of
from .soundtrack import soundtrack

_REPORT_EVERY = 0.1
"""Seconds between two reports of progress."""


class SegmentRenderer:
    """Renders with ``workers`` threads, one encoder thread each; every heavy step inside lets go of the GIL."""

    def __init__(self, workers: int = 2) -> None:
        self.workers = workers

    def check(self, output: Output, *, hardware: str, strict: bool) -> None:
        """Raises EngineFailed and MissingPart where ``render`` could not encode ``output``."""
        choose(output, hardware, strict=strict)

    def render(
        self,
        timeline: Timeline,
        to: Path,
        *,
        progress: Listener = nobody,
        cancel: CancelSignal | None = None,
        hardware: str = "none",
        strict: bool = False,
    ) -> Rendered:
        """Write ``to`` whole or not at all. ``progress`` is called from the calling thread only.

        ``hardware`` that does not work here, or fails on the way, gives way to the processor with a warning, or raises
        EngineFailed or OutputFailed where ``strict`` is set. Raises MissingPart without an encoder for the output,
        InvalidTimeline for a missing asset, UnusableAsset for a broken one, OutputFailed, DiskFull, Cancelled.
        """
        _check_assets(timeline)
        encoder, warning = choose(timeline.output, hardware, strict=strict)
        try:
            rendered = self._render(timeline, to, encoder, progress, cancel)
        except OutputFailed as error:
            software = SOFTWARE[timeline.output.codec]
            if strict or encoder == software or isinstance(error, DiskFull):
                raise
            warning = f"{error}; encoded on the processor instead"
            rendered = self._render(timeline, to, software, progress, cancel)
        return replace(rendered, warnings=(warning,)) if warning else rendered

    def _render(
        self, timeline: Timeline, to: Path, encoder: Encoder, progress: Listener, cancel: CancelSignal | None
    ) -> Rendered:
        try:
            with writing(to), _scratch_beside(to) as scratch:
                rendering = _Rendering(timeline, scratch, self.workers, cancel, encoder)
                loudness = rendering.run(progress)
                progress(Progress(stage="join", done=0, total=1))
                part = scratch / f"whole{FORMATS[timeline.output.format].suffix}"
                join(rendering.files(), rendering.sound, timeline.output, part)
                part.replace(to)
                progress(Progress(stage="join", done=1, total=1))
        except av.FFmpegError as error:
            raise OutputFailed(f"{to}: {encoder.name} failed on the way ({error.strerror})") from error
        return Rendered(path=to, frames=timeline.frames, bytes=to.stat().st_size, loudness=loudness)


def _check_assets(timeline: Timeline) -> None:
    for name, asset in timeline.assets.items():
        if not Path(asset.path).is_file():
            raise InvalidTimeline(f"$.assets[{name!r}].path", f"there is no file {asset.path!r}")


@contextmanager
def _scratch_beside(to: Path) -> Iterator[Path]:
    """A folder for unfinished files, on the disk of the result, gone at the end whatever happens."""
    if to.is_dir():
        raise OutputFailed(f"{to}: it is a folder; the name of a file is right")
    scratch = Path(tempfile.mkdtemp(prefix=f".{to.name}.", suffix=".part", dir=to.parent))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


class _Rendering:
    """One run: what is still to do, what is done, and the first thing that went wrong."""

    def __init__(
        self, timeline: Timeline, scratch: Path, workers: int, cancel: CancelSignal | None, encoder: Encoder
    ) -> None:
        self._timeline, self._scratch, self._cancel = timeline, scratch, cancel
        self._encoder = encoder
        self._segments = plan(timeline)
        longest_first = sorted(chains(timeline, self._segments), key=len, reverse=True)
        self._todo = iter(longest_first)
        self._shelf = PhotoShelf(timeline)
        output = timeline.output
        self._lettering = Lettering(timeline.style, output.width, output.height, timeline.language)
        self._workers = workers
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._done = 0
        self._error: BaseException | None = None
        self._loudness: Loudness | None = None
        self.sound = scratch / "sound"

    def files(self) -> list[tuple[Path, int]]:
        return [(self._file(segment), segment.start) for segment in self._segments]

    def run(self, progress: Listener) -> Loudness:
        threads = [threading.Thread(target=self._guarded, args=(self._make_sound,), name="sound")]
        threads += [
            threading.Thread(target=self._guarded, args=(self._render_chains,), name=f"render-{number}")
            for number in range(min(self._workers, len(self._segments)))
        ]
        began = time.monotonic()
        try:
            for thread in threads:
                thread.start()
            while any(thread.is_alive() for thread in threads):
                progress(self._progress(time.monotonic() - began))
                _join_any(threads, _REPORT_EVERY)
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()
        if self._error is not None:
            raise self._error
        progress(self._progress(time.monotonic() - began))
        assert self._loudness is not None  # noqa: S101 - no error, so the sound was made
        return self._loudness

    def is_set(self) -> bool:
        """The signal that every loop looks at: cancelled from outside, or failed inside."""
        return self._stop.is_set() or (self._cancel is not None and self._cancel.is_set())

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            with self._lock:
                self._error = self._error or error
            self._stop.set()

    def _progress(self, elapsed: float) -> Progress:
        speed = self._done / elapsed if elapsed > 0 else 0.0
        left = (self._timeline.frames - self._done) / speed if speed else None
        return Progress(stage="render", done=self._done, total=self._timeline.frames, speed=speed, left=left)

    def _make_sound(self) -> None:
        self._loudness = soundtrack(self._timeline, self.sound, cancel=self)

    def _render_chains(self) -> None:
        compositor = Compositor(self._timeline, self._shelf, self._lettering)
        try:
            while True:
                with self._lock:
                    chain = next(self._todo, ())
                if not chain:
                    return
                for segment in chain:
                    frames = self._frames(compositor, segment)
                    encode_segment(frames, self._timeline.output, self._file(segment), self._encoder)
        finally:
            compositor.close()

    def _frames(self, compositor: Compositor, segment: Segment) -> Iterator[av.VideoFrame]:
        output = self._timeline.output
        frame = new_frame(output.width, output.height, output.fps)
        planes = planes_of(frame)
        last: object = None
        for number in range(segment.start, segment.end):
            if self.is_set():
                raise Cancelled
            signature = compositor.signature(number)
            if signature != last:
                compositor.draw(number, planes)
                last = signature
            yield frame
            with self._lock:
                self._done += 1

    def _file(self, segment: Segment) -> Path:
        return self._scratch / f"{segment.start:08d}.{self._encoder.container}"


def _join_any(threads: list[threading.Thread], seconds: float) -> None:
    alive = next((thread for thread in threads if thread.is_alive()), None)
    if alive is not None:
        alive.join(seconds)
