"""Plain data into the domain's values, with the path of whatever does not fit."""

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


class Misfit(ValueError):
    """``path`` is a JSON path from ``$``, ``problem`` says what would be right."""

    def __init__(self, path: str, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{path}: {problem}")


def convert(plain: Any, into: type[T]) -> T:
    """A value of the dataclass ``into``; wrong types, values and unknown keys raise Misfit."""
    try:
        value = msgspec.convert(plain, into, strict=True)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).rpartition(" - at `")
        raise Misfit(path.rstrip("`") if problem else "$", problem or str(error)) from error
    _refuse_unknown(plain, msgspec.to_builtins(value), "$")
    return value


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
