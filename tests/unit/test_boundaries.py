"""Word boundaries of a service become the times of the tokens that captions show."""

from itertools import pairwise

import pytest

from reelwright.adapters.ai.alignment import Span
from reelwright.adapters.ai.boundaries import Boundary, spans_of
from reelwright.adapters.ai.written import Unit


def spans(tokens: str, *told: tuple[str, int, int]) -> list[Span]:
    units = [Unit(text=token, phonemes="aa ") for token in tokens.split("|")]
    return spans_of(units, [Boundary(text=text, start=start, end=end) for text, start, end in told])


def test_marks_and_capitals_do_not_matter() -> None:
    assert spans("“Hi,|You.”", ("hi", 0, 10), ("you", 20, 30)) == [(0, 10), (20, 30)]


def test_a_token_in_two_boundaries_lasts_from_the_first_to_the_second() -> None:
    assert spans("ice-cream|now", ("ice", 0, 10), ("cream", 12, 30), ("now", 40, 50)) == [(0, 30), (40, 50)]


def test_a_boundary_over_two_tokens_is_shared_by_their_letters() -> None:
    assert spans("咖啡|豆。|好", ("咖啡豆", 0, 30), ("好", 40, 50)) == [(0, 20), (20, 30), (40, 50)]


def test_a_number_told_in_words_takes_the_time_of_all_of_them() -> None:
    found = spans(
        "In|1675,|it", ("In", 0, 5), ("sixteen", 6, 12), ("seventy", 13, 18), ("five", 19, 25), ("it", 30, 33)
    )
    assert found == [(0, 5), (6, 25), (30, 33)]


@pytest.mark.parametrize("tokens", ["one|&|two", "&|one|two", "one|two|&"])
def test_a_token_that_nobody_told_shares_the_time_of_its_neighbour(tokens: str) -> None:
    found = spans(tokens.replace("&", "99"), ("one", 0, 20), ("two", 40, 60))
    assert all(start < end for start, end in found)
    assert all(before[1] <= after[0] for before, after in pairwise(found))


def test_a_repeated_word_is_told_apart_by_its_place() -> None:
    assert spans("no|no|no", ("no", 0, 1), ("no", 5, 6), ("no", 9, 10)) == [(0, 1), (5, 6), (9, 10)]


@pytest.mark.parametrize("told", [(), (("one", 0, 10),)])
def test_boundaries_that_end_before_the_text_are_refused(told: tuple[tuple[str, int, int], ...]) -> None:
    with pytest.raises(ValueError, match="end before the text does"):
        spans("one|two|three|four", *told)
