"""The storyboard: a voiced script, a template and the user's pictures arranged as a timeline. Pure and total."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from .asset import Asset
from .captions import cues
from .errors import InvalidInput
from .motion import MOTIONS
from .narration import SAMPLE_RATE, Speech
from .output import Output
from .script import SceneText, Script
from .style import Style, safe_area
from .template import Template
from .timeline import Backdrop, Clip, Cue, Fit, Music, Photo, Scene, SpeechClip, Timeline, Title
from .transitions import Transition

CARDS = ("title", "chapter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a timeline is made of beside the script: speech, one a scene, and pictures by name, one a scene or None."""

    speeches: tuple[Speech, ...]
    pictures: tuple[str | None, ...]
    assets: dict[str, Asset]
    music: str | None = None
    voice: str = ""


def arrange(
    script: Script, material: Material, template: Template, output: Output, seed: int = 0, fit: Fit = "cover"
) -> Timeline:
    """Give every scene its frames, picture, transition, title and captions.

    A transition's middle lies in the middle of the silence between two scenes. Raises InvalidInput where the material
    does not fit the script.
    """
    scenes = script.scenes
    if not len(scenes) == len(material.speeches) == len(material.pictures):
        raise InvalidInput("every scene needs its speech and its picture (or None)")
    overlaps = _overlaps(material.speeches, template, output)
    pauses = _pauses(scenes, template)
    style = Style(captions=template.captions, titles=template.titles, safe_area=safe_area(output.width, output.height))
    pictures = _Pictures(material, template, output, seed, fit)
    arranged = []
    for index, (text, speech) in enumerate(zip(scenes, material.speeches, strict=True)):
        into, out = overlaps[index], overlaps[index + 1]
        before = output.samples(into.frames if into else 0) // 2 + pauses[index][0]
        after = output.samples(out.frames if out else 0) // 2 + pauses[index][1]
        frames = -(-(before + speech.samples + after) // output.samples(1))
        picture = pictures.of(index, frames)
        arranged.append(
            Scene(
                frames=frames,
                text=text.text,
                photo=picture if isinstance(picture, Photo) else None,
                clip=picture if isinstance(picture, Clip) else None,
                backdrop=picture if isinstance(picture, Backdrop) else None,
                transition=into,
                title=_title(text, frames, into, out),
                speech=SpeechClip(asset=speech.audio, start=before),
                cues=_cues(text, speech, before, frames, output, style),
            )
        )
    music = material.music
    return Timeline(
        title=script.title,
        language=script.language,
        voice=material.voice,
        template=template.name,
        output=output,
        style=style,
        assets=material.assets,
        scenes=tuple(arranged),
        music=Music(asset=music, level=template.music.level, duck=template.music.duck) if music else None,
    )


def _overlaps(speeches: Sequence[Speech], template: Template, output: Output) -> list[Transition | None]:
    """The transition into each scene, none into the first and none out of the last; a third of either at the most."""
    overlaps: list[Transition | None] = [None]
    for index in range(1, len(speeches)):
        choice = template.transitions[(index - 1) % len(template.transitions)]
        room = min(speeches[index - 1].samples, speeches[index].samples) // output.samples(1) // 3
        overlaps.append(choice.lasting(min(round(choice.seconds * output.fps), room)))
    return [*overlaps, None]


def _pauses(scenes: Sequence[SceneText], template: Template) -> list[tuple[int, int]]:
    """Samples of silence before and after each scene's speech, transitions aside."""
    pacing = template.pacing
    between = [
        pacing.card if before.kind in CARDS or after.kind in CARDS else pacing.gap
        for before, after in itertools.pairwise(scenes)
    ]
    befores = [pacing.lead, *(seconds / 2 for seconds in between)]
    afters = [*(seconds / 2 for seconds in between), pacing.tail]
    return [
        (round(before * SAMPLE_RATE), round(after * SAMPLE_RATE)) for before, after in zip(befores, afters, strict=True)
    ]


def _title(text: SceneText, frames: int, into: Transition | None, out: Transition | None) -> Title | None:
    if text.kind not in CARDS:
        return None
    start = into.frames // 2 if into else 0
    return Title(text=text.text, start=start, end=frames - (out.frames // 2 if out else 0))


def _cues(text: SceneText, speech: Speech, offset: int, frames: int, output: Output, style: Style) -> tuple[Cue, ...]:
    made = cues(speech.words, offset=offset, output=output, style=style.captions, frames=frames)
    if text.kind not in CARDS:
        return made
    return tuple(Cue(start=cue.start, end=cue.end, words=cue.words, burned_in=False) for cue in made)


class _Pictures:
    """Deals out pictures: motions in turn, clips going on where they were left, backdrops where there is nothing."""

    def __init__(self, material: Material, template: Template, output: Output, seed: int, fit: Fit) -> None:
        self._fit = fit
        self._material, self._template, self._output, self._seed = material, template, output, seed
        self._photos = 0
        self._played: dict[str, int] = {}

    def of(self, index: int, frames: int) -> Photo | Clip | Backdrop:
        name = self._material.pictures[index]
        if name is None:
            return self._backdrop(index)
        if self._material.assets[name].kind == "clip":
            return self._clip(name, frames)
        motions = self._template.motions
        motion = MOTIONS[motions[(self._photos + self._seed) % len(motions)]]
        self._photos += 1
        return Photo(asset=name, motion=motion, fit=self._fit)

    def _clip(self, name: str, frames: int) -> Clip:
        length, needed = self._material.assets[name].samples, self._output.samples(frames)
        start = self._played.get(name, 0)
        if start + needed > length:
            start = 0
        self._played[name] = start + needed
        return Clip(asset=name, start=start, fit=self._fit)

    def _backdrop(self, index: int) -> Backdrop:
        backgrounds = self._template.backgrounds
        kind = backgrounds.kinds[(index + self._seed) % len(backgrounds.kinds)]
        return Backdrop(kind=kind, colours=backgrounds.colours, seed=self._seed * 1000 + index)
