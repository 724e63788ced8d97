"""The limit: finished frames, made beforehand and kept in memory, fed to x264 by as many processes as there are cores.

``python -m benchmarks.limit JOB`` prints the wall and processor seconds from the moment that all are ready.
"""

import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Barrier, Lock
from pathlib import Path
from typing import Any

import av
import numpy as np

from reelwright.adapters.media.compositor import Compositor
from reelwright.adapters.media.encoding import encode_segment
from reelwright.adapters.media.lettering import Lettering
from reelwright.adapters.media.pictures import PhotoShelf
from reelwright.adapters.media.planes import new_frame
from reelwright.domain.output import Output
from reelwright.domain.segments import plan
from reelwright.domain.timeline import Timeline

SHARE = 0.4
"""The part of the free shared memory that frames may take."""


def make_frames(timeline: Timeline, to: Path, workers: int) -> int:
    """Every frame, drawn as ours are, one after the other in a file; fewer where they do not fit. How many."""
    output = timeline.output
    size = output.width * output.height * 3 // 2
    count = min(timeline.frames, int(shutil.disk_usage(to.parent).free * SHARE) // size)
    pixels = np.memmap(to, np.uint8, "w+", shape=(count, size))
    shelf, stride = PhotoShelf(timeline), -(-count // workers)
    lettering = Lettering(timeline.style, output.width, output.height, timeline.language)

    def draw(first: int) -> None:
        compositor = Compositor(timeline, shelf, lettering)
        for number in range(first, min(first + stride, count)):
            compositor.draw(number, _planes(pixels[number], output))
        compositor.close()

    threads = [threading.Thread(target=draw, args=(first,)) for first in range(0, count, stride)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pixels.flush()
    return count


def write_job(timeline: Timeline, frames: Path, count: int, workers: int, to: Path) -> None:
    output = timeline.output
    segments = [(segment.start, segment.end) for segment in plan(timeline)]
    to.write_text(
        json.dumps(
            {
                "frames": str(frames),
                "count": count,
                "size": (output.width, output.height, output.fps),
                "segments": segments,
                "workers": workers,
            }
        )
    )


def _planes(pixels: Any, output: Output) -> tuple[Any, Any, Any]:
    width, height = output.width, output.height
    luma, chroma = width * height, width * height // 4
    half = height // 2, width // 2
    return (
        pixels[:luma].reshape(height, width),
        pixels[luma : luma + chroma].reshape(half),
        pixels[luma + chroma :].reshape(half),
    )


def _frames(job: dict[str, Any], pixels: Any, start: int, end: int) -> Iterator[av.VideoFrame]:
    """The frames as they lie there, not copied: x264 reads them from the file's own pages."""
    width, height, fps = job["size"]
    tags = new_frame(width, height, fps)
    for number in range(start, end):
        picture = pixels[number % job["count"]].reshape(height * 3 // 2, width)
        frame = av.VideoFrame.from_numpy_buffer(picture, format="yuv420p")
        frame.colorspace, frame.color_range = tags.colorspace, tags.color_range
        frame.color_primaries, frame.color_trc = tags.color_primaries, tags.color_trc
        frame.time_base = tags.time_base
        yield frame


def _encode(job: dict[str, Any], folder: str, ready: Barrier, turn: "Synchronized[int]", lock: Lock) -> None:
    width, height, fps = job["size"]
    output = Output(width=width, height=height, fps=fps)
    pixels = np.memmap(job["frames"], np.uint8, "r+", shape=(job["count"], width * height * 3 // 2))
    ready.wait()
    while True:
        with lock:
            mine = turn.value
            turn.value += 1
        if mine >= len(job["segments"]):
            return
        start, end = job["segments"][mine]
        encode_segment(_frames(job, pixels, start, end), output, Path(folder) / f"{start:08d}.mp4")


def main(job_file: str) -> None:
    job = json.loads(Path(job_file).read_text())
    context = multiprocessing.get_context("fork")
    ready, turn, lock = context.Barrier(job["workers"] + 1), context.Value("i", 0), context.Lock()
    with tempfile.TemporaryDirectory(dir=Path(job_file).parent) as folder:
        processes = [
            context.Process(target=_encode, args=(job, folder, ready, turn, lock)) for _ in range(job["workers"])
        ]
        for process in processes:
            process.start()
        ready.wait()
        began, before = time.perf_counter(), os.times()
        for process in processes:
            process.join()
        wall, after = time.perf_counter() - began, os.times()
        if any(process.exitcode for process in processes):
            sys.exit("a process of the limit failed")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    print(json.dumps({"wall": wall, "cpu": cpu}))


if __name__ == "__main__":
    main(sys.argv[1])
