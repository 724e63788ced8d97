"""The showcase: a few silent seconds that show how a template looks and moves, arranged as any video is."""

from dataclasses import dataclass, replace
from itertools import pairwise

from .asset import Asset
from .errors import UnknownName
from .narration import SAMPLE_RATE, Speech, Word
from .output import Output
from .previews import settled
from .script import SceneKind, SceneText, Script, estimate_seconds
from .storyboard import Material, arrange
from .template import Pacing, Template
from .timeline import Scene, Timeline

_SETTLED = 0.6
"""Seconds after which what comes with a scene has come."""
PACE = 0.85
"""Seconds of a showcase for each that a voice would take."""
QUIET = 0.5
"""Seconds of silence for each of the template's."""
CARD, PICTURE, ITEM = 0, 1, 2
"""The scenes of a showcase: a card over the template's own background, then two pictures, the last one an item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a showcase says: the film's title, the name of a chapter, and the words of two scenes."""

    title: str
    chapter: tuple[str, ...]
    scenes: tuple[tuple[str, ...], tuple[str, ...]]
    spaced: bool = True
    """Whether words have spaces between them."""


SAMPLES = {
    "en": Sample(
        title="Where rivers begin",
        chapter=("The", "first", "snow"),
        scenes=(
            ("High", "in", "the", "mountains,", "winter", "keeps", "the", "water", "of", "a", "whole", "year."),
            ("In", "spring", "it", "comes", "down", "to", "us."),
        ),
    ),
    "zh": Sample(
        title="河流从哪里开始",
        chapter=("第一", "场", "雪"),
        scenes=(
            ("高山", "之上，", "冬天", "为", "我们", "存下", "一整年", "的", "水。"),
            ("春天", "一", "到，", "它", "就", "流", "下来。"),
        ),
        spaced=False,
    ),
}
"""BCP 47 primary tag -> what is said."""


def showcase(template: Template, output: Output, pictures: dict[str, Asset], language: str = "en") -> Timeline:
    """About five seconds: a card, a scene with a lower third, and an item of a list; ``pictures`` are photos by name.

    The times of the words are exact although nobody speaks them. Raises UnknownName for a language without a sample.
    """
    if language not in SAMPLES:
        raise UnknownName("language", language, SAMPLES)
    sample = SAMPLES[language]
    speeches = tuple(_spoken(words, language, sample.spaced) for words in (sample.chapter, *sample.scenes))
    texts = ("".join(word.text + " " * word.space for word in speech.words).strip() for speech in speeches)
    kinds: tuple[SceneKind, ...] = ("chapter", "speech", "item")
    scenes = tuple(
        SceneText(text=text, kind=kind, label="1" if kind == "item" else "")
        for text, kind in zip(texts, kinds, strict=True)
    )
    photos = list(pictures)
    silence = Asset(path="", sha256="", kind="sound")
    material = Material(
        speeches=speeches,
        pictures=(None, photos[0], photos[-1]),
        assets=pictures | {"": silence},
    )
    quiet = template.pacing
    quiet = Pacing(lead=QUIET * quiet.lead, gap=QUIET * quiet.gap, card=QUIET * quiet.card, tail=QUIET * quiet.tail)
    script = Script(title=sample.title, language=language, scenes=scenes)
    template = template.fitting(output.width, output.height)
    timeline = arrange(script, material, replace(template, pacing=quiet), output)
    silent = tuple(replace(scene, speech=None) for scene in timeline.scenes)
    return replace(timeline, scenes=silent, assets=pictures)


def moments(timeline: Timeline) -> tuple[int, int, int, int]:
    """The frames of a showcase that tell most, in order.

    Its card, a word being spoken beside the lower third, a transition on its way, and the item while it begins.
    """
    begin, end = settled(timeline, CARD)
    spoken = timeline.starts[PICTURE] + _spoken_in(timeline.scenes[PICTURE])
    over = timeline.overlaps[ITEM]
    settling = timeline.starts[ITEM] + over + round(_SETTLED * timeline.output.fps)
    return (begin + end) // 2, spoken, timeline.starts[ITEM] + 2 * over // 5, min(settling, timeline.frames - 1)


def _spoken_in(scene: Scene) -> int:
    """A frame of ``scene`` in the middle of a cue and of a word, when what comes in has come."""
    cue = min(scene.cues, key=lambda cue: abs(cue.start + cue.end - 1.2 * scene.frames))
    word = cue.words[len(cue.words) // 2]
    return (word.start + word.end) // 2


def _spoken(words: tuple[str, ...], language: str, spaced: bool) -> Speech:
    """Words one after another, each as long as a voice would take for it."""
    ends = [0]
    for word in words:
        ends.append(ends[-1] + round(PACE * SAMPLE_RATE * estimate_seconds(word, language)))
    said = tuple(
        Word(text=word, start=start, end=end, space=spaced)
        for word, (start, end) in zip(words, pairwise(ends), strict=True)
    )
    return Speech(audio="", samples=ends[-1], words=said)
