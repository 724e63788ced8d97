"""A cache folder between renders: what is taken over, what is made again, and what a kill leaves."""

import multiprocessing
import os
import random
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reelwright import Studio, Timeline
from reelwright.adapters.media.cache import SegmentCache
from reelwright.adapters.media.compositor import Compositor
from reelwright.adapters.media.lettering import Lettering
from reelwright.adapters.media.pictures import PhotoShelf
from reelwright.adapters.media.planes import new_planes
from reelwright.adapters.media.probe import FileProbe
from reelwright.adapters.media.renderer import SegmentRenderer, contents
from reelwright.adapters.media.wav import write_wav
from reelwright.domain.digests import digest, seen
from reelwright.domain.furniture import Furniture, Logo, LowerThird, LowerThirdStyle, ProgressBar
from reelwright.domain.motion import MOTIONS
from reelwright.domain.output import Output
from reelwright.domain.pictures import Clip, Photo
from reelwright.domain.segments import plan
from reelwright.domain.timeline import Scene, SpeechClip, Title
from reelwright.domain.transitions import Transition
from tests import media, timelines

KILLS = 20


def film(folder: Path) -> Timeline:
    """Nine seconds of a photo, a clip and a backdrop with words over all of them."""
    random_numbers = np.random.default_rng(3)
    noise = random_numbers.integers(0, 255, (90, 120, 3), np.uint8)
    media.photo(folder / "sea.png")
    Image.fromarray(noise).save(folder / "sea.png")
    media.clip(folder / "moon.mp4", frames=50)
    hum = (np.sin(np.arange(96_000) / 20) * 0.3).astype(np.float32)
    write_wav(folder / "voice.wav", hum.tobytes())
    probe = FileProbe()
    assets = {name: probe.asset(folder / name) for name in ("sea.png", "moon.mp4", "voice.wav")}

    def scene(words: tuple[tuple[int, int], ...], **changes: object) -> Scene:
        backdrop = timelines.scene(1).backdrop
        made = {"frames": 95, "speech": SpeechClip(asset="voice.wav", start=8000), **changes}
        if not {"photo", "clip"} & set(changes):
            made["backdrop"] = backdrop
        return Scene(cues=(timelines.cue(*words),), **made)  # type: ignore[arg-type]

    overlap = Transition(kind="circle", frames=10)
    return replace(
        timelines.timeline(timelines.scene(10)),
        output=Output(width=128, height=160, fps=30),
        style=replace(
            timelines.STYLE,
            captions=replace(timelines.STYLE.captions, type=replace(timelines.STYLE.captions.type, font="inter")),
            titles=replace(timelines.STYLE.titles, type=replace(timelines.STYLE.titles.type, font="inter")),
        ),
        assets=assets,
        scenes=(
            scene(((5, 20), (20, 50)), title=Title(text="Sea", start=0, end=40), backdrop=timelines.scene(1).backdrop),
            scene(((12, 40), (40, 70)), photo=Photo(asset="sea.png", motion=MOTIONS["zoom-in"]), transition=overlap),
            scene(((15, 40), (50, 80)), clip=Clip(asset="moon.mp4"), transition=replace(overlap, kind="slide")),
        ),
    )


def relettered(timeline: Timeline, scene: int) -> Timeline:
    scenes = list(timeline.scenes)
    cue = scenes[scene].cues[0]
    scenes[scene] = replace(
        scenes[scene], cues=(replace(cue, words=(replace(cue.words[0], text="other"), *cue.words[1:])),)
    )
    return replace(timeline, scenes=tuple(scenes))


def test_an_unchanged_timeline_renders_nothing_and_gives_the_same_bytes(tmp_path: Path) -> None:
    timeline, renderer = film(tmp_path), SegmentRenderer()
    first = renderer.render(timeline, tmp_path / "1.mp4", cache=tmp_path / "cache")
    again = renderer.render(timeline, tmp_path / "2.mp4", cache=tmp_path / "cache")
    assert (first.reused, again.reused) == (0, len(plan(timeline)))
    assert again.loudness == first.loudness
    alone = SegmentRenderer(workers=1).render(timeline, tmp_path / "3.mp4")
    assert alone.reused == 0
    assert (tmp_path / "1.mp4").read_bytes() == (tmp_path / "2.mp4").read_bytes() == (tmp_path / "3.mp4").read_bytes()


