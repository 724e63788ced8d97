"""Text on screen: inside the safe area, never a tofu box, the spoken word marked and nothing else moved."""

import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.adapters.media.lettering import Lettering
from reelwright.adapters.media.planes import Planes, new_planes
from reelwright.adapters.media.sprites import Sprite, blend
from reelwright.domain.style import Box, CaptionStyle, Style, TitleStyle, Type, safe_area
from reelwright.domain.timeline import Cue, CueWord, Title

STYLES = {
    "highlight": CaptionStyle(
        type=Type(font="montserrat", weight=800, stroke_width=0.07, shadow=0.5), lit_box=Box(fill="#7030f0")
    ),
    "boxed": CaptionStyle(type=Type(font="inter", size=0.06), box=Box(fill="#101018"), lit_fill="#ffd23f"),
    "capitals": CaptionStyle(type=Type(font="anton", size=0.12, uppercase=True), max_words=3, lit_fill="#ffd23f"),
}
NASTY = {
    "plain": "The tide comes in",
    "long word": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamter",
    "chinese": "大海每天涨落两次，没有人推它，推力来自三十八万公里之外。",
    "mixed": "每天 22.5 亿杯 coffee，谁喝的？",
    "emoji": "Look 👨‍👩‍👧‍👦 here 🇨🇳 now 👍🏽 ☕",
    "unknown": "before \U000f1234 after",
    "tall": "Ångström ÇğŷÿŻ ÅÄÖ jgpqy",
}
SIZES = [(1080, 1920), (1920, 1080), (1080, 1080), (360, 640)]


def cue(text: str) -> Cue:
    words = text.split() or [text]
    return Cue(
        start=0,
        end=len(words) * 10,
        words=tuple(CueWord(text=word, start=10 * n, end=10 * n + 10) for n, word in enumerate(words)),
    )


def lettering(style: str, width: int, height: int) -> Lettering:
    titles = TitleStyle(type=Type(font="montserrat", weight=800, size=0.12), rule="#ffffff")
    area = safe_area(width, height)
    return Lettering(Style(captions=STYLES[style], titles=titles, safe_area=area), width, height, "en")


def canvas(width: int = 1080, height: int = 1920, level: int = 90) -> Planes:
    planes = new_planes(width, height)
    for plane, value in zip(planes, (level, 128, 128), strict=True):
        plane[...] = value
    return planes


def drawn(sprites: tuple[Sprite, ...], width: int = 1080, height: int = 1920) -> NDArray[np.int64]:
    planes = canvas(width, height)
    for sprite in sprites:
        blend(sprite, planes)
    return np.asarray(planes[0], np.int64)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("style", sorted(STYLES))
@pytest.mark.parametrize("text", sorted(NASTY))
def test_text_never_leaves_the_safe_area(text: str, style: str, size: tuple[int, int]) -> None:
    width, height = size
    letters, safe = lettering(style, width, height), safe_area(width, height)
    sprites = [
        *(sprite for lit in (-1, 0) for sprite in letters.caption(cue(NASTY[text]), lit)),
        letters.title(Title(text=NASTY[text], start=0, end=10)),
    ]
    for sprite in sprites:
        left, top, right, bottom = sprite.bounds
        assert right > left
        assert left >= int(safe.left * width) - 2
        assert top >= int(safe.top * height) - 2
        assert right <= width * (1 - safe.right) + 2
        assert bottom <= height * (1 - safe.bottom) + 2


def test_a_character_that_no_font_has_is_left_out_instead_of_boxed() -> None:
    letters = lettering("boxed", 1080, 1920)
    without = drawn(letters.caption(cue("before after"), -1))
    private = drawn(letters.caption(cue("before\U000f1234 after"), -1))
    assert np.array_equal(without, private)


@pytest.mark.parametrize("text", ["chinese", "emoji"])
def test_other_scripts_and_emoji_are_drawn_by_a_font_that_has_them(text: str) -> None:
    letters = lettering("capitals", 1080, 1920)
    first, second = (drawn(letters.caption(cue(part), -1)) for part in (NASTY[text], NASTY[text][::-1]))
    assert np.abs(first - 90).max() > 50
    assert not np.array_equal(first, second), "two texts of tofu boxes would look alike"


@pytest.mark.parametrize("style", sorted(STYLES))
def test_only_the_spoken_word_changes_and_moves_along(style: str) -> None:
    letters = lettering(style, 1080, 1920)
    said = cue("tide moon sea")
    plain = drawn(letters.caption(said, -1))
    middles = []
    for lit in range(3):
        changed = np.nonzero(np.abs(drawn(letters.caption(said, lit)) - plain) > 8)
        assert changed[0].size, "the spoken word is not marked"
        assert np.ptp(changed[1]) < 560
        middles.append((float(changed[0].mean()) // 60, float(changed[1].mean())))
    assert middles == sorted(middles)


def test_a_blend_is_exact_where_alpha_is_nothing_or_all() -> None:
    from PIL import Image

    sprite = Sprite.from_rgba(Image.new("RGBA", (40, 20), (255, 255, 255, 255)), 100, 200)
    planes = canvas()
    blend(sprite, planes)
    assert np.abs(planes[0][200:220, 100:140].astype(int) - 235).max() <= 1
    planes[0][200:220, 100:140] = 90
    assert (planes[0] == 90).all()
    before = [plane.copy() for plane in planes]
    blend(sprite, planes, opacity=0)
    assert all(np.array_equal(a, b) for a, b in zip(before, planes, strict=True))


@pytest.mark.parametrize(("dx", "dy"), [(-120, 0), (1000, 0), (0, -210), (0, 1720), (4000, 4000)])
def test_a_sprite_at_the_edge_is_clipped(dx: int, dy: int) -> None:
    from PIL import Image

    sprite = Sprite.from_rgba(Image.new("RGBA", (40, 20), (255, 255, 255, 255)), 100, 200)
    planes = canvas()
    blend(sprite, planes, dx=dx, dy=dy)
    assert planes[0].max() in (90, 234, 235, 236)
