"""Templates to look at: what the previews write, that no two templates look alike, and folders of one's own."""

import json
import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from reelwright import Studio, Timeline
from reelwright.adapters.media.sample_pictures import sample_pictures
from reelwright.domain.errors import InvalidInput, OutputFailed, UnknownName
from reelwright.domain.output import Output
from reelwright.domain.showcase import SAMPLES, moments, showcase
from reelwright.settings import OURS, Settings
from tests import media, timelines

SMALL = Output(width=180, height=320, fps=30)
NAMES = sorted(file.stem for file in OURS.glob("*.toml"))
CARDS, PICTURES = 12.0, 3.5
"""Mean differences of two reduced frames, of 255, above which nobody takes one for the other: of cards, and of the same
photo with other letters and furniture."""


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[NDArray[np.float32]]]:
    """The telling frames of each template's showcase, reduced until only what is seen at a glance is left."""
    studio, path = Studio(), tmp_path_factory.mktemp("looks") / "still.png"
    found = {}
    with sample_pictures() as files:
        photos = {file.name: studio.container.probe().asset(file) for file in files}
        for template in studio.templates():
            timeline = showcase(template, SMALL, photos)
            found[template.name] = [seen(studio, timeline, number, path) for number in moments(timeline)]
    return found


def seen(studio: Studio, timeline: Timeline, number: int, path: Path) -> NDArray[np.float32]:
    studio.container.previews().still(timeline, number, path)
    return np.asarray(Image.open(path).convert("RGB").resize((45, 80), Image.Resampling.BOX), np.float32)


def test_no_two_templates_look_alike(looks: dict[str, list[NDArray[np.float32]]]) -> None:
    assert len(looks) >= 20
    alike = {}
    for one, other in combinations(looks, 2):
        card, spoken, *_ = (
            float(np.abs(first - second).mean()) for first, second in zip(looks[one], looks[other], strict=True)
        )
        if card < CARDS or spoken < PICTURES:
            alike[one, other] = (card, spoken)
    assert not alike


def test_no_two_templates_move_alike() -> None:
    ways = {
        (
            template.captions.animation,
            template.transitions,
            template.pacing,
        )
        for template in Studio().templates()
    }
    assert len(ways) == len(NAMES)
    kinds = [frozenset(choice.kind for choice in template.transitions) for template in Studio().templates()]
    assert len(set(kinds)) > 0.8 * len(kinds)


@pytest.mark.parametrize("language", SAMPLES)
def test_a_showcase_has_a_card_a_lower_third_a_transition_and_a_word_that_is_spoken(language: str) -> None:
    photo = {"a": timelines.asset(Path("a.jpg"), "photo")}
    for template in Studio().templates():
        timeline = showcase(template, SMALL, photo, language)
        card, spoken, between, item = (timeline.at(frame) for frame in moments(timeline))
        assert card.titles
        assert card.transition is None
        assert spoken.cue is not None
        assert bool(spoken.lower_thirds) == (template.lower_third is not None), template.name
        assert between.transition is not None or template.transitions[1].kind == "cut"
        assert bool(item.titles) == template.list_numbers
        assert item.transition is None
        assert 3.5 < timeline.frames / SMALL.fps < 9
        assert not [scene for scene in timeline.scenes if scene.speech]


