"""One run of rendering: segments side by side and the sound beside them, as far as a cache does not have them."""

import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import av

from ...application.ports import CancelSignal, Loudness
from ...domain.digests import digest, heard, seen
from ...domain.errors import Cancelled
from ...domain.progress import Listener, Progress
from ...domain.segments import Segment, chains, in_turn, plan
from ...domain.timeline import Timeline
from .cache import SegmentCache
from .compositor import Compositor
from .encoders import Encoder
from .encoding import encode_segment
from .engine import engine
from .lettering import Lettering
from .pictures import PhotoShelf
from .planes import new_frame, planes_of
from .soundtrack import soundtrack

_REPORT_EVERY = 0.1
"""Seconds between two reports of progress."""
_SOUND = ".sound"
FRAMES_PER_SOUND = 40
"""Frames of a video whose sound costs as much as one frame: it is one of the tasks that workers share."""
_Task = tuple[int, tuple[Segment, ...] | None]
"""A cost in frames, and segments to make one after the other, or None for the sound."""


class Rendering:
    """What is still to do, what is done, and the first thing that went wrong.

    ``contents`` holds the digest of each asset's content, ``folder`` takes unfinished files and lies on the disk of
    ``cache``.
    """

    def __init__(
        self,
        timeline: Timeline,
        contents: Mapping[str, str],
        cache: SegmentCache,
        folder: Path,
        encoder: Encoder,
        workers: int,
        cancel: CancelSignal | None,
    ) -> None:
        self._timeline, self._cache, self._folder, self._cancel = timeline, cache, folder, cancel
        self._encoder, self._suffix = encoder, f".{encoder.container}"
        self._segments = plan(timeline)
        made_by = f"{engine()} {encoder.name} {encoder.pixel_format} {encoder.settings(timeline.output)}"
        self._digests = {segment: digest(seen(timeline, segment, contents), made_by) for segment in self._segments}
        found = {segment: cache.find(key, self._suffix) for segment, key in self._digests.items()}
        self._files = {segment: file for segment, file in found.items() if file is not None}
        self.reused = len(self._files)
        missing = tuple(segment for segment in self._segments if segment not in self._files)
        groups = chains(timeline, missing, workers)
        self._sound_digest = digest(heard(timeline, contents), engine())
        self._sound = cache.find_sound(self._sound_digest, _SOUND)
        tasks: list[_Task] = [(sum(segment.frames for segment in group), group) for group in groups]
        if self._sound is None:
            tasks.append((timeline.frames // FRAMES_PER_SOUND, None))
        self._tasks = iter([tasks[index] for index in in_turn([cost for cost, _ in tasks], workers)])
        self._workers = min(workers, len(tasks))
        self._shelf = PhotoShelf(timeline)
        output = timeline.output
        self._lettering = Lettering(timeline.style, output.width, output.height, timeline.language)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._done = self._found = sum(segment.frames for segment in self._files)
        self._error: BaseException | None = None

    @property
    def pictures(self) -> list[tuple[Path, int]]:
        """The segments' files in order, each with the number of its first frame."""
        return [(self._files[segment], segment.start) for segment in self._segments]

    @property
    def sound(self) -> tuple[Path, Loudness]:
        """The encoded sound and how loud it is."""
        assert self._sound is not None  # noqa: S101 - run() made it or raised
        return self._sound

    def run(self, progress: Listener) -> None:
        """Make what is missing. Raises the first error of any thread, Cancelled among them."""
        threads = [threading.Thread(target=self._work) for _ in range(self._workers)]
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

    def is_set(self) -> bool:
        """The signal that every loop looks at: cancelled from outside, or failed inside."""
        return self._stop.is_set() or (self._cancel is not None and self._cancel.is_set())

    def _work(self) -> None:
        compositor: Compositor | None = None
        try:
            while True:
                with self._lock:
                    _, segments = next(self._tasks, (0, ()))
                if segments is None:
                    self._make_sound()
                elif segments:
                    compositor = compositor or Compositor(self._timeline, self._shelf, self._lettering)
                    self._make_pictures(compositor, segments)
                else:
                    return
        except BaseException as error:
            with self._lock:
                self._error = self._error or error
            self._stop.set()
        finally:
            if compositor is not None:
                compositor.close()

    def _progress(self, elapsed: float) -> Progress:
        speed = (self._done - self._found) / elapsed if elapsed > 0 else 0.0
        left = (self._timeline.frames - self._done) / speed if speed else None
        return Progress(stage="render", done=self._done, total=self._timeline.frames, speed=speed, left=left)

    def _make_sound(self) -> None:
        file = self._folder / "sound"
        loudness = soundtrack(self._timeline, file, cancel=self)
        self._sound = self._cache.keep_sound(file, loudness, self._sound_digest, _SOUND), loudness

    def _make_pictures(self, compositor: Compositor, segments: tuple[Segment, ...]) -> None:
        for segment in segments:
            file = self._folder / f"{segment.start:08d}{self._suffix}"
            frames = self._frames(compositor, segment)
            encode_segment(frames, self._timeline.output, file, self._encoder)
            self._files[segment] = self._cache.keep(file, self._digests[segment], self._suffix)

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
            else:
                compositor.advance(number, planes)
            yield frame
            with self._lock:
                self._done += 1


def _join_any(threads: list[threading.Thread], seconds: float) -> None:
    alive = next((thread for thread in threads if thread.is_alive()), None)
    if alive is not None:
        alive.join(seconds)
