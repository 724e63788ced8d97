from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.domain.captions import cues, keyword, line_ems, lines
from reelwright.domain.cue import CueWord
from reelwright.domain.language import speakable
from reelwright.domain.narration import Word
from reelwright.domain.output import Output
from reelwright.domain.style import Box, CaptionStyle, Type

from .strategies import spoken_words

UPRIGHT = Output(width=1080, height=1920, fps=30)
SECOND = 48_000


def style(*, max_words: int = 6, size: float = 0.08, max_lines: int = 2) -> CaptionStyle:
    return CaptionStyle(type=Type(font="Inter", size=size), max_words=max_words, max_lines=max_lines)


def speech(text: str, separator: str = " ", step: int = 16_000) -> list[Word]:
    """Words of a third of a second each, without pauses."""
    return [
        Word(text=token, start=index * step, end=(index + 1) * step, space=separator == " ")
        for index, token in enumerate(text.split(separator))
    ]


def shown(words: list[Word], caption_style: CaptionStyle) -> list[str]:
    made = cues(words, offset=0, output=UPRIGHT, style=caption_style, frames=100_000)
    return [cue.text for cue in made]


@given(
    spoken_words(),
    st.sampled_from([24, 25, 30, 60]),
    st.integers(1, 8),
    st.sampled_from([0.03, 0.1, 0.3]),
    st.integers(0, 2 * SECOND),
    st.sampled_from([1, 3, 90, 2_000]),
)
def test_cues_hold_every_word_in_order_and_never_overlap(
    words: list[Word], fps: int, max_words: int, size: float, offset: int, frames: int
) -> None:
    output = Output(width=720, height=1280, fps=fps)
    made = cues(words, offset=offset, output=output, style=style(max_words=max_words, size=size), frames=frames)
    assert [word.text for cue in made for word in cue.words] == [word.text for word in words]
    assert all(before.end <= after.start for before, after in pairwise(made))
    assert all(0 <= cue.start < cue.end <= frames for cue in made)
    for cue in made:
        assert cue.words[0].start == cue.start or frames < 100
        assert all(cue.start <= word.start < cue.end and word.start <= word.end <= cue.end for word in cue.words)
        assert all(before.end <= after.start for before, after in pairwise(cue.words))
        if frames > 100:
            assert sum(speakable(word.text) for word in cue.words) <= max_words


@given(spoken_words(), st.integers(0, 2 * SECOND))
def test_each_word_is_lit_in_the_frame_in_which_it_is_heard(words: list[Word], offset: int) -> None:
    heard = [UPRIGHT.frames(offset + word.start) for word in words]
    made = cues(words, offset=offset, output=UPRIGHT, style=style(), frames=5_000)
    lit = [word.start for cue in made for word in cue.words]
    assert lit == heard or len(set(heard)) < len(heard)


def test_no_words_make_no_cues() -> None:
    assert cues([], offset=0, output=UPRIGHT, style=style(), frames=30) == ()


def test_cues_part_at_sentences_and_clauses() -> None:
    assert shown(speech("Twice a day the tide comes in. Look at the moon!"), style()) == [
        "Twice a day",
        "the tide comes in.",
        "Look at the moon!",
    ]
    moon = shown(speech("The moon pulls the ocean toward itself, and the Earth turns beneath the bulge."), style())
    assert any(text.endswith("itself,") for text in moon)


def test_an_abbreviation_does_not_end_a_cue() -> None:
    assert shown(speech("Dr. Smith saw it"), style(max_words=3)) == ["Dr. Smith", "saw it"]


def test_no_word_is_left_alone() -> None:
    for count in range(4, 30):
        words = speech(" ".join(["tide"] * count))
        assert all(len(text.split()) > 1 for text in shown(words, style(max_words=3)))


def test_articles_and_prepositions_stay_with_what_follows() -> None:
    assert shown(speech("Waves roll toward the shore at night"), style(max_words=4)) == [
        "Waves roll",
        "toward the shore",
        "at night",
    ]


