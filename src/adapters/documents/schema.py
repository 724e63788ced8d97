"""Plain data into the domain's values, with the path of whatever does not fit."""

import re
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

T = TypeVar("T")
_STEP = re.compile(r"\.(?P<key>\w+)|\[(?P<index>[^\]]*)\]")


class Misfit(ValueError):
    """``path`` is a JSON path from ``$``, ``problem`` says what would be right."""

    def __init__(self, path: str, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{path}: {problem}")

    @property
    def key(self) -> str:
        """The path as TOML writes it: without ``$``, empty for the whole."""
        return self.path.removeprefix("$").lstrip(".")


def convert(plain: Any, into: type[T], *, folder: Path | None = None) -> T:
    """A value of the dataclass ``into``; wrong types, values and unknown keys raise Misfit.

    Paths are relative to ``folder``.
    """

    def decode(kind: type, value: Any) -> Any:
        if kind is Path and isinstance(value, str) and value.strip():
            return (folder or Path()) / value
        raise ValueError("the path of a file is right")

    try:
        value = msgspec.convert(plain, into, strict=True, dec_hook=decode)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).rpartition(" - at `")
        path = path.rstrip("`") if problem else "$"
        problem = problem or str(error)
        if choices := _choices(into, path) if problem.startswith("Invalid enum value") else ():
            problem = f"{problem}; {', '.join(map(repr, choices))} are right"
        raise Misfit(path, problem) from error
    _refuse_unknown(plain, msgspec.to_builtins(value, enc_hook=str), "$")
    return value


def _choices(into: Any, path: str) -> tuple[Any, ...]:
    """The values that the Literal at ``path`` below the type ``into`` takes; empty where there is none."""
    for step in _STEP.finditer(path):
        into = _without_none(into)
        if step["key"] and isinstance(into, type):
            into = get_type_hints(into).get(step["key"])
        else:
            into = next((part for part in reversed(get_args(into)) if part is not ...), None)
    into = _without_none(into)
    return get_args(into) if get_origin(into) is Literal else ()


def _without_none(kind: Any) -> Any:
    """``X`` of ``X | None``."""
    parts = [part for part in get_args(kind) if part is not type(None)]
    return parts[0] if type(None) in get_args(kind) and len(parts) == 1 else kind


def _refuse_unknown(given: Any, known: Any, path: str) -> None:
    """A misspelt key must not be passed over in silence."""
    if isinstance(given, dict):
        for key, value in given.items():
            if key not in known:
                raise Misfit(f"{path}.{key}", f"there is no such key; {', '.join(known)} are right")
            _refuse_unknown(value, known[key], f"{path}.{key}")
    elif isinstance(given, list):
        for index, (part, other) in enumerate(zip(given, known, strict=True)):
            _refuse_unknown(part, other, f"{path}[{index}]")
