"""What an edit touches: digests of segments and of the sound, and the difference that is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from reelwright.domain.cue import Cue
from reelwright.domain.difference import difference
from reelwright.domain.digests import digest, heard, seen
from reelwright.domain.pictures import Clip
from reelwright.domain.segments import chains, in_turn, plan
from reelwright.domain.timeline import Music, Scene, Timeline, Title
from reelwright.domain.transitions import Transition
from tests import timelines

CONTENTS = {"voice": "v0", "music": "m0", "clip": "c0"}


def scenes() -> tuple[Scene, ...]:
    first = replace(
        timelines.scene(150, "voice", words=((10, 30), (30, 60), (60, 100))),
        title=Title(text="Tides", start=0, end=40),
        text="one",
    )
    second = replace(
        timelines.scene(150, "voice", words=((20, 40), (40, 80))),
        transition=Transition(kind="crossfade", frames=15),
        text="two",
    )
    third = replace(timelines.scene(90, "voice", words=((20, 40),)), text="three")
    return first, second, third


def film(*parts: Scene, **changes: object) -> Timeline:
    made = timelines.timeline(*(parts or scenes()), sounds={"voice": Path("voice.wav"), "music": Path("music.wav")})
    return replace(made, **changes)  # type: ignore[arg-type]


def segments_of(timeline: Timeline, contents: dict[str, str] | None = None) -> list[str]:
    return [digest(seen(timeline, segment, contents or CONTENTS), "engine") for segment in plan(timeline)]


def changed(before: Timeline, after: Timeline) -> list[int]:
    """Numbers of the segments of ``after`` that ``before`` lacks."""
    known = set(segments_of(before))
    return [number for number, key in enumerate(segments_of(after)) if key not in known]


def edited(timeline: Timeline, scene: int, **changes: object) -> Timeline:
    parts = list(timeline.scenes)
    parts[scene] = replace(parts[scene], **changes)  # type: ignore[arg-type]
    return replace(timeline, scenes=tuple(parts))


def first_word_as(cue: Cue, text: str) -> Cue:
    return replace(cue, words=(replace(cue.words[0], text=text), *cue.words[1:]))


def test_a_changed_word_touches_only_the_segments_that_show_it() -> None:
    before = film()
    cue = before.scenes[1].cues[0]
    after = edited(before, 1, cues=(first_word_as(cue, "other"),))
    shown = [
        number
        for number, part in enumerate(plan(before))
        if part.start < before.starts[1] + cue.end and before.starts[1] + cue.start < part.end
    ]
    assert changed(before, after) == shown
    assert len(shown) < len(plan(before))


def test_a_title_touches_only_the_segments_that_show_it() -> None:
    before = film()
    assert changed(before, edited(before, 0, title=Title(text="Ebb", start=0, end=40))) == [0]


def test_a_scene_that_only_moved_keeps_its_segments() -> None:
    before = film()
    added = replace(timelines.scene(60), text="new")
    after = replace(before, scenes=(*before.scenes[:2], added, before.scenes[2]))
    touched = changed(before, after)
    last = [number for number, part in enumerate(plan(after)) if part.start >= after.starts[3]]
    assert last
    assert not set(touched) & set(last)


def test_a_style_touches_what_is_drawn_in_it() -> None:
    before = film()
    titles = replace(before.style, titles=replace(before.style.titles, position=0.3))
    assert changed(before, replace(before, style=titles)) == [0]
    captions = replace(before.style, captions=replace(before.style.captions, position=0.3))
    assert set(changed(before, replace(before, style=captions))) > {0}


def test_names_paths_and_words_that_are_not_drawn_touch_nothing() -> None:
    before = film()
    after = replace(before, title="Another", voice="bm_george", template="ember", loudness=-16.0)
    assert changed(before, edited(after, 1, text="said otherwise")) == []


@pytest.mark.parametrize("change", [{"format": "mov"}, {"width": 120}, {"fps": 25}])
def test_another_output_touches_everything(change: dict[str, object]) -> None:
    before = film()
    after = replace(before, output=replace(before.output, **change))  # type: ignore[arg-type]
    assert len(changed(before, after)) == len(plan(after))


def test_another_engine_or_another_content_of_an_asset_is_another_digest() -> None:
    part = replace(timelines.scene(60), backdrop=None, clip=Clip(asset="clip"))
    clip = {"clip": timelines.asset(Path("clip.mp4"), "clip", 96_000)}
    timeline = replace(timelines.timeline(timelines.scene(60)), assets=clip, scenes=(part,))
    ingredients = seen(timeline, plan(timeline)[0], CONTENTS)
    assert digest(ingredients, "engine 1") != digest(ingredients, "engine 2")
    assert segments_of(timeline) != segments_of(timeline, CONTENTS | {"clip": "c1"})


def test_the_sound_depends_on_what_is_heard_and_when() -> None:
    before = film()
    said = heard(before, CONTENTS)
    cue = before.scenes[1].cues[0]
    assert heard(edited(before, 1, cues=(first_word_as(cue, "other"),)), CONTENTS) == said
    assert heard(replace(before, loudness=-16.0), CONTENTS) != said
    assert heard(replace(before, music=Music(asset="music")), CONTENTS) != said
    assert heard(before, CONTENTS | {"voice": "v1"}) != said
    assert heard(edited(before, 2, frames=120), CONTENTS) != said


def test_the_sound_of_a_clip_is_heard_and_not_seen() -> None:
    part = replace(timelines.scene(60), backdrop=None, clip=Clip(asset="clip"))
    clip = {"clip": timelines.asset(Path("clip.mp4"), "clip", 96_000)}
    silent = replace(timelines.timeline(timelines.scene(60)), assets=clip, scenes=(part,))
    loud = edited(silent, 0, clip=Clip(asset="clip", level=-6.0))
    assert segments_of(loud) == segments_of(silent)
    assert heard(loud, CONTENTS) != heard(silent, CONTENTS)


def test_the_difference_names_scenes_values_and_segments() -> None:
    before = film()
    after = edited(before, 1, cues=(first_word_as(before.scenes[1].cues[0], "other"),))
    found = difference(before, after, CONTENTS, CONTENTS)
    assert [(scene.kind, scene.number) for scene in found.scenes] == [("changed", 1)]
    (change,) = found.scenes[0].changes
    assert (change.path, change.before, change.after) == ("scenes[1].cues[0].words[0].text", "word0", "other")
    assert [plan(after).index(part) for part in found.segments] == changed(before, after)
    assert not found.sound
    assert not difference(before, before, CONTENTS, CONTENTS)


def test_a_scene_put_in_between_is_one_added_scene() -> None:
    before = film()
    added = replace(timelines.scene(60), text="new")
    after = replace(before, scenes=(before.scenes[0], added, *before.scenes[1:]))
    found = difference(before, after, CONTENTS, CONTENTS)
    assert [(scene.kind, scene.number, scene.text) for scene in found.scenes] == [("added", 1, "new")]
    assert found.sound
    back = difference(after, before, CONTENTS, CONTENTS)
    assert [(scene.kind, scene.number, scene.text) for scene in back.scenes] == [("removed", 1, "new")]


def test_short_chains_come_last_and_none_is_lost() -> None:
    timeline = film(*(replace(timelines.scene(frames), text=str(frames)) for frames in (50, 20, 60, 30, 55)))
    given = chains(timeline, plan(timeline), workers=1)
    ordered = in_turn(given, workers=1)
    assert sorted(ordered, key=given.index) == list(given)
    assert [chain[0].frames for chain in ordered] == [50, 60, 55, 30, 20]
