"""How long is waited before another try."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.domain.errors import InvalidInput
from reelwright.domain.retrying import Retrying

RULES = Retrying(attempts=6, first=0.5, longest=4.0, patience=20.0)


@pytest.mark.parametrize(("tried", "ceiling"), [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (5, 4.0)])
def test_the_longest_wait_doubles_up_to_a_limit(tried: int, ceiling: float) -> None:
    assert RULES.pause(tried, chance=lambda: 1.0) == ceiling
    assert RULES.pause(tried, chance=lambda: 0.0) == 0.0


def test_the_last_try_is_followed_by_none() -> None:
    assert RULES.pause(6, chance=lambda: 0.0) is None


@given(
    st.integers(1, 8),
    st.floats(0, 1),
    st.none() | st.floats(-5, 40, allow_nan=False),
    st.floats(0, 60, allow_nan=False) | st.just(inf),
)
def test_a_wait_is_as_long_as_the_server_asks_and_ends_in_time(
    tried: int, chance: float, retry_after: float | None, left: float
) -> None:
    pause = RULES.pause(tried, chance=lambda: chance, retry_after=retry_after, left=left)
    asked = max(0.0, retry_after or 0.0)
    if pause is None:
        assert tried >= 6 or asked > 20 or asked + chance * min(4.0, 0.5 * 2 ** (tried - 1)) >= left
    else:
        assert asked <= pause <= asked + 4.0
        assert pause < left


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"first": -1}, {"first": 9}, {"patience": -1}])
def test_rules_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(wrong))):
        Retrying(**wrong)  # type: ignore[arg-type]
