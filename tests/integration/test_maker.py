"""Videos of a service are made in a child, from the files of their owner alone."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from reelwright.adapters.media.wav import write_wav
from reelwright.adapters.security.maker import SandboxedMaker
from reelwright.adapters.security.sandbox import Sandbox
from reelwright.application.ports import CancelSignal
from reelwright.application.video_ports import Product
from reelwright.domain.brief import Brief
from reelwright.domain.errors import Cancelled, InvalidTimeline, TaskFailed, UnknownName, UnusableAsset
from reelwright.domain.order import Order
from reelwright.domain.progress import Progress, nobody
from reelwright.domain.scenes import SceneBrief
from tests.killable import ROOT, tone_maker
from tests.media import clip, luma, photo

TEXT = "The tide comes in. The tide goes out."


class Bench:
    """The folders of one owner, and a maker whose voice is a tone."""

    def __init__(self, folder: Path) -> None:
        self.workspace, self.maker = folder / "work", tone_maker()
        self.count = 0

    def make(
        self,
        order: Order,
        material: Mapping[str, Path] | None = None,
        cancel: CancelSignal | None = None,
        progress: Any = nobody,
        maker: SandboxedMaker | None = None,
    ) -> Product:
        self.count += 1
        return (maker or self.maker).make(
            order,
            material or {},
            folder=self.workspace / "jobs" / str(self.count),
            workspace=self.workspace,
            progress=progress,
            cancel=cancel or threading.Event(),
        )

    def linked(self, name: str, file: Path) -> Path:
        link = self.workspace / "jobs" / str(self.count + 1) / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(file)
        return link


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def small(**rest: Any) -> Brief:
    return Brief(resolution="360p", quality="draft", **({"text": TEXT} | rest))


def test_a_video_of_files_names_them_by_their_ids_and_is_rendered_again_from_its_timeline(
    bench: Bench, tmp_path: Path
) -> None:
    (tmp_path / "kept").mkdir()
    sound = tmp_path / "kept" / "0123"
    write_wav(sound, (b"\0\0\0\x3e" * 48_000))
    material = {
        "id-photo": bench.linked("assets/tide.jpg", photo(tmp_path / "kept" / "a.jpg")),
        "id-clip": bench.linked("material/1/sea.mp4", clip(tmp_path / "kept" / "b.mp4", frames=60)),
        "id-song": bench.linked("material/2/song.wav", sound),
    }
    scenes = (
        SceneBrief(text="The tide comes in."),
        SceneBrief(text="The tide goes out.", asset=Path("id-clip")),
        SceneBrief(seconds=1),
    )
    brief = small(text="", scenes=scenes, music=Path("id-song"), title="Tides")
    order = Order(brief=brief, assets=("id-photo",), teaser="webp")
    told: list[Progress] = []
    made = bench.make(order, material, progress=told.append)
    paths = {asset["path"] for asset in made.timeline["assets"].values()}
    assert {"file:id-photo", "file:id-clip", "file:id-song"} < paths
    assert all(path.startswith(("file:", "speech:")) for path in paths)
    assert str(tmp_path) not in str(made.timeline)
    assert made.title == "Tides"
    assert {one.stage for one in told} >= {"write", "voice", "arrange", "render", "join"}
    frames = luma(made.file)
    assert len(frames) == made.metadata.frames
    assert (made.metadata.width, made.metadata.height, made.metadata.media_type) == (360, 640, "video/mp4")
    assert made.metadata.reused == 0
    assert made.teaser is not None
    with Image.open(made.teaser) as loop:
        assert (loop.format, getattr(loop, "n_frames", 1) > 10) == ("WEBP", True)

    material = {
        file_id: bench.linked(str(path.relative_to(path.parents[1])), path.resolve())
        for file_id, path in material.items()
    }
    again = bench.make(Order(timeline=made.timeline), material)
    assert again.metadata.reused == again.metadata.segments == made.metadata.segments
    assert again.file.read_bytes() == made.file.read_bytes()
    assert again.timeline == made.timeline


def test_what_is_wrong_is_told_by_the_names_of_the_files_and_not_by_their_places(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "0123").write_bytes(b"\xff\xd8\xff\xe0 and no picture")
    broken = bench.linked("material/0/beach.jpg", tmp_path / "0123")
    scenes = (SceneBrief(text=TEXT, asset=Path("id")),)
    with pytest.raises(UnusableAsset, match=r"^beach\.jpg: ") as caught:
        bench.make(Order(brief=small(text="", scenes=scenes)), {"id": broken})
    assert str(caught.value.file) == "beach.jpg"
    with pytest.raises(UnknownName, match="did you mean 'tide'"):
        bench.make(Order(brief=small(template="tyde")))


def test_narration_that_is_gone_and_files_that_are_not_given_are_named(bench: Bench) -> None:
    made = bench.make(Order(brief=small()))
    [name] = made.timeline["assets"]
    for path in ("speech:../../x", "file:0192"):
        assets = {name: made.timeline["assets"][name] | {"path": path}}
        with pytest.raises(InvalidTimeline, match=rf"\$\.assets\.{name}\.path: .* is not there any more"):
            bench.make(Order(timeline={**made.timeline, "assets": assets}))


def test_a_cancelled_maker_stops_at_the_next_frame(bench: Bench) -> None:
    cancel = threading.Event()

    def hear(progress: Progress) -> None:
        if progress.stage == "render" and progress.done:
            cancel.set()

    with pytest.raises(Cancelled):
        bench.make(Order(brief=replace(small(), text=" ".join([TEXT] * 20))), cancel=cancel, progress=hear)


@pytest.mark.parametrize("task", ["hard_link", "nothing_at_all"])
def test_what_a_child_leaves_must_be_plain_files_of_its_own(bench: Bench, task: str) -> None:
    secret = bench.workspace / "segments" / "secret"
    secret.parent.mkdir(parents=True)
    secret.write_text("of another job")
    maker = SandboxedMaker(Sandbox(code=[ROOT]), task=f"tests.misbehaviour:{task}", template_folders=(), workers=1)
    with pytest.raises(TaskFailed, match=r"no plain file|left no"):
        bench.make(Order(brief=small()), maker=maker)