def test_a_pause_parts_cues() -> None:
    words = speech("the tide comes in")
    later = [Word(text=word.text, start=word.start + 30_000 + 64_000, end=word.end + 30_000 + 64_000) for word in words]
    assert shown([*words, *later], style(max_words=6)) == ["the tide comes in", "the tide comes in"]


def test_one_word_at_a_time_is_one_word_at_a_time() -> None:
    assert shown(speech("the moon rises 🌙 tonight"), style(max_words=1)) == ["the", "moon", "rises 🌙", "tonight"]


def test_chinese_cues_keep_particles_and_clauses_together() -> None:
    words = speech("月球/的/引力/把/海水/拉向/自己，/海面/就/隆起。", "/")
    assert shown(words, style(max_words=7)) == ["月球的引力把海水拉向自己，", "海面就隆起。"]
    for max_words in range(2, 8):
        assert not any(text.startswith("的") for text in shown(words, style(max_words=max_words)))


def test_a_cue_fits_its_lines() -> None:
    words = speech("/".join(["潮汐涨落"] * 12), "/")
    for most in (1, 2):
        caption_style = style(max_words=20, max_lines=most, size=0.1)
        room = line_ems(UPRIGHT, caption_style) * most
        assert all(len(text) <= room for text in shown(words, caption_style))


def test_a_box_takes_room_from_the_line() -> None:
    boxed = CaptionStyle(type=Type(font="Inter"), box=Box(fill="#000000", padding=0.5))
    assert line_ems(UPRIGHT, boxed) == pytest.approx(line_ems(UPRIGHT, style()) - 1)


def test_a_cue_bridges_a_breath_and_is_held_before_a_silence() -> None:
    words = [
        Word(text="Wait.", start=0, end=SECOND),
        Word(text="Look.", start=SECOND + 20_000, end=2 * SECOND),
        Word(text="There.", start=4 * SECOND, end=5 * SECOND),
    ]
    made = cues(words, offset=SECOND, output=UPRIGHT, style=style(max_words=1), frames=200)
    assert [(cue.start, cue.end) for cue in made] == [(30, 73), (73, 98), (150, 188)]


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ("the moon pulls the oceans", "oceans"),
        ("it costs 300 million a year", "300"),
        ("we all met Ada there once", "Ada"),
        ("and then it was gone", None),
        ("“Remarkable,” she said", "“Remarkable,”"),
        ("月球/的/引力", "引力"),
        ("全世界/每天/要/喝掉/22.5/亿杯", "22.5"),
        ("我们/就/是/这样", None),
        ("引力/把/海水/拉向/自己，", "海水"),
        ("🌙 …", None),
    ],
)
def test_the_word_that_matters_most_is_a_number_a_name_or_a_long_one(words: str, chosen: str | None) -> None:
    texts = words.split("/") if "/" in words else words.split()
    found = keyword(texts)
    assert (texts[found] if found >= 0 else None) == chosen


def test_lines_are_even_and_keep_what_clings_together() -> None:
    wanted = [
        ("The moon pulls the oceans near", " ", ["The moon pulls", "the oceans near"]),
        ("月球|的|引力|把|海水|拉向|岸，", "|", ["月球的引力", "把海水拉向岸，"]),
        ("One word", " ", ["One word"]),
    ]
    for text, separator, rows in wanted:
        space = " " if separator == " " else ""
        words = [
            CueWord(text=word, start=index, end=index + 1, space=bool(space))
            for index, word in enumerate(text.split(separator))
        ]
        made = [space.join(word.text for word in words[start:end]) for start, end in lines(words, UPRIGHT, style())]
        assert made == rows


def test_lines_are_never_more_than_the_style_allows() -> None:
    words = [CueWord(text="Tideland", start=index, end=index + 1) for index in range(12)]
    assert len(lines(words, UPRIGHT, style(size=0.15))) == 2
