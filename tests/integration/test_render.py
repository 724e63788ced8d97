"""What a rendered file is, told from its decoded pictures, its timestamps and its sound."""

import itertools
import threading
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from reelwright import Brief, Progress, Studio, Timeline
from reelwright.adapters.documents.timeline_json import dumps, loads, read_timeline
from reelwright.domain.errors import Cancelled, InvalidTimeline, OutputFailed, UnusableAsset
from reelwright.domain.segments import plan
from tests import media
from tests.meters import ebur128

TEXT = "# Tides\n\nThe sea comes in. The sea goes out again, and nobody pushes it.\n\n- One moon\n- One sun"


def brief(**changes: object) -> Brief:
    return replace(Brief(text=TEXT, resolution="360p", fps=30), **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Timeline]:
    from dependency_injector import providers

    from reelwright.adapters.fakes.speech import ToneSpeech
    from reelwright.bootstrap import Container
    from reelwright.settings import Settings

    folder = tmp_path_factory.mktemp("film")
    assets = folder / "assets"
    assets.mkdir()
    media.photo(assets / "sea.jpg")
    media.clip(assets / "moon.mp4", frames=25)
    container = Container()
    container.speech.override(providers.Object(ToneSpeech()))
    studio = Studio(settings=Settings(cache=folder / "cache"), container=container)
    made = studio.make(brief(assets=assets), to=folder / "film.mp4")
    return made.rendered.path, made.timeline


def test_every_frame_of_the_timeline_is_there_at_its_time(film: tuple[Path, Timeline]) -> None:
    path, timeline = film
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        times = [frame.pts * stream.time_base for frame in container.decode(stream) if frame.pts is not None]
    assert times == [Fraction(number, 30) for number in range(timeline.frames)]


def test_sound_and_picture_end_within_a_frame_of_each_other(film: tuple[Path, Timeline]) -> None:
    path, timeline = film
    with av.open(str(path)) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
    assert abs(samples / 48_000 - timeline.frames / 30) <= 1 / 30


def test_the_file_says_what_its_pictures_mean(film: tuple[Path, Timeline]) -> None:
    path, _timeline = film
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        assert (context.width, context.height, context.pix_fmt) == (360, 640, "yuv420p")
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (1, 1, 1, 1)
        assert container.streams.video[0].sample_aspect_ratio == 1
        assert container.streams.video[0].average_rate == 30
    head = path.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat"), "a player could not begin before it has the whole file"


def test_the_mix_is_as_loud_as_broadcast_asks(film: tuple[Path, Timeline]) -> None:
    heard = ebur128(film[0])
    assert heard.integrated == pytest.approx(-14, abs=0.5)
    assert heard.true_peak <= -1


def test_no_frame_is_black(film: tuple[Path, Timeline]) -> None:
    assert min(float(plane.mean()) for plane in media.luma(film[0])) > 18


def test_segments_are_joined_without_a_seam(film: tuple[Path, Timeline]) -> None:
    """Decoding time stamps rise by one frame each over all joins."""
    with av.open(str(film[0])) as container:
        stream = container.streams.video[0]
        dts = [packet.dts for packet in container.demux(stream) if packet.dts is not None]
        assert stream.time_base is not None
        step = int(Fraction(1, 30) / stream.time_base)
    assert {after - before for before, after in itertools.pairwise(dts)} == {step}
    assert len(plan(film[1])) > 2


def test_the_same_timeline_gives_the_same_bytes_whatever_the_workers(
    film: tuple[Path, Timeline], tmp_path: Path
) -> None:
    from reelwright.adapters.media.renderer import SegmentRenderer

    path, timeline = film
    SegmentRenderer(workers=3).render(timeline, tmp_path / "again.mp4")
    assert (tmp_path / "again.mp4").read_bytes() == path.read_bytes()


def test_a_saved_timeline_renders_to_the_same_bytes(
    film: tuple[Path, Timeline], studio: Studio, tmp_path: Path
) -> None:
    path, timeline = film
    studio.save(timeline, tmp_path / "film.json")
    assert loads(dumps(timeline)) == timeline
    studio.render(tmp_path / "film.json", to=tmp_path / "again.mp4")
    assert (tmp_path / "again.mp4").read_bytes() == path.read_bytes()


