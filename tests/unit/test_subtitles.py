"""Caption files: SubRip, WebVTT and Advanced SubStation Alpha, read back as players read them."""

import re
import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.domain.caption_styles import CAPTION_STYLES, restyled
from reelwright.domain.captions import cues
from reelwright.domain.cue import Cue, CueWord
from reelwright.domain.errors import UnknownName
from reelwright.domain.narration import Word
from reelwright.domain.output import Output
from reelwright.domain.style import Box, CaptionStyle, Type
from reelwright.domain.subtitles import SUBTITLES, subtitles, to_ass, to_srt, to_vtt
from reelwright.domain.timeline import Timeline
from tests import timelines

from .strategies import spoken_words

TWO = (
    Cue(
        start=6,
        end=54,
        words=(
            CueWord(text="Tom", start=6, end=12),
            CueWord(text="&", start=12, end=12),
            CueWord(text="<3", start=12, end=50),
        ),
    ),
    Cue(start=54, end=108_000 * 2, words=(CueWord(text="海。", start=54, end=60, space=False),)),
)


def test_srt_numbers_its_cues_and_counts_milliseconds() -> None:
    assert to_srt(TWO, 30) == (
        "1\n00:00:00,200 --> 00:00:01,800\nTom & <3\n\n2\n00:00:01,800 --> 02:00:00,000\n海。\n\n"
    )


def test_vtt_escapes_marks_and_stamps_each_word_that_has_its_own_time() -> None:
    assert to_vtt(TWO, 30, "en") == (
        "WEBVTT\n\nNOTE Language: en\n\n"
        "1\n00:00:00.200 --> 00:00:01.800\nTom <00:00:00.400>&amp; &lt;3\n\n"
        "2\n00:00:01.800 --> 02:00:00.000\n海。\n\n"
    )


@given(spoken_words(), st.sampled_from([24, 25, 30, 60]))
def test_exported_times_grow(words: list[Word], fps: int) -> None:
    output = Output(width=720, height=1280, fps=fps)
    made = cues(words, offset=0, output=output, style=CaptionStyle(type=Type(font="inter")), frames=5_000)
    for text in (to_srt(made, fps), to_vtt(made, fps, "en")):
        times = [time.replace(",", ".") for time in re.findall(r"(\S+) --> ", text)]
        assert times == sorted(set(times))
    for block in to_vtt(made, fps, "en").split("\n\n")[2:-1]:
        start, end = re.findall(r"(\S+) --> (\S+)", block)[0]
        stamps = re.findall(r"<([\d:.]+)>", block)
        assert [start, *stamps, end] == sorted({start, *stamps, end})


def test_no_cues_make_empty_files() -> None:
    assert to_srt((), 30) == ""
    assert to_vtt((), 30, "en") == "WEBVTT\n\nNOTE Language: en\n\n"


LOOK = CaptionStyle(
    type=Type(font="bebas-neue", weight=800, size=0.1, fill="#f2f6ff", stroke="#070813", stroke_width=0.06),
    lit_fill="#19e3ff",
    position=0.7,
)


def captioned(
    style: CaptionStyle, *made: Cue, width: int = 1080, height: int = 1920, name: str | None = None
) -> Timeline:
    scene = replace(timelines.scene(300), cues=made or (TWO[0],), captions=name)
    whole = timelines.timeline(timelines.scene(30), scene)
    return replace(whole, output=Output(width=width, height=height, fps=30), style=replace(whole.style, captions=style))


def sections(text: str) -> dict[str, list[dict[str, str]]]:
    """The lines of each section, by the fields of its Format line where it has one."""
    read: dict[str, list[dict[str, str]]] = {}
    rows: list[dict[str, str]] = []
    fields: list[str] = []
    for line in text.split("\n"):
        key, _, value = line.partition(": ")
        if re.fullmatch(r"\[.+\]", line):
            rows = read[line[1:-1]] = []
            fields = []
        elif key == "Format":
            fields = value.split(", ")
        elif fields and line:
            rows.append(dict(zip(fields, value.split(",", len(fields) - 1), strict=True)))
        elif line:
            rows.append({key: value})
    return read


def seconds(clock: str) -> float:
    hours, minutes, rest = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def said(text: str) -> str:
    """What a player shows of an event's text."""
    bare = re.sub(r"(?<!\\)\{[^{}]*\}", "", text)
    return bare.replace("\\N", "\n").replace("\\{", "{").replace("\\}", "}").replace("\\\u2060", "\\")


