"""A brief as a TOML or JSON file: scenes laid out by hand, and every other choice; see ``docs/sources.md``."""

import json
import tomllib
from pathlib import Path
from typing import Any

from ...domain.brief import Brief
from ...domain.errors import InvalidBrief
from .schema import Misfit, convert

SUFFIXES = (".toml", ".json")
_BIGGEST = 4 << 20
"""Bytes."""


def read_brief(file: Path) -> Brief:
    """The brief of a file, its paths relative to the file's folder. Raises InvalidBrief with the file and the key."""
    plain = _plain(file)
    singular = "scene" in plain and "scenes" not in plain
    if singular:
        plain["scenes"] = plain.pop("scene")
    if str(plain.get("schema", "")).startswith("reelwright.timeline"):
        raise InvalidBrief(f"{file}: a timeline, which is finished: reelwright render is right for it")
    try:
        return convert(plain, Brief, folder=file.parent)
    except Misfit as misfit:
        key = misfit.key
        if singular and key.startswith("scenes"):
            key = key.replace("scenes", "scene", 1)
        raise InvalidBrief(f"{file}: {key}: {misfit.problem}" if key else f"{file}: {misfit.problem}") from misfit


def _plain(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > _BIGGEST:
            raise InvalidBrief(f"{file}: more than {_BIGGEST >> 20} MB: the scenes of one video are right")
        text = file.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise InvalidBrief(f"{file}: there is no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidBrief(f"{file}: cannot be read ({error})") from error
    try:
        plain = tomllib.loads(text) if file.suffix.lower() == ".toml" else json.loads(text)
    except (tomllib.TOMLDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise InvalidBrief(f"{file}: not {file.suffix[1:].upper()} ({error})") from error
    if not isinstance(plain, dict):
        raise InvalidBrief(f'{file}: an object with keys is right, as in {{"scenes": [{{"text": "…"}}]}}')
    return plain