def test_an_edited_timeline_shows_the_edit(film: tuple[Path, Timeline], studio: Studio, tmp_path: Path) -> None:
    path, timeline = film
    studio.save(timeline, tmp_path / "film.json")
    text = (tmp_path / "film.json").read_text("utf-8").replace("Tides", "Waves")
    (tmp_path / "edited.json").write_text(text, "utf-8")
    studio.render(tmp_path / "edited.json", to=tmp_path / "edited.mp4")
    title = timeline.scenes[0].frames // 2
    before, after = media.luma(path), media.luma(tmp_path / "edited.mp4")
    assert len(before) == len(after)
    assert np.abs(before[title].astype(int) - after[title]).max() > 60
    assert np.abs(before[-1].astype(int) - after[-1]).max() <= 2


def test_a_photo_keeps_its_colour(studio: Studio, tmp_path: Path) -> None:
    assets = tmp_path / "assets"
    assets.mkdir()
    media.photo(assets / "red.png", colour=(200, 40, 60))
    made = studio.make(brief(text="Nothing but red.", assets=assets), to=tmp_path / "red.mp4")
    corner = media.pictures(made.rendered.path)[10][:40, :40].reshape(-1, 3).mean(0)
    assert np.abs(corner - (200, 40, 60)).max() < 6


def test_a_clip_shorter_than_its_scene_begins_again(studio: Studio, tmp_path: Path) -> None:
    assets = tmp_path / "assets"
    assets.mkdir()
    media.clip(assets / "ramp.mp4", frames=20)
    made = studio.make(brief(text="A ramp of light that comes again and again.", assets=assets), to=tmp_path / "c.mp4")
    levels = [float(plane[:30, :30].mean()) for plane in media.luma(made.rendered.path)]
    played = np.arange(len(levels)) % 20
    outside = (np.arange(len(levels)) < 20) | (played >= 5)
    assert np.abs(np.array(levels) - (40 + 4 * played))[outside].max() < 3, "apart from the joint of the loop"


def test_progress_ends_with_every_frame(studio: Studio, tmp_path: Path) -> None:
    seen: list[Progress] = []
    made = studio.make(brief(), to=tmp_path / "p.mp4", progress=seen.append)
    rendered = [report for report in seen if report.stage == "render"]
    assert rendered[-1].done == rendered[-1].total == made.rendered.frames
    assert [report.done for report in rendered] == sorted(report.done for report in rendered)
    assert list(dict.fromkeys(report.stage for report in seen)) == [
        "write",
        "voice",
        "arrange",
        "render",
        "join",
    ]


def test_cancelling_leaves_nothing_behind(studio: Studio, tmp_path: Path) -> None:
    cancel = threading.Event()

    def stop(progress: Progress) -> None:
        if progress.stage == "render" and progress.done > 5:
            cancel.set()

    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(Cancelled):
        studio.make(brief(), to=out / "c.mp4", progress=stop, cancel=cancel)
    assert list(out.iterdir()) == []


def test_an_asset_that_went_missing_is_named(film: tuple[Path, Timeline], studio: Studio, tmp_path: Path) -> None:
    studio.save(film[1], tmp_path / "film.json")
    text = (tmp_path / "film.json").read_text("utf-8").replace('sea.jpg",', 'lost.jpg",', 1)
    (tmp_path / "film.json").write_text(text, "utf-8")
    timeline = read_timeline(tmp_path / "film.json")
    broken = replace(
        timeline,
        assets={
            name: replace(asset, path="/nowhere/lost.jpg") if asset.kind == "photo" else asset
            for name, asset in timeline.assets.items()
        },
    )
    with pytest.raises(InvalidTimeline, match=r"lost\.jpg"):
        studio.render(broken, to=tmp_path / "x.mp4")


def test_a_folder_for_an_output_is_refused(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(OutputFailed, match="folder"):
        studio.make(brief(), to=tmp_path / "folder.mp4")


@pytest.mark.parametrize("strict", [False, True])
def test_broken_assets_are_left_out_with_a_warning_or_refused(studio: Studio, tmp_path: Path, strict: bool) -> None:
    assets = tmp_path / "assets"
    assets.mkdir()
    whole = media.photo(assets / "sea.jpg", size=(400, 400))
    (assets / "broken.jpg").write_bytes(whole.read_bytes()[:600])
    (assets / "empty.mp4").touch()
    (assets / "text.png").write_text("not a picture at all")
    playlist = f"ffconcat version 1.0\nfile '{whole}'\n"
    (assets / "list.mp4").write_text(playlist)
    if strict:
        with pytest.raises(UnusableAsset):
            studio.make(brief(assets=assets, strict=True), to=tmp_path / "s.mp4")
        return
    made = studio.make(brief(assets=assets), to=tmp_path / "s.mp4")
    assert len(made.warnings) == 4
    for name in ("broken.jpg", "empty.mp4", "text.png", "list.mp4"):
        assert any(name in warning for warning in made.warnings)
