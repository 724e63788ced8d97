"""A brief into a file on disk, step by step; no database, so that a library user can do it too."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..domain.brief import LONGEST_ARTICLE, LONGEST_TEXT, SUMMARY, Brief, check_text
from ..domain.caption_styles import chosen
from ..domain.errors import UnknownName
from ..domain.language import detect, is_cjk
from ..domain.matching import match
from ..domain.narration import Speech, Voice
from ..domain.progress import Listener, Progress, nobody
from ..domain.scenes import told
from ..domain.script import Block, Script, split
from ..domain.storyboard import Material, arrange
from ..domain.summary import LONGEST, SHORTEST, condense
from ..domain.template import Template
from ..domain.timeline import Timeline
from .gathering import Gathered, gather
from .narrating import Line, Narrated, Narrator
from .ports import CancelSignal, Documents, Probe, Readings, Rendered, Renderer, SpeechEngine, SpeechStore, Templates
from .speech_chain import chained


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A finished video: the file, the timeline it shows, what was left out, and the seconds each stage took."""

    rendered: Rendered
    timeline: Timeline
    warnings: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def words(self) -> int:
        return sum(len(cue.words) for cue in self.timeline.cues())

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.timeline.frames / self.timeline.output.fps


class MakeVideo:
    """Write, voice, arrange, render."""

    def __init__(
        self,
        *,
        speech: SpeechEngine,
        speeches: SpeechStore,
        probe: Probe,
        documents: Documents,
        readings: Readings,
        templates: Templates,
        renderer: Renderer,
    ) -> None:
        self._speech = chained(speech)
        self._narrator = Narrator(self._speech, speeches)
        self._probe, self._documents, self._readings, self._templates = probe, documents, readings, templates
        self._renderer = renderer

    def __call__(
        self,
        brief: Brief,
        to: Path,
        *,
        cache: Path | None = None,
        progress: Listener = nobody,
        cancel: CancelSignal | None = None,
    ) -> Made:
        """Make ``to``; ``cache`` is a folder that takes finished parts over from run to run.

        Everything that a caller can mend is refused before a word is voiced. Raises any error of the domain's tree.
        """
        clock = _Clock()
        with clock("write"):
            progress(Progress(stage="write"))
            self._renderer.check(brief.output, hardware=brief.hardware, strict=brief.strict)
            template = self._template(brief)
            script = self.script(brief)
            voice = self._voice(brief.voice, script.language)
            voices = [self._voice(scene.voice, script.language) if scene.voice else voice for scene in brief.scenes]
            gathered = gather(brief, self._probe)
        with clock("voice"):
            narrated = self._narrate(script, voices or [voice] * len(script.scenes), brief, progress, cancel)
            voice = narrated.spoke.get(voice.name, voice)
        with clock("arrange"):
            progress(Progress(stage="arrange"))
            timeline = self._arrange(brief, script, template, voice, gathered, narrated.speeches)
        with clock("render"):
            rendered = self._renderer.render(
                timeline,
                to,
                cache=cache,
                progress=progress,
                cancel=cancel,
                hardware=brief.hardware,
                strict=brief.strict,
            )
        warnings = gathered.warnings + narrated.warnings + rendered.warnings
        return Made(rendered=rendered, timeline=timeline, warnings=warnings, seconds=clock.seconds)

    def _template(self, brief: Brief) -> Template:
        """The template with the brief's own wishes for the captions."""
        template = self._templates.get(brief.template).fitting(brief.output.width, brief.output.height)
        captions = chosen(
            template.captions, name=brief.captions_style, position=brief.caption_position, size=brief.caption_size
        )
        return replace(template, captions=captions)

    def script(self, brief: Brief) -> Script:
        """What will be said, scene by scene: a script word for word, an article condensed, scenes as they are.

        Raises InvalidBrief.
        """
        return script_of(brief, self._documents)

    def _voice(self, name: str, language: str) -> Voice:
        voices = self._speech.voices()
        if name:
            chosen = next((voice for voice in voices if voice.name == name), None)
            if chosen is None:
                raise UnknownName("voice", name, (voice.name for voice in voices))
            return chosen
        return next((voice for voice in voices if voice.language == language), voices[0])

    def _narrate(
        self, script: Script, voices: Sequence[Voice], brief: Brief, progress: Listener, cancel: CancelSignal | None
    ) -> Narrated:
        total = len(script.scenes)
        lines = [
            None if scene.kind == "silent" else Line(text=scene.text, voice=voice)
            for scene, voice in zip(script.scenes, voices, strict=True)
        ]
        return self._narrator(
            lines,
            rate=brief.rate,
            strict=brief.strict,
            progress=lambda done: progress(Progress(stage="voice", done=done, total=total)),
            cancel=cancel,
        )

    def _arrange(
        self,
        brief: Brief,
        script: Script,
        template: Template,
        voice: Voice,
        gathered: Gathered,
        speeches: tuple[Speech | None, ...],
    ) -> Timeline:
        pictures = self._pictures(brief, script, gathered)
        assets = gathered.assets | gathered.brought
        everything = {name: assets[name] for name in dict.fromkeys(pictures) if name is not None}
        placed: list[Speech | None] = []
        for number, speech in enumerate(speeches, 1):
            if speech is not None:
                name = f"speech-{number:02d}"
                everything[name] = self._probe.asset(Path(speech.audio))
                speech = Speech(audio=name, samples=speech.samples, words=speech.words)
            placed.append(speech)
        if gathered.music is not None:
            everything["music"] = gathered.music
        if gathered.logo is not None:
            everything["logo"] = gathered.logo
        material = Material(
            speeches=tuple(placed),
            pictures=pictures,
            assets=everything,
            music="music" if gathered.music is not None else None,
            voice=voice.name,
            scenes=brief.scenes,
            logo="logo" if gathered.logo is not None else None,
            end_card=brief.end_card.strip(),
            clip_sound=brief.clip_sound,
            loudness=brief.loudness,
        )
        if not brief.progress_bar:
            template = replace(template, progress_bar=None)
        return arrange(script, material, template, brief.output, brief.seed, brief.fit)

    def _pictures(self, brief: Brief, script: Script, gathered: Gathered) -> tuple[str | None, ...]:
        """Each scene's asset: its own, and else the one whose words are nearest."""
        texts = [scene.text for scene in script.scenes]
        if brief.scenes:
            texts = [f"{scene.title} {text}" for scene, text in zip(brief.scenes, texts, strict=True)]
        chinese = gathered.assets and any(is_cjk(ch) for text in texts for ch in text)
        readings = [self._readings(text) for text in texts] if chinese else []
        return match(texts, list(gathered.assets.items()), seed=brief.seed, given=gathered.given, readings=readings)


