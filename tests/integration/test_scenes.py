"""Videos of scenes that somebody laid out by hand, told from their timelines and decoded pictures."""

import shutil
from pathlib import Path

import av
import numpy as np
import pytest

from reelwright import Brief, Studio
from reelwright.adapters.documents.brief_file import read_brief
from reelwright.domain.errors import InvalidBrief, UnknownName, UnusableAsset
from reelwright.domain.scenes import SceneBrief
from tests import media, papers

STORY = """
title = "Why the sea breathes"
template = "paper"
resolution = "360p"
fps = 24
assets = "pictures"
music = "waves.wav"

[[scene]]
title = "Tides"
text = "Twice a day the sea climbs the beach."
asset = "red.png"

[[scene]]
text = "月球的引力把海水拉向自己。"
voice = "tone-zh"
asset = "count.mp4"
start = 0.5
seconds = 4
captions = "boxed"
transition = { kind = "wipe", seconds = 0.25, direction = "up", easing = "linear" }

[[scene]]
seconds = 1.5
asset = "pictures/green.png"
transition = { kind = "cut" }

[[scene]]
text = "A green field at last."
pause = 2
"""


@pytest.fixture
def story(tmp_path: Path) -> Path:
    folder = tmp_path / "story"
    (folder / "pictures").mkdir(parents=True)
    media.photo(folder / "red.png", (220, 20, 20))
    media.photo(folder / "pictures/green.png", (20, 180, 20))
    media.photo(folder / "pictures/other.png", (20, 20, 200))
    media.clip(folder / "count.mp4", frames=45)
    with av.open(str(folder / "waves.wav"), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=48_000, layout="mono")
        noise = np.random.default_rng(1).integers(-4_000, 4_000, (1, 48_000), np.int16)
        frame = av.AudioFrame.from_ndarray(noise, format="s16", layout="mono")
        frame.sample_rate = 48_000
        container.mux([*stream.encode(frame), *stream.encode(None)])
    (folder / "story.toml").write_text(STORY, "utf-8")
    return folder / "story.toml"


def test_a_story_file_becomes_the_video_that_it_describes(studio: Studio, story: Path, tmp_path: Path) -> None:
    made = studio.make(story, to=tmp_path / "story.mp4")
    timeline = made.timeline
    opening, moon, silent, field = timeline.scenes
    assert (timeline.title, timeline.template, timeline.output.fps) == ("Why the sea breathes", "paper", 24)
    assert timeline.music is not None
    assert [scene.text for scene in timeline.scenes][1:] == ["月球的引力把海水拉向自己。", "", "A green field at last."]
    assert opening.title is not None
    assert opening.title.text == "Tides"
    assert all(cue.burned_in for cue in opening.cues)
    assert moon.transition is not None
    assert (moon.transition.kind, moon.transition.frames, moon.transition.direction) == ("wipe", 6, "up")
    assert (opening.captions, moon.captions) == (None, "boxed")
    assert moon.clip is not None
    assert moon.clip.start == 24_000
    assert moon.frames >= 4 * 24
    assert silent.transition is None
    assert silent.frames >= 36
    assert silent.speech is None
    assert silent.cues == ()
    assert field.photo is not None
    assert field.photo.asset == "other.png", "the green picture was just shown; what other scenes bring is theirs alone"
    last = max(word.end for cue in field.cues for word in cue.words)
    assert field.frames - last >= 2 * 24 - 1

    frames = media.pictures(tmp_path / "story.mp4")
    assert len(frames) == timeline.frames

    def middle(index: int) -> list[int]:
        picture = frames[timeline.starts[index] + timeline.scenes[index].frames // 2]
        return [int(channel) for channel in np.median(picture[:80].reshape(-1, 3), axis=0)]

    assert middle(0)[0] > 150 > 80 > middle(0)[1]
    assert middle(3)[2] > 150 > 80 > middle(3)[1]
    assert middle(2)[1] > 130 > 80 > middle(2)[0]


def test_each_scene_is_spoken_by_its_own_voice(studio: Studio, tmp_path: Path) -> None:
    def first_pitch(path: str) -> float:
        with av.open(path) as container:
            sound = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])[:8_000]
        return float(np.argmax(np.abs(np.fft.rfft(sound.astype(float), 48_000))))

    scenes = (SceneBrief(text="海水涨落", voice="tone-zh"), SceneBrief(text="abcdefgh"))
    made = studio.make(Brief(scenes=scenes, resolution="360p", fps=24), to=tmp_path / "a.mp4")
    chinese, english = (
        made.timeline.assets[scene.speech.asset] for scene in made.timeline.scenes if scene.speech is not None
    )
    assert made.timeline.voice == "tone-zh", "the first voice of the language that most of the text is in"
    assert first_pitch(chinese.path) == pytest.approx(220, abs=2)
    assert [len(cue.words) for scene in made.timeline.scenes for cue in scene.cues] == [2, 1]
    assert english.samples == made.timeline.assets["speech-02"].samples


