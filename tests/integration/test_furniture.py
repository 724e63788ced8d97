"""Furniture as it is seen: progress bars, logos, lower thirds and end cards on composited and decoded pixels."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from reelwright import Brief, Studio
from reelwright.adapters.documents.timeline_json import dumps, loads, read_timeline
from reelwright.adapters.media.compositor import Compositor
from reelwright.adapters.media.lettering import Lettering
from reelwright.adapters.media.pictures import PhotoShelf
from reelwright.adapters.media.planes import Planes, new_planes
from reelwright.adapters.media.renderer import SegmentRenderer
from reelwright.domain.asset import Asset
from reelwright.domain.errors import InvalidBrief, InvalidInput, UnusableAsset
from reelwright.domain.furniture import (
    Emblem,
    Furniture,
    Logo,
    LogoStyle,
    LowerThird,
    LowerThirdStyle,
    ProgressBar,
)
from reelwright.domain.output import Output
from reelwright.domain.pictures import Backdrop
from reelwright.domain.style import Box, CaptionStyle, Style, TitleStyle, Type, safe_area
from reelwright.domain.timeline import Scene, SpeechClip, Timeline, Title
from tests import media
from tests.timelines import asset, cue

UPRIGHT, WIDE = (360, 640), (640, 360)
FLAT = Backdrop(kind="gradient", colours=("#000000", "#000000"))
BLACK, WHITE = 16, 235


def timeline(*scenes: Scene, size: tuple[int, int] = UPRIGHT, position: float = 0.7, **furniture: object) -> Timeline:
    """Scenes before black, their furniture by its name."""
    logo = furniture.pop("picture", None)
    return Timeline(
        language="en",
        output=Output(width=size[0], height=size[1], fps=30),
        style=Style(
            captions=CaptionStyle(type=Type(font="inter", size=0.06, fill="#ff0000"), position=position),
            titles=TitleStyle(type=Type(font="inter", size=0.1)),
            safe_area=safe_area(*size),
        ),
        assets={"speech": asset(Path("s.wav"))}
        | ({"logo": Asset(path=str(logo), sha256="", kind="photo", width=9, height=9)} if logo else {}),
        scenes=scenes,
        furniture=Furniture(**furniture),  # type: ignore[arg-type]
    )


def compositor(of: Timeline) -> Compositor:
    lettering = Lettering(of.style, of.output.width, of.output.height, of.language)
    return Compositor(of, PhotoShelf(of), lettering)


def drawn(of: Timeline, frame: int) -> Planes:
    out = new_planes(of.output.width, of.output.height)
    compositor(of).draw(frame, out)
    return out


def ink(planes: Planes, least: int = 40) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is lighter than black."""
    rows, columns = np.nonzero(planes[0] > least)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    """A white disc on nothing, wide margins around it."""
    image = Image.new("RGBA", (400, 400), (255, 255, 255, 0))
    ImageDraw.Draw(image).ellipse((100, 100, 300, 300), fill=(255, 255, 255, 255))
    image.save(tmp_path / "disc.png")
    return tmp_path / "disc.png"


@pytest.mark.parametrize("frame", [0, 29, 50, 99])
def test_the_bar_is_as_long_as_what_has_been_shown(frame: int) -> None:
    whole = timeline(Scene(frames=100, backdrop=FLAT), progress_bar=ProgressBar(fill="#ffffff", track_opacity=0.2))
    row = drawn(whole, frame)[0][1].astype(float)
    track, full = float(row[-1]) if frame < 99 else BLACK, float(WHITE)
    assert np.sum((row - track) / (full - track)) == pytest.approx(360 * (frame + 1) / 100, abs=1.5)
    assert row[0] == pytest.approx(WHITE, abs=2)


@pytest.mark.parametrize("edge", ["top", "bottom"])
def test_the_bar_lies_along_its_edge_and_covers_no_more(edge: str) -> None:
    bar = ProgressBar(fill="#ffffff", height=0.02, edge=edge)  # type: ignore[arg-type]
    left, top, right, bottom = ink(drawn(timeline(Scene(frames=10, backdrop=FLAT), progress_bar=bar), 9))
    assert (left, right, bottom - top) == (0, 360, 8)
    assert (top if edge == "top" else 640 - bottom) == 0


def test_the_bar_grows_over_a_still_frame_as_if_it_had_been_drawn_anew() -> None:
    bar = ProgressBar(fill="#ffd23f", margin=0.03, height=0.02)
    still = timeline(Scene(frames=60, backdrop=FLAT), progress_bar=bar)
    one, out = compositor(still), new_planes(360, 640)
    one.draw(3, out)
    for frame in (4, 5, 31, 59, 12):
        one.advance(frame, out)
        assert all(np.array_equal(a, b) for a, b in zip(out, drawn(still, frame), strict=True))


