"""What the pictures of a segment and the sound of a timeline are made of: equal digests, equal bytes.

Whatever is not known to be unseen or unheard counts, so a new field of the timeline is part of a digest from its first
day. Scenes count on their own clock, so that a scene which only moved keeps its digests. Assets count by the digests
of their content (``contents``: name of the asset -> SHA-256), not by their names.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from hashlib import sha256

from .pictures import Backdrop, Clip
from .segments import Segment
from .timeline import Scene, Timeline

_TOLD_APART = {
    "schema",
    "title",
    "voice",
    "template",
    "assets",
    "scenes",
    "music",
    "loudness",
    "true_peak",
    "style",
    "furniture",
}
"""Fields of a timeline that no segment shows, or that are looked at part by part."""
_UNSEEN = {"text", "speech", "photo", "clip", "backdrop", "transition", "title", "lower_third", "cues"}
"""The same of a scene."""
Ingredients = dict[str, object]


def digest(ingredients: Ingredients, engine: str) -> str:
    """The SHA-256 of ingredients as ``engine`` (its name, version and settings) would make a file of them."""
    return sha256(repr((engine, sorted(ingredients.items()))).encode()).hexdigest()


def seen(timeline: Timeline, segment: Segment, contents: Mapping[str, str]) -> Ingredients:
    """Everything that the pictures of ``segment`` depend on, by names like those of the timeline's fields.

    Its scenes are numbered from 0, the first that it shows.
    """
    parts: Ingredients = {
        field.name: getattr(timeline, field.name) for field in fields(timeline) if field.name not in _TOLD_APART
    }
    parts["frames"] = segment.frames
    scenes = [
        (start, scene)
        for start, scene in zip(timeline.starts, timeline.scenes, strict=True)
        if start < segment.end and segment.start < start + scene.frames
    ]
    for number, (start, scene) in enumerate(scenes):
        first, end = segment.start - start, segment.end - start
        seen_of_scene = _seen_of(scene, first, end, contents)
        parts |= {f"scenes[{number}].{name}": part for name, part in seen_of_scene.items()}
        parts[f"scenes[{number}].first"] = first
    names = {name.rpartition(".")[2] for name in parts}
    parts["style.safe_area"] = timeline.style.safe_area
    parts |= _furniture(timeline, segment, contents)
    if "lower_third" in names:
        parts["furniture.lower_third"] = timeline.furniture.lower_third
    if names & {"cues", "lower_third"}:
        parts["style.captions"] = timeline.style.captions
    if "title" in names:
        parts["style.titles"] = timeline.style.titles
    return parts


def _seen_of(scene: Scene, first: int, end: int, contents: Mapping[str, str]) -> Ingredients:
    """What frames ``first`` to ``end`` of a scene show of it."""
    parts: Ingredients = {
        field.name: getattr(scene, field.name) for field in fields(scene) if field.name not in _UNSEEN
    }
    picture = scene.picture
    if not isinstance(picture, Backdrop):
        picture = replace(picture, asset=contents[picture.asset])
    if isinstance(picture, Clip):
        picture = replace(picture, level=None, duck=0.0)
    parts["picture"] = picture
    if scene.transition is not None and first < scene.transition.frames:
        parts["transition"] = scene.transition
    title, lower = scene.title, scene.lower_third
    if title is not None and title.start < end and first < title.end:
        emblem = title.emblem and replace(title.emblem, asset=contents[title.emblem.asset])
        parts["title"] = replace(title, emblem=emblem)
    if lower is not None and lower.start < end and first < lower.end:
        parts["lower_third"] = lower
    cues = tuple(cue for cue in scene.cues if cue.burned_in and cue.start < end and first < cue.end)
    if cues:
        parts["cues"] = cues
    return parts


def _furniture(timeline: Timeline, segment: Segment, contents: Mapping[str, str]) -> Ingredients:
    """What stands in every frame. A progress bar tells a segment's place in the whole video."""
    logo, bar = timeline.furniture.logo, timeline.furniture.progress_bar
    parts: Ingredients = {}
    if logo is not None:
        parts["furniture.logo"] = replace(logo, asset=contents[logo.asset])
    if bar is not None:
        marks = {"whole": (), "chapters": timeline.chapters, "scenes": timeline.starts}[bar.parts]
        parts["furniture.progress_bar"] = bar, segment.start, timeline.frames, marks
    return parts


def heard(timeline: Timeline, contents: Mapping[str, str]) -> Ingredients:
    """Everything that the sound of the whole video depends on."""
    music = timeline.music
    return {
        "format": (timeline.output.format, timeline.output.audio_codec),
        "samples": timeline.samples,
        "loudness": (timeline.loudness, timeline.true_peak),
        "music": replace(music, asset=contents[music.asset]) if music else None,
        "speech": tuple(
            (timeline.output.samples(start), replace(scene.speech, asset=contents[scene.speech.asset]))
            for start, scene in zip(timeline.starts, timeline.scenes, strict=True)
            if scene.speech is not None
        ),
        "clips": tuple(_heard_of_clips(timeline, contents)),
        "words": tuple(timeline.speech_spans()),
    }


def _heard_of_clips(timeline: Timeline, contents: Mapping[str, str]) -> Iterator[object]:
    """Clips that keep their sound, with the overlaps in which it comes and goes."""
    followers = (*timeline.scenes[1:], None)
    for start, scene, following in zip(timeline.starts, timeline.scenes, followers, strict=True):
        if scene.clip is not None and scene.clip.level is not None:
            clip = replace(scene.clip, asset=contents[scene.clip.asset])
            yield start, scene.frames, clip, scene.transition, following and following.transition
