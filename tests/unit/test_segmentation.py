"""The quick ways through plain text find what Unicode's own rules find."""

import re

from hypothesis import given
from hypothesis import strategies as st
from uniseg.emoji import emoji_presentation
from uniseg.graphemecluster import grapheme_clusters
from uniseg.linebreak import line_break_boundaries

from reelwright.adapters.media.segmentation import breaks, clusters
from reelwright.adapters.media.text import itemise

PLAIN = "ab Z09'.,:!?; -/海，é“’"


@given(st.text(PLAIN, max_size=12))
def test_lines_break_where_the_standard_says(text: str) -> None:
    assert breaks(text) == tuple(index for index in line_break_boundaries(text) if 0 < index < len(text))


@given(st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=12))
def test_letters_are_what_the_standard_calls_so(text: str) -> None:
    assert clusters(text) == tuple(grapheme_clusters(text))


def test_every_emoji_that_is_a_picture_by_default_comes_in_colour() -> None:
    pictures = [chr(code) for code in range(0x2000, 0x1FB00) if emoji_presentation(chr(code))]
    assert "☕" in pictures
    assert len(pictures) > 1000
    for picture in pictures:
        for language in ("en", "zh"):
            ((file, part),) = itemise(picture, "montserrat", language)
            assert (file.colour, part) == (True, picture)


def test_plain_words_break_behind_spaces_only() -> None:
    text = "It's 3.5 km, at 5:30, to U.S.A. now!"
    assert breaks(text) == tuple(found.end() for found in re.finditer(" ", text))
