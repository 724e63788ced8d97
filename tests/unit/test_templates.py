"""Templates as TOML: all of ours load, each looks like itself, and a wrong one is told by file and key."""

from pathlib import Path

import pytest

from reelwright.adapters.documents.template_toml import TomlTemplates, read_template
from reelwright.adapters.media.fonts import TYPEFACES
from reelwright.bootstrap import Settings
from reelwright.domain.errors import InvalidTemplate, UnknownName

OURS = TomlTemplates(Settings().template_folders[:1], tuple(TYPEFACES))
TIDE = (Settings().template_folders[0] / "tide.toml").read_text("utf-8")


@pytest.mark.parametrize("name", OURS.names())
def test_each_of_ours_loads_and_says_what_it_is(name: str) -> None:
    template = OURS.get(name)
    assert template.name == name
    assert len(template.description) > 30


def test_ours_differ_at_first_sight() -> None:
    templates = [OURS.get(name) for name in OURS.names()]
    assert len(templates) >= 4
    for looks in (
        {template.backgrounds.colours for template in templates},
        {
            (template.captions.type.font, template.captions.type.uppercase, template.captions.type.size)
            for template in templates
        },
        {(template.transitions, template.pacing) for template in templates},
    ):
        assert len(looks) == len(templates)


@pytest.mark.parametrize(
    ("before", "after", "key", "says"),
    [
        ("size = 0.08", "size = 8", "captions.type", "0.01 to 0.5"),
        ("size = 0.08", 'size = "big"', "captions.type.size", "float"),
        ('font = "montserrat"', 'font = "montserat"', "captions.type.font", "'montserrat'"),
        ('kind = "crossfade"', 'kind = "crosfade"', "transitions[0]", "'crossfade'"),
        ('kinds = ["waves"', 'kinds = ["wavs"', "backgrounds.kinds[0]", "wavs"),
        ("max_words = 5", "max_word = 5", "captions.max_word", "max_words"),
        ('motions = ["drift-in"', 'motions = ["drift"', "", "'drift-in'"),
        ('fill = "white"', 'fill = "whyte"', "captions.type", "#0a3d62"),
        ('rule = "foam"', "rule = foam", "", "TOML"),
    ],
)
def test_a_wrong_key_is_named_with_its_file_and_what_is_right(before: str, after: str, key: str, says: str) -> None:
    assert before in TIDE
    with pytest.raises(InvalidTemplate) as caught:
        read_template(TIDE.replace(before, after, 1), Path("mine.toml"), tuple(TYPEFACES))
    assert caught.value.key == key
    assert "mine.toml" in str(caught.value)
    assert says in str(caught.value)


FURNISHED = (
    TIDE
    + """
[lower_third]
accent = "coral"
position = 0.8
[lower_third.type]
font = "oswald"
[lower_third.kicker]
font = "inter"
fill = "foam"

[progress_bar]
fill = "coral"
track = "white"
parts = "chapters"

[logo]
corner = "top-left"

[end_card]
seconds = 4
"""
)


def test_furniture_takes_its_colours_from_the_palette() -> None:
    template = read_template(FURNISHED, Path("mine.toml"), tuple(TYPEFACES))
    assert template.lower_third is not None
    assert template.lower_third.kicker is not None
    assert template.progress_bar is not None
    assert (template.lower_third.accent, template.lower_third.kicker.fill) == ("#e4572e", "#9fe0d8")
    assert (template.progress_bar.fill, template.progress_bar.track) == ("#e4572e", "#ffffff")
    assert (template.logo.corner, template.end_card.seconds) == ("top-left", 4)


@pytest.mark.parametrize(
    ("before", "after", "key", "says"),
    [
        ('font = "oswald"', 'font = "oswold"', "lower_third.type.font", "'oswald'"),
        ('font = "inter"\nfill = "foam"', 'font = "intern"', "lower_third.kicker.font", "'inter'"),
        ('accent = "coral"', 'accent = "corral"', "lower_third", "corral"),
        ("position = 0.8", "position = 8", "lower_third", "0 to 1"),
        ('parts = "chapters"', 'parts = "chapter"', "progress_bar.parts", "chapter"),
        ('parts = "chapters"', "height = 1", "progress_bar", "0.002 to 0.05"),
        ('track = "white"', 'trak = "white"', "progress_bar.trak", "track_opacity"),
        ('corner = "top-left"', 'corner = "left"', "logo.corner", "left"),
        ('corner = "top-left"', "size = 2", "logo", "0.02 to 0.5"),
        ("seconds = 4", "seconds = 0.2", "end_card", "1 to 20"),
        ('font = "inter"\nfill = "foam"', "", "lower_third.kicker", "font"),
    ],
)
def test_a_wrong_key_of_furniture_is_named_too(before: str, after: str, key: str, says: str) -> None:
    head, tail = FURNISHED[: len(TIDE)], FURNISHED[len(TIDE) :]
    assert before in tail
    with pytest.raises(InvalidTemplate) as caught:
        read_template(head + tail.replace(before, after, 1), Path("mine.toml"), tuple(TYPEFACES))
    assert caught.value.key == key
    assert "mine.toml" in str(caught.value)
    assert says in str(caught.value)


def test_a_template_of_the_users_stands_beside_ours(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(TIDE, "utf-8")
    both = TomlTemplates([Settings().template_folders[0], tmp_path], tuple(TYPEFACES))
    assert both.get("mine").captions == OURS.get("tide").captions
    with pytest.raises(UnknownName, match="mine"):
        both.get("mien")
