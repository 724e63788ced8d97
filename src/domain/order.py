"""What a user of a service asks for: a brief whose files are named by their ids, or an edited timeline."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .brief import SUMMARY, Brief
from .errors import InvalidBrief, UnknownName
from .file import FileKind
from .language import detect
from .previews import TEASER_FILES
from .script import usual_seconds

TEASERS = tuple(suffix.removeprefix(".") for suffix in TEASER_FILES)
MOST_ASSETS = 200
"""Photos and clips of one order, those of its scenes aside."""
FILE = "file:"
"""Before the id of a file in the path of an asset of a timeline."""
_EDGES = 2.0
"""Seconds that a title and the pauses at both ends are worth."""
_PICTURES: tuple[FileKind, ...] = ("image", "video")
_SOUNDS: tuple[FileKind, ...] = ("audio", "video")
_KINDS: dict[str, tuple[FileKind, ...]] = {"photo": ("image",), "clip": ("video", "image"), "sound": _SOUNDS}
"""Kind of an asset of a timeline -> what the file of it may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Exactly one of ``brief`` and ``timeline``.

    A service has no folders: the paths in ``brief`` are ids of files of the owner, ``assets`` the ids of its photos and
    clips. ``timeline`` is a document of ``reelwright.timeline/1`` in which the path of an asset is "file:ID", or
    "speech:DIGEST" for narration that was made before. ``webhook`` is the address that is told of the end.
    ``teaser``, "gif" or "webp", asks for a short silent loop too. Raises InvalidBrief, UnknownName.
    """

    brief: Brief | None = None
    assets: tuple[str, ...] = ()
    timeline: Mapping[str, Any] | None = None
    webhook: str = ""
    teaser: str = ""

    def __post_init__(self) -> None:
        if (self.brief is None) == (self.timeline is None):
            raise InvalidBrief("there is not exactly one source: a text, a document, scenes or a timeline is right")
        if self.brief is None and self.assets:
            raise InvalidBrief("a timeline names its assets itself: leave the others out")
        if self.brief is not None and self.brief.assets is not None:
            raise InvalidBrief("assets is a folder: the ids of files are right")
        if self.teaser and self.teaser not in TEASERS:
            raise UnknownName("kind of teaser", self.teaser, TEASERS)
        if len(self.assets) > MOST_ASSETS:
            raise InvalidBrief(f"{len(self.assets)} assets: at most {MOST_ASSETS} are right")

    @property
    def files(self) -> tuple[str, ...]:
        """The ids of all files that it needs, each once."""
        return tuple(dict.fromkeys((*self.assets, *self._named())))

    def _named(self) -> Iterator[str]:
        if self.timeline is not None:
            for asset in self.timeline.get("assets", {}).values():
                if str(asset.get("path", "")).startswith(FILE):
                    yield asset["path"].removeprefix(FILE)
        if self.brief is not None:
            for path in (self.brief.document, self.brief.music, self.brief.logo):
                if path is not None:
                    yield str(path)
            yield from (str(scene.asset) for scene in self.brief.scenes if scene.asset is not None)

    @property
    def title(self) -> str:
        """What to call the video until it is made."""
        if self.brief is None:
            return str((self.timeline or {}).get("title", ""))[:200]
        title = self.brief.title.strip() or next(iter(self.brief.text.strip().splitlines()), "").lstrip("# ")
        return title[:200]


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A file that an order names at the ``field``, and the ``kinds`` that it may be of.

    ``start`` is the second of it that has to be there; ``sound`` whether it has to sound.
    """

    field: str
    file: str
    kinds: tuple[FileKind, ...]
    start: float = 0.0
    sound: bool = False


def needs(order: Order) -> Iterator[Need]:
    """Every place where the order names a file."""
    for name, asset in (order.timeline or {}).get("assets", {}).items():
        if asset["path"].startswith(FILE):
            file = asset["path"].removeprefix(FILE)
            yield Need(field=asset_field(name), file=file, kinds=_KINDS[asset["kind"]], sound=asset["kind"] == "sound")
    for number, file in enumerate(order.assets):
        yield Need(field=f"assets[{number}]", file=file, kinds=_PICTURES)
    brief = order.brief
    if brief is None:
        return
    if brief.document is not None:
        yield Need(field="document", file=str(brief.document), kinds=("document",))
    if brief.music is not None:
        yield Need(field="music", file=str(brief.music), kinds=_SOUNDS, sound=True)
    if brief.logo is not None:
        yield Need(field="logo", file=str(brief.logo), kinds=("image",))
    for number, scene in enumerate(brief.scenes):
        if scene.asset is not None:
            field, sound = f"scenes[{number}].asset", scene.level is not None
            yield Need(field=field, file=str(scene.asset), kinds=_PICTURES, start=scene.start, sound=sound)


def asset_field(name: str) -> str:
    """Where the path of an asset of an edited timeline stands in a request."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'timeline.assets["{quoted}"].path'


def placed(brief: Brief, at: Mapping[str, Path], assets: Path | None) -> Brief:
    """The brief with the path of each file in the place of its id, and the folder of its assets."""

    def path(name: Path | None) -> Path | None:
        return None if name is None else at[str(name)]

    return replace(
        brief,
        document=path(brief.document),
        music=path(brief.music),
        logo=path(brief.logo),
        scenes=tuple(replace(scene, asset=path(scene.asset)) for scene in brief.scenes),
        assets=assets,
    )


def usual_length(brief: Brief, spoken: float = 0.0) -> float:
    """Seconds that the video will have, roughly; its document takes ``spoken`` seconds to say word for word."""
    if brief.scenes:
        language = brief.language or detect(" ".join(scene.text for scene in brief.scenes))
        lengths = [max(scene.seconds, usual_seconds(scene.text, language) / brief.rate) for scene in brief.scenes]
        return sum(lengths) + sum(scene.pause or 0 for scene in brief.scenes) + _EDGES
    if brief.seconds or brief.kind == "article":
        return (brief.seconds or SUMMARY) + _EDGES
    if brief.document is not None:
        return spoken / brief.rate + _EDGES
    return usual_seconds(brief.text, brief.language or detect(brief.text)) / brief.rate + _EDGES
