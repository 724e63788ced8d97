import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.adapters.media.lines import Atom, Fit, atomise, fit, fragment, length
from reelwright.adapters.media.segmentation import clusters
from reelwright.domain.language import is_wide

CANNOT_START = "，。、；：！？）》」』】”’,.;:!?)]}…%"
LATIN = ["a", "the", "Morning", "light", "judge.", "state-of-the-art", "3,000", "don't", "(yes)", "well,", "100%", "é!"]
HAN = ["人工智能", "，", "正在", "悄悄", "改变", "“爬虫”", "。", "《书》", "的", "生活！", "10", "Python", "……"]
spaced_words = st.lists(st.sampled_from(LATIN).map(lambda word: (word, True)), min_size=1, max_size=14)
joined_words = st.lists(st.sampled_from(HAN).map(lambda word: (word, False)), min_size=1, max_size=14)
words = st.one_of(spaced_words, joined_words)
widths = st.floats(3, 30)


def ems(text: str) -> float:
    """A font in which an ideograph takes an em, everything else half of one."""
    return sum(1.0 if is_wide(cluster[0]) else 0.5 for cluster in clusters(text))


def set_words(said: list[tuple[str, bool]], width: float, most: int = 3, rows: int = 40) -> Fit:
    """On a page ``width`` ems wide and ``rows`` lines high at the full size."""
    atoms = atomise(said, ems, space=0.3)
    return fit(
        atoms, ems, limit=lambda scale: width / scale, room=lambda scale: int(rows / scale), most=most, shrinking=20
    )


def read(line: tuple[Atom, ...]) -> str:
    return "".join(atom.text + " " * (atom.space == 0.3) for atom in line).strip()


def texts(found: Fit) -> list[str]:
    return [read(line) for line in found.lines]


@given(words, widths)
def test_no_line_is_wider_than_the_page(said: list[tuple[str, bool]], width: float) -> None:
    found = set_words(said, width)
    assert all(length(line) <= width / found.scale + 1e-9 for line in found.lines)


@given(words, widths)
def test_every_letter_is_kept_in_its_order(said: list[tuple[str, bool]], width: float) -> None:
    shown = "".join(texts(set_words(said, width)))
    assert shown.replace(" ", "") == "".join(text for text, _ in said)


@given(words, st.floats(12, 30))
def test_no_line_starts_with_closing_punctuation(said: list[tuple[str, bool]], width: float) -> None:
    lines = texts(set_words([("好", False), *said] if not said[0][1] else [("so", True), *said], width))
    assert not [line for line in lines[1:] if line[0] in CANNOT_START and len(set(line)) > 1]


@given(spaced_words, st.floats(9, 30))
def test_a_latin_word_that_fits_is_cut_at_most_at_its_hyphens(said: list[tuple[str, bool]], width: float) -> None:
    whole = {part for text, _ in said for part in re.findall("[^-]+-?", text)}
    assert {part for line in texts(set_words(said, width)) for part in re.findall("[^- ]+-?", line)} <= whole


@given(spaced_words, widths)
def test_the_text_gets_no_smaller_than_it_must(said: list[tuple[str, bool]], width: float) -> None:
    found = set_words(said, width)
    assert 0 < found.scale <= 1
    if sum(ems(text) + 0.3 for text, _ in said) <= width:
        assert found.scale == 1


@given(words, st.integers(1, 4))
def test_no_more_lines_are_used_than_allowed_where_the_text_can_shrink(said: list[tuple[str, bool]], most: int) -> None:
    assert len(set_words(said, 100, most=most).lines) <= most


def test_lines_are_about_equally_long() -> None:
    said = [(word, True) for word in "one two three four five six seven eight nine".split()]
    widths = [length(line) for line in set_words(said, 12).lines]
    assert max(widths) - min(widths) < 4


def test_a_chinese_title_breaks_after_its_comma_and_not_inside_a_word() -> None:
    assert texts(set_words([("人工智能，如何改变我们的生活？", False)], 6)) == [
        "人工智能，",
        "如何改变",
        "我们的生活？",
    ]


def test_a_word_of_a_caption_is_kept_whole_where_another_break_serves() -> None:
    said = [(word, False) for word in ("我们", "今天", "去", "图书馆", "看书")]
    assert texts(set_words(said, 7, most=2)) in (["我们今天去", "图书馆看书"], ["我们今天", "去图书馆看书"])


def test_a_zero_width_space_says_where_a_word_ends() -> None:
    found = set_words([("生活\u200b悄悄\u200b变化", False)], 4.5, most=2)
    assert [line.replace("\u200b", "") for line in texts(found)] in (["生活悄悄", "变化"], ["生活", "悄悄变化"])


def test_a_line_end_in_a_title_is_kept() -> None:
    assert texts(set_words([("One\ntwo three", False)], 30)) == ["One", "two three"]


def test_a_word_longer_than_the_page_is_cut_between_letters() -> None:
    found = set_words([("x" * 59 + "é", True)], 9, most=2)
    assert "".join(texts(found)) == "x" * 59 + "é"
    assert len(found.lines) > 1


def test_even_a_word_that_must_be_cut_keeps_its_mark_with_its_letters() -> None:
    assert not [line for line in texts(set_words([("ab!cd!ef!", True)], 0.6, most=1)) if line[0] == "!"]


def test_an_emoji_sequence_is_never_cut() -> None:
    family = "👨‍👩‍👧‍👦"
    found = set_words([(family * 20, True)], 4, most=1)
    assert all(set(clusters(line)) == {family} for line in texts(found))


def test_a_height_too_low_for_the_lines_makes_them_smaller() -> None:
    said = [("word", True)] * 40
    assert len(set_words(said, 8, most=40, rows=2).lines) <= 2 / set_words(said, 8, most=40, rows=2).scale


def test_ideographs_stand_off_from_latin_letters() -> None:
    atoms = atomise([("用", False), ("Python", False), ("写", False), ("。", False)], ems, space=0.3)
    assert [atom.space > 0 for atom in atoms] == [True, True, False, False]


@pytest.mark.parametrize("said", [[("", True)], [("", False), ("", True)], [("a", True), ("", True), ("b", True)]])
def test_words_without_letters_take_no_room(said: list[tuple[str, bool]]) -> None:
    atoms = atomise(said, ems, space=0.3)
    assert all(atom.space == 0 for atom in atoms if not atom.text)


def test_fragments_belong_to_the_word_that_they_come_from() -> None:
    pieces = fragment(atomise([("abcdefgh", True), ("ij", True)], ems, space=0.3), 2, ems)
    assert [(piece.word, piece.text) for piece in pieces[:2]] == [(0, "a"), (0, "b")]
    assert [list(group) for _, group in itertools.groupby(piece.word for piece in pieces)] == [[0] * 8, [1]]
