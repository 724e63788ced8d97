"""Rendering beside its limit and its rivals, in one run and one table.

    python -m benchmarks.render [--seconds 30] [--resolution 1080p] [--rounds 3] [--rows limit,ours,ffmpeg] [--moviepy]
    python -m benchmarks.render --memory
    python -m benchmarks.render --first-frame

Rounds are interleaved: every row runs once before any runs again, and the table shows medians. The limit is x264 alone
with ours' settings and segments, one thread each, in as many processes as ours has workers, fed with the very frames.
Processor time is that of the process and its children (wait4); memory is the largest sum of RssAnon and RssFile over
the process tree, looked at every 50 ms. Wall clocks compare only while nothing else runs: the last column is the share
of all cores that others took meanwhile, and where it is not near 0 the ratio of processor times says more.
"""

import argparse
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from reelwright.adapters.documents.timeline_json import write_timeline
from reelwright.settings import Settings

from .limit import make_frames, write_job
from .measuring import Figures, measure
from .reference import reference
from .rivals import ffmpeg_command, make_job

ROOT = Path(__file__).parent.parent
ROWS = ("limit", "ours", "ffmpeg", "moviepy-one", "moviepy-three")
TARGET = 1.2
"""Times the limit that ours may take."""
QUIET = 0.05
"""The share of all cores above which others spoil the wall clocks."""

_RENDER = """
import json, sys, time
from reelwright.adapters.media.renderer import SegmentRenderer
from reelwright.cli.main import main
whole = SegmentRenderer.render
def timed(*args, **options):
    began, cpu = time.perf_counter(), time.process_time()
    try:
        return whole(*args, **options)
    finally:
        print(json.dumps({"wall": time.perf_counter() - began, "cpu": time.process_time() - cpu}), flush=True)
SegmentRenderer.render = timed
main()
"""
"""``reelwright`` with a clock around the rendering."""

_FIRST = """
import json, os, time
from reelwright.adapters.media import encoding
from reelwright.cli.main import main
add, taken = encoding.add_video_stream, []
class Stream:
    def __init__(self, stream):
        self.stream = stream
    def encode(self, frame):
        packets = self.stream.encode(frame)
        now = time.time() - float(os.environ["BENCHMARK_BEGAN"])
        taken.append(now)
        if packets:
            print(json.dumps({"taken": taken[0], "packet": now}), flush=True)
            os._exit(0)
        return packets
encoding.add_video_stream = lambda *args: Stream(add(*args))
main()
"""
"""``reelwright`` that leaves as soon as the encoder has given a packet."""


@dataclass(frozen=True, slots=True)
class Row:
    wall: float
    cpu: float
    peak: int
    others: float


Runner = Callable[[], dict[str, Row]]


def python(code: str, *arguments: str, env: dict[str, str] | None = None) -> Figures:
    return measure([sys.executable, "-c", code, *arguments], env={"PYTHONPATH": str(ROOT), **(env or {})})


def _inner(figures: Figures) -> Row:
    """What the process itself said about the part that counts."""
    said = json.loads(figures.output.strip().splitlines()[0])
    return Row(said["wall"], said["cpu"], figures.peak, figures.others)


def _whole(figures: Figures) -> Row:
    return Row(figures.wall, figures.cpu, figures.peak, figures.others)


def _ours(file: Path, to: Path) -> dict[str, Row]:
    figures = python(_RENDER, "render", str(file), "-o", str(to), "--quiet")
    return {"ours, whole process": _whole(figures), "ours, rendering only": _inner(figures)}


def _compare(options: argparse.Namespace, scratch: Path) -> None:
    rows = [row for row in ROWS if row in options.rows.split(",")]
    job = reference(options.folder, seconds=options.seconds, resolution=options.resolution)
    timeline, workers = job.timeline, Settings().workers
    runners: dict[str, Runner] = {}
    if "limit" in rows:
        frames = _shared(scratch) / "frames.yuv"
        count = make_frames(timeline, frames, workers)
        write_job(timeline, frames, count, workers, scratch / "limit.json")
        _say(f"{count} frames are ready for the limit")
        command = [sys.executable, "-m", "benchmarks.limit", str(scratch / "limit.json")]
        runners["limit"] = lambda: {"limit: encode only": _inner(measure(command, cwd=ROOT))}
    if "ours" in rows:
        write_timeline(timeline, scratch / "timeline.json")
        runners["ours"] = lambda: _ours(scratch / "timeline.json", scratch / "ours.mp4")
    if set(rows) - {"limit", "ours"}:
        shared = make_job(job, scratch)
        (scratch / "rival.json").write_text(json.dumps(shared))
        graph = ffmpeg_command(shared, scratch / "ffmpeg.mp4")
        runners["ffmpeg"] = lambda: {"ffmpeg, one graph": _whole(measure(graph))}
        moviepy = [options.moviepy_python, str(ROOT / "benchmarks" / "rivals.py"), str(scratch / "rival.json")]
        runners["moviepy-one"] = lambda: {"MoviePy, one pass": _whole(measure([*moviepy, "one"]))}
        runners["moviepy-three"] = lambda: {"MoviePy, three encodes": _whole(measure([*moviepy, "three"]))}
    taken: dict[str, list[Row]] = {}
    for number in range(options.rounds):
        for row in rows:
            for name, figures in runners[row]().items():
                _say(f"round {number + 1}: {name} {figures.wall:.2f} s")
                taken.setdefault(name, []).append(figures)
    output = timeline.output
    length = timeline.frames / output.fps
    print(f"{output.width}x{output.height}, {output.fps} fps, {length:g} s; {options.rounds} rounds, {workers} workers")
    _print_table(taken)
    if options.keep:
        for file in scratch.glob("*.mp4"):
            shutil.copy(file, options.keep)