def script_of(brief: Brief, documents: Documents) -> Script:
    """See ``MakeVideo.script``."""
    if brief.scenes:
        texts = " ".join(scene.text for scene in brief.scenes)
        return told(brief.scenes, language=brief.language or detect(texts), title=brief.title)
    document = documents(brief.document or brief.text, markdown=brief.markdown)
    kind = brief.kind or ("article" if brief.seconds else document.kind)
    text = " ".join(block.text for block in document.blocks)
    if brief.document is not None:
        check_text(text, LONGEST_ARTICLE if kind == "article" else LONGEST_TEXT)
    language = brief.language or detect(text)
    blocks = document.blocks
    if kind == "article":
        seconds = min(LONGEST, max(SHORTEST, (brief.seconds or SUMMARY) * brief.rate))
        blocks = condense(_titled(blocks, brief.title), language=language, seconds=seconds)
    return split(blocks, language=language, title=brief.title)


def _titled(blocks: Sequence[Block], title: str) -> Sequence[Block]:
    """The document under the ``title`` that it is to have; its own goes."""
    if not title.strip():
        return blocks
    rest = blocks[1:] if blocks and blocks[0].kind == "heading" else blocks
    return [Block(kind="heading", text=title, level=1), *rest]


class _Clock:
    """Seconds by stage."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.seconds: dict[str, float] = {}
        self._now = now

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        began = self._now()
        yield
        self.seconds[stage] = round(self._now() - began, 3)
