"""Posters and teasers as files."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from reelwright import Brief, Studio, Timeline
from reelwright.domain.errors import DiskFull, OutputFailed, UnknownName
from reelwright.domain.output import Output
from reelwright.domain.pictures import Photo
from reelwright.domain.style import CaptionStyle, Style, TitleStyle, Type
from reelwright.domain.timeline import Scene
from tests import timelines


def photo(path: Path, pixels: NDArray[Any]) -> Path:
    Image.fromarray(pixels.astype(np.uint8)).save(path)
    return path


@pytest.fixture
def plan(tmp_path: Path) -> Timeline:
    """Four scenes: a dark one, a flat one, one with much to see, and a glaring one; captions over all."""
    checks = np.indices((300, 300)).sum(axis=0) // 15 % 2
    rich = np.stack([60 + 120 * checks, 90 + 60 * checks, np.full_like(checks, 140)], axis=2)
    pictures = [np.full((300, 300, 3), 3), np.full((300, 300, 3), 90), rich, np.full((300, 300, 3), 254)]
    assets, scenes = {}, []
    for index, pixels in enumerate(pictures):
        name = f"photo{index}"
        path = photo(tmp_path / f"{name}.png", pixels)
        assets[name] = replace(timelines.asset(path, "photo"), width=300, height=300)
        scenes.append(Scene(frames=50, photo=Photo(asset=name), cues=(timelines.cue((0, 50)),)))
    kind = Type(font="inter")
    style = Style(captions=CaptionStyle(type=kind), titles=TitleStyle(type=kind))
    plain = timelines.timeline(timelines.scene(10))
    return replace(
        plain, scenes=tuple(scenes), assets=assets, style=style, output=Output(width=360, height=640, fps=30)
    )


@pytest.mark.parametrize("suffix", ["jpg", "jpeg", "png", "webp"])
def test_a_poster_shows_the_scene_with_the_most_to_see_at_full_size(
    studio: Studio, plan: Timeline, tmp_path: Path, suffix: str
) -> None:
    path = studio.poster(plan, to=tmp_path / f"poster.{suffix}")
    picture = np.asarray(Image.open(path).convert("RGB")).astype(int)
    assert picture.shape == (640, 360, 3)
    assert np.abs(picture.reshape(-1, 3).mean(0) - (120, 120, 140)).max() < 12
    assert picture[..., 2].std() < 12, "a caption would be white"
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


@pytest.mark.parametrize("suffix", ["gif", "webp"])
def test_a_teaser_is_a_small_loop_in_the_videos_colours(
    studio: Studio, plan: Timeline, tmp_path: Path, suffix: str
) -> None:
    path = studio.teaser(plan, to=tmp_path / f"teaser.{suffix}")
    with Image.open(path) as loop:
        assert loop.size == (320, 568)
        assert loop.info["loop"] == 0
        seconds, colours = 0.0, []
        for shown in ImageSequence.Iterator(loop):
            shown.load()
            seconds += shown.info["duration"] / 1000
            colours.append(np.asarray(shown.convert("RGB")).reshape(-1, 3)[: 320 * 100].mean(0))
    assert seconds == pytest.approx(3.6, abs=0.02)
    assert np.abs(colours[0] - np.array([3, 3, 3])).max() < 8
    assert np.abs(colours[-1] - np.array([254, 254, 254])).max() < 8
    middle = colours[len(colours) // 2]
    assert min(np.abs(middle - np.array(seen)).max() for seen in ((90, 90, 90), (120, 120, 140))) < 8


def test_the_same_timeline_gives_the_same_poster_and_teaser(studio: Studio, plan: Timeline, tmp_path: Path) -> None:
    for name in ("a.png", "b.png", "a.jpg", "b.jpg"):
        studio.poster(plan, to=tmp_path / name)
    for name in ("a.gif", "b.gif", "a.webp", "b.webp"):
        studio.teaser(plan, to=tmp_path / name)
    for suffix in ("png", "jpg", "gif", "webp"):
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def test_a_title_card_is_the_poster(studio: Studio, tmp_path: Path) -> None:
    made = studio.make(Brief(text="# Tides\n\nThe sea comes in.", resolution="360p"), to=tmp_path / "film.mp4")
    with_title = np.asarray(Image.open(studio.poster(made.timeline, to=tmp_path / "a.png")).convert("L")).astype(int)
    bare = replace(made.timeline, scenes=tuple(replace(scene, title=None) for scene in made.timeline.scenes[:1]))
    without = np.asarray(Image.open(studio.poster(bare, to=tmp_path / "b.png")).convert("L")).astype(int)
    assert (np.abs(with_title - without) > 60).sum() > 500


def test_what_cannot_be_written_is_said_and_leaves_nothing(studio: Studio, plan: Timeline, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"\.png"):
        studio.poster(plan, to=tmp_path / "poster.tiff")
    with pytest.raises(OutputFailed, match="nowhere"):
        studio.teaser(plan, to=tmp_path / "nowhere" / "teaser.gif")
    with pytest.raises((DiskFull, OutputFailed)):
        studio.poster(plan, to=Path("/dev/full/poster.png"))
    assert not [file for file in tmp_path.iterdir() if file.suffix != ".png" or not file.name.startswith("photo")]
