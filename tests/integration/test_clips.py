"""What becomes of every kind of clip: probed, drawn, and looked at pixel by pixel."""

import itertools
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from reelwright.adapters.media.clip import ClipPicture
from reelwright.adapters.media.planes import new_planes
from reelwright.domain.asset import Asset
from reelwright.domain.errors import UnusableAsset
from reelwright.domain.pictures import Clip
from tests.material import (
    COLOURS,
    HEIGHT,
    WHITE,
    WIDTH,
    corners,
    draw,
    flat,
    image,
    levels,
    off,
    picture,
    probed,
    quarters,
    ramp,
    see_through,
    to_rgb,
    video,
)

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


def interlaced(path: Path, count: int) -> Path:
    """A bright bar that moves between two fields: woven together, its edge is a comb."""
    woven = []
    for number in range(count):
        frame = flat(40)
        rows = np.full((HEIGHT, frame.planes[0].line_size), 40, np.uint8)
        for field in (0, 1):
            start = 4 + (8 * number + 4 * field) % 60
            rows[field::2, start : start + 20] = 200
        frame.planes[0].update(rows.tobytes())
        woven.append(frame)
    return video(path, woven, codec="mpeg2video", options={"q": "1", "g": "6"}, interlaced=True)


def test_an_interlaced_clip_shows_no_comb(tmp_path: Path) -> None:
    path = interlaced(tmp_path / "a.ts", 8)
    with av.open(str(path)) as container:
        decoded = next(itertools.islice(container.decode(video=0), 3, None))
        assert decoded.interlaced_frame
    comb = np.abs(np.diff(decoded.to_ndarray()[:HEIGHT].astype(int), axis=0)).mean()
    shown = draw(probed(path), frame=3)[:, :, 1]
    assert comb > 10
    assert np.abs(np.diff(shown.astype(int), axis=0)).mean() < comb / 4


def test_an_interlaced_clip_looks_the_same_wherever_playing_began(tmp_path: Path) -> None:
    asset = probed(interlaced(tmp_path / "a.mkv", 80))
    played = ClipPicture(Clip(asset="it"), Path(asset.path), asset.samples, 30, WIDTH, HEIGHT)
    out = new_planes(WIDTH, HEIGHT)
    for frame in range(78):
        played.draw(frame, out)
        if frame > 70:
            assert np.array_equal(to_rgb(out), draw(asset, frame=frame)), frame
    played.close()


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