def test_one_changed_caption_renders_only_its_segments_and_copies_the_rest_bit_for_bit(tmp_path: Path) -> None:
    timeline, renderer = film(tmp_path), SegmentRenderer()
    renderer.render(timeline, tmp_path / "before.mp4", cache=tmp_path / "cache")
    edited = relettered(timeline, 1)
    after = renderer.render(edited, tmp_path / "after.mp4", cache=tmp_path / "cache")
    assert 0 < after.segments - after.reused < after.segments
    renderer.render(edited, tmp_path / "alone.mp4")
    assert (tmp_path / "after.mp4").read_bytes() == (tmp_path / "alone.mp4").read_bytes()
    start, cue = edited.starts[1], edited.scenes[1].cues[0]
    pairs = zip(media.luma(tmp_path / "before.mp4"), media.luma(tmp_path / "after.mp4"), strict=True)
    differ = [number for number, (old, new) in enumerate(pairs) if (old != new).any()]
    touched = [part for part in plan(edited) if part.start < start + cue.end and start + cue.start < part.end]
    assert min(differ) >= touched[0].start
    assert max(differ) < touched[-1].end


EDITS = {
    "a caption": lambda film: relettered(film, 2),
    "a longer first scene": lambda film: replace(film, scenes=(replace(film.scenes[0], frames=120), *film.scenes[1:])),
    "another motion": lambda film: replace(
        film,
        scenes=(
            film.scenes[0],
            replace(film.scenes[1], photo=Photo(asset="sea.png", motion=MOTIONS["pan-left"])),
            film.scenes[2],
        ),
    ),
    "another transition": lambda film: replace(
        film, scenes=(*film.scenes[:2], replace(film.scenes[2], transition=Transition(kind="wipe", frames=10)))
    ),
    "no title": lambda film: replace(film, scenes=(replace(film.scenes[0], title=None), *film.scenes[1:])),
    "other captions": lambda film: replace(
        film, style=replace(film.style, captions=replace(film.style.captions, position=0.4))
    ),
    "other titles": lambda film: replace(
        film, style=replace(film.style, titles=replace(film.style.titles, position=0.8))
    ),
    "another colour below": lambda film: replace(
        film,
        scenes=(
            replace(film.scenes[0], backdrop=replace(film.scenes[0].backdrop, colours=("#400000", "#ff8080"))),
            *film.scenes[1:],
        ),
    ),
    "a progress bar": lambda film: replace(film, furniture=Furniture(progress_bar=ProgressBar(fill="#ff0000"))),
    "a logo": lambda film: replace(film, furniture=Furniture(logo=Logo(asset="sea.png"))),
    "a lower third": lambda film: replace(
        film,
        scenes=(
            replace(film.scenes[0], lower_third=LowerThird(text="Sea", start=50, end=80)),
            *film.scenes[1:],
        ),
        furniture=Furniture(lower_third=LowerThirdStyle(type=film.style.titles.type)),
    ),
    "scenes the other way round": lambda film: replace(
        film, scenes=(replace(film.scenes[2], transition=None), film.scenes[1], film.scenes[0])
    ),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_segments_of_equal_digests_show_equal_pictures_and_others_do_not(edit: object, tmp_path: Path) -> None:
    before = film(tmp_path)
    after = edit(before)  # type: ignore[operator]
    known, drawn = _drawn(before), _drawn(after)
    assert {key for key in drawn if key not in known}, "the edit is seen nowhere"
    for key in drawn.keys() & known.keys():
        assert drawn[key] == known[key]
    changed = [drawn[key] for key in drawn if key not in known]
    assert all(pictures not in known.values() for pictures in changed), "a segment would be rendered for nothing"


def _drawn(timeline: Timeline) -> dict[str, list[bytes]]:
    output, found = timeline.output, contents(timeline)
    lettering = Lettering(timeline.style, output.width, output.height, timeline.language)
    compositor = Compositor(timeline, PhotoShelf(timeline), lettering)
    planes = new_planes(output.width, output.height)

    def picture(frame: int) -> bytes:
        compositor.draw(frame, planes)
        return b"".join(plane.tobytes() for plane in planes)

    drawn = {}
    for segment in plan(timeline):
        frames = range(segment.start, segment.end)
        drawn[digest(seen(timeline, segment, found), "")] = [picture(frame) for frame in frames]
    compositor.close()
    return drawn


def test_an_asset_edited_in_place_is_rendered_anew(tmp_path: Path) -> None:
    timeline, renderer = film(tmp_path), SegmentRenderer()
    renderer.render(timeline, tmp_path / "1.mp4", cache=tmp_path / "cache")
    media.photo(tmp_path / "sea.png", colour=(10, 200, 10))
    after = renderer.render(timeline, tmp_path / "2.mp4", cache=tmp_path / "cache")
    assert 0 < after.reused < after.segments
    middle = timeline.starts[1] + 45
    assert (media.luma(tmp_path / "1.mp4")[middle] != media.luma(tmp_path / "2.mp4")[middle]).any()


def test_cancelled_work_is_taken_up_where_it_stopped(tmp_path: Path) -> None:
    timeline, renderer = film(tmp_path), SegmentRenderer(workers=1)
    cancel = threading.Event()
    with pytest.raises(Exception, match="cancelled"):
        renderer.render(
            timeline,
            tmp_path / "1.mp4",
            cache=tmp_path / "cache",
            cancel=cancel,
            progress=lambda seen: cancel.set() if seen.done > 120 else None,
        )
    assert sorted(path.name for path in tmp_path.glob(".*")) == []
    after = renderer.render(timeline, tmp_path / "1.mp4", cache=tmp_path / "cache")
    assert after.reused > 0


def test_a_cache_is_held_to_its_size_and_never_loses_what_is_in_use(tmp_path: Path) -> None:
    timeline = film(tmp_path)
    renderer = SegmentRenderer(cache_limit=1)
    renderer.render(timeline, tmp_path / "1.mp4", cache=tmp_path / "cache")
    renderer.render(replace(timeline, scenes=timeline.scenes[:1]), tmp_path / "2.mp4", cache=tmp_path / "cache")
    kept = sorted(path.suffix for path in (tmp_path / "cache").glob("??/*"))
    pictures = [".mp4"] * len(plan(replace(timeline, scenes=timeline.scenes[:1])))
    assert kept == [".json", *pictures, ".sound"]


def test_a_file_in_a_cache_is_whole_or_absent(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path / "cache")
    assert cache.find("ab" * 32, ".mp4") is None
    (tmp_path / "part").write_bytes(b"finished")
    kept = cache.keep(tmp_path / "part", "ab" * 32, ".mp4")
    assert cache.find("ab" * 32, ".mp4") == kept
    assert kept.read_bytes() == b"finished"
    assert not (tmp_path / "part").exists()


def _render(timeline: Timeline, to: Path, cache: Path) -> None:
    SegmentRenderer().render(timeline, to, cache=cache)


def test_work_killed_at_any_moment_goes_on_and_ends_in_the_same_bytes(tmp_path: Path) -> None:
    timeline, moments = film(tmp_path), random.Random(7)
    SegmentRenderer().render(timeline, tmp_path / "whole.mp4")
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([__name__, "reelwright.adapters.media.renderer"])
    taken_over = 0
    for number in range(KILLS):
        folder = tmp_path / f"run{number}"
        folder.mkdir()
        child = processes.Process(target=_render, args=(timeline, folder / "film.mp4", folder / "cache"))
        child.start()
        child.join(moments.uniform(0.05, 1.2))
        child.kill()
        child.join()
        after = SegmentRenderer().render(timeline, folder / "film.mp4", cache=folder / "cache")
        taken_over += after.reused
        assert (folder / "film.mp4").read_bytes() == (tmp_path / "whole.mp4").read_bytes()
        left = [path.name for path in (*folder.glob(".*"), *(folder / "cache").glob(".*"))]
        assert left == [], "the killed process left something behind"
    assert taken_over > 0


@pytest.mark.parametrize("filler", ["0", "85", "170"])
def test_bytes_do_not_depend_on_what_was_in_memory_before(filler: str, tmp_path: Path, studio: Studio) -> None:
    """glibc fills memory that it hands out with MALLOC_PERTURB_; other C libraries pass this by."""
    photo = np.random.default_rng(1).integers(0, 255, (700, 400, 3), np.uint8)
    Image.fromarray(photo).resize((800, 1400)).save(tmp_path / "sea.png")
    asset = FileProbe().asset(tmp_path / "sea.png")
    scene = Scene(frames=40, photo=Photo(asset="sea", motion=MOTIONS["zoom-in"]))
    base = replace(film(tmp_path), assets={"sea": asset}, scenes=(scene,), output=Output(width=360, height=640, fps=30))
    SegmentRenderer().render(base, tmp_path / "here.mp4")
    studio.save(base, tmp_path / "film.json")
    code = "from reelwright import Studio; import sys; Studio().render(sys.argv[1], to=sys.argv[2])"
    command = [sys.executable, "-c", code, str(tmp_path / "film.json"), str(tmp_path / "there.mp4")]
    subprocess.run(command, check=True, env={**os.environ, "MALLOC_PERTURB_": filler})
    assert (tmp_path / "there.mp4").read_bytes() == (tmp_path / "here.mp4").read_bytes()
