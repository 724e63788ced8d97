"""What changed between two timelines, scene by scene, and which segments have to be rendered for it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from difflib import SequenceMatcher
from typing import Literal

from .asset import Asset
from .digests import digest, heard, seen
from .segments import Segment, plan
from .timeline import Scene, Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One value that differs: its ``path`` in the newer timeline ("scenes[2].cues[0].words[1].text") and both states.

    A scene or a part that is in one timeline only has None for the other.
    """

    path: str
    before: object
    after: object


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneChange:
    """``number`` counts from 0 in the newer timeline, for a removed scene in the older one."""

    kind: Literal["changed", "added", "removed"]
    number: int
    text: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """``changes`` are those outside of scenes; ``segments`` those of the newer timeline that the older one lacks."""

    changes: tuple[Change, ...]
    scenes: tuple[SceneChange, ...]
    segments: tuple[Segment, ...]
    all_segments: int
    sound: bool
    """Whether the sound has to be mixed again."""

    def __bool__(self) -> bool:
        return bool(self.changes or self.scenes or self.segments or self.sound)


def difference(
    before: Timeline, after: Timeline, contents_before: Mapping[str, str], contents_after: Mapping[str, str]
) -> Difference:
    """What differs in ``after``; ``contents`` are the digests of the assets' content by name."""
    known = {digest(seen(before, segment, contents_before), "") for segment in plan(before)}
    segments = plan(after)
    return Difference(
        changes=tuple(_outside_scenes(before, after)),
        scenes=tuple(_scenes(before, after)),
        segments=tuple(part for part in segments if digest(seen(after, part, contents_after), "") not in known),
        all_segments=len(segments),
        sound=digest(heard(before, contents_before), "") != digest(heard(after, contents_after), ""),
    )


def _outside_scenes(before: Timeline, after: Timeline) -> Iterator[Change]:
    for field in fields(Timeline):
        if field.name != "scenes":
            yield from _changes(getattr(before, field.name), getattr(after, field.name), field.name)


def _scenes(before: Timeline, after: Timeline) -> Iterator[SceneChange]:
    """Scenes are matched by their order and what they say, so that one put in between does not change all after it."""
    matcher = SequenceMatcher(None, _likeness(before), _likeness(after), autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal" or b - a == d - c:
            for old, new in zip(range(a, b), range(c, d), strict=True):
                yield from _scene(before.scenes[old], after.scenes[new], new)
        else:
            for old in range(a, b):
                yield SceneChange(kind="removed", number=old, text=before.scenes[old].text)
            for new in range(c, d):
                yield SceneChange(kind="added", number=new, text=after.scenes[new].text)


def _likeness(timeline: Timeline) -> list[str]:
    """What makes a scene the same one after an edit: its words."""
    return [scene.text or " ".join(cue.text for cue in scene.cues) or str(scene.picture) for scene in timeline.scenes]


def _scene(before: Scene, after: Scene, number: int) -> Iterator[SceneChange]:
    changes = tuple(_changes(before, after, f"scenes[{number}]"))
    if changes:
        yield SceneChange(kind="changed", number=number, text=after.text, changes=changes)


def _changes(before: object, after: object, path: str) -> Iterator[Change]:
    """Every leaf that differs."""
    if before == after or (isinstance(before, Asset) and isinstance(after, Asset) and before.sha256 == after.sha256):
        return
    if is_dataclass(before) and is_dataclass(after) and type(before) is type(after):
        for field in fields(before):
            yield from _changes(getattr(before, field.name), getattr(after, field.name), f"{path}.{field.name}")
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            yield from _changes(before.get(key), after.get(key), f"{path}[{key!r}]")
    elif isinstance(before, tuple) and isinstance(after, tuple) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _changes(old, new, f"{path}[{index}]")
    else:
        yield Change(path=path, before=before, after=after)
