"""A brief into a file on disk, step by step; no database, so that a library user can do it too."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from ..domain.asset import Asset
from ..domain.brief import Brief
from ..domain.errors import Cancelled, InvalidBrief, UnknownName, UnusableAsset
from ..domain.language import detect
from ..domain.matching import match
from ..domain.narration import Speech, Voice
from ..domain.progress import Listener, Progress, nobody
from ..domain.script import Script, split
from ..domain.storyboard import Material, arrange
from ..domain.template import Template
from ..domain.timeline import Timeline
from .ports import CancelSignal, Documents, Probe, Rendered, Renderer, SpeechEngine, SpeechStore, Templates


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    assets: dict[str, Asset]
    warnings: tuple[str, ...]


class MakeVideo:
    """Write, voice, arrange, render."""

    def __init__(
        self,
        *,
        speech: SpeechEngine,
        speeches: SpeechStore,
        probe: Probe,
        documents: Documents,
        templates: Templates,
        renderer: Renderer,
    ) -> None:
        self._speech, self._speeches = speech, speeches
        self._probe, self._documents, self._templates = probe, documents, templates
        self._renderer = renderer

    def __call__(
        self, brief: Brief, to: Path, *, progress: Listener = nobody, cancel: CancelSignal | None = None
    ) -> Made:
        """Make ``to``. Everything that a caller can mend is refused before a word is voiced.

        Raises any error of the domain's tree.
        """
        clock = _Clock()
        with clock("write"):
            progress(Progress(stage="write"))
            template = self._templates.get(brief.template)
            script = self._script(brief)
            voice = self._voice(brief, script.language)
            found = self._assets(brief)
            music = self._music(brief)
        with clock("voice"):
            speeches = self._narrate(script, voice, progress, cancel)
        with clock("arrange"):
            progress(Progress(stage="arrange"))
            timeline = self._arrange(brief, script, template, voice, found.assets, music, speeches)
        with clock("render"):
            rendered = self._renderer.render(timeline, to, progress=progress, cancel=cancel)
        return Made(rendered=rendered, timeline=timeline, warnings=found.warnings, seconds=clock.seconds)

    def _script(self, brief: Brief) -> Script:
        blocks = self._documents(brief.text, markdown=brief.markdown)
        language = brief.language or detect(" ".join(block.text for block in blocks))
        return split(blocks, language=language, title=brief.title)

    def _voice(self, brief: Brief, language: str) -> Voice:
        voices = self._speech.voices()
        if brief.voice:
            chosen = next((voice for voice in voices if voice.name == brief.voice), None)
            if chosen is None:
                raise UnknownName("voice", brief.voice, (voice.name for voice in voices))
            return chosen
        return next((voice for voice in voices if voice.language == language), voices[0])

    def _assets(self, brief: Brief) -> _Found:
        if brief.assets is None:
            return _Found(assets={}, warnings=())
        if not brief.assets.is_dir():
            raise InvalidBrief(f"{brief.assets}: there is no such folder of assets")
        assets: dict[str, Asset] = {}
        warnings = []
        for path in sorted(brief.assets.iterdir()):
            if path.name.startswith(".") or not path.is_file():
                continue
            try:
                asset = self._probe.asset(path)
                if asset.kind == "sound":
                    raise UnusableAsset(path, "a sound has no picture; give it as the music instead")
            except UnusableAsset as error:
                if brief.strict:
                    raise
                warnings.append(f"left out {error}")
            else:
                assets[path.name] = asset
        return _Found(assets=assets, warnings=tuple(warnings))

    def _music(self, brief: Brief) -> Asset | None:
        if brief.music is None:
            return None
        asset = self._probe.asset(brief.music)
        if asset.kind == "photo" or not asset.has_sound:
            raise UnusableAsset(brief.music, "there is no sound in it")
        return asset

    def _narrate(
        self, script: Script, voice: Voice, progress: Listener, cancel: CancelSignal | None
    ) -> tuple[Speech, ...]:
        speeches = []
        for done, scene in enumerate(script.scenes):
            progress(Progress(stage="voice", done=done, total=len(script.scenes)))
            if cancel is not None and cancel.is_set():
                raise Cancelled
            speeches.append(self._speak(scene.text, voice))
        progress(Progress(stage="voice", done=len(script.scenes), total=len(script.scenes)))
        return tuple(speeches)

    def _speak(self, text: str, voice: Voice) -> Speech:
        made_of = (self._speech.name, self._speech.version, voice.name, text)
        digest = sha256("\0".join(made_of).encode()).hexdigest()
        return self._speeches.get(digest) or self._speeches.put(digest, self._speech.speak(text, voice=voice.name))

    def _arrange(
        self,
        brief: Brief,
        script: Script,
        template: Template,
        voice: Voice,
        assets: dict[str, Asset],
        music: Asset | None,
        speeches: tuple[Speech, ...],
    ) -> Timeline:
        pictures = match([scene.text for scene in script.scenes], list(assets.items()), seed=brief.seed)
        named = {f"speech-{number:02d}": speech for number, speech in enumerate(speeches, 1)}
        everything = {name: assets[name] for name in dict.fromkeys(pictures) if name is not None}
        everything |= {name: self._probe.asset(Path(speech.audio)) for name, speech in named.items()}
        if music is not None:
            everything["music"] = music
        material = Material(
            speeches=tuple(
                Speech(audio=name, samples=speech.samples, words=speech.words) for name, speech in named.items()
            ),
            pictures=pictures,
            assets=everything,
            music="music" if music is not None else None,
            voice=voice.name,
        )
        return arrange(script, material, template, brief.output, brief.seed, brief.fit)


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
