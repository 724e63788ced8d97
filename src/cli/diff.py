"""``diff``: what changed between two timelines, and what has to be rendered again."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from ..domain.difference import Change, Difference

_SHORT = 60
"""Characters of a value that are printed."""


@click.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def diff(before: Path, after: Path, as_json: bool) -> None:
    """Say which scenes of AFTER differ from BEFORE (timelines), why, and which segments must be rendered for it."""
    from ..studio import Studio

    found = Studio().difference(before, after)
    click.echo(json.dumps(asdict(found), ensure_ascii=False, default=str) if as_json else _told(found))


def _told(found: Difference) -> str:
    if not found:
        return "nothing differs"
    lines = [_line(change) for change in found.changes]
    for scene in found.scenes:
        lines.append(f"scene {scene.number + 1} {scene.kind}: {_short(scene.text)}")
        lines += [f"  {_line(change)}" for change in scene.changes]
    frames = ", ".join(f"{segment.start}-{segment.end - 1}" for segment in found.segments)
    lines.append(
        f"{len(found.segments)} of {found.all_segments} segments to render"
        + (f" (frames {frames})" if frames else "")
        + (", and the sound" if found.sound else "")
    )
    return "\n".join(lines)


def _line(change: Change) -> str:
    return f"{change.path}: {_short(change.before)} -> {_short(change.after)}"


def _short(value: object) -> str:
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"
