"""The storyboard: a voiced script, a template and the user's pictures arranged as a timeline. Pure and total."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from .asset import Asset
from .breaking import word_ends_marked
from .caption_styles import restyled
from .captions import cues
from .cue import Cue
from .errors import InvalidInput
from .furniture import Emblem, Furniture, Logo, LowerThird
from .motion import MOTIONS
from .narration import SAMPLE_RATE, Speech
from .output import Output
from .pictures import Backdrop, Clip, Fit, Photo
from .scenes import SceneBrief
from .script import SceneText, Script
from .style import Style, safe_area
from .template import Template
from .timeline import Music, Scene, SpeechClip, Timeline, Title
from .transitions import Transition

CARDS = ("title", "chapter")
_NUMBERED = 1.5
"""Seconds for which the number of a list's item is shown."""
_NUMBER_SCALE = 2.0
"""Its size, of a title's."""
_BRIEFEST = 1.2
"""Seconds below which a lower third could not be read and is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a timeline is made of beside the script: speech and pictures by name, one a scene or None.

    ``logo`` names an asset; ``end_card`` is the text of a last scene without narration, empty for none.

    ``scenes`` are the script's as they were laid out by hand, empty where nobody did.
    """

    speeches: tuple[Speech | None, ...]
    pictures: tuple[str | None, ...]
    assets: dict[str, Asset]
    music: str | None = None
    voice: str = ""
    scenes: tuple[SceneBrief, ...] = ()
    logo: str | None = None
    end_card: str = ""
    clip_sound: float | None = None
    """dB of the clips' own sound beside the narration, None for silence."""
    loudness: float = -14.0


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
    wishes: tuple[SceneBrief | None, ...] = material.scenes or (None,) * len(scenes)
    if len(wishes) != len(scenes):
        raise InvalidInput("every scene that was laid out needs its place in the script")
    overlaps = _overlaps(material, wishes, template, output)
    pauses = _pauses(scenes, wishes, template)
    style = Style(captions=template.captions, titles=template.titles, safe_area=safe_area(output.width, output.height))
    pictures = _Pictures(material, template, output, seed, fit)
    names = _names(script)
    numbers = _numbers(script) if template.list_numbers else {}
    arranged = []
    for index, (text, speech) in enumerate(zip(scenes, material.speeches, strict=True)):
        into, out = (overlap.frames if overlap else 0 for overlap in overlaps[index : index + 2])
        before, after = output.samples(into) // 2 + pauses[index][0], output.samples(out) // 2 + pauses[index][1]
        wish = wishes[index]
        samples = max(before + (speech.samples if speech else 0) + after, _least(wish))
        frames = -(-samples // output.samples(1))
        start, end = into // 2, frames - out // 2
        picture = pictures.of(index, frames, wish)
        arranged.append(
            Scene(
                frames=frames,
                text=text.text,
                photo=picture if isinstance(picture, Photo) else None,
                clip=picture if isinstance(picture, Clip) else None,
                backdrop=picture if isinstance(picture, Backdrop) else None,
                transition=overlaps[index],
                title=_title(text, wish, speech, start, end) or _number(numbers.get(index), start, end, output.fps),
                lower_third=_lower_third(names.get(index), template, into, frames - out, output.fps),
                speech=SpeechClip(asset=speech.audio, start=before) if speech else None,
                cues=_cues(text, wish, speech, before, frames, output, style) if speech else (),
                captions=(wish.captions or None) if wish else None,
            )
        )
    if material.end_card:
        arranged.append(_end_card(material, template, overlaps[-1], pictures.backdrop(len(scenes)), output))
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
        furniture=Furniture(
            lower_third=template.lower_third,
            progress_bar=template.progress_bar,
            logo=Logo(asset=material.logo, style=template.logo) if material.logo else None,
        ),
        music=Music(asset=music, level=template.music.level, duck=template.music.duck) if music else None,
        loudness=material.loudness,
    )


def _least(wish: SceneBrief | None) -> int:
    """Samples that a scene was asked to last at the least."""
    return round(wish.seconds * SAMPLE_RATE) if wish else 0


def _overlaps(
    material: Material, wishes: Sequence[SceneBrief | None], template: Template, output: Output
) -> list[Transition | None]:
    """The transition into each scene, none into the first; a third of either at the most. The last one leads out of the
    narration, to the end card if there is one."""
    lengths = [
        max(speech.samples if speech else 0, _least(wish))
        for speech, wish in zip(material.speeches, wishes, strict=True)
    ]
    wished = [wish.transition if wish else None for wish in wishes]
    if material.end_card:
        lengths.append(round(template.end_card.seconds * SAMPLE_RATE))
        wished.append(None)
    overlaps: list[Transition | None] = [None]
    for index, (before, after) in enumerate(itertools.pairwise(lengths)):
        choice = wished[index + 1] or template.transitions[index % len(template.transitions)]
        room = min(before, after) // output.samples(1) // 3
        overlaps.append(choice.lasting(min(choice.frames(output.fps), room)))
    return overlaps if material.end_card else [*overlaps, None]