def reelwright(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "reelwright", *arguments],
        cwd=folder,
        env=os.environ
        | {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONWARNINGS": "error", "XDG_CONFIG_HOME": str(folder)}
        | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_preview_command_writes_a_picture_and_a_clip_of_each_and_a_sheet(tmp_path: Path) -> None:
    done = reelwright(
        tmp_path, "templates", "--preview", "looks", "--only", "kids", "--only", "minimal", "--aspect", "16:9"
    )
    assert done.returncode == 0, done.stderr
    assert "looks/kids.jpg" in done.stdout
    folder = tmp_path / "looks"
    assert sorted(file.name for file in folder.iterdir()) == [
        "kids.jpg",
        "kids.mp4",
        "minimal.jpg",
        "minimal.mp4",
        "sheet.png",
    ]
    for name in ("kids", "minimal"):
        with Image.open(folder / f"{name}.jpg") as picture:
            assert picture.size == (1920, 1080)
            assert np.asarray(picture).std() > 20
        with av.open(str(folder / f"{name}.mp4")) as container:
            assert (container.streams.video[0].width, container.streams.video[0].height) == (640, 360)
            assert container.streams.audio
            assert container.duration is not None
            assert 3.5e6 < container.duration < 9e6
        frames = media.luma(folder / f"{name}.mp4")
        assert np.abs(frames[3].astype(int) - frames[-3].astype(int)).mean() > 5
    with Image.open(folder / "sheet.png") as sheet:
        assert sheet.width > 1200
        assert np.asarray(sheet.convert("L")).std() > 20


def test_a_folder_of_ones_own_stands_beside_ours_and_before_them(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    tide = (OURS / "tide.toml").read_text("utf-8")
    (own / "mine.toml").write_text(tide, "utf-8")
    (own / "kids.toml").write_text(tide, "utf-8")
    by_option = reelwright(tmp_path, "templates", "--template-dir", "own", "--json")
    by_environment = reelwright(tmp_path, "templates", "--json", REELWRIGHT_TEMPLATE_DIR="own")
    assert by_option.stdout == by_environment.stdout, by_option.stderr + by_environment.stderr
    listed = {row["name"]: row["from"] for row in json.loads(by_option.stdout)}
    assert listed["mine"] == str(Path("own", "mine.toml"))
    assert listed["kids"] == str(Path("own", "kids.toml"))
    assert listed["tide"] == "reelwright"
    assert set(listed) == {*NAMES, "mine"}


def test_what_is_wrong_in_a_folder_of_ones_own_is_named_by_file_and_key(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "mine.toml").write_text(
        (OURS / "tide.toml").read_text("utf-8").replace("max_words = 5", "max_word = 5"), "utf-8"
    )
    made = reelwright(tmp_path, "make", "Hello there.", "-o", "a.mp4", "--template", "mine", "--template-dir", "own")
    assert made.returncode == 2
    assert "mine.toml: captions.max_word: " in made.stderr
    missing = reelwright(tmp_path, "make", "Hello there.", "-o", "a.mp4", "--template-dir", "nowhere")
    assert (missing.returncode, "nowhere" in missing.stderr) == (2, True)
    assert reelwright(tmp_path, "templates", REELWRIGHT_TEMPLATE_DIR="nowhere").returncode == 2
    assert not (tmp_path / "a.mp4").exists()


def test_a_template_of_ones_own_makes_a_video(studio: Studio, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "mine.toml").write_text(
        'description = "Plain."\n[captions.type]\nfont = "inter"\n[titles.type]\nfont = "inter"\n'
        '[backgrounds]\nkinds = ["gradient"]\ncolours = ["#ff0000", "#fe0000"]\n',
        "utf-8",
    )
    studio.container.settings.override(Settings(cache=tmp_path / "cache", template_folders=(OURS, own)))
    studio.preview(tmp_path / "looks", names=["mine"])
    red, green, blue = np.asarray(media.pictures(tmp_path / "looks" / "mine.mp4")[2]).reshape(-1, 3).mean(0)
    assert red > 180
    assert max(green, blue) < 60


def test_previews_that_cannot_be_made_are_refused(studio: Studio, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="'kids'"):
        studio.preview(tmp_path / "a", names=["kid"])
    with pytest.raises(UnknownName, match="zh"):
        studio.preview(tmp_path / "a", names=["kids"], language="xx")
    with pytest.raises(InvalidInput, match="16:9"):
        studio.preview(tmp_path / "a", names=["kids"], aspect="7:3")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputFailed, match="file"):
        studio.preview(tmp_path / "file", names=["kids"])
