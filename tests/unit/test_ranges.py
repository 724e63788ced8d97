"""Ranges and conditions against a plain reading of RFC 9110."""

from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.adapters.http.ranges import (
    MOST_RANGES,
    Unsatisfiable,
    Validators,
    byte_ranges,
    precondition,
    ranges_apply,
)

NOW = 1_700_000_000
HERE = Validators(etag='"v2"', modified=NOW)
numbers = st.integers(0, 40)
spec = st.one_of(
    st.tuples(numbers, numbers).map(lambda pair: f"{min(pair)}-{max(pair)}"),
    numbers.map(lambda first: f"{first}-"),
    numbers.map(lambda last: f"-{last}"),
)


def bytes_of(one: str, size: int) -> list[int]:
    """The positions that a single spec means, byte by byte."""
    first, _, last = one.partition("-")
    if not first:
        return list(range(size))[-int(last) :] if int(last) else []
    return [at for at in range(size) if int(first) <= at and (not last or at <= int(last))]


@given(spec, st.integers(0, 30))
def test_a_single_range_means_the_bytes_that_it_says(one: str, size: int) -> None:
    wanted = bytes_of(one, size)
    if not wanted:
        with pytest.raises(Unsatisfiable):
            byte_ranges(f"bytes={one}", size)
    else:
        ((start, end),) = byte_ranges(f"bytes={one}", size)
        assert list(range(start, end)) == wanted


@given(st.lists(spec, min_size=2, max_size=MOST_RANGES), st.integers(1, 30))
def test_several_ranges_come_in_their_order_without_the_empty_ones(specs: list[str], size: int) -> None:
    wanted = [found for one in specs if (found := bytes_of(one, size))]
    if not wanted:
        with pytest.raises(Unsatisfiable):
            byte_ranges(f"bytes={', '.join(specs)}", size)
        return
    given_back = byte_ranges(f"bytes={', '.join(specs)}", size)
    if len(wanted) > 1 and sum(map(len, wanted)) > size:
        assert given_back == ()
    else:
        assert [list(range(*one)) for one in given_back] == wanted


@given(st.text(max_size=30), st.integers(0, 100))
def test_any_header_is_a_range_the_whole_or_nothing(header: str, size: int) -> None:
    try:
        found = byte_ranges(header, size)
    except Unsatisfiable:
        return
    assert all(0 <= start < end <= size for start, end in found)


@pytest.mark.parametrize(
    "header",
    [
        *("", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=1-2-3", "bytes=٣-", "items=0-1", "0-1"),
        "bytes=" + ",".join(["0-0"] * (MOST_RANGES + 1)),
    ],
)
def test_what_is_no_range_is_answered_with_the_whole_file(header: str) -> None:
    assert byte_ranges(header, 10) == ()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"if-none-match": '"v2"'}, 304),
        ({"if-none-match": 'W/"v2"'}, 304),
        ({"if-none-match": '"v1", "v2"'}, 304),
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": '"v1"'}, 200),
        ({"if-modified-since": formatdate(NOW, usegmt=True)}, 304),
        ({"if-modified-since": formatdate(NOW - 1, usegmt=True)}, 200),
        ({"if-modified-since": "yesterday"}, 200),
        ({"if-none-match": '"v1"', "if-modified-since": formatdate(NOW, usegmt=True)}, 200),
        ({"if-match": '"v2"'}, 200),
        ({"if-match": 'W/"v2"'}, 412),
        ({"if-match": '"v1"'}, 412),
        ({"if-match": "*"}, 200),
        ({"if-unmodified-since": formatdate(NOW, usegmt=True)}, 200),
        ({"if-unmodified-since": formatdate(NOW - 1, usegmt=True)}, 412),
        ({"if-match": '"v2"', "if-unmodified-since": formatdate(NOW - 1, usegmt=True)}, 200),
        ({"if-match": '"v2"', "if-none-match": '"v2"'}, 304),
    ],
)
def test_conditions_are_weighed_in_the_order_of_the_standard(headers: dict[str, Any], status: int) -> None:
    assert precondition(headers, HERE) == status


@pytest.mark.parametrize(
    ("condition", "stands"),
    [
        (None, True),
        ('"v2"', True),
        ('"v1"', False),
        ('W/"v2"', False),
        (formatdate(NOW, usegmt=True), True),
        (formatdate(NOW + 1, usegmt=True), False),
        ("nonsense", False),
    ],
)
def test_a_range_stands_only_for_the_version_that_it_was_asked_of(condition: str | None, stands: bool) -> None:
    assert ranges_apply(condition, HERE) is stands