def test_the_same_story_in_json_and_with_other_choices(studio: Studio, story: Path) -> None:
    file = story.with_suffix(".json")
    file.write_text('{"scenes": [{"text": "Hello.", "asset": "red.png"}], "template": "neon"}', "utf-8")
    assert read_brief(file) == Brief(
        scenes=(SceneBrief(text="Hello.", asset=story.parent / "red.png"),), template="neon"
    )
    assert studio.brief(file, template="ember").template == "ember"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("scene = 3", "scene: Expected `array`"),
        ("[[scene]]\ntext = 3", "scene[0].text: Expected `str`"),
        ("[[scene]]\ntext = 'a'\ntexts = 'b'", "scene[0].texts: there is no such key; text, title"),
        ("[[scene]]\ntext = 'a'\ntransition = {kind = 'wip'}", "did you mean 'wipe'"),
        ("[[scene]]\ntext = 'a'\ntransition = {kind = 'wipe', direction = 'north'}", "'left', 'right', 'up', 'down'"),
        ("[[scene]]\nasset = 'a.png'", "neither text nor seconds"),
        ("[[scene]]\ntext = '!!'", "cannot be spoken"),
        ("[[scene]]\ntext = 'a'\nstart = 2", "start is there without an asset"),
        ("[[scene]]\ntext = 'a'\nseconds = -1", "0 to 600"),
        ("[[scene]]\ntext = 'a'\nasset = ''", "path of a file"),
        ("text = 'a'\n[[scene]]\ntext = 'a'", "more than one source"),
        ("seconds = 30\n[[scene]]\ntext = 'a'", "word for word"),
        ("fps = 29\n[[scene]]\ntext = 'a'", "24, 25, 30, 60"),
        ("title = 'a'", "the text is empty"),
        ("[[scene", "not TOML"),
    ],
)
def test_a_mistake_in_a_story_is_told_by_file_and_key(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "story.toml").write_text(text, "utf-8")
    with pytest.raises(InvalidBrief) as refused:
        read_brief(tmp_path / "story.toml")
    assert says in str(refused.value)
    assert str(refused.value).startswith(str(tmp_path / "story.toml"))


def test_a_timeline_is_not_taken_for_a_story(tmp_path: Path) -> None:
    (tmp_path / "film.json").write_text('{"schema": "reelwright.timeline/1", "scenes": []}', "utf-8")
    with pytest.raises(InvalidBrief, match="reelwright render"):
        read_brief(tmp_path / "film.json")
    (tmp_path / "list.json").write_text("[]", "utf-8")
    with pytest.raises(InvalidBrief, match="object"):
        read_brief(tmp_path / "list.json")


def test_what_a_scene_asks_for_has_to_be_there(studio: Studio, story: Path, tmp_path: Path) -> None:
    def make(**wish: object) -> None:
        scene = SceneBrief(text="Hello.", **wish)  # type: ignore[arg-type]
        studio.make(Brief(scenes=(scene,), resolution="360p"), to=tmp_path / "a.mp4")

    with pytest.raises(UnknownName, match="voice"):
        make(voice="tone-fr")
    with pytest.raises(UnusableAsset, match="no such file"):
        make(asset=story.parent / "gone.png")
    with pytest.raises(UnusableAsset, match="sound"):
        make(asset=story.parent / "waves.wav")
    with pytest.raises(UnusableAsset, match="no second 9"):
        make(asset=story.parent / "count.mp4", start=9.0)
    with pytest.raises(UnusableAsset, match="no sound in it"):
        make(asset=story.parent / "count.mp4", level=-12.0)
    assert not (tmp_path / "a.mp4").exists()