@pytest.mark.parametrize(("parts", "count"), [("whole", 1), ("chapters", 2), ("scenes", 3)])
def test_the_bar_is_cut_where_chapters_or_scenes_begin(parts: str, count: int) -> None:
    card = Scene(
        frames=40,
        backdrop=FLAT,
        title=Title(text=".", start=0, end=1),
        speech=SpeechClip(asset="speech"),
    )
    bar = ProgressBar(fill="#ffffff", margin=0.05, parts=parts, track_opacity=0)  # type: ignore[arg-type]
    scenes = (Scene(frames=20, backdrop=FLAT), card, Scene(frames=40, backdrop=FLAT))
    row = drawn(timeline(*scenes, progress_bar=bar), 99)[0][19] > 120
    starts = np.flatnonzero(np.diff(row.astype(int)) == 1)
    assert len(starts) == count
    if count > 1:
        assert starts[1] == pytest.approx(18 + 324 * 0.2, abs=4)


def test_parts_too_many_to_be_told_apart_become_one_bar() -> None:
    bar = ProgressBar(fill="#ffffff", margin=0.05, parts="scenes", track_opacity=0)
    row = drawn(timeline(*[Scene(frames=2, backdrop=FLAT)] * 80, progress_bar=bar), 159)[0][19] > 120
    assert np.count_nonzero(np.diff(row.astype(int)) == 1) == 1


