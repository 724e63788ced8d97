"""What a viewer sees of captions and titles, looked at in the pixels of a frame."""

import itertools
import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.adapters.media import fonts
from reelwright.adapters.media.lettering import Lettering
from reelwright.adapters.media.planes import yuv
from reelwright.adapters.media.sprites import Sprite, blend
from reelwright.adapters.media.text import Typesetter, itemise, upper
from reelwright.domain.cue import Cue, CueWord
from reelwright.domain.errors import MissingPart, UnknownName
from reelwright.domain.style import Box, CaptionStyle, Style, TitleStyle, Type, rgb, safe_area
from reelwright.domain.timeline import Title

Planes = list[NDArray[np.uint8]]

VIOLET, YELLOW, INK = "#7c3aed", "#ffd60a", "#101018"
BUBBLE = Style(
    captions=CaptionStyle(
        type=Type(font="montserrat", weight=800, size=0.075, stroke_width=0.08),
        lit_box=Box(fill=VIOLET, padding=0.22, radius=0.2),
    ),
    titles=TitleStyle(type=Type(font="montserrat", weight=900, size=0.12, stroke_width=0.05), rule=VIOLET),
)
BOXED = Style(
    captions=CaptionStyle(
        type=Type(font="inter", size=0.062), box=Box(fill=INK, opacity=0.7, padding=0.45), lit_fill=YELLOW
    ),
    titles=TitleStyle(type=Type(font="inter", weight=800, size=0.095), box=Box(fill=INK, padding=0.5), rule=YELLOW),
)
LOUD = Style(
    captions=CaptionStyle(
        type=Type(font="anton", size=0.105, stroke_width=0.05, uppercase=True, shadow=0.5), lit_fill=YELLOW
    ),
    titles=TitleStyle(type=Type(font="anton", size=0.16, uppercase=True, shadow=0.6)),
)
PLAIN = Style(
    captions=CaptionStyle(type=Type(font="inter", weight=600, size=0.058, shadow=0.75), position=0.95),
    titles=TitleStyle(type=Type(font="bebas-neue", size=0.2), position=0.02),
)
STYLES = {"bubble": BUBBLE, "boxed": BOXED, "loud": LOUD, "plain": PLAIN}
FRAMES = [(1080, 1920), (1920, 1080), (1080, 1080), (360, 640)]

FAMILY, FLAG, THUMB = "👨‍👩‍👧‍👦", "🇨🇳", "👍🏽"
NOBODY_HAS = "\U000e0fff"
NASTY = {
    "a long word": ["Pneumonoultramicroscopicsilicovolcanoconiosis" + "x" * 15, "again"],
    "no spaces": ["人工智能正在悄悄改变我们的生活" * 6],
    "emoji": [FAMILY, FLAG + THUMB, "❤️", "1️⃣"] * 4,
    "marks on marks": ["Ế" + "\u0301\u0327" * 12, "ÅÇgjpqy"],
    "right to left": ["שלום", "עולם", "123", "hello"],
    "a sentence in Chinese": ["每天", "22.5", "亿杯", " coffee", "，", "谁喝的？"],
    "a character that no font has": ["before", NOBODY_HAS, "after"],
    "a novel": ["lorem ipsum dolor"] * 60,
}


def cue(*words: str, space: bool = True) -> Cue:
    spoken = (CueWord(text=word, start=index, end=index + 1, space=space) for index, word in enumerate(words))
    return Cue(start=0, end=1000, words=tuple(spoken))


def lettering(style: Style, width: int = 1080, height: int = 1920, language: str = "en") -> Lettering:
    return Lettering(replace(style, safe_area=safe_area(width, height)), width, height, language)


def caption(letters: Lettering, spoken: Cue, lit: int) -> tuple[Sprite, ...]:
    """The sprites of a second in which the word ``lit`` is spoken, -1 for the one before."""
    return tuple(
        sprite for sprite, _ in letters.caption(spoken, spoken.poses(lit, 1, letters.style.captions.animation))
    )


