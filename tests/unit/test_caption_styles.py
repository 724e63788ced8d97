"""Caption styles by name, and how words stand while they are spoken, as data."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.adapters.documents.template_toml import TomlTemplates
from reelwright.adapters.media.fonts import TYPEFACES
from reelwright.domain.brief import Brief
from reelwright.domain.caption_animations import ANIMATIONS, REST, Moment, largest
from reelwright.domain.caption_styles import CAPTION_STYLES, accent, chosen, position_of, restyled
from reelwright.domain.errors import InvalidInput, UnknownName
from reelwright.domain.style import Box, CaptionStyle, Type, rgb

TEMPLATES = TomlTemplates([Path(__file__).parents[2] / "src/templates"], TYPEFACES)
LIGHT = CaptionStyle(type=Type(font="inter", fill="#f4efe6"))
DARK = CaptionStyle(type=Type(font="inter", fill="#1d2026"), box=Box(fill="#f4efe6"))


def contrast(one: str, other: str) -> float:
    """Ratio of relative luminances (WCAG 2.2), 1 to 21."""

    def luminance(colour: str) -> float:
        parts = [part / 255 for part in rgb(colour)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("template", TEMPLATES.names())
@pytest.mark.parametrize("name", CAPTION_STYLES)
def test_every_style_of_every_template_can_be_read_over_any_picture(name: str, template: str) -> None:
    before = TEMPLATES.get(template).captions
    style = restyled(before, name)
    assert (style.type.font, style.type.size, style.type.uppercase) == (
        before.type.font,
        before.type.size,
        before.type.uppercase,
    )
    behind = style.box.fill if style.box else style.type.stroke
    assert style.box or style.type.stroke_width >= 0.07
    for colour in (style.type.fill, style.lit_fill, style.keyword_fill):
        assert colour is None or contrast(colour, style.lit_box.fill if style.lit_box else behind) > 3


@pytest.mark.parametrize("name", TEMPLATES.names())
def test_titles_and_lower_thirds_of_every_template_can_be_read_over_any_picture(name: str) -> None:
    template = TEMPLATES.get(name)
    texts = [(template.titles.type, template.titles.box)]
    if (lower := template.lower_third) is not None:
        texts.append((lower.type, lower.box))
        if lower.kicker is not None:
            texts.append((lower.kicker, lower.kicker_box or lower.box))
    for kind, box in texts:
        assert box is not None or (kind.stroke_width >= 0.04 and kind.shadow >= 0.5) or kind.stroke_width >= 0.1
        assert contrast(kind.fill, box.fill if box else kind.stroke) > 3


@pytest.mark.parametrize("template", TEMPLATES.names())
def test_the_styles_of_a_template_differ(template: str) -> None:
    looks = [restyled(TEMPLATES.get(template).captions, name) for name in CAPTION_STYLES]
    assert len(set(looks)) == len(CAPTION_STYLES) == 8


def test_what_a_style_marks_is_marked_by_a_colour_that_the_letters_do_not_have() -> None:
    assert accent(LIGHT) != LIGHT.type.fill
    assert accent(replace(LIGHT, lit_fill="#19e3ff")) == "#19e3ff"
    assert accent(replace(LIGHT, lit_fill="#ffffff")) != "#ffffff"
    assert contrast(accent(DARK), "#f4efe6") > 3


def test_without_a_plate_dark_letters_become_light_ones() -> None:
    plain = restyled(DARK, "plain")
    assert (plain.type.fill, plain.type.stroke, plain.box) == ("#f4efe6", "#1d2026", None)


def test_no_name_leaves_a_style_as_it_is_and_a_wrong_one_is_told_the_right_ones() -> None:
    assert restyled(LIGHT, None) is LIGHT
    assert restyled(LIGHT, "") is LIGHT
    with pytest.raises(UnknownName, match="karaoke"):
        restyled(LIGHT, "karoke")
    with pytest.raises(UnknownName, match="typewriter"):
        replace(LIGHT, animation="typwriter")


@pytest.mark.parametrize(("place", "height"), [("top", 0), ("middle", 0.5), ("bottom", 1), ("0.25", 0.25), ("1", 1)])
def test_a_position_is_a_word_or_a_share_of_the_height(place: str, height: float) -> None:
    assert position_of(place) == height
    assert chosen(LIGHT, position=place).position == height


@pytest.mark.parametrize("place", ["left", "1.2", "-0.1", "nan", ""])
def test_another_position_is_refused_with_what_would_be_right(place: str) -> None:
    with pytest.raises(InvalidInput, match="top, middle, bottom or a number from 0"):
        position_of(place)


@pytest.mark.parametrize("size", [0.3, 3, float("nan"), float("inf")])
def test_a_size_out_of_bounds_is_refused_before_any_work(size: float) -> None:
    with pytest.raises(InvalidInput, match=r"0\.4 to 2\.5"):
        Brief(text="tide", caption_size=size)


def test_a_brief_refuses_an_unknown_style_and_position() -> None:
    with pytest.raises(UnknownName, match="bounce"):
        Brief(text="tide", captions_style="boing")
    with pytest.raises(InvalidInput, match="bottom"):
        Brief(text="tide", caption_position="below")


def test_a_size_is_a_factor_of_the_templates() -> None:
    assert chosen(LIGHT, size=1.5).type.size == pytest.approx(LIGHT.type.size * 1.5)


MOMENTS = st.builds(Moment, since=st.floats(-5, 5), spoken=st.floats(0, 3), turn=st.floats(0, 3))


@given(st.sampled_from(sorted(ANIMATIONS)), MOMENTS)
def test_a_pose_is_within_its_bounds(name: str, moment: Moment) -> None:
    pose = ANIMATIONS[name](moment)
    for share in (pose.opacity, pose.shown, pose.fill):
        assert 0 <= share <= 1
    assert 0.9 < pose.scale <= largest(name)
    assert abs(pose.dx) + abs(pose.dy) < 0.6


@given(st.sampled_from(sorted(ANIMATIONS)), st.floats(0, 3), st.floats(0, 3), st.floats(0.01, 9))
def test_a_word_is_at_rest_once_its_turn_is_over(name: str, spoken: float, turn: float, after: float) -> None:
    moment = Moment(since=max(spoken, turn) + after, spoken=min(spoken, turn), turn=turn)
    pose = ANIMATIONS[name](moment)
    assert replace(pose, fill=0) == REST
    assert pose.fill == (1 if name == "fill" else 0)


def test_a_word_swells_by_an_eighth_at_the_most() -> None:
    assert largest("pop") == pytest.approx(1.12, abs=0.005)
    assert largest("bounce") == 1