@pytest.mark.parametrize("size", [UPRIGHT, WIDE])
@pytest.mark.parametrize("corner", ["top-left", "top-right", "bottom-left", "bottom-right"])
def test_a_logo_stands_in_its_corner_of_the_safe_area(size: tuple[int, int], corner: str, disc: Path) -> None:
    logo = Logo(asset="logo", style=LogoStyle(corner=corner, size=0.2, opacity=1))  # type: ignore[arg-type]
    planes = drawn(timeline(Scene(frames=2, backdrop=FLAT), size=size, logo=logo, picture=disc), 0)
    left, top, right, bottom = ink(planes)
    assert (right - left, bottom - top) == pytest.approx((72, 72), abs=3)
    safe = safe_area(*size)
    x = left - size[0] * safe.left if corner.endswith("left") else size[0] * (1 - safe.right) - right
    y = top - size[1] * safe.top if corner.startswith("top") else size[1] * (1 - safe.bottom) - bottom
    assert -1 <= x <= 4
    assert -1 <= y <= 4
    assert planes[0][(top + bottom) // 2, (left + right) // 2] == pytest.approx(WHITE, abs=2)
    assert planes[0][top + 3, left + 3] < 30, "what is transparent in the file is transparent in the frame"


def test_a_logo_that_is_no_picture_is_told_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "logo.png"
    broken.write_bytes(b"no picture")
    bare = timeline(Scene(frames=2, backdrop=FLAT), logo=Logo(asset="logo"), picture=broken)
    with pytest.raises(UnusableAsset, match="not a readable picture") as refused:
        drawn(bare, 0)
    assert str(refused.value).count("logo.png") == 1


def test_a_logo_is_seen_through_by_its_opacity_and_keeps_off_the_bar(disc: Path) -> None:
    logo = Logo(asset="logo", style=LogoStyle(corner="bottom-left", size=0.2, opacity=0.5))
    bar = ProgressBar(fill="#ffffff", edge="bottom", margin=0.14, height=0.02)
    planes = drawn(
        timeline(Scene(frames=2, backdrop=FLAT), size=WIDE, logo=logo, progress_bar=bar, picture=disc),
        1,
    )
    rows = np.flatnonzero((planes[0][:, 70] > 60) & (planes[0][:, 70] < 150))
    assert planes[0][int(rows.mean()), 70] == pytest.approx((BLACK + WHITE) / 2, abs=3)
    assert rows.max() < 360 * (1 - 0.16) - 8


LOWER = LowerThirdStyle(
    type=Type(font="inter", size=0.06),
    kicker=Type(font="inter", size=0.04),
    accent="#ffffff",
    seconds=2,
)
BOXED = replace(LOWER, box=Box(fill="#808080"), kicker_box=Box(fill="#d0d0d0"))


def chapter(frames: int = 90, start: int = 10, end: int = 80) -> Scene:
    return Scene(
        frames=frames,
        backdrop=FLAT,
        lower_third=LowerThird(text="Why the moon", kicker="Tides", start=start, end=end),
    )


@pytest.mark.parametrize("style", [LOWER, BOXED, replace(BOXED, accent=None)], ids=["plain", "boxed", "without a bar"])
def test_a_lower_third_comes_stays_and_goes(style: LowerThirdStyle) -> None:
    shown = timeline(chapter(), lower_third=style)
    lumas = [drawn(shown, frame)[0].astype(np.int64) for frame in (9, 13, 22, 40, 60, 74, 78, 80)]
    light = [int(np.maximum(luma - 20, 0).sum()) for luma in lumas]
    assert light[0] == light[-1] == 0
    assert light[1] < light[2] < light[3] == light[4] > light[5] > light[6]
    one = compositor(shown)
    assert one.signature(40) != one.signature(75)


@pytest.mark.parametrize("size", [UPRIGHT, WIDE])
@pytest.mark.parametrize("position", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("captions", [0.2, 0.55, 0.72, 0.9])
def test_a_lower_third_is_in_the_safe_area_and_off_the_captions(
    size: tuple[int, int], position: float, captions: float
) -> None:
    style = replace(BOXED, position=position)
    bare = timeline(chapter(), size=size, position=captions, lower_third=style)
    left, top, right, bottom = ink(drawn(bare, 50))
    safe = safe_area(*size)
    assert left >= size[0] * safe.left - 2
    assert right <= size[0] * (1 - safe.right) + 2
    assert top >= size[1] * safe.top - 2
    assert bottom <= size[1] * (1 - safe.bottom) + 2
    said = replace(bare.scenes[0], lower_third=None, cues=(cue((30, 90)),))
    first, last = ink(drawn(replace(bare, scenes=(said,)), 50))[1::2]
    assert last <= top or bottom <= first


def test_a_long_name_takes_two_lines_and_a_small_type_rather_than_leave_the_frame() -> None:
    name = "The long history of the moon and everything that it has ever pulled up and let go again"
    scene = replace(chapter(), lower_third=LowerThird(text=name, start=0, end=90))
    left, _, right, _ = ink(drawn(timeline(scene, lower_third=BOXED), 45))
    assert left >= 360 * 0.07 - 2
    assert right <= 360 * 0.93 + 2


@pytest.mark.parametrize("size", [UPRIGHT, WIDE])
@pytest.mark.parametrize("corner", ["top-left", "top-right", "bottom-left", "bottom-right"])
@pytest.mark.parametrize("position", [0.15, 0.85])
def test_a_lower_third_keeps_off_the_logo(size: tuple[int, int], corner: str, position: float, disc: Path) -> None:
    style = replace(BOXED, position=position)
    logo = Logo(asset="logo", style=LogoStyle(corner=corner, size=0.2, opacity=1))  # type: ignore[arg-type]
    name = LowerThird(text="How water finds its way downhill and to the sea", kicker="Rivers", start=0, end=90)
    scene = Scene(frames=90, backdrop=FLAT, lower_third=name)
    lone = drawn(timeline(Scene(frames=90, backdrop=FLAT), size=size, logo=logo, picture=disc), 45)
    both = timeline(scene, size=size, position=0.5, lower_third=style, logo=logo, picture=disc)
    luma = drawn(both, 45)[0]
    left, top, right, bottom = ink(lone)
    near = slice(top - 4, bottom + 4), slice(left - 4, right + 4)
    assert np.array_equal(luma[near], lone[0][near])
    assert (luma > 60).sum() > (lone[0] > 60).sum() + 500


def test_a_title_is_set_as_large_as_it_asks_for() -> None:
    plain = Title(text="7", start=0, end=90)
    heights = []
    for title in (plain, replace(plain, scale=2.0)):
        _, top, _, bottom = ink(drawn(timeline(Scene(frames=90, backdrop=FLAT, title=title)), 45))
        heights.append(bottom - top)
    assert heights[1] == pytest.approx(2 * heights[0], abs=3)


def test_a_lower_third_without_a_look_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"scenes\[0\] has a lower third: furniture.lower_third"):
        timeline(chapter())


def test_an_emblem_stands_above_its_title_and_the_logo_gives_way(disc: Path) -> None:
    title = Title(text="Follow", start=0, end=90, emblem=Emblem(asset="logo", size=0.3))
    logo = Logo(asset="logo", style=LogoStyle(size=0.2, opacity=1))
    end = timeline(Scene(frames=90, backdrop=FLAT, title=title), logo=logo, picture=disc)
    bare = timeline(Scene(frames=90, backdrop=FLAT, title=replace(title, emblem=None)))
    with_emblem, words = drawn(end, 45), ink(drawn(bare, 45))
    left, top, right, _ = ink(with_emblem)
    assert left >= 360 * 0.07
    assert (left + right) / 2 == pytest.approx(180, abs=3)
    above = with_emblem[0][: words[1] - 4]
    rows, columns = np.nonzero(above > 120)
    assert (columns.max() - columns.min(), rows.max() - rows.min()) == pytest.approx((107, 107), abs=4)
    assert columns.mean() == pytest.approx(180, abs=2)
    assert top >= 640 * 0.1 - 1


def test_furniture_reads_back_equal(disc: Path) -> None:
    title = Title(text="Bye", start=0, end=9, emblem=Emblem(asset="logo"))
    furnished = timeline(
        chapter(),
        Scene(frames=9, backdrop=FLAT, title=title),
        lower_third=BOXED,
        progress_bar=ProgressBar(fill="#ffffff", parts="scenes"),
        logo=Logo(asset="logo"),
        picture=disc,
    )
    assert loads(dumps(furnished)) == furnished


TEXT = "# Tides\n\nThe sea comes in twice a day.\n\n## The moon\n\nIt pulls at the water on the side that it faces."


def sound(path: Path) -> NDArray[np.float32]:
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


@pytest.fixture
def looks(studio: Studio, tmp_path: Path) -> Studio:
    """A studio with a template that has all furniture."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "mine.toml").write_text(
        (studio.container.settings().template_folders[0] / "tide.toml").read_text("utf-8")
        + '\n[progress_bar]\nfill = "coral"\n[lower_third]\naccent = "coral"\n[lower_third.type]\nfont = "oswald"\n'
        + '[lower_third.kicker]\nfont = "inter"\n[end_card]\nseconds = 2.0\n',
        "utf-8",
    )
    settings = replace(studio.container.settings(), template_folders=(folder,))
    return Studio(settings=settings, container=studio.container)


def test_an_end_card_follows_the_narration_in_silence(looks: Studio, disc: Path, tmp_path: Path) -> None:
    brief = Brief(text=TEXT, resolution="360p", template="mine", logo=disc, end_card="Follow for more")
    made = looks.make(brief, to=tmp_path / "a.mp4")
    timeline, last = made.timeline, made.timeline.scenes[-1]
    assert last.title is not None
    assert (last.title.text, last.speech, last.cues) == ("Follow for more", None, ())
    assert last.title.emblem is not None
    over = last.transition.frames if last.transition else 0
    assert last.frames - over == 2 * timeline.output.fps
    heard = sound(tmp_path / "a.mp4")
    card = heard[-int(1.9 * 48_000) :]
    assert np.sqrt(np.mean(card**2)) < 1e-3 < np.sqrt(np.mean(heard**2)) / 10
    frames = media.luma(tmp_path / "a.mp4")
    assert len(frames) == timeline.frames
    assert np.count_nonzero(frames[-25] > 200) > 3 * np.count_nonzero(frames[timeline.starts[-1] - 5] > 200)
    looks.save(timeline, tmp_path / "a.json")
    SegmentRenderer(workers=3).render(read_timeline(tmp_path / "a.json"), tmp_path / "b.mp4")
    assert (tmp_path / "b.mp4").read_bytes() == (tmp_path / "a.mp4").read_bytes()


def test_chapters_are_named_when_they_begin_below_the_title_of_the_video(looks: Studio, tmp_path: Path) -> None:
    made = looks.make(Brief(text=TEXT, resolution="360p", template="mine", progress_bar=False), to=tmp_path / "a.mp4")
    lower = {scene.text: scene.lower_third for scene in made.timeline.scenes}
    first, second = lower["The sea comes in twice a day."], lower[next(text for text in lower if text.startswith("It"))]
    assert first is not None
    assert second is not None
    assert (first.kicker, first.text) == ("", "Tides")
    assert (second.kicker, second.text) == ("Tides", "The moon")
    assert lower["The moon"] is None
    assert made.timeline.furniture.progress_bar is None
    assert made.timeline.scenes[-1].speech is not None, "no end card unless it is asked for"


def test_a_logo_that_is_no_still_picture_is_refused_before_anything_starts(studio: Studio, tmp_path: Path) -> None:
    clip = media.clip(tmp_path / "logo.mp4", frames=3)
    with pytest.raises(UnusableAsset, match="PNG"):
        studio.make(Brief(text=TEXT, logo=clip), to=tmp_path / "a.mp4")
    assert not (tmp_path / "a.mp4").exists()
    assert not (tmp_path / "cache").exists()


def test_an_end_card_that_nobody_could_read_is_refused() -> None:
    with pytest.raises(InvalidBrief, match="at most 160"):
        Brief(text=TEXT, end_card="more " * 40)