def test_assets_in_folders_are_matched_and_their_descriptions_are_no_assets(studio: Studio, tmp_path: Path) -> None:
    assets = tmp_path / "assets"
    (assets / "whales").mkdir(parents=True)
    (assets / ".hidden").mkdir()
    media.photo(assets / ".hidden/whale.png")
    media.photo(assets / "IMG_1.png", (1, 2, 3))
    media.photo(assets / "IMG_2.png", (4, 5, 6))
    (assets / "IMG_2.txt").write_text("lighthouse, storm", "utf-8")
    media.photo(assets / "whales/IMG_3.png", (7, 8, 9))
    media.photo(assets / "yueliang.png", (9, 9, 9))
    text = "一座塔在海上。\n\n月亮升起来了。\n\nA lighthouse stands there.\n\nA whale sings."
    brief = Brief(text=text, assets=assets, resolution="360p", fps=24)
    made = studio.make(brief, to=tmp_path / "a.mp4")
    assert made.warnings == ()
    assert [scene.photo.asset for scene in made.timeline.scenes if scene.photo] == [
        "IMG_1.png",
        "yueliang.png",
        "IMG_2.png",
        "whales/IMG_3.png",
    ]


def test_a_scene_keeps_the_sound_of_its_clip(studio: Studio, tmp_path: Path) -> None:
    with av.open(str(tmp_path / "sea.mp4"), "w") as container:
        video, audio = container.add_stream("libx264", rate=24), container.add_stream("aac", rate=48_000)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        for number in range(48):
            picture = av.VideoFrame.from_ndarray(np.full((96, 64), 128, np.uint8), format="yuv420p")
            picture.pts = number
            container.mux(video.encode(picture))
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 96_000), np.float32), format="fltp", layout="mono")
        sound.sample_rate = 48_000
        container.mux([*video.encode(None), *audio.encode(sound), *audio.encode(None)])
    scenes = (SceneBrief(text="One", asset=tmp_path / "sea.mp4", level=-8), SceneBrief(text="Two"))
    made = studio.make(Brief(scenes=scenes, resolution="360p", fps=24), to=tmp_path / "a.mp4")
    assert made.timeline.scenes[0].clip is not None
    assert made.timeline.scenes[0].clip.level == -8


def test_an_article_is_condensed_to_the_seconds_that_are_asked_for(studio: Studio, tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "examples/articles/container.md"
    page = tmp_path / "container.html"
    paragraphs = [line for line in source.read_text("utf-8").split("\n\n") if not line.startswith("#")]
    page.write_text(papers.page("".join(f"<p>{text}</p>" for text in paragraphs), title="The box"), "utf-8")
    default, short = studio.script(page), studio.script(Brief(document=page, seconds=15))
    assert default.title == short.title == "The box"
    assert len(short.scenes) < len(default.scenes) < 30
    word_for_word = studio.script(Brief(document=page, kind="script"))
    assert len(word_for_word.scenes) > 60
    shutil.copy(source, tmp_path / "container.txt")
    assert len(studio.script(tmp_path / "container.txt").scenes) > 60
    assert studio.script(Brief(document=page, seconds=15, title="Another")).title == "Another"


def test_a_brief_says_what_it_is_of(tmp_path: Path) -> None:
    for wrong, says in (
        ({"text": "https://example.com/a?b=1"}, "saved as a file"),
        ({"text": "a", "kind": "poem"}, "script, article"),
        ({"text": "a", "kind": "script", "seconds": 20.0}, "word for word"),
        ({"text": "a", "document": tmp_path}, "more than one source"),
        ({"text": "a" * 60_000}, "how many seconds"),
    ):
        with pytest.raises((InvalidBrief, UnknownName), match=says):
            Brief(**wrong)
    assert Brief(text="a " * 60_000, seconds=60).seconds == 60
