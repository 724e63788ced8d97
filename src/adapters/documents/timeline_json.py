"""Timelines as JSON that a person can read and edit; what is written reads back equal."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from ...application.writing import writing
from ...domain.asset import Asset
from ...domain.errors import InvalidTimeline
from ...domain.timeline import SCHEMA, Timeline
from .schema import Misfit, convert


def dumps(timeline: Timeline) -> str:
    """The timeline as indented JSON; parts that are absent are left out."""
    plain = _without_nulls(msgspec.to_builtins(timeline))
    return msgspec.json.format(msgspec.json.encode(plain), indent=2).decode() + "\n"


def loads(text: str | bytes) -> Timeline:
    """Raises InvalidTimeline with the JSON path of what is wrong."""
    try:
        plain = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InvalidTimeline("$", f"not JSON ({error})") from error
    if not isinstance(plain, dict):
        raise InvalidTimeline("$", "a JSON object is right")
    if plain.get("schema") != SCHEMA:
        raise InvalidTimeline(
            "$.schema", f"{plain.get('schema')!r} is not a schema of this version: {SCHEMA!r} is right"
        )
    try:
        return convert(plain, Timeline)
    except Misfit as misfit:
        raise InvalidTimeline(misfit.path, misfit.problem) from misfit


def read_timeline(file: Path) -> Timeline:
    """The timeline of a file, its assets' paths relative to the file's folder. Raises InvalidTimeline."""
    try:
        timeline = loads(file.read_bytes())
    except OSError as error:
        raise InvalidTimeline(str(file), f"cannot be read ({error.strerror})") from error
    return relocated(timeline, lambda _, asset: str((file.parent / asset.path).absolute()))


def write_timeline(timeline: Timeline, file: Path) -> None:
    """Write ``file`` and, beside it in ``<name>.assets``, copies of the narration, so that it stays renderable.

    Paths below the file's folder are written relative to it. Raises OutputFailed, DiskFull.
    """
    folder = file.with_suffix(".assets")
    home = file.parent.absolute()
    spoken = {scene.speech.asset for scene in timeline.scenes if scene.speech is not None}

    def place(name: str, asset: Asset) -> str:
        path = Path(asset.path)
        if name in spoken:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder.absolute() / f"{name}{path.suffix}"
            if path != Path(asset.path):
                shutil.copyfile(asset.path, path)
        return os.fspath(path.relative_to(home)) if path.is_relative_to(home) else os.fspath(path)

    part = file.with_name(f".{file.name}.part")
    with writing(file):
        text = dumps(relocated(timeline, place))
        try:
            part.write_text(text, "utf-8")
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)


def relocated(timeline: Timeline, place: Callable[[str, Asset], str]) -> Timeline:
    """The timeline with other paths: those that ``place`` gives for the name of each asset and the asset."""
    return replace(
        timeline, assets={name: replace(asset, path=place(name, asset)) for name, asset in timeline.assets.items()}
    )


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(part) for key, part in value.items() if part is not None}
    if isinstance(value, list | tuple):
        return [_without_nulls(part) for part in value]
    return value
