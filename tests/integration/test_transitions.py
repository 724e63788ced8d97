"""Transitions as pixels: pure at the ends, whole in between, nothing outside of the frame, no name left out."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reelwright.adapters.media.masks import MASKS, shares
from reelwright.adapters.media.mixing import Mixer
from reelwright.adapters.media.planes import Planes, new_planes
from reelwright.domain.easing import EASINGS
from reelwright.domain.mix import Blur, Mask, Mix, Placement
from reelwright.domain.transitions import TRANSITIONS, Transition

WAYS = [(name, way) for name, kind in TRANSITIONS.items() for way in kind.directions or (None,)]
DIPS = ("dip-to-black", "dip-to-white", "flash")
UNEVEN = ("glitch",)
"""Not monotone: bands change back and forth."""
SIZES = ((66, 118), (118, 66), (64, 64), (300, 170))
PROGRESS = (0.0, 0.03, 0.3, 0.5, 0.71, 0.97, 1.0)

ways = st.sampled_from(WAYS)
sizes = st.sampled_from(SIZES)


def at(way: tuple[str, str | None], p: float) -> Mix:
    return TRANSITIONS[way[0]].at(p, way[1])  # type: ignore[arg-type]


def flat(size: tuple[int, int], y: int, u: int = 128, v: int = 128) -> Planes:
    planes = new_planes(*size)
    for plane, value in zip(planes, (y, u, v), strict=True):
        plane[...] = value
    return planes


def noise(size: tuple[int, int], seed: int) -> Planes:
    chance = np.random.default_rng(seed)
    planes = new_planes(*size)
    for plane in planes:
        plane[...] = chance.integers(16, 236, plane.shape, dtype=np.uint8)
    return planes


def smooth(size: tuple[int, int], phase: float) -> Planes:
    planes = new_planes(*size)
    for plane in planes:
        rows, columns = plane.shape
        x, y = np.arange(columns)[None] / columns, np.arange(rows)[:, None] / rows
        plane[...] = np.rint(126 + 60 * np.sin(6 * x + phase) + 40 * np.cos(5 * y - phase))
    return planes


def mixed(first: Planes, second: Planes, mix: Mix) -> Planes:
    height, width = first[0].shape
    out = flat((width, height), 0, 0, 0)
    Mixer(width, height).mix(first, second, mix, out)
    return out


def same(one: Planes, other: Planes) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@settings(max_examples=60, deadline=None)
@given(ways, sizes, st.integers(1, 40), st.sampled_from(sorted(EASINGS)))
def test_only_one_picture_shows_at_either_end(
    way: tuple[str, str | None], size: tuple[int, int], frames: int, easing: str
) -> None:
    first, second = noise(size, 1), noise(size, 2)
    transition = Transition(kind=way[0], direction=way[1], frames=frames, easing=easing)  # type: ignore[arg-type]
    assert same(mixed(first, second, transition.mix(-1)), first)
    assert same(mixed(first, second, transition.mix(frames)), second)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([way for way in WAYS if way[0] not in DIPS]),
    sizes,
    st.floats(0, 1),
    st.tuples(st.integers(16, 235), st.integers(16, 240), st.integers(16, 240)),
)
def test_two_equal_flat_pictures_stay_that_flat_picture(
    way: tuple[str, str | None], size: tuple[int, int], p: float, colour: tuple[int, int, int]
) -> None:
    picture, same_picture = flat(size, *colour), flat(size, *colour)
    assert same(mixed(picture, same_picture, at(way, p)), picture)


@settings(max_examples=60, deadline=None)
@given(ways, sizes, st.floats(0, 1))
def test_no_pixel_leaves_the_range_of_what_is_mixed(
    way: tuple[str, str | None], size: tuple[int, int], p: float
) -> None:
    out = mixed(flat(size, 60, 90, 160), flat(size, 180, 160, 90), at(way, p))
    low, high = (16, 235) if way[0] in DIPS else (60, 180)
    assert low <= out[0].min() <= out[0].max() <= high
    assert min(out[1].min(), out[2].min()) >= 90
    assert max(out[1].max(), out[2].max()) <= 160


@settings(max_examples=60, deadline=None)
@given(ways, sizes, st.floats(0, 1))
def test_every_pixel_of_the_frame_is_written_and_none_beside_it(
    way: tuple[str, str | None], size: tuple[int, int], p: float
) -> None:
    first, second = noise(size, 3), noise(size, 4)
    kept = [plane.copy() for plane in (*first, *second)]
    results = []
    for canary in (0, 255):
        wide = [np.full((plane.shape[0] + 8, plane.shape[1] + 16), canary, np.uint8) for plane in first]
        out = tuple(plane[4:-4, 8:-8] for plane in wide)
        Mixer(*size).mix(first, second, at(way, p), out)  # type: ignore[arg-type]
        results.append([plane.copy() for plane in out])
        for plane in wide:
            plane[4:-4, 8:-8] = canary
            assert (plane == canary).all()
    assert all(np.array_equal(a, b) for a, b in zip(*results, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(kept, (*first, *second), strict=True))


@pytest.mark.parametrize("way", WAYS)
def test_a_picture_that_is_not_needed_is_not_looked_at(way: tuple[str, str | None]) -> None:
    size = (66, 118)
    first, second, other = noise(size, 5), noise(size, 6), flat(size, 0, 0, 0)
    for p in PROGRESS:
        mix = at(way, p)
        expected = mixed(first, second, mix)
        if not mix.needs_outgoing:
            assert same(mixed(other, second, mix), expected)
        if not mix.needs_incoming:
            assert same(mixed(first, other, mix), expected)


@pytest.mark.parametrize("way", [way for way in WAYS if way[0] not in (*DIPS, *UNEVEN)])
def test_the_incoming_picture_grows_steadily(way: tuple[str, str | None]) -> None:
    size = (118, 210)
    first, second = flat(size, 30), flat(size, 230)
    means = [float(mixed(first, second, at(way, step / 30))[0].mean()) for step in range(31)]
    steps = [after - before for before, after in itertools.pairwise(means)]
    assert min(steps) >= -0.02
    assert max(steps) <= 200 * 0.15
    assert sum(steps) == pytest.approx(200)


@pytest.mark.parametrize("way", [way for way in WAYS if way[0] not in UNEVEN])
def test_neighbouring_frames_differ_little_on_smooth_pictures(way: tuple[str, str | None]) -> None:
    size = (118, 210)
    first, second = smooth(size, 0), smooth(size, 2)
    frames = [mixed(first, second, at(way, step / 60))[0].astype(float) for step in range(61)]
    steps = [np.abs(after - before).mean() for before, after in itertools.pairwise(frames)]
    assert max(steps) < 22 if way[0] == "flash" else max(steps) < 8


@pytest.mark.parametrize("way", [way for way in WAYS if way[0] not in (*DIPS, *UNEVEN)])
def test_colour_goes_where_brightness_goes(way: tuple[str, str | None]) -> None:
    """Patch by patch, chroma is mixed as the luma over it is."""
    size = (240, 420)
    first, second = flat(size, 40, 40, 40), flat(size, 210, 210, 210)
    for p in (0.2, 0.5, 0.8):
        luma, *chroma = mixed(first, second, at(way, p))
        over = luma.astype(float).reshape(35, 12, 20, 12).mean(axis=(1, 3))
        for plane in chroma:
            patches = plane.astype(float).reshape(35, 6, 20, 6).mean(axis=(1, 3))
            assert np.abs(patches - over).max() < 24
            assert np.abs(patches - over).mean() < 4


@pytest.mark.parametrize(
    ("kind", "p", "colour"),
    [
        ("dip-to-black", 0.5, (16, 128, 128)),
        ("dip-to-white", 0.5, (235, 128, 128)),
        ("flash", 0.25, (235, 128, 128)),
    ],
)
def test_a_dip_reaches_its_colour(kind: str, p: float, colour: tuple[int, int, int]) -> None:
    size = (66, 118)
    assert same(mixed(noise(size, 7), noise(size, 8), at((kind, None), p)), flat(size, *colour))


def detail(planes: Planes) -> float:
    return float(np.abs(np.diff(planes[0].astype(float), axis=1)).mean())


def test_blur_takes_the_detail_and_gives_it_back_bit_by_bit() -> None:
    size = (180, 320)
    picture = noise(size, 9)
    details = [detail(mixed(picture, picture, at(("blur", None), step / 24))) for step in range(25)]
    assert details[12] < details[0] * 0.02
    assert details[:13] == sorted(details[:13], reverse=True)
    assert details[12:] == sorted(details[12:])


@pytest.mark.parametrize("deviation", [0.4, 0.8, 1.0, 1.5, 2.0, 3.1, 4.0, 7.0, 13.0, 24.0])
def test_a_blur_is_as_wide_as_was_asked_for(deviation: float) -> None:
    """The spread of a bright line, measured, is the standard deviation."""
    size = (400, 400)
    picture = flat(size, 16)
    picture[0][:, 196:204] = 232
    out = mixed(picture, picture, Mix(blur=Blur(x=deviation / 400)))[0].astype(float).mean(axis=0) - 16
    place = np.arange(400) - 199.5
    variance = (out * place**2).sum() / out.sum() - (8**2 - 1) / 12
    assert np.sqrt(variance) == pytest.approx(deviation, rel=0.04, abs=0.06)


def test_a_whip_pan_streaks_along_its_way_only() -> None:
    size = (118, 210)
    rows = flat(size, 0)
    for plane in rows:
        plane[...] = np.where(np.arange(plane.shape[0]) // 4 % 2, 60, 200)[:, None]
    assert same(mixed(rows, rows, at(("whip-pan", "left"), 0.5)), rows)
    assert mixed(rows, rows, at(("whip-pan", "up"), 0.5))[0].std() < rows[0].std() / 4


@settings(max_examples=30, deadline=None)
@given(sizes, st.floats(0.02, 0.98), st.integers(0, 5))
def test_dissolving_grains_cover_the_share_that_is_due(size: tuple[int, int], p: float, seed: int) -> None:
    mix = Mix(mask=Mask(shape="noise", reach=p, feather=0.12, seed=seed))
    share = (mixed(flat(size, 16), flat(size, 216), mix)[0].mean() - 16) / 200
    soft = (1.12 * p - 0.06) if 0.12 < 1.12 * p < 1 else p
    assert share == pytest.approx(soft, abs=0.06)


def test_grains_come_in_the_order_of_their_seed_and_grow_with_the_frame() -> None:
    def grains(size: tuple[int, int], seed: int = 0) -> NDArray[np.bool_]:
        mix = Mix(mask=Mask(shape="noise", reach=0.5, seed=seed))
        return np.asarray(mixed(flat(size, 16), flat(size, 216), mix)[0] > 116)

    assert np.array_equal(grains((270, 480)), grains((270, 480)))
    assert not np.array_equal(grains((270, 480)), grains((270, 480), seed=1))
    small, large = (float(np.diff(grains(size), axis=1).sum(axis=1).mean()) for size in ((720, 1280), (1080, 1920)))
    assert large == pytest.approx(small, rel=0.15)


Numbers = NDArray[np.floating[Any]]
SHAPES: dict[str, Callable[[Numbers, Numbers], Numbers]] = {
    "edge": lambda x, y: 0.5 - x / 300 + 0 * y,
    "circle": lambda x, y: np.hypot(x, y) / np.hypot(150, 130),
    "diamond": lambda x, y: (abs(x) + abs(y)) / 280,
    "clock": lambda x, y: np.arctan2(x, -y) / (2 * np.pi) % 1,
}


@pytest.mark.parametrize("shape", sorted(SHAPES))
@pytest.mark.parametrize("reach", [0.05, 0.37, 0.9])
@pytest.mark.parametrize("part", [1, 2])
def test_a_mask_is_the_shape_that_it_is_called(shape: str, reach: float, part: int) -> None:
    """Tile by tile the weights of the plain formula."""
    assert shape in MASKS
    direction = "left" if shape == "edge" else "clockwise" if shape == "clock" else "out"
    mask = Mask(shape=shape, reach=reach, direction=direction, feather=0.1)  # type: ignore[arg-type]
    weights = np.zeros((260 // part, 300 // part))
    for block, share in shares(mask, 300, 260, part):
        assert not weights[block].any()
        weights[block] = share
    x = ((np.arange(300 // part) + 0.5) * part - 150)[None]
    y = ((np.arange(260 // part) + 0.5) * part - 130)[:, None]
    expected = np.clip((reach * 1.1 - SHAPES[shape](x, y)) / 0.1, 0, 1) * 256
    assert np.abs(weights - expected).max() <= 1.6


def test_a_zoomed_picture_is_enlarged_about_its_middle_without_jumps() -> None:
    """A ramp's slope falls by the zoom, its middle stays, from the first hundredth on."""
    size = (400, 300)
    ramp = flat(size, 0)
    ramp[0][...] = np.rint(np.linspace(20, 220, 400))[None]
    for zoom in (1.01, 1.02, 1.05, 1.1, 1.35, 1.9):
        out = mixed(ramp, ramp, Mix(incoming=Placement(zoom=zoom)))[0].astype(float).mean(axis=0)
        slope, middle = np.polyfit(np.arange(400) - 199.5, out, 1)
        assert slope == pytest.approx(200 / 399 / zoom, rel=0.01)
        assert middle == pytest.approx(120, abs=0.5)


@pytest.mark.parametrize("way", WAYS)
def test_the_same_frame_is_mixed_to_the_same_bytes(way: tuple[str, str | None]) -> None:
    size = (66, 118)
    first, second, mixer, out = noise(size, 10), noise(size, 11), Mixer(66, 118), flat(size, 0)
    for p in PROGRESS:
        mixer.mix(first, second, at(way, p), out)
        assert same(out, mixed(first, second, at(way, p)))
