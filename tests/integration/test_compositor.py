"""Pictures on planes: smooth views, whole transitions, colours that stay."""

import itertools
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from reelwright.adapters.media.backdrops.picture import BACKDROPS, BackdropPicture
from reelwright.adapters.media.photo import PhotoPicture
from reelwright.adapters.media.planes import Planes, new_planes, rgb_to_planes
from reelwright.adapters.media.scaling import MARGIN, padded, solve, view
from reelwright.domain.motion import MOTIONS, Motion, Pose
from reelwright.domain.pictures import Backdrop, BackdropKind, Photo
from tests import media

WIDTH, HEIGHT = 180, 320


def flat(y: int, u: int = 128, v: int = 128) -> Planes:
    planes = new_planes(WIDTH, HEIGHT)
    for plane, value in zip(planes, (y, u, v), strict=True):
        plane[...] = value
    return planes


def test_a_view_lies_between_pixels_where_it_should() -> None:
    """A ramp seen through a slow zoom moves by equal steps: no frame jumps by a pixel."""
    size, across = (1300, 2400), 1080
    ramp = np.tile(np.linspace(16, 235, size[0], dtype=np.float32), (64, 1))
    worst = 0.0
    for frame in range(60):
        step = size[0] / (1.04 + 0.15 * frame / 60) / across
        start = (size[0] - step * across) * 0.4
        window = solve(start + MARGIN, step, across)
        actual = window.source / window.scaled
        for pixel in (0, across):
            worst = max(worst, abs(window.start + (window.offset + pixel) * actual - (start + MARGIN + pixel * step)))
    assert worst < 1 / 12
    assert ramp.shape[1] == size[0]


def test_a_view_shows_what_bilinear_sampling_shows() -> None:
    rng = np.random.default_rng(1)
    smooth = np.clip(128 + 80 * np.sin(np.arange(300)[None] / 17 + np.arange(500)[:, None] / 23), 0, 255)
    planes = tuple(plane.astype(np.uint8) for plane in (smooth, smooth[::2, ::2], smooth[::2, ::2]))
    sources = tuple(padded(plane, MARGIN) for plane in planes)
    out = new_planes(200, 300)
    x, y, step = float(rng.uniform(5, 20)), float(rng.uniform(5, 30)), 1.13
    view(sources, x, y, step, out)  # type: ignore[arg-type]
    columns, rows = x + (np.arange(200) + 0.5) * step - 0.5, y + (np.arange(300) + 0.5) * step - 0.5
    expected = 128 + 80 * np.sin(columns[None] / 17 + rows[:, None] / 23)
    assert np.abs(out[0] - expected).mean() < 1.5


@pytest.mark.parametrize("name", sorted(MOTIONS))
def test_a_moving_photo_always_covers_the_frame(name: str, tmp_path: Path) -> None:
    path = media.photo(tmp_path / "p.png", (90, 160, 220), (300, 200))
    picture = PhotoPicture(Photo(asset="p", motion=MOTIONS[name]), path, 30, WIDTH, HEIGHT)
    expected = rgb_to_planes(np.full((2, 2, 3), (90, 160, 220), np.uint8))
    for frame in (0, 13, 29):
        out = flat(0, 0, 0)
        picture.draw(frame, out)
        for plane, colour in zip(out, expected, strict=True):
            assert np.abs(plane.astype(int) - int(colour[0, 0])).max() <= 2


def test_zoom_grows_by_equal_ratios() -> None:
    motion = Motion(start=Pose(zoom=1), end=Pose(zoom=2))
    zooms = [motion.at(frame, 11).zoom for frame in range(11)]
    ratios = [after / before for before, after in itertools.pairwise(zooms)]
    assert max(ratios) - min(ratios) < 1e-9


def test_a_timeline_may_name_every_backdrop_and_no_other() -> None:
    assert set(get_args(BackdropKind)) == set(BACKDROPS)


def test_a_wide_gradient_is_dithered_where_eight_bits_would_band() -> None:
    """Between two steps of luma the columns of a slow ramp take both, more and more of the upper one."""
    out = new_planes(1080, 1080)
    backdrop = Backdrop(kind="gradient", colours=("#101010", "#1c1c1c"), seed=1)
    BackdropPicture(backdrop, 1080, 1080, 30).draw(0, out)
    tiles = out[0].reshape(135, 8, 135, 8).swapaxes(1, 2).reshape(-1, 64)
    mixed = [tile for tile in tiles if tile.max() - tile.min() == 1]
    assert len(mixed) > 0.8 * len(tiles)
    assert len({round(float(tile.mean() % 1), 1) for tile in mixed}) == 11


@pytest.mark.parametrize("size", [(1080, 1920), (720, 1280), (1920, 1080)], ids=str)
@pytest.mark.parametrize("kind", sorted(BACKDROPS))
def test_a_backdrop_is_the_same_at_every_size(kind: str, size: tuple[int, int]) -> None:
    """Smaller frames show the same picture: their mean colours agree."""
    backdrop = Backdrop(kind=kind, colours=("#203040", "#4080a0", "#f0d0a0"), seed=9)  # type: ignore[arg-type]
    half = size[0] // 4 * 2, size[1] // 4 * 2
    large, small = new_planes(*size), new_planes(*half)
    BackdropPicture(backdrop, *size, 30).draw(15, large)
    BackdropPicture(backdrop, *half, 30).draw(15, small)
    for one, other in zip(large, small, strict=True):
        assert float(one.mean()) == pytest.approx(float(other.mean()), abs=1.5)


@pytest.mark.parametrize("kind", sorted(BACKDROPS))
def test_a_backdrop_moves_keeps_its_palette_and_repeats_itself(kind: str) -> None:
    backdrop = Backdrop(kind=kind, colours=("#203040", "#4080a0", "#a0d0e0"), seed=4)  # type: ignore[arg-type]
    first, later, again = (flat(0) for _ in range(3))
    BackdropPicture(backdrop, WIDTH, HEIGHT, 30).draw(0, first)
    BackdropPicture(backdrop, WIDTH, HEIGHT, 30).draw(60, later)
    BackdropPicture(backdrop, WIDTH, HEIGHT, 30).draw(0, again)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert np.abs(first[0].astype(int) - later[0]).max() > 4
    assert first[0].min() > 20
    assert first[0].max() < 215
