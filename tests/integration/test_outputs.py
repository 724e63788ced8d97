"""Every format with every codec that goes into it: what a player gets to see and to hear."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright import Brief, Studio
from reelwright.adapters.media import hardware
from reelwright.adapters.media.compositor import Compositor
from reelwright.adapters.media.encoders import HARDWARE_ENCODERS, SOFTWARE, Encoder
from reelwright.adapters.media.encoding import encode_segment
from reelwright.adapters.media.lettering import Lettering
from reelwright.adapters.media.pictures import PhotoShelf
from reelwright.adapters.media.planes import new_frame, new_planes, planes_of
from reelwright.adapters.media.renderer import SegmentRenderer
from reelwright.adapters.media.sound import sound
from reelwright.adapters.media.wav import write_wav
from reelwright.domain.errors import EngineFailed, MissingPart, OutputFailed
from reelwright.domain.output import ASPECTS, FORMATS, FRAME_RATES, QUALITIES, Output, frame_size
from reelwright.domain.pictures import Clip, Photo
from reelwright.domain.segments import plan
from reelwright.domain.style import CaptionStyle, Style, TitleStyle, Type
from reelwright.domain.timeline import Scene, Timeline
from reelwright.domain.transitions import Transition
from tests import media, timelines
from tests.meters import ebur128

RATE = 48_000
CLICKS = (9_600, 60_000, 110_000)
PAIRS = [(form.name, codec) for form in FORMATS.values() for codec in form.codecs]
LEAST_PSNR = {"draft": 31, "standard": 35, "high": 38}


def film(folder: Path) -> Timeline:
    """A photo that moves, then a clip each of whose frames is brighter; three clicks over a low tone."""
    picture = np.linspace(30, 220, 300 * 400).reshape(300, 400, 1).repeat(3, axis=2)
    picture[::20, :, 0] = 60
    picture[:, ::20, 2] = 200
    from PIL import Image

    Image.fromarray(picture.astype(np.uint8)).save(folder / "photo.png")
    media.clip(folder / "clip.mp4", frames=45)
    time = np.arange(int(2.6 * RATE))
    samples = (0.2 * np.sin(time * 2 * np.pi * 220 / RATE)).astype(np.float32)
    for at in CLICKS:
        samples[at - 10 : at + 11] += 0.7 * np.hanning(21).astype(np.float32)
    write_wav(folder / "voice.wav", samples.tobytes())
    plain = timelines.timeline(timelines.scene(10, "voice"), sounds={"voice": folder / "voice.wav"})
    assets = {
        **plain.assets,
        "photo": replace(timelines.asset(folder / "photo.png", "photo"), width=400, height=300),
        "clip": replace(timelines.asset(folder / "clip.mp4", "clip", samples=72_000), width=320, height=240),
    }
    scenes = (
        Scene(frames=43, photo=Photo(asset="photo"), speech=plain.scenes[0].speech, cues=(timelines.cue((5, 35)),)),
        Scene(frames=47, clip=Clip(asset="clip"), transition=Transition(kind="crossfade", frames=8)),
    )
    type_ = Type(font="inter")
    style = Style(captions=CaptionStyle(type=type_), titles=TitleStyle(type=type_))
    return replace(plain, assets=assets, scenes=scenes, style=style, output=Output(width=144, height=256, fps=30))


@pytest.fixture(scope="module")
def timeline(tmp_path_factory: pytest.TempPathFactory) -> Timeline:
    return film(tmp_path_factory.mktemp("film"))


@pytest.fixture(scope="module")
def drawn(timeline: Timeline) -> list[NDArray[np.uint8]]:
    """The luma of every frame as the compositor draws it."""
    output = timeline.output
    lettering = Lettering(timeline.style, output.width, output.height, timeline.language)
    compositor = Compositor(timeline, PhotoShelf(timeline), lettering)
    lumas = []
    for number in range(timeline.frames):
        planes = new_planes(output.width, output.height)
        compositor.draw(number, planes)
        lumas.append(planes[0])
    compositor.close()
    return lumas


@pytest.fixture(scope="module")
def rendered(timeline: Timeline, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    folder = tmp_path_factory.mktemp("rendered")

    @cache
    def made(form: str, codec: str) -> Path:
        path = folder / f"{codec}{FORMATS[form].suffix}"
        plan = replace(timeline, output=timeline.output.delivered(format=form, codec=codec))
        SegmentRenderer(workers=2).render(plan, path)
        return path

    return made


def psnr(decoded: NDArray[np.uint8], drawn: NDArray[np.uint8]) -> float:
    difference = decoded.astype(np.float64) - drawn
    return float(10 * np.log10(255**2 / max(1e-9, (difference**2).mean())))


def lumas(path: Path) -> list[NDArray[np.uint8]]:
    """The luma of every picture in 8 bits, decoded without forgiving any error."""
    with av.open(str(path)) as container:
        container.streams.video[0].codec_context.options = {"err_detect": "explode"}
        return [
            np.asarray(frame.reformat(format="yuv420p", threads=1).to_ndarray()[: frame.height], np.uint8)
            for frame in container.decode(video=0)
        ]


@pytest.mark.parametrize(("form", "codec"), PAIRS)
def test_every_frame_looks_as_it_was_drawn(
    rendered: Callable[[str, str], Path], drawn: list[NDArray[np.uint8]], form: str, codec: str
) -> None:
    """Each against its own drawing: neighbours differ, so a frame that was overwritten or swapped would show."""
    decoded = lumas(rendered(form, codec))
    assert len(decoded) == len(drawn)
    assert min(map(psnr, decoded, drawn)) > LEAST_PSNR["standard"]


@pytest.mark.parametrize(("form", "codec"), PAIRS)
def test_every_frame_comes_at_its_time(
    rendered: Callable[[str, str], Path], timeline: Timeline, form: str, codec: str
) -> None:
    """WebM counts milliseconds, the others are exact; decoding times rise everywhere, also where segments meet."""
    assert len(plan(timeline)) > 1
    with av.open(str(rendered(form, codec))) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        assert stream.average_rate == 30
        packets = [packet for packet in container.demux(stream) if packet.size]
        times = sorted(packet.pts * stream.time_base for packet in packets if packet.pts is not None)
        decoding = [packet.dts for packet in packets if packet.dts is not None]
    tolerance = Fraction(1, 2000) if form == "webm" else 0
    assert len(times) == timeline.frames
    assert all(abs(time - Fraction(number, 30)) <= tolerance for number, time in enumerate(times))
    assert decoding == sorted(set(decoding))
    assert len(decoding) == timeline.frames


@pytest.mark.parametrize(("form", "codec"), PAIRS)
def test_the_file_says_what_its_pixels_mean(rendered: Callable[[str, str], Path], form: str, codec: str) -> None:
    with av.open(str(rendered(form, codec))) as container:
        stream = container.streams.video[0]
        next(container.decode(stream))
        context = stream.codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (1, 1, 1, 1)
        assert (context.width, context.height) == (144, 256)
        assert stream.sample_aspect_ratio == 1
        assert context.pix_fmt == ("yuv422p10le" if codec == "prores" else "yuv420p")
        if codec == "h265":
            assert context.codec_tag == "hvc1", "Apple's players take no other"
        if codec == "prores":
            assert context.codec_tag == "apcn"


@pytest.mark.parametrize(("form", "codec"), [pair for pair in PAIRS if pair[0] != "avi"])
def test_the_index_stands_in_front_of_the_media(rendered: Callable[[str, str], Path], form: str, codec: str) -> None:
    """AVI alone has its place for it at the end."""
    data = rendered(form, codec).read_bytes()
    index, first = (b"\x1c\x53\xbb\x6b", b"\x1f\x43\xb6\x75") if form == "webm" else (b"moov", b"mdat")
    assert data.index(index, 200 if form == "webm" else 0) < data.index(first)


@pytest.mark.parametrize(("form", "codec"), PAIRS)
def test_the_sound_starts_and_ends_with_the_picture(
    rendered: Callable[[str, str], Path], timeline: Timeline, form: str, codec: str
) -> None:
    heard = np.concatenate(list(sound(rendered(form, codec))), axis=1)[0]
    assert abs(len(heard) - timeline.samples) <= timeline.output.samples(1)
    if form != "avi":
        assert len(heard) == timeline.samples
    found = [at - 2_000 + int(np.abs(heard[at - 2_000 : at + 2_000]).argmax()) for at in CLICKS]
    assert np.abs(np.array(found) - CLICKS).max() <= 12, "a quarter of a millisecond"


@pytest.mark.parametrize(("form", "codec"), PAIRS)
def test_the_sound_is_as_loud_as_asked(rendered: Callable[[str, str], Path], form: str, codec: str) -> None:
    heard = ebur128(rendered(form, codec))
    assert heard.integrated == pytest.approx(-14, abs=0.5)
    assert heard.true_peak <= -1


@pytest.mark.parametrize(("form", "codec"), PAIRS)
def test_the_same_timeline_gives_the_same_bytes(
    rendered: Callable[[str, str], Path], timeline: Timeline, tmp_path: Path, form: str, codec: str
) -> None:
    plan = replace(timeline, output=timeline.output.delivered(format=form, codec=codec))
    SegmentRenderer(workers=3).render(plan, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == rendered(form, codec).read_bytes()


def moving(output: Output, frames: int) -> list[NDArray[np.uint8]]:
    y, x = np.mgrid[: output.height, : output.width]
    return [(110 + 70 * np.sin((x + y + 6 * number) / 17)).astype(np.uint8) for number in range(frames)]


def encoded(output: Output, pictures: list[NDArray[np.uint8]], to: Path) -> None:
    """By way of one frame that is drawn on again and again, as the renderer does it."""
    frame = new_frame(output.width, output.height, output.fps)
    y, u, v = planes_of(frame)
    u[...], v[...] = 110, 140

    def frames() -> Iterator[av.VideoFrame]:
        for picture in pictures:
            y[...] = picture
            yield frame

    encode_segment(frames(), output, to)


@pytest.mark.parametrize("codec", SOFTWARE)
@pytest.mark.parametrize("frames", [1, 2, 3, 7])
def test_the_shortest_segments_have_the_same_header_as_long_ones(tmp_path: Path, codec: str, frames: int) -> None:
    """Segments of any length can be joined, and give back as many frames as they were given."""
    form = next(form.name for form in FORMATS.values() if codec in form.codecs)
    output = Output(width=90, height=160, fps=24, format=form, codec=codec)
    headers = set()
    for count in (frames, 20):
        encoded(output, moving(output, count), tmp_path / "segment")
        with av.open(str(tmp_path / "segment")) as container:
            headers.add(container.streams.video[0].codec_context.extradata)
        assert len(lumas(tmp_path / "segment")) == count
    assert len(headers) == 1


@pytest.mark.parametrize("codec", SOFTWARE)
def test_each_quality_looks_better_than_the_one_before(tmp_path: Path, codec: str) -> None:
    form = next(form.name for form in FORMATS.values() if codec in form.codecs)
    output = Output(width=256, height=144, fps=30, format=form, codec=codec)
    pictures = moving(output, 10)
    worst = []
    for quality in QUALITIES:
        encoded(output.delivered(quality=quality), pictures, tmp_path / quality)
        worst.append(min(map(psnr, lumas(tmp_path / quality), pictures)))
    assert worst == sorted(worst)
    assert all(reached > wanted for reached, wanted in zip(worst, LEAST_PSNR.values(), strict=True)), worst


@pytest.mark.parametrize("codec", SOFTWARE)
@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("aspect", ASPECTS)
def test_every_aspect_and_frame_rate_can_be_encoded(tmp_path: Path, codec: str, fps: int, aspect: str) -> None:
    form = next(form.name for form in FORMATS.values() if codec in form.codecs)
    width, height = (side // 4 * 2 for side in frame_size(aspect, "360p"))
    output = Output(width=width, height=height, fps=fps, format=form, codec=codec, quality="draft")
    encoded(output, moving(output, 3), tmp_path / "segment")
    with av.open(str(tmp_path / "segment")) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        times = [frame.pts * stream.time_base for frame in container.decode(stream) if frame.pts is not None]
        assert (stream.width, stream.height) == (output.width, output.height)
    assert times == [Fraction(number, fps) for number in range(3)]


@pytest.mark.parametrize("kind", HARDWARE_ENCODERS)
def test_hardware_either_works_or_gives_way_to_the_processor_and_says_why(
    timeline: Timeline, tmp_path: Path, kind: str
) -> None:
    made = SegmentRenderer().render(timeline, tmp_path / "a.mp4", hardware=kind)
    assert len(lumas(tmp_path / "a.mp4")) == timeline.frames
    fault = hardware.fault(kind, timeline.output)
    said = f"{kind} cannot encode h264 here: {fault}; encoded on the processor instead"
    assert made.warnings == ((said,) if fault else ())


def test_hardware_that_fails_is_refused_where_nothing_may_be_done_otherwise(
    timeline: Timeline, stand_in: Callable[[Encoder], None], tmp_path: Path
) -> None:
    stand_in(replace(SOFTWARE["h264"], name="h264_nowhere"))
    with pytest.raises(EngineFailed, match="this build of libav has no h264_nowhere"):
        SegmentRenderer().render(timeline, tmp_path / "b.mp4", hardware="nvenc", strict=True)
    assert not (tmp_path / "b.mp4").exists()


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Encoder], None]]:
    """Another encoder in the place of NVIDIA's for H.264."""

    def place(encoder: Encoder) -> None:
        monkeypatch.setitem(HARDWARE_ENCODERS, "nvenc", {"h264": encoder})

    hardware.fault.cache_clear()
    yield place
    hardware.fault.cache_clear()


