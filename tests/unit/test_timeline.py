"""The timeline, its segments and the storyboard that makes it."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.adapters.documents.timeline_json import dumps, loads
from reelwright.adapters.fakes.speech import ToneSpeech
from reelwright.domain.asset import Asset
from reelwright.domain.brief import Brief
from reelwright.domain.errors import InvalidTimeline
from reelwright.domain.furniture import LowerThirdStyle
from reelwright.domain.narration import Speech, Word
from reelwright.domain.output import FRAME_RATES, Output
from reelwright.domain.script import Block, split
from reelwright.domain.segments import LONGEST, chains, plan
from reelwright.domain.storyboard import Material, arrange
from reelwright.domain.style import CaptionStyle, TitleStyle, Type
from reelwright.domain.template import Backgrounds, Pacing, Template, TransitionChoice
from reelwright.domain.timeline import Timeline
from reelwright.domain.transitions import TRANSITIONS

VOCABULARY = "tide moon sea rises falls, slowly. again and the Bay!".split()
WORDS = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=40)
CHOICES = st.lists(
    st.builds(TransitionChoice, kind=st.sampled_from(["cut", *TRANSITIONS]), seconds=st.floats(0.05, 2)),
    min_size=1,
    max_size=3,
)
TEMPLATE = Template(
    name="test",
    description="",
    captions=CaptionStyle(type=Type(font="inter")),
    titles=TitleStyle(type=Type(font="inter")),
    backgrounds=Backgrounds(kinds=("aurora",), colours=("#000000", "#ffffff")),
)


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    paragraphs = draw(st.lists(WORDS, min_size=1, max_size=4))
    kinds = draw(st.lists(st.sampled_from(["paragraph", "heading", "item"]), min_size=4, max_size=4))
    blocks = [
        Block(kind=kind, text=" ".join(words), level=2)  # type: ignore[arg-type]
        for kind, words in zip(kinds, paragraphs, strict=False)
    ]
    script = split(blocks, language="en")
    engine = ToneSpeech()
    spoken = [engine.speak(scene.text, voice="tone-en") for scene in script.scenes]
    sounds = {f"s{index}": sound for index, sound in enumerate(spoken)}
    assets = {name: Asset(path=name, sha256="", kind="sound", samples=sound.samples) for name, sound in sounds.items()}
    assets["sea"] = Asset(path="sea.jpg", sha256="", kind="photo", width=10, height=10)
    assets["moon"] = Asset(
        path="moon.mp4", sha256="", kind="clip", width=10, height=10, samples=draw(st.integers(1, 10**6))
    )
    pictures = draw(
        st.lists(st.sampled_from([None, "sea", "moon"]), min_size=len(spoken), max_size=len(spoken)).map(tuple)
    )
    pause = st.floats(0, 1)
    template = replace(
        TEMPLATE,
        transitions=tuple(draw(CHOICES)),
        pacing=Pacing(lead=draw(pause), gap=draw(pause), card=draw(pause), tail=draw(pause)),
        lower_third=draw(st.sampled_from([None, LowerThirdStyle(type=Type(font="inter"))])),
    )
    material = Material(
        speeches=tuple(Speech(audio=name, samples=sound.samples, words=sound.words) for name, sound in sounds.items()),
        pictures=pictures,
        assets=assets,
        end_card=draw(st.sampled_from(["", "Bye"])),
    )
    output = Output(width=360, height=640, fps=draw(st.sampled_from(FRAME_RATES)))
    return arrange(script, material, template, output, seed=draw(st.integers(0, 5)))


@given(timelines())
def test_every_frame_shows_one_picture_or_two_and_a_transition(timeline: Timeline) -> None:
    for frame in range(0, timeline.frames, 7):
        shown = timeline.at(frame)
        assert len(shown.shots) == (1 if shown.transition is None else 2)
        for shot in shown.shots:
            assert 0 <= shot.frame < timeline.scenes[shot.scene].frames


@given(timelines())
def test_speech_never_overlaps_and_ends_before_the_video(timeline: Timeline) -> None:
    end = 0
    for start, scene in zip(timeline.starts, timeline.scenes, strict=True):
        if scene.speech is None:
            assert scene is timeline.scenes[-1], "only an end card is silent"
            continue
        begins = timeline.output.samples(start) + scene.speech.start
        assert begins >= end - timeline.output.samples(1)
        end = begins + timeline.assets[scene.speech.asset].samples
    assert end <= timeline.samples


@given(timelines())
def test_every_word_is_lit_while_it_is_spoken(timeline: Timeline) -> None:
    for cue in timeline.cues():
        for index, word in enumerate(cue.words):
            if word.end > word.start:
                poses = cue.poses(word.start, timeline.output.fps, "highlight")
                assert [pose.lit for pose in poses] == [other == index for other in range(len(cue.words))]


@given(timelines())
def test_segments_cover_the_timeline_and_never_part_a_transition(timeline: Timeline) -> None:
    segments = plan(timeline)
    assert segments[0].start == 0
    assert segments[-1].end == timeline.frames
    for before, after in itertools.pairwise(segments):
        assert before.end == after.start
        assert timeline.at(after.start).transition is None or timeline.at(after.start).transition_frame == 0
    longest_overlap = max((scene.transition.frames for scene in timeline.scenes if scene.transition), default=0)
    assert max(segment.frames for segment in segments) <= (LONGEST + 1) * timeline.output.fps + longest_overlap
    assert tuple(segment for chain in chains(timeline, segments, workers=2) for segment in chain) == segments


@given(timelines())
def test_a_timeline_reads_back_equal(timeline: Timeline) -> None:
    assert loads(dumps(timeline)) == timeline


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ('"fps": 30', '"fps": 31', "$.output"),
        ('"frames": ', '"frames": "x", "was": ', "$.scenes[0].frames"),
        ('"loudness": -14.0', '"loudness": 3', "$"),
        ('"loudness": -14.0', '"loudnes": -14.0', "$.loudnes"),
        ("reelwright.timeline/1", "reelwright.timeline/9", "$.schema"),
        ('"colours": [', '"colours": ["teal", ', "$.scenes[0].backdrop"),
        ("{", "[", "$"),
    ],
)
def test_a_wrong_edit_is_named_by_its_path(before: str, after: str, path: str) -> None:
    text = dumps(plain_timeline())
    assert before in text
    with pytest.raises(InvalidTimeline) as caught:
        loads(text.replace(before, after, 1))
    assert caught.value.path == path


def plain_timeline() -> Timeline:
    from tests.timelines import scene, timeline

    return timeline(scene(40), scene(30))


def test_a_brief_says_what_is_wrong_with_it() -> None:
    with pytest.raises(ValueError, match="at most 50,000"):
        Brief(text="x" * 200_000)


def test_a_chinese_title_says_where_its_words_end() -> None:
    script = split((Block(kind="heading", text="咖啡的三个冷知识", level=1),), language="zh")
    words = ("咖啡", "的", "三个", "冷", "知识")
    spoken = Speech(
        audio="s0",
        samples=48_000,
        words=tuple(Word(text=word, start=0, end=0, space=False) for word in words),
    )
    material = Material(
        speeches=(spoken,),
        pictures=(None,),
        assets={"s0": Asset(path="s0", sha256="", kind="sound", samples=48_000)},
    )
    (scene,) = arrange(script, material, TEMPLATE, Output(width=360, height=640, fps=30)).scenes
    assert scene.title is not None
    assert scene.title.text.split("\u200b") == ["咖啡的", "三个", "冷知识"]
    assert scene.text == "咖啡的三个冷知识"
