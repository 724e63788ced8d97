"""What can be delivered, and what is refused with the names of what can."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright import Brief
from reelwright.adapters.documents.timeline_json import dumps, loads
from reelwright.domain.errors import InvalidInput, InvalidTimeline, UnknownName
from reelwright.domain.output import ASPECTS, CODECS, FORMATS, HARDWARE, QUALITIES, RESOLUTIONS, Output, frame_size
from tests.timelines import scene, timeline

PAIRS = list(itertools.product(FORMATS, CODECS))


@pytest.mark.parametrize(("form", "codec"), PAIRS)
def test_a_codec_goes_into_its_formats_and_is_refused_by_the_others_with_what_is_right(form: str, codec: str) -> None:
    if codec in FORMATS[form].codecs:
        output = Output(width=360, height=640, fps=30, format=form, codec=codec)
        assert output.audio_codec == FORMATS[form].codecs[codec]
        return
    with pytest.raises(InvalidInput) as refused:
        Output(width=360, height=640, fps=30, format=form, codec=codec)
    assert all(other in str(refused.value) for other in FORMATS[form].codecs)
    assert all(other.name in str(refused.value) for other in FORMATS.values() if codec in other.codecs)


def test_every_codec_has_a_format() -> None:
    assert set(CODECS) == {codec for form in FORMATS.values() for codec in form.codecs}


@pytest.mark.parametrize(("form", "codec"), [("mp4", "h264"), ("webm", "vp9"), ("avi", "mpeg4"), ("mov", "h264")])
def test_without_a_codec_the_format_has_its_own(form: str, codec: str) -> None:
    output = Output(width=360, height=640, fps=30, format=form)
    assert output.codec == codec
    assert output == Output(width=360, height=640, fps=30, format=form, codec=codec)


@given(st.sampled_from(PAIRS), st.sampled_from(list(FORMATS)), st.sampled_from(list(QUALITIES)))
def test_another_format_keeps_a_codec_that_it_holds(pair: tuple[str, str], form: str, quality: str) -> None:
    before_form, codec = pair
    if codec not in FORMATS[before_form].codecs:
        return
    before = Output(width=360, height=640, fps=30, format=before_form, codec=codec, quality=quality)  # type: ignore[arg-type]
    after = before.delivered(format=form)
    assert after.codec == (codec if codec in FORMATS[form].codecs else FORMATS[form].codec)
    assert (after.format, after.quality) == (form, quality)
    assert before.delivered() == before


@pytest.mark.parametrize(
    ("choices", "says"),
    [
        ({"codec": "hevc"}, "h265"),
        ({"format": "webm", "codec": "h264"}, "vp9, av1"),
        ({"quality": "best"}, "draft, standard, high"),
        ({"hardware": "cuda"}, "nvenc"),
        ({"format": "mkv"}, "webm"),
    ],
)
def test_a_brief_is_refused_with_what_would_be_right(choices: dict[str, str], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        Brief(text="The tide comes in.", **choices)  # type: ignore[arg-type]


def test_a_brief_hands_its_choices_to_the_output() -> None:
    output = Brief(text="The tide.", format="webm", codec="av1", quality="high").output
    assert (output.format, output.codec, output.quality) == ("webm", "av1", "high")
    assert set(HARDWARE) >= {"none", "auto"}


@pytest.mark.parametrize("resolution", RESOLUTIONS)
@pytest.mark.parametrize("aspect", ASPECTS)
def test_every_frame_size_is_even_and_near_its_aspect(aspect: str, resolution: str) -> None:
    width, height = frame_size(aspect, resolution)
    across, down = ASPECTS[aspect]
    assert width % 2 == height % 2 == 0
    assert min(width, height) == RESOLUTIONS[resolution]
    assert abs(width * down - height * across) <= max(across, down)


def test_a_timeline_keeps_its_codec_and_quality() -> None:
    plain = json.loads(dumps(timeline(scene(30))))
    plain["output"] |= {"format": "mov", "codec": "prores", "quality": "high"}
    read = loads(json.dumps(plain))
    assert (read.output.codec, read.output.quality) == ("prores", "high")
    assert loads(dumps(read)) == read


def test_a_timeline_from_before_there_were_codecs_still_loads() -> None:
    plain = json.loads(dumps(timeline(scene(30))))
    del plain["output"]["codec"], plain["output"]["quality"]
    assert loads(json.dumps(plain)) == timeline(scene(30))


def test_a_timeline_with_an_impossible_pair_is_refused_at_its_place() -> None:
    plain = json.loads(dumps(timeline(scene(30))))
    plain["output"]["format"] = "webm"
    with pytest.raises(InvalidTimeline, match=r"\$\.output: webm does not hold h264: webm holds vp9, av1"):
        loads(json.dumps(plain))


def test_an_unknown_format_is_an_unknown_name() -> None:
    with pytest.raises(UnknownName, match="mp4, webm, mov, avi"):
        Output(width=360, height=640, fps=30, format="flv")