def test_an_encoder_that_libav_was_built_without_is_missed_before_any_work(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(SOFTWARE, "vp9", replace(SOFTWARE["vp9"], name="libvpx-nowhere"))
    stages: list[str] = []
    brief = Brief(text="The tide.", resolution="360p", format="webm")
    with pytest.raises(MissingPart, match=r"libvpx-nowhere is not installed; reinstall av"):
        studio.make(brief, to=tmp_path / "a.webm", progress=lambda progress: stages.append(progress.stage))
    assert stages == ["write"]


def test_hardware_that_passes_its_trial_is_used(
    timeline: Timeline, stand_in: Callable[[Encoder], None], tmp_path: Path
) -> None:
    stand_in(replace(SOFTWARE["h264"], qualities={key: {"preset": "ultrafast", "crf": "35"} for key in QUALITIES}))
    made = SegmentRenderer().render(timeline, tmp_path / "hard.mp4", hardware="auto")
    assert made.warnings == ()
    SegmentRenderer().render(timeline, tmp_path / "soft.mp4")
    assert (tmp_path / "hard.mp4").stat().st_size != (tmp_path / "soft.mp4").stat().st_size


class Exhausted(Encoder):
    """Passes its trial, and then the driver has no session left for it."""

    def settings(self, output: Output) -> dict[str, str]:
        left = "veryfast" if not hardware.fault.cache_info().currsize else "no such preset"
        return super().settings(output) | {"preset": left}


def test_hardware_that_fails_on_the_way_gives_way_too(
    timeline: Timeline, stand_in: Callable[[Encoder], None], tmp_path: Path
) -> None:
    stand_in(Exhausted(name="libx264", qualities=SOFTWARE["h264"].qualities))
    made = SegmentRenderer().render(timeline, tmp_path / "a.mp4", hardware="nvenc")
    (warning,) = made.warnings
    assert "libx264 failed on the way" in warning
    assert len(lumas(tmp_path / "a.mp4")) == timeline.frames
    with pytest.raises(OutputFailed, match="libx264 failed on the way"):
        SegmentRenderer().render(timeline, tmp_path / "b.mp4", hardware="nvenc", strict=True)
    assert [file.name for file in tmp_path.iterdir()] == ["a.mp4"]


def test_hardware_that_returns_other_pictures_does_not_pass(
    timeline: Timeline, stand_in: Callable[[Encoder], None]
) -> None:
    stand_in(replace(SOFTWARE["h264"], options={"r": "1"}, pixel_format="gray"))
    assert hardware.fault("nvenc", timeline.output)
    chosen, warning = hardware.choose(timeline.output, "nvenc")
    assert chosen == SOFTWARE["h264"]
    assert "processor" in warning


@pytest.mark.parametrize("count", [1, 2, 3, 40])
def test_pictures_of_the_shortest_segment_have_times_of_their_own(tmp_path: Path, count: int) -> None:
    output = Output(width=160, height=120, fps=30, codec="h265")
    told = replace(SOFTWARE["h265"], container="framecrc")  # a muxer that writes down what it is given
    frame = new_frame(160, 120, 30)
    for plane in planes_of(frame):
        plane[...] = 128
    for attempt in range(4):
        encode_segment([frame] * count, output, tmp_path / f"{attempt}.txt", told)
        lines = (tmp_path / f"{attempt}.txt").read_text().splitlines()
        times = [tuple(map(int, line.split(",")[1:3])) for line in lines if not line.startswith("#")]
        assert sorted(pts for _, pts in times) == list(range(count))
        assert all(0 <= pts - dts <= 16 for dts, pts in times)
        assert [dts for dts, _ in times] == sorted({dts for dts, _ in times})
