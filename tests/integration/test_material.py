"""What becomes of every kind of photo and clip: probed, drawn, and looked at pixel by pixel."""

import itertools
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageCms

from reelwright import Brief, Studio
from reelwright.adapters.media import tonemap
from reelwright.adapters.media.clip import ClipPicture
from reelwright.adapters.media.planes import new_planes
from reelwright.adapters.media.probe import FileProbe
from reelwright.domain.asset import Asset
from reelwright.domain.errors import InvalidInput, UnknownName, UnusableAsset
from reelwright.domain.motion import MOTIONS
from reelwright.domain.timeline import Backdrop, Clip, Photo
from tests.material import COLOURS, HEIGHT, WIDTH, corners, draw, heic, image, off, picture, quarters, video

WHITE = (255, 255, 255)
GREY = np.repeat(np.repeat(np.array([[30, 90], [160, 230]], np.uint8), HEIGHT // 2, 0), WIDTH // 2, 1)
GREYS = [(level, level, level) for level in (30, 90, 160, 230)]


def probed(path: Path) -> Asset:
    return FileProbe().asset(path)


def saved(name: str, how: Callable[[Path], object]) -> tuple[str, Callable[[Path], object]]:
    return name, how


def deep(path: Path, dtype: type) -> None:
    Image.fromarray((GREY.astype(np.float64) * 257).astype(dtype)).save(path)


def see_through(mode: str) -> Image.Image:
    """The quarters with a clear lower right one whose hidden colour is black."""
    layered = image().convert("RGBA")
    layered.paste((0, 0, 0, 0), (WIDTH // 2, HEIGHT // 2, WIDTH, HEIGHT))
    return layered.quantize(32).convert("P") if mode == "P" else layered


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


CLIPS = {
    **{
        name: (name, 1)
        for name in (
            "yuv420p yuvj420p yuv422p yuv444p yuv410p yuv420p10le yuv422p10le yuv444p12le yuva420p yuva444p10le "
            "gbrp10le bgr0 rgb48le"
        ).split()
    },
    "yuv420p of BT.601": ("yuv420p", 5),
    "yuv420p of BT.2020": ("yuv420p", 9),
}


@pytest.mark.parametrize("kind", CLIPS)
def test_a_clip_of_any_pixel_format_shows_its_colours_in_their_places(kind: str, tmp_path: Path) -> None:
    pixel_format, matrix = CLIPS[kind]
    made = picture(quarters(), pixel_format, 5 if "j4" in pixel_format else matrix, full="j4" in pixel_format)
    codec = "mjpeg" if "j4" in pixel_format else "ffv1"
    asset = probed(video(tmp_path / "a.mkv", [made] * 3, codec=codec, pixel_format=pixel_format))
    assert (asset.kind, asset.width, asset.height, asset.samples) == ("clip", WIDTH, HEIGHT, 4800)
    assert off(draw(asset, frame=1)) <= 8
    assert off(draw(asset, frame=1, size=(60, 40))) <= 8


def test_a_clip_with_a_clear_part_is_laid_on_white(tmp_path: Path) -> None:
    made = av.VideoFrame.from_ndarray(np.asarray(see_through("RGBA")), format="rgba")
    path = video(tmp_path / "a.mov", [made] * 2, codec="png", pixel_format="rgba")
    assert off(draw(probed(path)), [*COLOURS[:3], WHITE]) <= 5


def test_a_webm_with_alpha_is_laid_on_white(tmp_path: Path) -> None:
    made = av.VideoFrame.from_ndarray(np.asarray(see_through("RGBA")), format="rgba")
    options = {"crf": "4", "b": "0", "auto-alt-ref": "0"}
    frames = [made.reformat(format="yuva420p", dst_colorspace=1, dst_color_range=1, threads=1) for _ in range(20)]
    asset = probed(video(tmp_path / "a.webm", frames, codec="libvpx-vp9", pixel_format="yuva420p", options=options))
    assert off(draw(asset), [*COLOURS[:3], WHITE]) <= 10
    assert off(draw(asset, frame=12), [*COLOURS[:3], WHITE]) <= 10


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_display_matrix_turns_a_clip_upright(rotation: int, mirrored: bool, tmp_path: Path) -> None:
    path = video(
        tmp_path / "a.mp4",
        [picture(quarters())] * 2,
        codec="libx264",
        options={"crf": "4"},
        rotation=rotation,
        mirrored=mirrored,
    )
    asset = probed(path)
    shown = np.rot90(quarters(), rotation // 90) if not mirrored else np.rot90(quarters()[:, ::-1], -rotation // 90)
    assert (asset.width, asset.height) == shown.shape[1::-1]
    assert off(draw(asset, size=(shown.shape[1], shown.shape[0])), corners(shown)) <= 8


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv444p"])
@pytest.mark.parametrize("size", [(97, 65), (95, 63), (33, 21), (11, 9)])
def test_odd_sizes_cover_the_frame(size: tuple[int, int], pixel_format: str, tmp_path: Path) -> None:
    grey = np.full((size[1], size[0], 3), 180, np.uint8)
    path = video(tmp_path / "grey.mkv", [picture(grey, pixel_format)] * 2, pixel_format=pixel_format)
    assert np.abs(draw(probed(path)).astype(int) - 180).max() <= 3
    if min(size) > 20:
        made = picture(quarters(*size), pixel_format)
        assert off(draw(probed(video(tmp_path / "a.mkv", [made] * 2, pixel_format=pixel_format)))) <= 10


def test_pixels_that_are_not_square_are_shown_as_wide_as_they_are(tmp_path: Path) -> None:
    narrow = quarters(WIDTH // 2, HEIGHT)
    path = video(
        tmp_path / "a.mp4", [picture(narrow)] * 2, codec="libx264", pixel_aspect=Fraction(2), options={"crf": "4"}
    )
    asset = probed(path)
    assert (asset.width, asset.height) == (WIDTH, HEIGHT)
    assert off(draw(asset)) <= 8
    whole = draw(asset, fit="contain", size=(WIDTH, WIDTH))
    assert off(whole[(WIDTH - HEIGHT) // 2 : (WIDTH + HEIGHT) // 2]) <= 8


def flat(level: int, size: tuple[int, int] = (WIDTH, HEIGHT)) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(np.full((size[1] * 3 // 2, size[0]), 128, np.uint8), format="yuv420p")
    frame.planes[0].update(np.full((size[1], frame.planes[0].line_size), level, np.uint8).tobytes())
    frame.colorspace, frame.color_range = 1, 1
    return frame


def levels(asset: Asset, frames: list[int], **how: object) -> list[int]:
    """The luma in a corner at some frames of the scene, drawn in this order by one picture."""
    drawn = ClipPicture(Clip(asset="it", **how), Path(asset.path), asset.samples, 30, WIDTH, HEIGHT)  # type: ignore[arg-type]
    out = new_planes(WIDTH, HEIGHT)
    seen = []
    for frame in frames:
        drawn.draw(frame, out)
        seen.append(int(out[0][3, 3]))
    drawn.close()
    return seen


def ramp(path: Path, count: int = 30, **how: object) -> Asset:
    """A clip whose luma is 40 and four times the frame's number."""
    return probed(video(path, [flat(40 + 4 * number) for number in range(count)], **how))  # type: ignore[arg-type]


def test_a_variable_frame_rate_shows_the_right_frame_at_each_time(tmp_path: Path) -> None:
    times = [0, 100, 133, 500, 533, 900]
    pictures = [flat(40 + 20 * number) for number in range(6)]
    path = video(tmp_path / "a.mkv", pictures, times=times, time_base=Fraction(1, 1000))
    expected = [40 + 20 * max(n for n in range(6) if times[n] <= frame * 1000 / 30 + 17) for frame in range(28)]
    assert levels(probed(path), list(range(28))) == expected


@pytest.mark.parametrize("name", ["late.ts", "late.mkv", "late.avi"])
def test_a_clip_that_starts_late_is_shown_from_its_first_picture(name: str, tmp_path: Path) -> None:
    begins = 0 if name.endswith("avi") else 150
    asset = ramp(tmp_path / name, codec="mpeg4", options={"q": "1"}, times=range(begins, begins + 30))
    assert asset.samples == pytest.approx(48_000, abs=1700)
    assert np.abs(np.array(levels(asset, [0, 7, 29, 3])) - [40, 68, 156, 52]).max() <= 4


def test_frames_without_reordering_marks_start_before_zero_and_stay_in_order(tmp_path: Path) -> None:
    """B-frames give an MP4 negative decoding times and an edit list."""
    asset = ramp(tmp_path / "b.mp4", codec="libx264", options={"crf": "4", "bf": "3", "g": "12"})
    assert asset.samples == 48_000
    order = [0, 1, 2, 13, 28, 5, 29]
    assert np.abs(np.array(levels(asset, order)) - [40 + 4 * n for n in order]).max() <= 3


@pytest.mark.parametrize("name", ["cut.mp4", "cut.mkv", "cut.ts"])
def test_a_clip_that_breaks_off_plays_as_far_as_it_goes_and_then_stands_still(name: str, tmp_path: Path) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (90, 160), dtype=np.uint8)

    def noisy(number: int) -> av.VideoFrame:
        frame = flat(40 + 2 * number, (160, 96))
        luma = np.full((96, frame.planes[0].line_size), 40 + 2 * number, np.uint8)
        luma[10:90, 40:120] = noise[:80, (number * 7) % 80 : (number * 7) % 80 + 80]
        frame.planes[0].update(luma.tobytes())
        return frame

    options = {"movflags": "faststart"} if name.endswith("mp4") else {}
    whole = tmp_path / f"whole-{name}"
    with av.open(str(whole), "w", options=options) as container:
        stream = container.add_stream("libx264", rate=30, options={"crf": "10", "g": "15", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for number in range(90):
            frame = noisy(number)
            frame.pts, frame.time_base = number, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    (tmp_path / name).write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    asset = probed(tmp_path / name)
    assert 1.2 * 48_000 < asset.samples < 2.2 * 48_000
    last = asset.samples * 30 // 48_000 - 1
    seen = levels(
        Asset(**{**{key: getattr(asset, key) for key in asset.__slots__}, "samples": 96_000 * 2}),
        [0, 20, last, 89, 85, 10],
    )
    assert np.abs(np.array(seen) - [40, 80, 40 + 2 * last, 40 + 2 * last, 40 + 2 * last, 60]).max() <= 6


def test_a_clip_of_one_picture_stands_still(tmp_path: Path) -> None:
    asset = probed(video(tmp_path / "a.mp4", [picture(quarters())], codec="libx264", options={"crf": "4"}))
    assert [off(draw(asset, frame=frame)) <= 6 for frame in (0, 1, 40)] == [True] * 3


def test_an_interlaced_clip_shows_no_comb(tmp_path: Path) -> None:
    """A bright bar that moves between two fields: woven together, its edge would be a comb."""
    woven = []
    for number in range(8):
        rows = np.full((HEIGHT, WIDTH), 40, np.uint8)
        for field in (0, 1):
            rows[field::2, 20 + 8 * number + 4 * field : 40 + 8 * number + 4 * field] = 200
        frame = flat(40)
        padded = np.zeros((HEIGHT, frame.planes[0].line_size), np.uint8)
        padded[:, :WIDTH] = rows
        frame.planes[0].update(padded.tobytes())
        woven.append(frame)
    path = video(tmp_path / "a.ts", woven, codec="mpeg2video", options={"q": "1"}, interlaced=True)
    with av.open(str(path)) as container:
        decoded = next(itertools.islice(container.decode(video=0), 3, None))
        assert decoded.interlaced_frame
    comb = np.abs(np.diff(decoded.to_ndarray()[:HEIGHT].astype(int), axis=0)).mean()
    shown = draw(probed(path), frame=3)[:, :, 1]
    assert comb > 10
    assert np.abs(np.diff(shown.astype(int), axis=0)).mean() < comb / 4


PATCHES = [(0, 0, 0), (20, 20, 20), (100, 100, 100), (203, 203, 203), (1000, 1000, 1000), (100, 20, 20)]
"""Light of the patches, cd/m² of red, green and blue of BT.2020."""


def hdr(transfer: int) -> av.VideoFrame:
    """Patches side by side, 32 pixels each, coded after BT.2100."""
    light = np.array(PATCHES, float)
    if transfer == tonemap.PQ:
        power = (light / 10_000) ** 0.1593017578125
        coded = ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375
    else:
        display = light / 1000
        luminance = display @ [0.2627, 0.6780, 0.0593]
        scene = display * np.maximum(luminance, 1e-9)[:, None] ** (-0.2 / 1.2)
        coded = np.where(
            scene <= 1 / 12,
            np.sqrt(3 * scene),
            0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073,
        )
    luma = coded @ [0.2627, 0.6780, 0.0593]
    values = (64 + 876 * luma, 512 + 896 * (coded[:, 2] - luma) / 1.8814, 512 + 896 * (coded[:, 0] - luma) / 1.4746)
    frame = av.VideoFrame(32 * len(PATCHES), 32, "yuv420p10le")
    for plane, codes, part in zip(frame.planes, values, (1, 2, 2), strict=True):
        row = np.zeros(plane.line_size // 2, np.uint16)
        row[: 32 * len(PATCHES) // part] = np.repeat(np.rint(codes), 32 // part)
        plane.update(np.tile(row, (32 // part, 1)).tobytes())
    frame.colorspace, frame.color_range, frame.color_trc, frame.color_primaries = 9, 1, transfer, 9
    return frame


@pytest.mark.parametrize("transfer", [tonemap.PQ, tonemap.HLG])
def test_high_dynamic_range_lands_on_the_expected_colours(transfer: int, tmp_path: Path) -> None:
    path = video(
        tmp_path / "a.mkv",
        [hdr(transfer)] * 2,
        codec="libx265",
        pixel_format="yuv420p10le",
        options={"crf": "4", "x265-params": "log-level=none"},
    )
    asset = probed(path)
    shown = draw(asset, size=(asset.width, asset.height))
    seen = [shown[12:20, 32 * number + 12 : 32 * number + 20].reshape(-1, 3).mean(0) for number in range(len(PATCHES))]
    for level, expected in zip(seen, (0, 89, 184, 228, 255), strict=False):
        assert np.abs(level - expected).max() <= 5
    assert np.abs(seen[5] - (223, 65, 86)).max() <= 6


def test_wide_primaries_of_standard_range_are_brought_into_bt709(tmp_path: Path) -> None:
    made = picture(np.full((HEIGHT, WIDTH, 3), (128, 128, 128), np.uint8), "yuv420p10le", 9)
    made.color_primaries, made.color_trc = 9, 1
    grey = draw(probed(video(tmp_path / "g.mkv", [made] * 2, pixel_format="yuv420p10le")))
    assert off(grey, [(128, 128, 128)] * 4) <= 2
    made = picture(np.full((HEIGHT, WIDTH, 3), (150, 120, 120), np.uint8), "yuv420p10le", 9)
    made.color_primaries, made.color_trc = 9, 1
    red = corners(draw(probed(video(tmp_path / "r.mkv", [made] * 2, pixel_format="yuv420p10le"))))[0]
    assert red[0] > 158
    assert red[1] < 122


def test_a_sound_with_a_cover_is_a_sound(tmp_path: Path) -> None:
    cover = tmp_path / "cover.jpg"
    image().save(cover)
    path = tmp_path / "song.m4a"
    with av.open(str(path), "w", format="mp4") as container:
        sound = container.add_stream("aac", rate=48_000, layout="mono")
        art = container.add_stream("mjpeg", rate=1)
        art.width, art.height, art.pix_fmt = WIDTH, HEIGHT, "yuvj420p"
        art.disposition = av.stream.Disposition.attached_pic
        for number in range(20):
            block = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            block.pts, block.sample_rate, block.time_base = 1024 * number, 48_000, Fraction(1, 48_000)
            container.mux(sound.encode(block))
        packet = av.Packet(cover.read_bytes())
        packet.stream, packet.pts, packet.dts, packet.time_base, packet.is_keyframe = art, 0, 0, Fraction(1), True
        container.mux(packet)
        container.mux(sound.encode(None))
    asset = probed(path)
    assert (asset.kind, asset.has_sound) == ("sound", True)


def test_of_several_pictures_the_default_one_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "two.mkv"
    with av.open(str(path), "w") as container:
        streams = [container.add_stream("ffv1", rate=30) for _ in range(2)]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        streams[0].disposition = av.stream.Disposition(0)
        streams[1].disposition = av.stream.Disposition.default
        for number, (stream, level) in itertools.product(range(3), zip(streams, (60, 180), strict=True)):
            frame = flat(level)
            frame.pts, frame.time_base = number, Fraction(1, 30)
            container.mux(stream.encode(frame))
        for stream in streams:
            container.mux(stream.encode(None))
    assert levels(probed(path), [0]) == [pytest.approx(180, abs=2)]


def as_clip(jpeg: Path, path: Path, size: tuple[int, int]) -> Path:
    """A Motion JPEG clip of one picture that is there already."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=30)
        stream.width, stream.height, stream.pix_fmt = *size, "yuvj420p"
        packet = av.Packet(jpeg.read_bytes())
        packet.stream, packet.pts, packet.dts, packet.time_base, packet.is_keyframe = (
            stream,
            0,
            0,
            Fraction(1, 30),
            True,
        )
        container.mux(packet)
    return path


def test_a_photo_and_a_clip_of_8k_are_shown_and_a_larger_clip_is_refused(tmp_path: Path) -> None:
    image().resize((7680, 4320), Image.Resampling.NEAREST).save(tmp_path / "a.jpg")
    assert off(draw(probed(tmp_path / "a.jpg"))) <= 8
    assert off(draw(probed(as_clip(tmp_path / "a.jpg", tmp_path / "a.mov", (7680, 4320))))) <= 8
    Image.new("RGB", (8400, 4400)).save(tmp_path / "huge.jpg")
    with pytest.raises(UnusableAsset, match=r"huge\.mov: 8400 x 4400 pixels: at most 36 million"):
        probed(as_clip(tmp_path / "huge.jpg", tmp_path / "huge.mov", (8400, 4400)))


def test_a_clip_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    """The limit holds for what the decoder meets, too."""
    Image.new("RGB", (8400, 4400)).save(tmp_path / "huge.jpg")
    with pytest.raises(UnusableAsset, match=r"a\.mov"):
        probed(as_clip(tmp_path / "huge.jpg", tmp_path / "a.mov", (640, 480)))


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


def test_decoding_leaves_no_pictures_behind(tmp_path: Path) -> None:
    """Frames are let go as soon as they were shown, not when the garbage collector comes round."""
    import gc

    asset = ramp(tmp_path / "a.mkv", 40)
    gc.collect()
    gc.disable()
    try:
        before = sum(isinstance(thing, av.VideoFrame) for thing in gc.get_objects())
        levels(asset, list(range(40)))
        assert sum(isinstance(thing, av.VideoFrame) for thing in gc.get_objects()) - before <= 3
    finally:
        gc.enable()
