"""The options of a video as plain data: the fields of a Brief by their names, with files named by their ids."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import is_dataclass
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from .brief import Brief
from .errors import InvalidField, InvalidInput, UnknownName
from .file import FILE_KINDS, FileKind

OPTIONS: dict[str, Any] = {name: kind for name, kind in get_type_hints(Brief).items() if name != "text"} | {
    "assets": tuple[Path, ...]
}
"""Name -> type of every option. Those of type Path hold the id of a file; ``assets`` is a list of such ids."""
KINDS_OF: dict[str, tuple[FileKind, ...]] = {
    "document": ("document",),
    "music": ("audio", "video"),
    "logo": ("image",),
    "assets": ("image", "video"),
    "asset": ("image", "video"),
}
"""What a file may be, by the option or the field of a scene that names it."""
LONGEST_ID = 64
_WIDEST = 2**53
"""The greatest whole number that every reader of JSON takes for the same (RFC 8259, section 6)."""
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_ANY_TEXT = "A text."
_TYPES = {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}


def checked_options(options: Mapping[str, Any], path: str = "settings") -> dict[str, Any]:
    """The options without those that are null. What is wrong raises InvalidField, with its place below ``path``."""
    given = {key: value for key, value in options.items() if value is not None}
    _known(given, OPTIONS, "option", path)
    chosen: dict[str, Any] = {}
    for key, kind in OPTIONS.items():
        if key not in given:
            continue
        value = _value(kind, given[key], f"{path}.{key}")
        if key == "assets":
            continue
        chosen[key] = value
        sourced = bool(chosen.get("document") or chosen.get("scenes"))
        _made(Brief, chosen if sourced else {"text": _ANY_TEXT, **chosen}, f"{path}.{key}")
    return given


def named_files(options: Mapping[str, Any]) -> Iterator[tuple[str, str, tuple[FileKind, ...]]]:
    """Where a file is named ("scenes[2].asset"), its id, and what it may be there; the options are valid ones."""
    for key, kind in OPTIONS.items():
        if Path in get_args(kind) and key in options:
            kinds, value = KINDS_OF.get(key, FILE_KINDS), options[key]
            if isinstance(value, str):
                yield key, value, kinds
            else:
                yield from ((f"{key}[{number}]", one, kinds) for number, one in enumerate(value))
    for number, scene in enumerate(options.get("scenes", ())):
        if scene.get("asset") is not None:
            yield f"scenes[{number}].asset", scene["asset"], KINDS_OF["asset"]


def with_files(options: Mapping[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """The same options with other ids of files."""
    made = dict(options)
    for key, kind in OPTIONS.items():
        if Path in get_args(kind) and key in made:
            value = made[key]
            made[key] = change(value) if isinstance(value, str) else [change(one) for one in value]
    if "scenes" in made:
        made["scenes"] = [
            scene if scene.get("asset") is None else {**scene, "asset": change(scene["asset"])}
            for scene in made["scenes"]
        ]
    return made


def storable_text(text: str) -> bool:
    """Whether every database and every reader of JSON takes it: no NUL, no half characters."""
    return _UNSTORABLE.search(text) is None


def _known(given: Mapping[Any, Any], choices: Mapping[str, Any], what: str, path: str) -> None:
    for key in given:
        if key not in choices:
            shown = str(key)[:40].encode("utf-8", "backslashreplace").decode()
            raise InvalidField(f"{path}.{shown}", str(UnknownName(what, shown, choices)))


def _made(kind: Any, values: Mapping[str, Any], path: str) -> Any:
    """A value of a dataclass, whose own checks are made."""
    try:
        return kind(**values)
    except InvalidInput as error:
        raise InvalidField(path, str(error)) from error


def _value(kind: Any, value: Any, path: str) -> Any:
    """A plain value as one of type ``kind``. Raises InvalidField."""
    parts = get_args(kind)
    if NoneType in parts:
        return None if value is None else _value(next(one for one in parts if one is not NoneType), value, path)
    if get_origin(kind) is Literal:
        if not isinstance(value, str) or value not in parts:
            raise InvalidField(path, f"{', '.join(map(repr, parts))} are right")
        return value
    if get_origin(kind) is tuple:
        return _list(parts, value, path)
    if is_dataclass(kind):
        if not isinstance(value, Mapping):
            raise InvalidField(path, "an object is right")
        hints = get_type_hints(kind)
        _known(value, hints, "key", path)
        given = {key: _value(hints[key], one, f"{path}.{key}") for key, one in value.items() if one is not None}
        return _object(kind, given, path)
    if kind is Path:
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_ID or not storable_text(value):
            raise InvalidField(path, "the id of a file is right")
        return Path(value)
    return _plain(kind, value, path)


def _object(kind: Any, given: dict[str, Any], path: str) -> Any:
    try:
        return _made(kind, given, path)
    except TypeError as error:
        raise InvalidField(path, f"a key is missing: {str(error).rpartition(': ')[2]}") from error


def _list(parts: tuple[Any, ...], value: Any, path: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise InvalidField(path, "a list is right")
    kinds = [parts[0]] * len(value) if parts[-1] is ... else list(parts)
    if len(kinds) != len(value):
        raise InvalidField(path, f"there are {len(value)} in it: {len(kinds)} are right")
    return tuple(_value(kind, one, f"{path}[{at}]") for at, (kind, one) in enumerate(zip(kinds, value, strict=True)))


def _plain(kind: type, value: Any, path: str) -> Any:
    wanted: Any = (int, float) if kind is float else kind
    fits = isinstance(value, wanted) and (kind is bool or not isinstance(value, bool))
    if fits and kind in (int, float):
        fits = -_WIDEST <= value <= _WIDEST
    if not fits:
        raise InvalidField(path, f"{_TYPES[kind]} is right")
    if kind is str and not storable_text(value):
        raise InvalidField(path, "there is a NUL or half a character in it; a plain text is right")
    return value
