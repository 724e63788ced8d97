"""How photos and clips fill the frame and the time of their scene."""

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reelwright import Brief, Studio
from reelwright.domain.errors import InvalidInput, UnknownName
from reelwright.domain.motion import MOTIONS
from reelwright.domain.pictures import Backdrop, Clip, Photo
from tests import media
from tests.material import (
    COLOURS,
    HEIGHT,
    WIDTH,
    draw,
    image,
    levels,
    off,
    picture,
    probed,
    quarters,
    ramp,
    video,
)


@pytest.mark.parametrize("kind", ["photo", "clip"])
def test_contain_shows_all_of_it_on_its_own_dark_blur(kind: str, tmp_path: Path) -> None:
    path = tmp_path / ("a.png" if kind == "photo" else "a.mkv")
    if kind == "photo":
        image().save(path)
    else:
        video(path, [picture(quarters())] * 2)
    tall = draw(probed(path), fit="contain", size=(WIDTH, 192))
    assert off(tall[64:128]) <= 5
    for fill in (tall[:60], tall[132:]):
        assert 20 < fill.mean() < 110
        assert np.abs(np.diff(fill.astype(int), axis=1)).max() < 30, "an edge of the quarters would be 80"
    wide = draw(probed(path), fit="contain", size=(192, HEIGHT))
    assert off(wide[:, 48:144]) <= 5
    assert 20 < wide[:, :44].mean() < 110


@pytest.mark.parametrize("name", sorted(MOTIONS))
def test_a_contained_photo_stays_whole_while_it_moves(name: str, tmp_path: Path) -> None:
    framed = Image.new("RGB", (120, 80), (250, 30, 30))
    framed.paste((40, 120, 60), (6, 6, 114, 74))
    framed.save(tmp_path / "a.png")
    for frame in (0, 15, 29):
        shown = draw(
            probed(tmp_path / "a.png"), fit="contain", size=(180, 320), frame=frame, motion=MOTIONS[name]
        ).astype(int)
        red = (shown[..., 0] > 150) & (shown[..., 1] < 110)
        rows, columns = np.nonzero(red)
        assert rows.max() - rows.min() > 80
        for edge in (red[rows.min() + 2], red[rows.max() - 2], red[:, columns.min() + 2], red[:, columns.max() - 2]):
            assert edge.sum() > 60


@pytest.mark.parametrize("kind", ["photo", "clip"])
def test_cover_keeps_the_focus_in_view(kind: str, tmp_path: Path) -> None:
    path = tmp_path / ("a.png" if kind == "photo" else "a.mkv")
    if kind == "photo":
        image().save(path)
    else:
        video(path, [picture(quarters())] * 2)
    asset = probed(path)
    size = (32, 64)
    left, right, middle = (draw(asset, focus=(x, 0.5), size=size) for x in (0.0, 1.0, 0.5))
    assert off(left, [COLOURS[0]] * 2 + [COLOURS[2]] * 2) <= 6
    assert off(right, [COLOURS[1]] * 2 + [COLOURS[3]] * 2) <= 6
    assert off(middle) <= 8
    low = draw(asset, focus=(0.5, 0.9), size=(96, 32))
    assert off(low, [COLOURS[2], COLOURS[3]] * 2) <= 6


@pytest.mark.parametrize(("speed", "expected"), [(0.25, [40, 44, 48]), (2.0, [40, 72, 104]), (4.0, [40, 104, 156])])
def test_a_clip_plays_at_its_speed(speed: float, expected: list[int], tmp_path: Path) -> None:
    asset = ramp(tmp_path / "a.mkv")
    frames = [0, 4, 8] if speed < 4 else [0, 4, 7]
    seen = levels(asset, frames, speed=speed)
    assert np.abs(np.array(seen) - expected).max() <= 4


def test_a_loop_has_no_jump(tmp_path: Path) -> None:
    """From the last picture into the first in steps, the same whether the clip was played up to there or not."""
    asset = ramp(tmp_path / "a.mkv", 40)
    seen = levels(asset, list(range(80)))
    assert seen[:40] == [40 + 4 * number for number in range(40)]
    joint = seen[39:51]
    assert max(abs(after - before) for before, after in itertools.pairwise(joint)) < 30
    assert seen[50:80] == [40 + 4 * number for number in range(10, 40)]
    assert levels(asset, list(range(42, 48))) == seen[42:48]


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Photo(asset="a", fit="stretch"), UnknownName),  # type: ignore[arg-type]
        (lambda: Photo(asset="a", focus=(0.2, 1.2)), InvalidInput),
        (lambda: Clip(asset="a", speed=5), InvalidInput),
        (lambda: Clip(asset="a", start=-1), InvalidInput),
        (lambda: Brief(text="Words.", fit="stretch"), UnknownName),  # type: ignore[arg-type]
    ],
)
def test_impossible_choices_are_refused(make: Callable[[], object], error: type[Exception]) -> None:
    with pytest.raises(error):
        make()


def test_a_brief_asks_for_whole_pictures(studio: Studio, tmp_path: Path) -> None:
    assets = tmp_path / "assets"
    assets.mkdir()
    image().save(assets / "sea.png")
    ramp(assets / "moon.mkv")
    made = studio.make(
        Brief(text="The sea comes in.\n\nThe moon goes down.", assets=assets, fit="contain", resolution="360p"),
        to=tmp_path / "whole.mp4",
    )
    pictures = [scene.picture for scene in made.timeline.scenes]
    assert {type(one) for one in pictures} == {Photo, Clip}
    assert {one.fit for one in pictures if not isinstance(one, Backdrop)} == {"contain"}
    assert media.luma(made.rendered.path)[0][:100].mean() < 110, "dark above the picture"
