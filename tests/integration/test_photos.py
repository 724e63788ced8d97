"""What becomes of every kind of photo: probed, drawn, and looked at pixel by pixel."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageCms

from reelwright.domain.errors import UnusableAsset
from tests.material import (
    COLOURS,
    HEIGHT,
    WHITE,
    WIDTH,
    corners,
    draw,
    heic,
    image,
    off,
    picture,
    probed,
    quarters,
    see_through,
    video,
)

GREY = np.repeat(np.repeat(np.array([[30, 90], [160, 230]], np.uint8), HEIGHT // 2, 0), WIDTH // 2, 1)
GREYS = [(level, level, level) for level in (30, 90, 160, 230)]


def deep(path: Path, dtype: type) -> None:
    Image.fromarray((GREY.astype(np.float64) * 257).astype(dtype)).save(path)


def palette(path: Path) -> None:
    made = image().quantize(8)
    made.putpixel((0, 0), made.getpixel((WIDTH - 1, HEIGHT - 1)))  # type: ignore[arg-type]
    made.save(path, transparency=made.getpixel((WIDTH - 1, HEIGHT - 1)))


PHOTOS: dict[str, tuple[str, Callable[[Path], object], list[tuple[int, int, int]], int]] = {
    "jpeg": ("a.jpg", lambda p: image().save(p, quality=95), [*COLOURS], 6),
    "jpeg of full chroma": ("a.jpg", lambda p: image().save(p, quality=95, subsampling=0), [*COLOURS], 6),
    "progressive jpeg": ("a.jpg", lambda p: image().save(p, quality=95, progressive=True), [*COLOURS], 6),
    "grey jpeg": ("a.jpg", lambda p: Image.fromarray(GREY).save(p, quality=95), GREYS, 4),
    "cmyk jpeg, inverted as Adobe does": (
        "a.jpg",
        lambda p: image().convert("CMYK").save(p, quality=95),
        [*COLOURS],
        8,
    ),
    "cmyk tiff": ("a.tif", lambda p: image().convert("CMYK").save(p), [*COLOURS], 6),
    "png": ("a.png", lambda p: image().save(p), [*COLOURS], 4),
    "png under a false name": ("a.jpg", lambda p: image().save(p, "PNG"), [*COLOURS], 4),
    "palette png": ("a.png", lambda p: image().quantize(16).save(p), [*COLOURS], 6),
    "palette png, partly clear": ("a.png", palette, [*COLOURS[:3], WHITE], 6),
    "png with alpha": ("a.png", lambda p: see_through("RGBA").save(p), [*COLOURS[:3], WHITE], 4),
    "webp": ("a.webp", lambda p: image().save(p, quality=95), [*COLOURS], 6),
    "lossless webp": ("a.webp", lambda p: image().save(p, lossless=True), [*COLOURS], 4),
    "png with one clear colour": (
        "a.png",
        lambda p: image().save(p, transparency=COLOURS[3]),
        [*COLOURS[:3], WHITE],
        4,
    ),
    "webp with alpha": ("a.webp", lambda p: see_through("RGBA").save(p, lossless=True), [*COLOURS[:3], WHITE], 4),
    "grey png of 16 bits": ("a.png", lambda p: deep(p, np.uint16), GREYS, 2),
    "grey tiff of 16 bits": ("a.tif", lambda p: deep(p, np.uint16), GREYS, 2),
    "grey tiff of floats": ("a.tif", lambda p: Image.fromarray(GREY.astype(np.float32) / 255).save(p), GREYS, 3),
    "bmp": ("a.bmp", lambda p: image().save(p), [*COLOURS], 4),
    "still gif": ("a.gif", lambda p: image().save(p), [*COLOURS], 6),
    "avif": ("a.avif", lambda p: image().save(p, quality=95), [*COLOURS], 6),
    "black and white": ("a.png", lambda p: Image.fromarray(GREY > 128).save(p), [(0, 0, 0)] * 2 + [WHITE] * 2, 2),
}


@pytest.mark.parametrize("kind", PHOTOS)
def test_a_photo_shows_its_colours_in_their_places(kind: str, tmp_path: Path) -> None:
    name, write, colours, tolerance = PHOTOS[kind]
    write(tmp_path / name)
    asset = probed(tmp_path / name)
    assert (asset.kind, asset.width, asset.height) == ("photo", WIDTH, HEIGHT)
    assert off(draw(asset), colours) <= tolerance


def test_colour_png_of_16_bits_is_scaled_not_clipped(tmp_path: Path) -> None:
    made = picture(quarters(), "rgb48be")
    video(tmp_path / "a.png.mov", [made], codec="png", pixel_format="rgb48be")
    with av.open(str(tmp_path / "a.png.mov")) as container:
        (tmp_path / "a.png").write_bytes(bytes(next(container.demux(video=0))))
    asset = probed(tmp_path / "a.png")
    assert asset.kind == "photo"
    assert off(draw(asset)) <= 4


@pytest.mark.parametrize("form", ["jpg", "png", "webp", "tif"])
@pytest.mark.parametrize("value", range(1, 9))
def test_exif_turns_a_photo_upright(value: int, form: str, tmp_path: Path) -> None:
    stored = {
        1: lambda im: im,
        2: lambda im: im.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: lambda im: im.transpose(Image.Transpose.ROTATE_180),
        4: lambda im: im.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: lambda im: im.transpose(Image.Transpose.TRANSPOSE),
        6: lambda im: im.transpose(Image.Transpose.ROTATE_90),
        7: lambda im: im.transpose(Image.Transpose.TRANSVERSE),
        8: lambda im: im.transpose(Image.Transpose.ROTATE_270),
    }[value](image())
    exif = Image.Exif()
    exif[0x0112] = value
    stored.save(tmp_path / f"a.{form}", exif=exif, **({"lossless": True} if form == "webp" else {}))
    asset = probed(tmp_path / f"a.{form}")
    assert (asset.width, asset.height) == (WIDTH, HEIGHT)
    assert off(draw(asset)) <= 8


@pytest.mark.parametrize(
    ("tiles", "turn", "mirror"),
    [((1, 1), 0, None), ((1, 1), 1, 0), ((3, 2), 0, None), ((3, 2), 1, None), ((2, 2), 2, 1), ((2, 1), 3, 1)],
)
def test_a_heic_photo_is_put_together_and_turned_upright(
    tiles: tuple[int, int], turn: int, mirror: int | None, tmp_path: Path
) -> None:
    asset = probed(heic(tmp_path / "a.heic", tiles=tiles, turn=turn, mirror=mirror))
    assert (asset.kind, asset.width, asset.height) == ("photo", 4 * WIDTH, 4 * HEIGHT)
    assert off(draw(asset)) <= 6


def test_a_heic_photo_that_ends_early_is_refused(tmp_path: Path) -> None:
    path = heic(tmp_path / "a.heic", tiles=(2, 2))
    whole = path.read_bytes()
    for length in (40, 200, len(whole) // 2, len(whole) - 20):
        path.write_bytes(whole[:length])
        with pytest.raises(UnusableAsset, match=r"a\.heic: a broken HEIC picture"):
            probed(path)


def test_a_wide_gamut_photo_comes_out_in_srgb(tmp_path: Path) -> None:
    """A profile whose red and green are changed over must change them back."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = bytearray(profile.replace(b"s\0R\0G\0B", b"x\0R\0G\0B"))
    tags = {
        bytes(swapped[at : at + 4]): at for at in range(132, 132 + 12 * int.from_bytes(swapped[128:132], "big"), 12)
    }
    red, green = tags[b"rXYZ"] + 4, tags[b"gXYZ"] + 4
    swapped[red : red + 8], swapped[green : green + 8] = swapped[green : green + 8], swapped[red : red + 8]
    for name in ("a.png", "a.jpg"):
        image().save(tmp_path / name, icc_profile=bytes(swapped), quality=95)
        expected = [(green, red, blue) for red, green, blue in COLOURS]
        assert off(draw(probed(tmp_path / name)), expected) <= 10


