"""The ports: what the use cases ask of the outside, each fulfilled by an adapter and by a shipped fake."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..domain.asset import Asset
from ..domain.document import Document
from ..domain.narration import Speech, Voice, Word
from ..domain.output import Output
from ..domain.progress import Listener
from ..domain.template import Template
from ..domain.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What a speech engine gives back.

    ``pcm`` holds mono float32 samples at 48 kHz within [-1, 1] as native-endian bytes; the words' spans count in
    those samples.
    """

    pcm: bytes
    words: tuple[Word, ...]

    @property
    def samples(self) -> int:
        return len(self.pcm) // 4


class SpeechEngine(Protocol):
    """Text to speech with word times."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def voices(self) -> tuple[Voice, ...]: ...

    def speak(self, text: str, *, voice: str, rate: float = 1.0) -> Spoken:
        """Speak ``text`` of any length at ``rate`` (0.5 to 2) times the voice's own pace.

        Raises UnknownName for a voice that the engine lacks, InvalidInput where nothing in the text can be spoken,
        MissingPart where the engine's model is absent, EngineFailed otherwise.
        """
        ...


class SpeechStore(Protocol):
    """Narration kept by the digest of what made it; a stored sound is complete or absent, never half."""

    def get(self, digest: str) -> Speech | None: ...

    def put(self, digest: str, spoken: Spoken) -> Speech: ...


class CancelSignal(Protocol):
    """Anything with ``is_set``: a ``threading.Event`` will do."""

    def is_set(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """Integrated loudness in LUFS and true peak in dBTP, after ITU-R BS.1770."""

    integrated: float
    true_peak: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A finished file.

    ``loudness`` is that of the mix, ``reused`` of its ``segments`` came from a cache, ``warnings`` say what was done
    otherwise than asked for.
    """

    path: Path
    frames: int
    bytes: int
    loudness: Loudness
    segments: int = 0
    reused: int = 0
    warnings: tuple[str, ...] = ()


class Renderer(Protocol):
    """A timeline into a file."""

    def check(self, output: Output, *, hardware: str, strict: bool) -> None:
        """Refuse before any work what ``render`` could not encode. Raises EngineFailed and MissingPart as it does."""
        ...

    def render(
        self,
        timeline: Timeline,
        to: Path,
        *,
        cache: Path | None,
        progress: Listener,
        cancel: CancelSignal | None,
        hardware: str = "none",
        strict: bool = False,
    ) -> Rendered:
        """Write ``to`` whole or not at all; ``progress`` is called from the calling thread.

        ``cache`` is a folder in which finished parts are kept and found again. ``hardware`` (one of ``HARDWARE``) that
        does not work gives way to the processor with a warning, or raises EngineFailed where ``strict`` is set. Raises
        MissingPart without an encoder for the output, InvalidTimeline for a missing asset, UnusableAsset for a broken
        one, OutputFailed, DiskFull, Cancelled.
        """
        ...


class Previews(Protocol):
    """What stands for a video beside it, drawn from its timeline; each file is written whole or not at all."""

    def poster(self, timeline: Timeline, to: Path) -> None:
        """A still. Raises UnknownName for another kind than POSTER_FILES, UnusableAsset, OutputFailed, DiskFull."""
        ...

    def still(self, timeline: Timeline, frame: int, to: Path) -> None:
        """One frame as it is in the video. Raises as ``poster`` does."""
        ...

    def sheet(self, rows: Sequence[tuple[str, Timeline, Sequence[int]]], to: Path) -> None:
        """A PNG with frames of several timelines of one size, each under its name. Raises OutputFailed, DiskFull."""
        ...

    def teaser(self, timeline: Timeline, to: Path, *, cancel: CancelSignal | None) -> None:
        """A short silent loop. Raises as ``poster`` does, of TEASER_FILES, and Cancelled."""
        ...


class Probe(Protocol):
    """What a file of the user is, by its content."""

    def asset(self, path: Path) -> Asset:
        """Raises UnusableAsset, naming the file and what is wrong with it."""
        ...


class Documents(Protocol):
    """Texts that people write, given as text or as the path of a file."""

    def __call__(self, source: str | Path, *, markdown: bool = True) -> Document:
        """Headings, paragraphs and list items in reading order; what a file is, is told by its content.

        ``markdown`` is how a ``source`` given as text is read. Raises InvalidBrief, naming the file and what would be
        right: missing, too large, damaged, encrypted, a scan, of another kind.
        """
        ...


class Readings(Protocol):
    """How the words of a text are spelt in the letters of file names."""

    def __call__(self, text: str) -> tuple[str, ...]:
        """The pinyin of each Chinese word without tones and spaces: "yueliang" for 月亮; nothing for other scripts."""
        ...


class Templates(Protocol):
    """The templates that there are."""

    def names(self) -> tuple[str, ...]: ...

    def get(self, name: str) -> Template:
        """Raises UnknownName, InvalidTemplate."""
        ...

    def file(self, name: str) -> Path:
        """Where a template lies. Raises UnknownName."""
        ...
