"""What a viewer sees of each caption style while words are spoken, looked at in the pixels of frames."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reelwright.adapters.media.compositor import Compositor
from reelwright.adapters.media.lettering import Lettering
from reelwright.adapters.media.pictures import PhotoShelf
from reelwright.adapters.media.planes import Planes, new_planes, yuv
from reelwright.adapters.media.sprites import blend
from reelwright.domain.caption_animations import ANIMATIONS, WordPose
from reelwright.domain.caption_styles import CAPTION_STYLES, chosen, restyled
from reelwright.domain.cue import Cue, CueWord
from reelwright.domain.output import ASPECTS, Output, frame_size
from reelwright.domain.pictures import Backdrop
from reelwright.domain.style import Box, CaptionStyle, Style, TitleStyle, Type, rgb, safe_area
from reelwright.domain.timeline import Scene, Timeline

FPS = 30
TITLES = TitleStyle(type=Type(font="inter"))
CORAL, CYAN = "#e4572e", "#19e3ff"
LOOKS = {
    "boxes": CaptionStyle(
        type=Type(font="montserrat", weight=800, size=0.08, stroke_width=0.07, shadow=0.5),
        lit_box=Box(fill=CORAL, padding=0.22),
    ),
    "plates": CaptionStyle(type=Type(font="inter", size=0.07), box=Box(fill="#101018", opacity=0.8), lit_fill=CYAN),
    "loud": CaptionStyle(
        type=Type(font="anton", size=0.118, stroke_width=0.09, uppercase=True), lit_fill="#ffd23f", max_words=3
    ),
}
CUE_TEXTS = {
    "a German compound": ["die", "Donaudampfschifffahrtsgesellschaftskapitänsmütze", "passt"],
    "a URL": ["see", "https://www.example.com/a/very/long/path?with=a&query=of#parts", "now"],
    "forty letters": ["x" * 40, "W" * 40],
    "Chinese": ["月球", "的", "引力", "把", "海水", "拉向", "自己，"],
    "emoji": ["so", "👨‍👩‍👧‍👦", "🇨🇳👍🏽", "☕", "!"],
    "plain": ["The", "moon", "pulls", "3", "Oceans"],
}
BLACK = (16, 128, 128)


def cue(*texts: str, space: bool = True, each: int = 9) -> Cue:
    """Words of ``each`` frames that are spoken for two thirds of it, from frame 3 on."""
    words = [
        CueWord(text=text, start=3 + each * index, end=3 + each * index + 2 * each // 3, space=space)
        for index, text in enumerate(texts)
    ]
    return Cue(start=0, end=3 + each * len(texts) + 4, words=tuple(words))


def lettering(style: CaptionStyle, width: int = 540, height: int = 960, language: str = "en") -> Lettering:
    return Lettering(Style(captions=style, titles=TITLES, safe_area=safe_area(width, height)), width, height, language)


def frame(letters: Lettering, spoken: Cue, number: int, under: tuple[int, int, int] = BLACK) -> Planes:
    planes = new_planes(letters.width, letters.height)
    for plane, value in zip(planes, under, strict=True):
        plane[:] = value
    for sprite, opacity in letters.caption(spoken, spoken.poses(number, FPS, letters.style.captions.animation)):
        blend(sprite, planes, opacity=opacity)
    return planes


def same(one: Planes, other: Planes) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def painted(planes: Planes, colour: str) -> NDArray[np.bool_]:
    """Blocks of 2x2 pixels that have ``colour``."""
    values = yuv(np.array(rgb(colour), np.float32))
    near = [np.abs(plane - value) <= 1 for plane, value in zip(planes, values, strict=True)]
    return np.asarray(near[0][::2, ::2] & near[0][1::2, 1::2] & near[1] & near[2])


def inked(planes: Planes) -> NDArray[np.bool_]:
    return np.asarray(planes[0] > 200)


@settings(deadline=None, max_examples=70)
@given(
    texts=st.sampled_from(list(CUE_TEXTS.values())),
    look=st.sampled_from(list(LOOKS.values())),
    name=st.sampled_from(list(CAPTION_STYLES)),
    aspect=st.sampled_from(list(ASPECTS)),
    position=st.sampled_from(["top", "middle", "bottom", "0.8", ""]),
    size=st.sampled_from([0.6, 1.0, 2.5]),
    each=st.sampled_from([2, 7, 12]),
    share=st.floats(0, 0.999),
)
def test_no_pixel_outside_of_the_safe_area_is_touched(
    texts: list[str],
    look: CaptionStyle,
    name: str,
    aspect: str,
    position: str,
    size: float,
    each: int,
    share: float,
) -> None:
    width, height = frame_size(aspect, "360p")
    letters = lettering(chosen(look, name=name, position=position, size=size), width, height)
    spoken = cue(*texts, each=each)
    area, first = letters.area, int(share * spoken.end)
    for number in range(first, min(first + 4, spoken.end)):
        for under in ((16, 128, 128), (235, 90, 200)):
            planes = frame(letters, spoken, number, under)
            for plane, value, part in zip(planes, under, (1, 2, 2), strict=True):
                inside = plane[area.top // part : area.bottom // part, area.left // part : area.right // part]
                outside = np.count_nonzero(plane != value) - np.count_nonzero(inside != value)
                assert outside == 0


@pytest.mark.parametrize(
    "pose",
    [WordPose(scale=3), WordPose(dx=-40), WordPose(dx=40, dy=40), WordPose(dy=-40, scale=0.5), WordPose(scale=0.01)],
    ids=["huge", "left", "right below", "above and small", "next to nothing"],
)
def test_a_word_is_held_in_the_safe_area_whatever_moves_it(pose: WordPose) -> None:
    letters = lettering(replace(LOOKS["boxes"], position=0.0))
    spoken = cue("Donaudampfschifffahrt", "now")
    area = letters.area
    drawn = letters.caption(spoken, (pose, pose))
    assert len(drawn) == 3
    for sprite, _ in drawn:
        left, top, right, bottom = sprite.bounds
        assert (left >= area.left, top >= area.top, right <= area.right, bottom <= area.bottom) == (True,) * 4


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", CAPTION_STYLES)
def test_a_frame_looks_the_same_whichever_frames_were_drawn_before_it(name: str, look: str) -> None:
    style = restyled(LOOKS[look], name)
    spoken = cue(*CUE_TEXTS["plain"], each=5)
    forwards, backwards = lettering(style, 360, 640), lettering(style, 360, 640)
    drawn = {number: frame(forwards, spoken, number) for number in range(spoken.end)}
    for number in reversed(range(spoken.end)):
        assert same(frame(backwards, spoken, number), drawn[number])
    assert same(frame(lettering(style, 360, 640), spoken, 17), drawn[17])


@pytest.mark.parametrize("name", CAPTION_STYLES)
def test_frames_said_to_look_the_same_do_and_others_do_not(name: str) -> None:
    spoken = cue(*CUE_TEXTS["plain"], each=12)
    scene = Scene(
        frames=spoken.end,
        backdrop=Backdrop(kind="aurora", colours=("#101020", "#5060a0")),
        cues=(spoken,),
        captions=name,
    )
    output = Output(width=360, height=640, fps=FPS)
    style = Style(captions=LOOKS["boxes"], titles=TITLES, safe_area=safe_area(360, 640))
    timeline = Timeline(language="en", output=output, style=style, assets={}, scenes=(scene,))
    letters = Lettering(style, 360, 640, "en")
    compositor = Compositor(timeline, PhotoShelf(timeline), letters)
    shown = [timeline.at(number) for number in range(timeline.frames)]
    scenery = [letters.scenery(spoken, one.poses, one.captions) for one in shown]
    alone = lettering(restyled(style.captions, name), 360, 640)
    pictures = [frame(alone, spoken, number) for number in range(timeline.frames)]
    for number, (before, after) in enumerate(pairwise(scenery)):
        if before == after:
            assert same(pictures[number], pictures[number + 1])
            assert shown[number].captions == shown[number + 1].captions
    changes = sum(before != after for before, after in pairwise(scenery))
    assert changes == sum(not same(*both) for both in pairwise(pictures))
    assert changes < {"plain": 1, "boxed": 1, "keyword": 1, "highlight": 6, "typewriter": 22}.get(name, 60)
    assert compositor.signature(0) != compositor.signature(20)
    compositor.close()


@pytest.mark.parametrize("name", [name for name in CAPTION_STYLES if name not in ("pop", "bounce", "typewriter")])
def test_letters_stay_where_they_are_from_the_first_frame_to_the_last(name: str) -> None:
    spoken = cue(*CUE_TEXTS["plain"])
    letters = lettering(restyled(LOOKS["plates"], name))
    first, last = (frame(letters, spoken, number)[0] > 70 for number in (0, spoken.end - 1))
    assert first.any()
    assert (first == last).mean() > 0.999


@pytest.mark.parametrize("name", ["typewriter", "bounce"])
def test_words_that_come_one_by_one_come_to_the_places_that_wait_for_them(name: str) -> None:
    style = replace(restyled(LOOKS["loud"], name), lit_fill=None)
    spoken = cue(*CUE_TEXTS["plain"], each=14)
    letters = lettering(style)
    whole = inked(frame(lettering(replace(style, animation="none")), spoken, 0))
    assert not inked(frame(letters, spoken, 0)).any()
    amounts = []
    for index in range(len(spoken.words)):
        shown = inked(frame(letters, spoken, 3 + 14 * index + 13))
        assert not (shown & ~whole).any()
        amounts.append(int(shown.sum()))
    assert amounts == sorted(set(amounts))
    assert amounts[-1] == whole.sum()


def test_a_typewriter_brings_letter_after_letter() -> None:
    spoken = cue("Tides", "rise", each=30)
    letters = lettering(restyled(LOOKS["loud"], "typewriter"))
    amounts = [int(inked(frame(letters, spoken, number)).sum()) for number in range(spoken.end)]
    assert amounts == sorted(amounts)
    assert len(set(amounts)) == 1 + 5 + 4


def test_karaoke_fills_from_left_to_right_and_what_is_filled_stays_so() -> None:
    spoken = cue("moonlight", "tide", each=30)
    style = restyled(LOOKS["plates"], "karaoke")
    letters = lettering(style)
    before = np.zeros((480, 270), bool)
    edges = []
    for number in range(spoken.end):
        filled = painted(frame(letters, spoken, number), CYAN)
        assert not (before & ~filled).any()
        edges.append(int(np.flatnonzero(filled.any(axis=0)).max(initial=0)))
        before = filled
    assert edges == sorted(edges)
    assert edges[2] == 0
    assert edges[3] > 0
    assert len(set(edges)) > 25
    whole = painted(
        frame(lettering(replace(style, animation="none", type=replace(style.type, fill=CYAN))), spoken, 0), CYAN
    )
    assert np.array_equal(before, whole)


def test_a_word_that_runs_from_the_right_fills_from_the_right() -> None:
    spoken = cue("שלוםשלום", each=30)
    letters = lettering(restyled(LOOKS["plates"], "karaoke"))
    filled = [painted(frame(letters, spoken, number), CYAN) for number in (8, spoken.end - 1)]
    half, full = (np.flatnonzero(flags.any(axis=0)) for flags in filled)
    assert half.max() == full.max()
    assert half.min() > full.min() + 10


def test_a_popping_word_swells_and_comes_back() -> None:
    spoken = cue("moon", each=30)
    letters = lettering(restyled(LOOKS["plates"], "pop"))
    widths = []
    for number in range(2, 20):
        columns = np.flatnonzero(painted(frame(letters, spoken, number), CYAN).any(axis=0))
        widths.append(int(np.ptp(columns)) if columns.size else 0)
    rest = widths[-1]
    assert widths[0] == 0
    assert 1.08 * rest < max(widths) < 1.16 * rest
    assert widths.index(max(widths)) < 5
    assert widths[12:] == [rest] * len(widths[12:])


def test_a_bouncing_word_falls_from_above_and_rebounds() -> None:
    spoken = cue("moon", each=30)
    style = replace(restyled(LOOKS["plates"], "bounce"), lit_fill=None)
    letters = lettering(style)
    bottoms = [
        int(np.flatnonzero((frame(letters, spoken, number)[0] > 150).any(axis=1)).max()) for number in range(6, 20)
    ]
    assert bottoms[0] == bottoms[-1] or bottoms[0] < bottoms[-1]
    assert min(bottoms[1:8]) < bottoms[-1]
    assert max(bottoms) <= bottoms[-1] + 1


def test_the_keyword_has_a_colour_of_its_own_in_english_and_in_chinese() -> None:
    for texts, space, language in ((CUE_TEXTS["plain"], True, "en"), (CUE_TEXTS["Chinese"], False, "zh")):
        spoken = cue(*texts, space=space)
        letters = lettering(restyled(LOOKS["plates"], "keyword"), language=language)
        accented = painted(frame(letters, spoken, 0), CYAN)
        assert accented.sum() > 50
        assert accented.sum() < 0.5 * painted(frame(letters, spoken, 0), "#ffffff").sum() + 200


def test_a_scene_may_have_captions_of_its_own() -> None:
    spoken = cue("moon", "light")
    scene = Scene(frames=60, backdrop=Backdrop(kind="aurora", colours=("#101020", "#5060a0")), cues=(spoken,))
    timeline = Timeline(
        language="en",
        output=Output(width=360, height=640, fps=FPS),
        style=Style(captions=LOOKS["plates"], titles=TITLES),
        assets={},
        scenes=(scene, replace(scene, captions="bounce")),
    )
    first, second = timeline.at(1), timeline.at(61)
    assert first.captions == LOOKS["plates"]
    assert second.captions is not None
    assert second.captions.animation == "bounce"
    assert [pose.shown for pose in second.poses] == [0, 0]
    assert [pose.shown for pose in first.poses] == [1, 1]


def test_every_animation_ends_at_rest() -> None:
    spoken = cue(*CUE_TEXTS["plain"], each=20)
    for name in ANIMATIONS:
        for pose in spoken.poses(spoken.end - 1, FPS, name):
            assert (pose.scale, pose.dx, pose.dy, pose.opacity, pose.shown) == (1, 0, 0, 1, 1)