def test_ass_has_the_frame_and_the_look_of_the_style() -> None:
    read = sections(to_ass(captioned(LOOK), lambda font: 1.25 if font == "bebas-neue" else 0))
    info = {key: value for row in read["Script Info"] for key, value in row.items()}
    assert (info["PlayResX"], info["PlayResY"], info["ScriptType"]) == ("1080", "1920", "v4.00+")
    (style,) = read["V4+ Styles"]
    assert style["Fontname"] == "Bebas Neue"
    assert style["Fontsize"] == "135"
    assert style["PrimaryColour"] == "&H00FFF6F2"
    assert style["OutlineColour"] == "&H00130807"
    assert (style["BorderStyle"], style["Outline"], style["Bold"]) == ("1", "6.48", "-1")
    assert (style["MarginL"], style["Alignment"]) == ("54", "5")
    assert read["Events"][0]["Text"].startswith("{\\pos(540,1344)}")


def test_an_ass_box_has_the_boxs_colour_opacity_and_padding() -> None:
    boxed = replace(LOOK, box=Box(fill="#0a3d62", opacity=0.8, padding=0.3))
    (style,) = sections(to_ass(captioned(boxed)))["V4+ Styles"]
    assert (style["BorderStyle"], style["OutlineColour"], style["Outline"]) == ("3", "&H33623D0A", "32.40")


@pytest.mark.parametrize(("position", "alignment", "margin"), [(0.0, "8", "96"), (1.0, "2", "96"), (0.5, "5", "0")])
def test_ass_captions_keep_the_margins_of_the_safe_area(position: float, alignment: str, margin: str) -> None:
    read = sections(to_ass(captioned(replace(LOOK, position=position))))
    assert (read["V4+ Styles"][0]["Alignment"], read["V4+ Styles"][0]["MarginV"]) == (alignment, margin)
    assert ("pos(" in read["Events"][0]["Text"]) == (alignment == "5")


@pytest.mark.parametrize("name", CAPTION_STYLES)
def test_ass_karaoke_times_add_up_to_when_each_word_is_spoken(name: str) -> None:
    spoken = Cue(
        start=10,
        end=100,
        words=tuple(CueWord(text=f"w{start}", start=start, end=start + 7) for start in (17, 25, 40, 71)),
    )
    read = sections(to_ass(captioned(restyled(LOOK, name), spoken)))
    (event,) = read["Events"]
    assert seconds(event["Start"]) == pytest.approx(1 + 10 / 30, abs=0.006)
    assert seconds(event["End"]) == pytest.approx(1 + 100 / 30, abs=0.006)
    clock, found = round(seconds(event["Start"]) * 100), {}
    for tags, word in re.findall(r"\{([^{}]*)\}(\w*)", event["Text"]):
        lengths = [int(length) for length in re.findall(r"\\kf?(\d+)", tags)]
        if word and lengths:
            found[word] = (clock + sum(lengths[:-1])) / 100
        clock += sum(lengths)
    if name in ("plain", "boxed", "keyword"):
        assert not found
    else:
        assert found == {
            word.text.upper() if LOOK.type.uppercase else word.text: pytest.approx(1 + word.start / 30, abs=0.011)
            for word in spoken.words
        }
    assert ("\\kf" in event["Text"]) == (name == "karaoke")


def test_a_scene_with_captions_of_its_own_has_a_style_of_its_own_in_ass() -> None:
    read = sections(to_ass(captioned(LOOK, name="karaoke")))
    assert [style["Name"] for style in read["V4+ Styles"]] == ["karaoke"]
    assert read["V4+ Styles"][0]["SecondaryColour"] == "&H00FFF6F2"
    assert read["V4+ Styles"][0]["PrimaryColour"] == "&H00FFE319"
    assert read["Events"][0]["Style"] == "karaoke"


@given(st.lists(st.text(string.printable + "{}\\\n海🌙", min_size=1, max_size=12), min_size=1, max_size=4))
def test_what_a_word_says_comes_back_from_ass(texts: list[str]) -> None:
    words = tuple(CueWord(text=text, start=index, end=index + 1) for index, text in enumerate(texts))
    (event,) = sections(to_ass(captioned(restyled(LOOK, "highlight"), Cue(start=0, end=30, words=words))))["Events"]
    assert said(event["Text"]).split() == " ".join(texts).split()


def test_an_unknown_kind_of_caption_file_is_named_with_those_that_there_are() -> None:
    with pytest.raises(UnknownName, match=", ".join(SUBTITLES)):
        subtitles(captioned(LOOK), "sub", lambda _: 1.2)
