"""JSON out of what a model wrote: how it is written down is mended, what it says never."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.adapters.ai.json_repair import read_json

JSON = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    ),
    min_size=1,
)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ('{"a": 1}', {"a": 1}),
        ('\ufeff \n{"a": 1}', {"a": 1}),
        ('```json\n{"a": "```"}\n```', {"a": "```"}),
        ('```\n{"a": 1}\n```', {"a": 1}),
        ('Of course! {"a": 1} I hope it helps.', {"a": 1}),
        ('Of {course}! {"a": 1}', {"a": 1}),
        ('<think>{"a": 0}</think>{"a": 1}', {"a": 1}),
        ('{"a": [1, 2, ], }', {"a": [1, 2]}),
        ('{"a": ",]", "b": [",}",]}', {"a": ",]", "b": [",}"]}),
        ('{"a": "one\ntwo"}', {"a": "one\ntwo"}),
        ('{"a": {"b": "whole"', {"a": {"b": "whole"}}),
        ('{"a": [1]', {"a": [1]}),
        ('{"a": true', {"a": True}),
        ('```json\n{"a": [1]', {"a": [1]}),
    ],
)
def test_what_only_wraps_an_object_or_was_written_carelessly_is_mended(written: str, found: object) -> None:
    assert read_json(written) == found


@pytest.mark.parametrize(
    "written",
    [
        "",
        "  \n",
        "[1, 2]",
        "Error: none",
        '{"a": "hal',
        '{"a": ["one", "two"',
        '{"a": [{"b": "first"}, {"b": "sec',
        '{"a": 0.8',
        '{"a": "one", "b"',
        '{"a": "one",',
        '{"a": NaN}',
        '{"a": }',
        "{'a': 1}",
        '{"a": [1}',
        '{"a":' * 50_000,
        "x" * 2_000_000,
    ],
)
def test_what_is_not_whole_is_never_guessed(written: str) -> None:
    with pytest.raises(ValueError, match="the reply"):
        read_json(written)


@given(JSON)
def test_a_whole_object_is_read_as_it_is(value: dict[str, object]) -> None:
    assert read_json(json.dumps(value)) == value
    assert read_json(f"Here:\n```json\n{json.dumps(value, indent=1)}\n```") == value


@given(JSON, st.data())
def test_half_of_an_object_gives_nothing_that_the_whole_does_not_say(
    value: dict[str, object], data: st.DataObject
) -> None:
    whole = json.dumps(value)
    cut = data.draw(st.integers(0, len(whole) - 1))
    try:
        found = read_json(whole[:cut])
    except ValueError:
        return
    assert said_in(found, value)


def said_in(found: object, whole: object) -> bool:
    if isinstance(found, dict):
        return isinstance(whole, dict) and all(key in whole and said_in(found[key], whole[key]) for key in found)
    return found == whole


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(written: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(read_json(written), dict)
