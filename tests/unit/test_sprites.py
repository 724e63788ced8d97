import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from reelwright.adapters.media.sprites import Sprite, blend, premultiplied

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
WIDTH, HEIGHT = 64, 48


def frame(seed: int = 0, width: int = WIDTH, height: int = HEIGHT) -> list[Bytes]:
    random = np.random.default_rng(seed)
    sizes = ((height, width), (height // 2, width // 2), (height // 2, width // 2))
    return [random.integers(0, 256, size, np.uint8) for size in sizes]


def picture(seed: int, width: int, height: int) -> Image.Image:
    """Random colours, a third of the pixels clear, a third opaque."""
    random = np.random.default_rng(seed)
    rgba = random.integers(0, 256, (height, width, 4), np.uint8)
    kind = random.integers(0, 3, (height, width))
    rgba[kind == 0, 3], rgba[kind == 1, 3] = 0, 255
    rgba[0, 0, 3] = rgba[-1, -1, 3] = 255
    return Image.fromarray(rgba)


def solid(colour: tuple[int, int, int, int], width: int, height: int) -> Image.Image:
    return Image.new("RGBA", (width, height), colour)


def expected(image: Image.Image, x: int, y: int, under: list[Bytes], opacity: float = 1.0) -> list[Floats]:
    """The blend in floating point, from BT.709's own equations."""
    height, width = under[0].shape
    sheet = Image.new("RGBA", (width, height))
    sheet.paste(image, (x, y))
    red, green, blue, alpha = (np.asarray(band, np.float64) / 255 for band in sheet.split())
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    values = (16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748)

    def halved(plane: Floats) -> Floats:
        return np.asarray(plane.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3)), np.float64)

    alphas = (alpha, halved(alpha), halved(alpha))
    inked = (values[0] * alpha, halved(values[1] * alpha), halved(values[2] * alpha))
    return [
        plane * (1 - opacity * cover) + opacity * ink for plane, cover, ink in zip(under, alphas, inked, strict=True)
    ]


def far(planes: list[Bytes], others: list[Bytes] | list[Floats]) -> float:
    return max(float(np.abs(a.astype(float) - b).max()) for a, b in zip(planes, others, strict=True))


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**31),
    width=st.integers(1, 40),
    height=st.integers(1, 30),
    x=st.integers(0, 24),
    y=st.integers(0, 18),
)
def test_a_blend_is_within_one_level_of_exact_arithmetic(seed: int, width: int, height: int, x: int, y: int) -> None:
    image, planes = picture(seed, width, height), frame(seed)
    right = expected(image, x, y, planes)
    blend(Sprite.from_rgba(image, x, y), planes)
    assert far(planes, right) <= 1.01


@pytest.mark.parametrize("opacity", [1, 64, 128, 200, 255])
def test_opacity_scales_the_whole_sprite(opacity: int) -> None:
    image, planes = picture(5, 40, 30), frame(6)
    right = expected(image, 10, 8, planes, opacity / 256)
    blend(Sprite.from_rgba(image, 10, 8), planes, opacity=opacity)
    assert far(planes, right) <= 2


