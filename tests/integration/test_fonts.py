"""The typefaces: all are there, their weights are, and Chinese letters suit what stands beside them."""

import re
from pathlib import Path

import pytest

from reelwright.adapters.media.fonts import CJK, EMOJI, SERIF_CJK, TYPEFACES, font_file
from reelwright.adapters.media.text import Typesetter, itemise
from reelwright.domain.style import Type

LETTERS = [name for name in TYPEFACES if name != EMOJI]


def black(family: str, text: str, weight: int) -> float:
    """How much ink ``text`` takes."""
    glyphs = Typesetter(Type(font=family, weight=weight), 80, "en").draw(text)
    assert glyphs.fill
    return float(glyphs.fill.alpha.sum()) / 255


@pytest.mark.parametrize("family", LETTERS)
def test_a_typeface_has_its_own_letters_and_the_weights_it_says(family: str) -> None:
    (file, text), *others = itemise("Tide 20", family, "en")
    assert (file, text, others) == (font_file(family), "Tide 20", [])
    light, bold = black(family, "Tide", 300), black(family, "Tide", 800)
    assert bold > 1.08 * light if TYPEFACES[family].axes else bold == light


@pytest.mark.parametrize("family", LETTERS)
def test_chinese_letters_beside_a_serif_have_serifs_and_others_have_none(family: str) -> None:
    files = {file for file, _ in itemise("潮汐", family, "zh")}
    assert files == {font_file(SERIF_CJK if family in ("playfair-display", "source-serif", SERIF_CJK) else CJK)}


def test_chinese_serifs_grow_bolder_with_the_letters_beside_them() -> None:
    assert black("playfair-display", "潮汐", 800) > 1.15 * black("playfair-display", "潮汐", 400)


def test_chinese_letters_are_no_giants_beside_small_ones() -> None:
    setter, plain = (Typesetter(Type(font=family), 100, "zh") for family in ("caveat", "inter"))
    assert setter.width("潮") == pytest.approx(0.72 * plain.width("潮"), rel=0.02)


def test_the_page_of_templates_lists_every_font() -> None:
    page = (Path(__file__).parents[2] / "docs/templates.md").read_text("utf-8")
    table = page.split("| font | kind |")[1].split("##")[0]
    assert set(re.findall(r"`([a-z0-9-]+)`", table)) == set(LETTERS)


def test_the_page_of_templates_lists_every_background() -> None:
    from reelwright.adapters.media.backdrops.picture import BACKDROPS

    page = (Path(__file__).parents[2] / "docs/templates.md").read_text("utf-8")
    table = page.split("| kind | what it shows |")[1].split("##")[0]
    assert set(re.findall(r"^\| `([a-z]+)`", table, re.MULTILINE)) == set(BACKDROPS)
