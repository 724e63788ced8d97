"""Rendering again after an edit beside rendering in full, in one run and one table.

    python -m benchmarks.edits [--seconds 60] [--resolution 1080p] [--rounds 3]

Every row is a whole `reelwright render`: in full without a cache; with the cache of that video after one changed word
of one caption; and with nothing changed. Medians over interleaved rounds.
"""

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median

from reelwright.adapters.documents.timeline_json import write_timeline
from reelwright.domain.timeline import Timeline

from .measuring import Figures
from .reference import reference
from .render import python

_COMMAND = "from reelwright.cli.main import main; main()"
ROWS = ("in full", "one word changed", "nothing changed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--resolution", default="1080p")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "reelwright-benchmark")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    timeline = reference(options.folder, seconds=options.seconds, resolution=options.resolution).timeline
    taken: dict[str, list[tuple[Figures, str]]] = {row: [] for row in ROWS}
    with tempfile.TemporaryDirectory(prefix="run-", dir=options.folder) as scratch:
        folder = Path(scratch)
        write_timeline(timeline, folder / "film.json")
        cache = folder / "cache"
        _render(folder / "film.json", cache)
        for number in range(options.rounds):
            write_timeline(_one_word_changed(timeline, number), folder / "edited.json")
            taken["in full"].append(_render(folder / "film.json", None))
            taken["one word changed"].append(_render(folder / "edited.json", cache))
            taken["nothing changed"].append(_render(folder / "film.json", cache))
    print(f"{options.resolution}, {options.seconds} s; {options.rounds} rounds, whole processes")
    print(
        "| row | wall s | times faster | CPU s | segments made | others |\n| --- | ---: | ---: | ---: | ---: | ---: |"
    )
    full = median(figures.wall for figures, _ in taken["in full"])
    for row, runs in taken.items():
        wall, cpu = (median(getattr(figures, name) for figures, _ in runs) for name in ("wall", "cpu"))
        others = median(figures.others for figures, _ in runs)
        print(f"| {row} | {wall:.2f} | {full / wall:.1f} | {cpu:.1f} | {runs[-1][1]} | {others:.0%} |")


def _render(timeline: Path, cache: Path | None) -> tuple[Figures, str]:
    """The figures, and how many segments were made."""
    to = timeline.with_suffix(".mp4")
    choices = ["--cache", str(cache)] if cache else []
    figures = python(_COMMAND, "render", str(timeline), "-o", str(to), "--json", *choices)
    segments = json.loads(figures.output)["segments"]
    return figures, f"{segments['all'] - segments['reused']} of {segments['all']}"


def _one_word_changed(timeline: Timeline, number: int) -> Timeline:
    """Another word in the middle of the video, a new one each round."""
    at = len(timeline.scenes) // 2
    scene = timeline.scenes[at]
    cue = scene.cues[0]
    words = (replace(cue.words[0], text=f"edit{number}"), *cue.words[1:])
    changed = replace(scene, cues=(replace(cue, words=words), *scene.cues[1:]))
    return replace(timeline, scenes=(*timeline.scenes[:at], changed, *timeline.scenes[at + 1 :]))


if __name__ == "__main__":
    main()