def test_a_profile_of_srgb_or_a_broken_one_changes_nothing(tmp_path: Path) -> None:
    for number, profile in enumerate(
        (ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), b"no profile")
    ):
        image().save(tmp_path / f"{number}.png", icc_profile=profile)
        assert off(draw(probed(tmp_path / f"{number}.png"))) <= 4


@pytest.mark.parametrize("form", ["gif", "webp", "avif", "png"])
def test_an_animated_picture_plays_each_frame_for_as_long_as_it_says(form: str, tmp_path: Path) -> None:
    shades = [40, 90, 140, 220]
    frames = [Image.new("RGB", (WIDTH, HEIGHT), (shade, shade, shade)) for shade in shades]
    path = tmp_path / f"a.{form}"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=[100, 200, 100, 200], loop=0)
    asset = probed(path)
    assert (asset.kind, asset.samples, asset.has_sound) == ("clip", 28_800, False)
    seen = [int(corners(draw(asset, frame=frame))[0][0]) for frame in (0, 2, 3, 8, 9, 11, 12, 17)]
    assert np.abs(np.array(seen) - [40, 40, 90, 90, 140, 140, 220, 220]).max() <= 4


def test_an_animation_goes_on_from_its_start(tmp_path: Path) -> None:
    frames = [Image.new("L", (WIDTH, HEIGHT), shade) for shade in (60, 200)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=1000, loop=0)
    asset = probed(tmp_path / "a.gif")
    assert [corners(draw(asset, frame=frame))[0][0] // 50 for frame in (10, 40, 80, 110, 80)] == [1, 4, 1, 4, 1]
    assert corners(draw(asset, frame=60))[0][0] == corners(draw(asset, frame=0))[0][0], "without a dissolve"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("cut.jpg", "jpeg", "broken picture"),
        ("cut.png", "png", "broken picture"),
        ("drawing.svg", b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "PNG is right"),
        ("drawing.png", b"<svg/>", "PNG is right"),
        ("empty.mp4", b"", "empty"),
        ("list.mp4", b"ffconcat version 1.0\nfile other.mp4\n", "not a readable"),
        ("list.mov", b"#EXTM3U\n#EXTINF:1,\nother.ts\n", "not a readable"),
        ("text.png", b"not a picture at all", "not a readable"),
    ],
)
def test_what_cannot_be_used_is_named_with_the_reason(
    name: str, content: str | bytes, words: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if isinstance(content, str):
        noise = np.random.default_rng(1).integers(0, 255, (200, 200, 3), dtype=np.uint8)
        Image.fromarray(noise).save(path, content)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    else:
        path.write_bytes(content)
    with pytest.raises(UnusableAsset, match=words) as refused:
        probed(path)
    assert name in str(refused.value)