@pytest.mark.parametrize("background", [0, 16, 128, 235, 255])
def test_an_opaque_pixel_takes_exactly_the_colour(background: int) -> None:
    planes = [np.full_like(plane, background) for plane in frame()]
    blend(Sprite.from_rgba(solid((124, 58, 237, 255), 8, 6), 4, 4), planes)
    exact = expected(solid((124, 58, 237, 255), 8, 6), 4, 4, planes)
    for plane, right, scale in zip(planes, exact, (1, 2, 2), strict=True):
        inside = (slice(4 // scale, 10 // scale), slice(4 // scale, 12 // scale))
        assert np.abs(plane[inside] - right[inside]).max() <= 0.5


@pytest.mark.parametrize("opacity", [1, 100, 255, 256])
def test_a_clear_pixel_stays_exactly_as_it_was(opacity: int) -> None:
    rgba = np.zeros((20, 30, 4), np.uint8)
    rgba[0, 0] = rgba[-1, -1] = 255
    planes, before = frame(1), frame(1)
    blend(Sprite.from_rgba(Image.fromarray(rgba), 2, 2), planes, opacity=opacity)
    assert (planes[0][4:20, 4:30] == before[0][4:20, 4:30]).all()
    assert (planes[1][2:10, 2:15] == before[1][2:10, 2:15]).all()


def test_no_opacity_changes_nothing() -> None:
    planes = frame(2)
    blend(Sprite.from_rgba(picture(1, 20, 20), 0, 0), planes, opacity=0)
    assert far(planes, frame(2)) == 0


@pytest.mark.parametrize("fill", [(255, 255, 255), (0, 0, 255), (255, 0, 0), (0, 0, 0)])
def test_no_alpha_overflows_on_the_brightest_background(fill: tuple[int, int, int]) -> None:
    rgba = np.zeros((16, 16, 4), np.uint8)
    rgba[..., :3], rgba[..., 3] = fill, np.arange(256, dtype=np.uint8).reshape(16, 16)
    for opacity in (255, 256):
        planes = [np.full_like(plane, 255) for plane in frame()]
        right = expected(Image.fromarray(rgba), 0, 0, planes, opacity / 256)
        blend(Sprite.from_rgba(Image.fromarray(rgba), 0, 0), planes, opacity=opacity)
        assert far(planes, right) <= 2


@given(dx=st.integers(-50, 50), dy=st.integers(-40, 40))
def test_what_is_moved_over_an_edge_is_cut_there(dx: int, dy: int) -> None:
    sprite = Sprite.from_rgba(picture(3, 20, 16), 20, 16)
    large = frame(4, WIDTH + 160, HEIGHT + 160)
    planes = [
        plane[80 // n : (80 + HEIGHT) // n, 80 // n : (80 + WIDTH) // n]
        for plane, n in zip(large, (1, 2, 2), strict=True)
    ]
    small = [plane.copy() for plane in planes]
    blend(sprite, large, dx=80 + 2 * dx, dy=80 + 2 * dy)
    blend(sprite, small, dx=2 * dx, dy=2 * dy)
    assert far(small, planes) == 0


def test_an_odd_move_is_refused_since_chroma_could_not_follow() -> None:
    with pytest.raises(ValueError, match="even"):
        blend(Sprite.from_rgba(picture(3, 20, 16), 20, 16), frame(), dx=1)


def test_a_sprite_is_cropped_to_its_ink_on_even_pixels() -> None:
    image = Image.new("RGBA", (50, 40))
    image.paste(solid((9, 9, 9, 255), 5, 3), (11, 7))
    assert Sprite.from_rgba(image, 3, 2).bounds == (14, 8, 20, 12)


def test_a_picture_without_ink_is_no_sprite() -> None:
    sprite = Sprite.from_rgba(Image.new("RGBA", (10, 10)), 0, 0)
    assert sprite.planes == ()
    assert sprite.bounds == (0, 0, 0, 0)
    blend(sprite, frame())


def test_a_patch_stands_in_the_place_of_what_was_there() -> None:
    whole, part = Sprite.from_rgba(picture(7, 40, 30), 6, 4), Sprite.from_rgba(picture(8, 10, 8), 20, 10)
    planes, right = frame(9), frame(9)
    blend(whole.patched(part), planes)
    blend(whole, right)
    for plane, fresh, scale in zip(right, frame(9), (1, 2, 2), strict=True):
        place = (slice(10 // scale, 18 // scale), slice(20 // scale, 30 // scale))
        plane[place] = fresh[place]
    blend(part, right)
    assert far(planes, right) == 0


def test_a_part_of_a_sprite_draws_what_the_whole_draws_there_and_nothing_else() -> None:
    sprite, whole, part = Sprite.from_rgba(picture(3, 30, 20), 11, 7), frame(), frame()
    blend(sprite, whole)
    blend(sprite.within(16, 10, 28, 22), part)
    for before, after, cut, step in zip(frame(), whole, part, (1, 2, 2), strict=True):
        inside = slice(10 // step, 22 // step), slice(16 // step, 28 // step)
        assert np.array_equal(cut[inside], after[inside])
        cut[inside] = before[inside]
        assert np.array_equal(cut, before)
    assert sprite.within(50, 0, 64, 48).planes == ()


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**31), x=st.integers(0, 10), y=st.integers(0, 10))
def test_a_sprite_cut_in_two_looks_as_it_did(seed: int, x: int, y: int) -> None:
    sprite = Sprite.from_rgba(picture(seed, 24, 20), 2 * x, 2 * y)
    left, top, right, bottom = sprite.bounds
    whole, parts = frame(seed), frame(seed)
    blend(sprite, whole)
    blend(sprite.within(left, top, left + 10, bottom), parts)
    blend(sprite.within(left + 10, top, right, bottom), parts)
    assert far(whole, parts) == 0


def test_a_shifted_sprite_is_the_sprite_at_another_place() -> None:
    sprite = Sprite.from_rgba(picture(3, 16, 12), 4, 6)
    moved, shifted = frame(1), frame(1)
    blend(sprite, moved, dx=8, dy=-4)
    blend(sprite.shifted(8, -4), shifted)
    assert far(moved, shifted) == 0


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**31), opacity=st.integers(0, 256))
def test_a_sprite_of_bytes_is_as_exact_as_a_byte(seed: int, opacity: int) -> None:
    image = picture(seed, 24, 20)
    yuva = premultiplied(np.asarray(image))
    levels = np.rint(yuva * np.array([1, 1, 1, 255], np.float32)[:, None, None]).astype(np.uint8)
    small = np.rint(levels.reshape(4, 10, 2, 12, 2).astype(float).mean(axis=(2, 4))).astype(np.uint8)
    quick = Sprite.from_bytes((levels[0], levels[3]), (small[1], small[2], small[3]), 4, 6)
    planes, others = frame(seed), frame(seed)
    blend(quick, planes, opacity=opacity)
    blend(Sprite.from_rgba(image, 4, 6), others, opacity=opacity)
    assert far(planes, others) <= 3


def test_colour_beyond_its_alpha_does_not_wrap_round() -> None:
    full, clear = np.full((2, 2), 255, np.uint8), np.full((2, 2), 100, np.uint8)
    part = np.full((1, 1), 255, np.uint8), np.full((1, 1), 255, np.uint8), np.full((1, 1), 100, np.uint8)
    planes = [np.full((48, 64), 255, np.uint8), np.full((24, 32), 255, np.uint8), np.full((24, 32), 255, np.uint8)]
    blend(Sprite.from_bytes((full, clear), part, 0, 0), planes)
    assert min(int(plane.min()) for plane in planes) > 200
