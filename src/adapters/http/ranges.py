"""Byte ranges and conditions of a stored file, as RFC 9110 (13, 14) has them: pure functions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from .representations import matches

MOST_RANGES = 16
"""Parts that one answer may have; a request for more of them gets the whole file."""

_SPEC = re.compile(r"(\d*)-(\d*)")


class Unsatisfiable(Exception):
    """None of the ranges lies within the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What tells versions of a file apart: a strong ``etag`` with its quotes, ``modified`` in whole Unix seconds."""

    etag: str
    modified: int


def byte_ranges(wanted: str, size: int) -> tuple[tuple[int, int], ...]:
    """The half-open ranges of a Range header within ``size`` bytes; none where the whole file is the answer.

    That is so for a header that is malformed, of another unit, of more than MOST_RANGES parts or of parts that
    together ask for more than the file. Raises Unsatisfiable.
    """
    unit, _, specs = wanted.partition("=")
    if unit.strip().lower() != "bytes":
        return ()
    found: list[tuple[int, int]] = []
    parts = [one.strip(" \t") for one in specs.split(",")]
    parts = [one for one in parts if one]
    if not parts or len(parts) > MOST_RANGES:
        return ()
    for part in parts:
        spec = _SPEC.fullmatch(part)
        if spec is None or part == "-" or not part.isascii() or len(part) > 40:
            return ()
        first, last = spec.groups()
        if first and last and int(last) < int(first):
            return ()
        start = int(first) if first else max(0, size - int(last))
        end = min(size, int(last) + 1) if first and last else size
        if start < end:
            found.append((start, end))
    if not found:
        raise Unsatisfiable
    if len(found) > 1 and sum(end - start for start, end in found) > size:
        return ()
    return tuple(found)


def precondition(headers: Mapping[str, str], validators: Validators) -> int:
    """200 where the request goes on, 304 or 412 where it ends here, in the order of RFC 9110, 13.2.2.

    ``headers`` have lower-case names. Of a GET or a HEAD.
    """
    if (tags := headers.get("if-match")) is not None:
        if not matches(tags, validators.etag, strong=True):
            return 412
    elif (since := _date(headers.get("if-unmodified-since"))) is not None and validators.modified > since:
        return 412
    if (tags := headers.get("if-none-match")) is not None:
        return 304 if matches(tags, validators.etag) else 200
    if (since := _date(headers.get("if-modified-since"))) is not None and validators.modified <= since:
        return 304
    return 200


def ranges_apply(condition: str | None, validators: Validators) -> bool:
    """Whether If-Range lets the ranges stand: the strong tag, or the very date, of the version that is here."""
    if condition is None:
        return True
    condition = condition.strip()
    if condition.startswith(('"', "W/")):
        return condition == validators.etag and not condition.startswith("W/")
    return _date(condition) == validators.modified


def _date(text: str | None) -> int | None:
    """Unix seconds of an HTTP date; None for one that cannot be read, which counts as absent."""
    if not text:
        return None
    try:
        return int(parsedate_to_datetime(text).timestamp())
    except (ValueError, OverflowError, TypeError):
        return None
