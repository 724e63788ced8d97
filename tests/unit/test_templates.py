"""Templates as TOML: all of ours load, each looks like itself, and a wrong one is told by file and key."""

from dataclasses import replace
from pathlib import Path

import pytest

from reelwright.adapters.documents.template_toml import TomlTemplates, read_template
from reelwright.adapters.media.fonts import TYPEFACES
from reelwright.domain.asset import Asset
from reelwright.domain.errors import InvalidTemplate, UnknownName
from reelwright.domain.narration import Speech, Word
from reelwright.domain.output import Output
from reelwright.domain.script import SceneText, Script
from reelwright.domain.storyboard import Material, arrange
from reelwright.domain.template import WidePlaces
from reelwright.settings import Settings

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


def test_where_a_template_lies_is_told(tmp_path: Path) -> None:
    (tmp_path / "tide.toml").write_text(TIDE, "utf-8")
    both = TomlTemplates([Settings().template_folders[0], tmp_path], tuple(TYPEFACES))
    assert both.file("tide") == tmp_path / "tide.toml"
    assert both.file("kids").parent == Settings().template_folders[0]
    with pytest.raises(UnknownName, match="'tide'"):
        both.file("tied")


def test_square_and_wide_frames_have_heights_of_their_own() -> None:
    text = FURNISHED.replace("[wide]\n", "[wide]\ntitles = 0.3\nlower_third = 0.2\n").replace(
        "captions = 0.82", "captions = 0.9"
    )
    template = read_template(text, Path("mine.toml"), tuple(TYPEFACES))
    wide = template.fitting(1920, 1080)
    assert wide.lower_third is not None
    assert (wide.captions.position, wide.titles.position, wide.lower_third.position) == (0.9, 0.3, 0.2)
    assert template.fitting(1080, 1080) == wide
    assert template.fitting(1080, 1350) == template.fitting(1080, 1920) == template
    assert replace(template, wide=WidePlaces()).fitting(1920, 1080).captions.position == 0.7
    with pytest.raises(InvalidTemplate, match=r"wide.*0 to 1"):
        read_template(text.replace("captions = 0.9", "captions = 9"), Path("mine.toml"), tuple(TYPEFACES))


def test_the_number_of_an_item_is_shown_while_it_begins_where_the_template_asks_for_it() -> None:
    texts = (("One.", "speech", ""), ("Two.", "item", "2"), ("Still two.", "item", "2"), ("One more.", "item", "1"))
    script = Script(
        title="",
        language="en",
        scenes=tuple(SceneText(text=text, kind=kind, label=label) for text, kind, label in texts),  # type: ignore[arg-type]
    )
    word = Word(text="One.", start=0, end=96_000)
    speech = Speech(audio="a", samples=96_000, words=(word,))
    material = Material(
        speeches=(speech,) * 4,
        pictures=(None,) * 4,
        assets={"a": Asset(path="a.wav", sha256="", kind="sound", samples=96_000)},
    )
    output = Output(width=360, height=640, fps=30)
    numbered = arrange(script, material, OURS.get("countdown"), output)
    assert [scene.title and scene.title.text for scene in numbered.scenes] == [None, "2", None, "1"]
    assert all(cue.burned_in for scene in numbered.scenes for cue in scene.cues)
    title = numbered.scenes[1].title
    assert title is not None
    assert title.scale > 1.5
    assert title.end < numbered.scenes[1].frames
    assert not any(scene.title for scene in arrange(script, material, OURS.get("tide"), output).scenes)


@pytest.mark.parametrize("name", OURS.names())
def test_the_reference_tells_how_each_of_ours_moves(name: str) -> None:
    template = OURS.get(name)
    reference = (Path(__file__).parents[2] / "docs/templates.md").read_text("utf-8")
    (row,) = [line for line in reference.splitlines() if line.startswith(f"| `{name}` | ") and line.count("|") > 8]
    _, _, _, _, captions, titles, words, transitions, furniture, _ = (cell.strip() for cell in row.split("|"))
    assert captions.split(",")[0] == template.captions.type.font
    assert titles.split(",")[0] == template.titles.type.font
    assert words.split(",")[0] == f"`{template.captions.animation}`"
    assert ("keyword" in words) == (template.captions.keyword_fill is not None)
    assert set(transitions.split(", ")) == {
        f"{choice.kind} {choice.direction or ''}".strip() for choice in template.transitions
    }
    assert ("lower third" in furniture, "bar" in furniture, "list numbers" in furniture) == (
        template.lower_third is not None,
        template.progress_bar is not None,
        template.list_numbers,
    )