def black(width: int = 1080, height: int = 1920) -> Planes:
    return [np.full((height, width), 16, np.uint8), *(np.full((height // 2, width // 2), 128, np.uint8) for _ in "uv")]


def shown(*sprites: Sprite, width: int = 1080, height: int = 1920) -> Planes:
    planes = black(width, height)
    for sprite in sprites:
        blend(sprite, planes)
    return planes


def difference(one: Planes, other: Planes) -> NDArray[np.bool_]:
    """Where two frames differ, a flag for every block of 2x2 pixels."""
    luma = (one[0] != other[0]).reshape(one[1].shape[0], 2, one[1].shape[1], 2).any(axis=(1, 3))
    return np.asarray(luma | (one[1] != other[1]) | (one[2] != other[2]))


def extent(flags: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is flagged."""
    rows, columns = np.flatnonzero(flags.any(axis=1)), np.flatnonzero(flags.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def count(planes: Planes, colour: str) -> int:
    """Blocks of 2x2 pixels that have exactly ``colour``."""
    values = yuv(np.array(rgb(colour), np.float32))
    near = [np.abs(plane - value) <= 1 for plane, value in zip(planes, values, strict=True)]
    return int((near[0][::2, ::2] & near[0][1::2, 1::2] & near[1] & near[2]).sum())


@pytest.mark.parametrize("size", FRAMES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
@pytest.mark.parametrize("words", NASTY.values(), ids=NASTY)
def test_text_never_leaves_the_safe_area(words: list[str], style: Style, size: tuple[int, int]) -> None:
    width, height = size
    letters, spoken = lettering(style, width, height), cue(*words)
    states = [caption(letters, spoken, lit) for lit in (-1, 0, len(words) - 1)]
    sprites = [
        *(sprite for state in states for sprite in state),
        letters.title(Title(text=" ".join(words), start=0, end=1)),
    ]
    margins = safe_area(width, height)
    for sprite in sprites:
        left, top, right, bottom = sprite.bounds
        assert right > left
        assert left >= width * margins.left
        assert right <= width * (1 - margins.right)
        assert top >= height * margins.top
        assert bottom <= height * (1 - margins.bottom)


@pytest.mark.parametrize("style", [BUBBLE, LOUD], ids=["bubble", "loud"])
@pytest.mark.parametrize(
    "word", ["Ågjpqy", "ÊÇ", "Z" + "\u0301" * 60], ids=["descenders", "accents", "a tower of marks"]
)
def test_letters_and_their_strokes_are_not_cut_by_the_edge_of_their_sprite(word: str, style: Style) -> None:
    plain = replace(style, captions=replace(style.captions, lit_box=None, lit_fill=None))
    (sprite,) = caption(lettering(plain, 640, 360), cue(word), -1)
    alpha = 256 - sprite.planes[0].inverse.astype(int)
    border = [alpha[:1], alpha[-1:], alpha[:, :1], alpha[:, -1:]]
    assert max(int(edge.max()) for edge in border) < 256
    assert int(alpha.max()) == 256


def test_the_lit_words_colour_is_at_its_place_and_nowhere_else() -> None:
    letters, spoken = lettering(BOXED), cue("one", "two", "six")
    unlit = shown(*caption(letters, spoken, -1))
    assert count(unlit, YELLOW) == 0
    places = []
    for index in range(3):
        lit = shown(*caption(letters, spoken, index))
        assert count(lit, YELLOW) > 100
        places.append(extent(difference(lit, unlit)))
    assert [place[0] for place in places] == sorted(place[0] for place in places)
    assert all(before[2] <= after[0] for before, after in itertools.pairwise(places))


def test_a_lit_box_covers_no_letter_of_its_neighbours() -> None:
    letters, spoken = lettering(BUBBLE), cue("mild", "warm", "wild")
    unlit, lit = shown(*caption(letters, spoken, -1)), shown(*caption(letters, spoken, 1))
    assert count(lit, VIOLET) > 500
    white = unlit[0] >= 234
    assert (lit[0][white] >= 234).all()


def test_a_lit_box_ends_before_the_letters_of_its_neighbours_begin() -> None:
    wide = replace(BUBBLE.captions, lit_box=Box(fill=VIOLET, padding=0.6))
    letters = lettering(replace(BUBBLE, captions=wide), language="zh")
    spoken = cue("人工", "智能", "改变", space=False)
    unlit, lit = shown(*caption(letters, spoken, -1)), shown(*caption(letters, spoken, 1))
    left, top, right, bottom = extent(difference(unlit, lit))
    white = np.asarray(unlit[0][2 * top : 2 * bottom, 2 * left : 2 * right] >= 234)
    inked = np.flatnonzero(white.any(axis=0))
    assert inked[0] > 4
    assert inked[-1] < white.shape[1] - 5


def test_the_words_stay_where_they_are_while_the_light_moves() -> None:
    letters, spoken = lettering(BUBBLE, language="zh"), cue("人工", "智能", "改变", "生活", space=False)
    frames = [shown(*caption(letters, spoken, lit)) for lit in range(-1, 4)]
    white = [frame[0] >= 234 for frame in frames]
    assert white[0].any()
    assert all((mask == white[0]).all() for mask in white)


def test_a_style_that_marks_no_word_draws_a_cue_once() -> None:
    letters, spoken = lettering(PLAIN), cue("one", "two")
    assert caption(letters, spoken, 0)[0] is caption(letters, spoken, 1)[0]


def test_a_word_broken_over_two_lines_is_lit_in_both() -> None:
    letters, spoken = lettering(BUBBLE), cue("x" * 60)
    height = extent(difference(shown(*caption(letters, spoken, 0)), shown(*caption(letters, spoken, -1))))
    assert height[3] - height[1] > 40


@pytest.mark.parametrize("text", ["ok \U000e0fff", "o\U000e0fffk", "ok\u0378", "\x07ok", "ok\ud800"])
def test_what_no_font_has_is_left_out_and_no_box_is_drawn_for_it(text: str) -> None:
    letters = lettering(BUBBLE)
    right = shown(letters.title(Title(text="ok", start=0, end=1)))
    assert not difference(shown(letters.title(Title(text=text, start=0, end=1))), right).any()


def test_text_without_a_drawable_letter_draws_nothing() -> None:
    letters = lettering(BOXED)
    assert caption(letters, cue(NOBODY_HAS), 0) == ()
    assert letters.title(Title(text=NOBODY_HAS, start=0, end=1)).planes == ()


@pytest.mark.parametrize("family", [name for name in fonts.TYPEFACES if name != fonts.EMOJI])
def test_every_run_is_set_in_a_font_that_has_its_letters(family: str) -> None:
    text = f"Ünïcödé 人工智能 {FAMILY}{FLAG}{THUMB} ❤️ ❤ ☀ 1️⃣ ½ → … “好” Привет שלום ǅ ﷽ 𠮷 ё̈ {NOBODY_HAS}"
    runs = itemise(text, family, "zh")
    for file, part in runs:
        missing = [c for c in part if ord(c) not in fonts.coverage(file)]
        assert all(c in "\u200d\ufe0f" or c >= "\U000e0000" for c in missing), (file, part)
    assert NOBODY_HAS not in "".join(part for _, part in runs)


@pytest.mark.parametrize("emoji", [FAMILY, FLAG, THUMB, "1️⃣", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩🏽‍🚀"])
def test_an_emoji_sequence_is_one_picture(emoji: str) -> None:
    ((file, part),) = itemise(emoji, "anton", "en")
    assert file.colour
    assert part == emoji
    setter = Typesetter(Type(font="anton"), 100, "en")
    assert setter.width(emoji) == pytest.approx(setter.width("🚀"))
    glyphs = setter.draw(emoji)
    assert glyphs.picture is not None
    assert glyphs.fill is None


def test_emoji_keep_their_colours_when_lit() -> None:
    letters, spoken = lettering(BOXED), cue("❤️", "so")
    assert not difference(shown(*caption(letters, spoken, 0)), shown(*caption(letters, spoken, -1))).any()


def test_quotation_marks_are_full_width_in_chinese_and_narrow_in_english() -> None:
    square = [part for file, part in itemise("说“好”", "inter", "zh") if file == fonts.font_file(fonts.CJK)]
    assert square == ["说“好”"]
    assert [part for _, part in itemise("“so”", "inter", "zh")] == ["“so”"]


def test_two_full_width_marks_close_up() -> None:
    setter = Typesetter(Type(font="inter"), 100, "zh")
    assert setter.width("好。」") == pytest.approx(setter.width("好。") + 50, abs=1)


def test_a_heavy_style_takes_heavy_ideographs() -> None:
    thin, heavy = (Typesetter(Type(font="inter", weight=weight), 100, "zh").draw("国").fill for weight in (300, 900))
    assert thin is not None
    assert heavy is not None
    assert heavy.alpha.astype(int).sum() > 1.3 * thin.alpha.astype(int).sum()


@pytest.mark.parametrize(
    ("text", "language", "capitals"),
    [("straße", "de", "STRASSE"), ("istanbul", "tr", "İSTANBUL"), ("ώρα", "el", "ΩΡΑ"), ("人a", "zh", "人A")],
)
def test_capitals_follow_the_language(text: str, language: str, capitals: str) -> None:
    assert upper(text, language) == capitals


def test_a_title_of_several_lines_is_centred_and_has_its_rule_below() -> None:
    title = Title(text="Ten quiet habits that change everything", start=0, end=1)
    planes = shown(lettering(BUBBLE).title(title))
    left, top, right, bottom = extent(difference(planes, black()))
    assert abs(left + right - 540) <= 4
    below = [plane[(bottom - 3) * n : (bottom - 1) * n] for plane, n in zip(planes, (2, 1, 1), strict=True)]
    assert count(below, VIOLET) > 50
    assert bottom - top > 150


def test_a_box_lies_behind_every_line_without_a_seam() -> None:
    style = replace(BOXED, captions=replace(BOXED.captions, box=Box(fill="#ff0000", padding=0.4)))
    (sprite,) = caption(lettering(style), cue(*"one two three four five six seven eight nine".split()), -1)
    alpha = 256 - sprite.planes[0].inverse.astype(int)
    assert (alpha[2:-2, alpha.shape[1] // 2] == 256).all()


def test_many_cues_keep_no_more_than_a_few_sprites() -> None:
    letters = lettering(PLAIN, 360, 640)
    first = caption(letters, cue("first"), -1)
    for number in range(80):
        caption(letters, cue(f"word{number}"), -1)
    assert caption(letters, cue("first"), -1)[0] is not first[0]


def test_one_lettering_serves_many_threads() -> None:
    letters = lettering(BUBBLE, 360, 640)
    texts = [("Morning", "light"), ("人工", "智能"), ("so", FAMILY), ("ﬁne", "Ågjy")] * 3
    right = [shown(*caption(lettering(BUBBLE, 360, 640), cue(*words), 0), width=360, height=640) for words in texts]
    got: dict[int, Any] = {}

    def work(index: int) -> None:
        got[index] = shown(*caption(letters, cue(*texts[index]), 0), width=360, height=640)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not any(difference(got[index], right[index]).any() for index in range(len(texts)))


def test_a_font_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(UnknownName, match="montserrat"):
        fonts.load("montserat", 700, 40)


def test_a_font_that_is_not_installed_comes_with_the_line_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = replace(fonts.TYPEFACES["anton"], package="fontpkg_gone")
    monkeypatch.setitem(fonts.TYPEFACES, "gone", gone)
    with pytest.raises(MissingPart, match="pip install fontpkg-anton"):
        fonts.load("gone", 400, 40)


@pytest.mark.parametrize(("family", "axes"), [("noto-sans-cjk", 1), ("inter", 2), ("montserrat", 1)])
def test_variable_fonts_are_set_to_the_weight_wanted(family: str, axes: int) -> None:
    assert len(fonts.font_file(family).axes) == axes
    light, bold = (fonts.load(family, weight, 100).getlength("Hamburg") for weight in (200, 900))
    assert bold > light


def test_a_title_breaks_where_its_words_end_and_the_marks_of_that_leave_no_trace() -> None:
    letters = lettering(BUBBLE, language="zh")
    one, marked = (letters.title(Title(text=text, start=0, end=1)) for text in ("三个海", "三个\u200b海"))
    assert not difference(shown(one), shown(marked)).any()
    plain, hinted = (
        extent(difference(shown(letters.title(Title(text=text, start=0, end=1))), black()))
        for text in ("你不知道的三个咖啡冷知识", "你不知道的\u200b三个\u200b咖啡\u200b冷知识")
    )
    assert plain != hinted