def _pauses(
    scenes: Sequence[SceneText], wishes: Sequence[SceneBrief | None], template: Template
) -> list[tuple[int, int]]:
    """Samples of silence before and after each scene's speech, transitions aside."""
    pacing = template.pacing
    usual = [
        pacing.card if before.kind in CARDS or after.kind in CARDS else pacing.gap
        for before, after in itertools.pairwise(scenes)
    ]
    *between, tail = (
        pause if wish is None or wish.pause is None else wish.pause
        for pause, wish in zip([*usual, pacing.tail], wishes, strict=True)
    )
    befores = [pacing.lead, *(seconds / 2 for seconds in between)]
    afters = [*(seconds / 2 for seconds in between), tail]
    return [
        (round(before * SAMPLE_RATE), round(after * SAMPLE_RATE)) for before, after in zip(befores, afters, strict=True)
    ]


def _title(text: SceneText, wish: SceneBrief | None, speech: Speech | None, start: int, end: int) -> Title | None:
    shown = text.text if text.kind in CARDS else wish.title if wish else ""
    if not shown:
        return None
    if speech is not None and shown == text.text:
        shown = word_ends_marked(shown, speech.words)
    return Title(text=shown, start=start, end=end)


def _numbers(script: Script) -> dict[int, str]:
    """The number of a list's item, by the index of the first scene of the item."""
    befores = ("", *(scene.label for scene in script.scenes))
    return {
        index: scene.label
        for index, (scene, before) in enumerate(zip(script.scenes, befores, strict=False))
        if scene.label and scene.label != before
    }


def _number(label: str | None, start: int, end: int, fps: int) -> Title | None:
    """A number that comes with its scene and makes way for the picture again."""
    if not label:
        return None
    end = min(start + round(_NUMBERED * fps), end)
    return Title(text=label, start=start, end=end, scale=_NUMBER_SCALE) if end > start else None


def _names(script: Script) -> dict[int, tuple[str, str]]:
    """A chapter's name and the video's title above it, by the index of the first scene behind the chapter's card."""
    names: dict[int, tuple[str, str]] = {}
    for index, (before, after) in enumerate(itertools.pairwise(script.scenes), 1):
        if before.kind in CARDS and after.kind not in CARDS:
            names[index] = before.text, script.title if before.kind == "chapter" else ""
    return names


def _lower_third(name: tuple[str, str] | None, template: Template, start: int, end: int, fps: int) -> LowerThird | None:
    if name is None or template.lower_third is None:
        return None
    end = min(start + round(template.lower_third.seconds * fps), end)
    if end - start < _BRIEFEST * fps:
        return None
    return LowerThird(text=name[0], kicker=name[1], start=start, end=end)


def _end_card(
    material: Material, template: Template, into: Transition | None, backdrop: Backdrop, output: Output
) -> Scene:
    style = template.end_card
    over = into.frames if into else 0
    frames = over + round(style.seconds * output.fps)
    emblem = Emblem(asset=material.logo, size=style.logo_size) if material.logo else None
    return Scene(
        frames=frames,
        backdrop=backdrop,
        transition=into,
        title=Title(text=material.end_card, start=over // 2, end=frames, emblem=emblem),
    )


def _cues(
    text: SceneText,
    wish: SceneBrief | None,
    speech: Speech,
    offset: int,
    frames: int,
    output: Output,
    style: Style,
) -> tuple[Cue, ...]:
    look = restyled(style.captions, wish.captions if wish else None)
    made = cues(speech.words, offset=offset, output=output, style=look, frames=frames)
    titled = wish is not None and " ".join(wish.title.split()) == text.text
    if text.kind not in CARDS and not titled:
        return made
    return tuple(Cue(start=cue.start, end=cue.end, words=cue.words, burned_in=False) for cue in made)


class _Pictures:
    """Deals out pictures: motions in turn, clips going on where they were left, backdrops where there is nothing."""

    def __init__(self, material: Material, template: Template, output: Output, seed: int, fit: Fit) -> None:
        self._fit = fit
        self._material, self._template, self._output, self._seed = material, template, output, seed
        self._photos = 0
        self._played: dict[str, int] = {}

    def of(self, index: int, frames: int, wish: SceneBrief | None) -> Photo | Clip | Backdrop:
        name = self._material.pictures[index]
        if name is None:
            return self.backdrop(index)
        if self._material.assets[name].kind == "clip":
            return self._clip(name, frames, wish)
        motions = self._template.motions
        motion = MOTIONS[motions[(self._photos + self._seed) % len(motions)]]
        self._photos += 1
        return Photo(asset=name, motion=motion, fit=self._fit_of(wish), focus=wish.focus if wish else None)

    def _clip(self, name: str, frames: int, wish: SceneBrief | None) -> Clip:
        speed = wish.speed if wish else 1.0
        length, needed = self._material.assets[name].samples, round(self._output.samples(frames) * speed)
        start = self._played.get(name, 0)
        if wish is not None and wish.start:
            start = round(wish.start * SAMPLE_RATE)
        elif start + needed > length:
            start = 0
        self._played[name] = start + needed
        level = self._material.clip_sound if wish is None or wish.level is None else wish.level
        level = level if self._material.assets[name].has_sound else None
        return Clip(
            asset=name,
            start=start,
            speed=speed,
            level=level,
            duck=self._template.music.duck,
            fit=self._fit_of(wish),
            focus=wish.focus if wish else None,
        )

    def _fit_of(self, wish: SceneBrief | None) -> Fit:
        return wish.fit if wish and wish.fit else self._fit

    def backdrop(self, index: int) -> Backdrop:
        backgrounds = self._template.backgrounds
        kind = backgrounds.kinds[(index + self._seed) % len(backgrounds.kinds)]
        return Backdrop(kind=kind, colours=backgrounds.colours, seed=self._seed * 1000 + index)