def _print_table(taken: dict[str, list[Row]]) -> None:
    limit = taken.get("limit: encode only")
    base = median(row.wall for row in limit) if limit else None
    print("| row | wall s | x limit | CPU s | peak MB | others |\n| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, rows in taken.items():
        wall = median(row.wall for row in rows)
        ratio = f"{wall / base:.2f}" if base else "-"
        cpu, peak = median(row.cpu for row in rows), median(row.peak for row in rows) / 1e6
        others = median(row.others for row in rows)
        print(f"| {name} | {wall:.2f} | {ratio} | {cpu:.1f} | {peak:.0f} | {others:.0%} |")
    if base and "ours, rendering only" in taken:
        times = median(row.wall for row in taken["ours, rendering only"]) / base
        verdict = "met" if times <= TARGET else "MISSED"
        if max(row.others for rows in taken.values() for row in rows) > QUIET:
            verdict = "NOT DECIDED, for others took processor time meanwhile"
        print(f"ours takes {times:.2f} of the limit; at most {TARGET} is the aim: {verdict}")


def _memory(options: argparse.Namespace, scratch: Path) -> None:
    print("| film s | wall s | CPU s | peak MB |\n| ---: | ---: | ---: | ---: |")
    for seconds in options.lengths:
        job = reference(options.folder, seconds=seconds, resolution=options.resolution)
        write_timeline(job.timeline, scratch / "timeline.json")
        row = _ours(scratch / "timeline.json", scratch / "ours.mp4")["ours, whole process"]
        print(f"| {seconds} | {row.wall:.2f} | {row.cpu:.1f} | {row.peak / 1e6:.0f} |", flush=True)


def _first_frame(options: argparse.Namespace, scratch: Path) -> None:
    """From the start of ``reelwright make`` with narration kept from an earlier run."""
    import time

    article, cache = ROOT / "examples" / "tides.md", {"REELWRIGHT_CACHE_DIR": str(options.folder / "cache")}
    taken: list[dict[str, float]] = []
    for _ in range(options.rounds + 1):
        env = {**cache, "BENCHMARK_BEGAN": repr(time.time())}
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            choices = "-o", str(Path(folder) / "tides.mp4"), "--resolution", options.resolution, "--quiet"
            figures = python(_FIRST, "make", str(article), *choices, env=env)
        taken.append(json.loads(figures.output.strip().splitlines()[0]))
    cold, warm = taken[0], taken[1:]
    print(f"first frame taken by the encoder: {median(row['taken'] for row in warm):.2f} s after the start")
    print(f"first packet out of the encoder:  {median(row['packet'] for row in warm):.2f} s after the start")
    print(f"(the run before, which may have had to voice the text: {cold['taken']:.2f} s)")


def _shared(scratch: Path) -> Path:
    """Where frames cost nothing to read, and are gone with the scratch folder."""
    if not Path("/dev/shm").is_dir():
        return scratch
    link = scratch / "frames"
    link.symlink_to(tempfile.mkdtemp(prefix="reelwright-frames-", dir="/dev/shm"))
    return link.resolve()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--resolution", default="1080p")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", default="limit,ours,ffmpeg", help="of " + ", ".join(ROWS))
    parser.add_argument("--moviepy", action="store_true", help="add the rows that take minutes")
    parser.add_argument("--moviepy-python", default=sys.executable, help="an interpreter that has MoviePy")
    parser.add_argument("--memory", action="store_true", help="peaks of 30 s and 300 s instead")
    parser.add_argument("--lengths", type=int, nargs="+", default=(30, 300), help="of --memory, in seconds")
    parser.add_argument("--first-frame", action="store_true", help="time to the first frame of `make` instead")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "reelwright-benchmark")
    parser.add_argument("--keep", type=Path, help="a folder to copy the videos to")
    options = parser.parse_args()
    if options.moviepy:
        options.rows += ",moviepy-one,moviepy-three"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options.folder.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="run-", dir=options.folder))
    try:
        (_memory if options.memory else _first_frame if options.first_frame else _compare)(options, scratch)
    finally:
        frames = scratch / "frames"
        if frames.is_symlink():
            shutil.rmtree(frames.readlink(), ignore_errors=True)
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
