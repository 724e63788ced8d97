"""Timelines for tests, from as little as a test wants to say."""

from pathlib import Path

from reelwright.domain.asset import Asset, AssetKind
from reelwright.domain.cue import Cue, CueWord
from reelwright.domain.output import Output
from reelwright.domain.pictures import Backdrop
from reelwright.domain.style import CaptionStyle, Style, TitleStyle, Type
from reelwright.domain.timeline import Music, Scene, SpeechClip, Timeline

STYLE = Style(captions=CaptionStyle(type=Type(font="Inter")), titles=TitleStyle(type=Type(font="Inter")))


def asset(path: Path, kind: AssetKind = "sound", samples: int = 0) -> Asset:
    return Asset(path=str(path), sha256="0" * 64, kind=kind, samples=samples)


def cue(*spans: tuple[int, int]) -> Cue:
    """A cue of one word for each half-open span of frames."""
    words = tuple(CueWord(text=f"word{index}", start=start, end=end) for index, (start, end) in enumerate(spans))
    return Cue(start=spans[0][0], end=spans[-1][1], words=words)


def scene(frames: int, speech: str | None = None, *, start: int = 0, words: tuple[tuple[int, int], ...] = ()) -> Scene:
    """A scene over a backdrop. ``speech`` names its sound, ``start`` is in samples, ``words`` are spans of frames."""
    return Scene(
        frames=frames,
        backdrop=Backdrop(kind="aurora", colours=("#101020", "#5060a0")),
        speech=SpeechClip(asset=speech, start=start) if speech else None,
        cues=(cue(*words),) if words else (),
    )


def timeline(
    *scenes: Scene,
    sounds: dict[str, Path] | None = None,
    music: Music | None = None,
    fps: int = 30,
    loudness: float = -14.0,
    true_peak: float = -1.0,
) -> Timeline:
    """A small upright timeline; ``sounds`` are its sound assets by name."""
    return Timeline(
        language="en",
        output=Output(width=90, height=160, fps=fps),
        style=STYLE,
        assets={name: asset(path) for name, path in (sounds or {}).items()},
        scenes=scenes,
        music=music,
        loudness=loudness,
        true_peak=true_peak,
    )
