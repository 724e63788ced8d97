"""Values that lie between two others."""

from .errors import InvalidInput


def in_range(
    name: str, value: float, low: float, high: float, unit: str = "", *, error: type[InvalidInput] = InvalidInput
) -> None:
    """Raises ``error`` where ``value`` lies outside [low, high]; ``unit`` is told behind it."""
    if not low <= value <= high:
        raise error(f"{name} is {value:g}{unit and f' {unit}'}: {low:g} to {high:g} is right")


def check_span(what: str, start: int, end: int) -> None:
    """Raises InvalidInput where ``start`` to ``end`` is no span of frames, or an empty one."""
    if not 0 <= start < end:
        raise InvalidInput(f"{what} runs from {start} to {end}: a start before its end is right")
