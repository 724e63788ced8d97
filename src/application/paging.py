"""Lists in pages, by cursors: opaque texts that say where the next page begins."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from ..domain.errors import InvalidField

T = TypeVar("T")
LONGEST_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """``next`` is the cursor of the page that follows, None at the end."""

    items: tuple[T, ...]
    next: str | None


def page(rows: Sequence[T], limit: int, key: Callable[[T], str]) -> Page[T]:
    """The page of ``limit`` items, of rows asked for with one more than that; ``key`` is the id of an item."""
    items = tuple(rows[:limit])
    return Page(items=items, next=_cursor(key(items[-1])) if len(rows) > limit else None)


def place_of(cursor: str | None) -> str | None:
    """The id after which a page begins. Raises InvalidField for what no page has handed out."""
    if cursor is None:
        return None
    try:
        place = str(UUID(bytes=urlsafe_b64decode(cursor.encode() + b"==")))
    except (ValueError, UnicodeEncodeError, binascii.Error):
        place = ""
    if not place or _cursor(place) != cursor:
        raise InvalidField("cursor", "this is none; the value of 'next' of the page before is right")
    return place


def valid_limit(limit: int) -> int:
    if not 1 <= limit <= LONGEST_PAGE:
        raise InvalidField("limit", f"{limit} is out of range; 1 to {LONGEST_PAGE} is right")
    return limit


def _cursor(place: str) -> str:
    return urlsafe_b64encode(UUID(place).bytes).decode().rstrip("=")
