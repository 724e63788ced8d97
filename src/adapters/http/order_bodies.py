"""What a video is ordered with, with an example of each body."""

from typing import Annotated, Any, Literal

import msgspec

from ...application.planning import Plan
from ...domain.caption_styles import CAPTION_STYLES
from ...domain.language import LANGUAGES
from ...domain.order import TEASERS
from ...domain.output import ASPECTS, CODECS, FORMATS, FRAME_RATES, HARDWARE, QUALITIES, RESOLUTIONS
from ...domain.pictures import FITS
from ...domain.transitions import TRANSITIONS
from .problems import Fault, fault

_EXACT = 2**53


def _told(text: str) -> Any:
    return msgspec.Meta(description=text)


def _one_of(text: str, names: Any) -> Any:
    return msgspec.Meta(description=f"{text}: {', '.join(map(str, names))}.")


FileId = Annotated[str, _told("The `id` of a file.")]
AssetId = Annotated[str, _told("The `id` of a photo or a video.")]


class TransitionOrder(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How one scene gives way to the next; what is left out is the kind's usual."""

    kind: Annotated[str, _one_of("One of", ("cut", *TRANSITIONS))]
    seconds: float | None = None
    direction: str | None = None
    easing: str | None = None


class SceneOrder(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One scene. What is left out, or null, is chosen as for any script."""

    text: Annotated[str | None, _told("What is said, word for word; a scene without it is silent.")] = None
    title: Annotated[str | None, _told("Set large over the picture.")] = None
    asset: AssetId | None = None
    start: Annotated[float | None, _told("The second at which a video begins.")] = None
    speed: Annotated[float | None, _told("How fast a video runs, 0.25 to 4.")] = None
    level: Annotated[float | None, _told("Of a video's own sound, in dB beside the narration.")] = None
    fit: Annotated[str | None, _one_of("One of", FITS)] = None
    focus: Annotated[tuple[float, float] | None, _told("The point that stays in view: x and y, 0 to 1.")] = None
    voice: str | None = None
    captions: Annotated[str | None, _one_of("One of", CAPTION_STYLES)] = None
    transition: Annotated[TransitionOrder | None, _told("The one into the scene.")] = None
    seconds: Annotated[float | None, _told("How long it lasts at the least.")] = None
    pause: Annotated[float | None, _told("Seconds of silence after it.")] = None


class Options(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The source and the options of a video, as the command line's ``make`` has them."""

    script: Annotated[str | None, _told("A text that is said word for word; Markdown is read.")] = None
    article: Annotated[str | None, _told("A text that is condensed to `seconds`.")] = None
    topic: Annotated[str | None, _told("What a language model writes about, where there is one.")] = None
    document: Annotated[str | None, _told("The `id` of a file whose text is the source.")] = None
    scenes: Annotated[list[SceneOrder] | None, _told("Scenes that are laid out by hand.")] = None
    as_: Annotated[str | None, _told("Whether a document is a script or an article.")] = msgspec.field(
        name="as", default=None
    )
    seconds: Annotated[float | None, _told("What an article is condensed to, about.")] = None
    title: Annotated[str | None, _told("Text of the title card.")] = None
    template: Annotated[str | None, _told("See `GET /api/video/templates`; usually tide.")] = None
    voice: Annotated[str | None, _told("See `GET /api/video/voices`; chosen by the language otherwise.")] = None
    language: Annotated[str | None, _one_of("Told from the text otherwise", LANGUAGES)] = None
    aspect: Annotated[str | None, _one_of("Usually 9:16", ASPECTS)] = None
    resolution: Annotated[str | None, _one_of("Of the shorter side, usually 1080p", RESOLUTIONS)] = None
    fps: Annotated[int | None, _one_of("Frames a second, usually 30", FRAME_RATES)] = None
    format: Annotated[str | None, _one_of("Usually mp4", FORMATS)] = None
    codec: Annotated[str | None, _one_of("The format's first otherwise", CODECS)] = None
    quality: Annotated[str | None, _one_of("Usually standard", QUALITIES)] = None
    hardware: Annotated[str | None, _one_of("What encodes, usually none", HARDWARE)] = None
    assets: Annotated[list[AssetId] | None, _told("Photos and videos, matched to the scenes by their words.")] = None
    music: Annotated[str | None, _told("The `id` of a sound to play under the narration.")] = None
    logo: Annotated[str | None, _told("The `id` of a picture for a corner.")] = None
    end_card: Annotated[str | None, _told("Text of a last scene after the narration.")] = None
    progress_bar: Annotated[bool | None, _told("Whether the template's is shown, if it has one.")] = None
    clip_sound: Annotated[float | None, _told("Keep the clips' sound, at this many dB beside the narration.")] = None
    rate: Annotated[float | None, _told("Pace of the voice, 0.5 to 2.")] = None
    loudness: Annotated[float | None, _told("LUFS, usually -14.")] = None
    fit: Annotated[str | None, _one_of("How pictures fill the frame, usually cover", FITS)] = None
    seed: Annotated[int, msgspec.Meta(ge=-_EXACT, le=_EXACT)] | None = None
    captions_style: Annotated[str | None, _one_of("The template's otherwise", CAPTION_STYLES)] = None
    caption_position: Annotated[str | float | None, _told("top, middle, bottom, or 0 (top) to 1 (bottom).")] = None
    caption_size: Annotated[float | None, _told("Times the template's size, 0.4 to 2.5.")] = None
    strict: Annotated[bool | None, _told("Refuse what cannot be used instead of doing without it.")] = None
    teaser: Annotated[str | None, _one_of("Also make a short silent loop", TEASERS)] = None
    webhook: Annotated[str | None, _told("An address that is told of the end.")] = None


class VideoOrder(Options, kw_only=True, forbid_unknown_fields=True):
    """A video that is asked for: exactly one of script, article, topic, document and scenes, and any options.

    What is left out, or null, is taken from the project where there is one, and has its usual value otherwise.
    """

    project_id: Annotated[str | None, _told("The project that it belongs to, whose script and settings it has.")] = None


class VideoOrders(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Up to 50 videos: all of them are accepted, or none."""

    orders: Annotated[list[VideoOrder], msgspec.Meta(min_length=1, max_length=50)]


class VideoChanges(Options, kw_only=True, forbid_unknown_fields=True):
    """What takes the place of the same in the other video's order; an empty music or logo leaves it out."""


class VideoEdit(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Exactly one of ``changes`` and ``timeline``, the edited document of ``GET /api/video/timeline/{id}``."""

    changes: VideoChanges | None = None
    timeline: dict[str, Any] | None = None
    webhook: Annotated[str | None, _told("Of a timeline: an address that is told of the end.")] = None


class PlannedOutput(msgspec.Struct, kw_only=True):
    """What the file would be."""

    width: int
    height: int
    fps: int
    format: str
    codec: str
    quality: Literal["draft", "standard", "high"]


class SceneOutline(msgspec.Struct, kw_only=True):
    """What one scene would say, and about how long."""

    text: str
    kind: Literal["speech", "title", "chapter", "item", "silent"]
    seconds: float


class Need(msgspec.Struct, kw_only=True):
    """``amount`` of a resource would be reserved of what is ``left`` of it; null is no limit."""

    resource: str
    amount: int
    left: int | None


class VideoPlan(msgspec.Struct, kw_only=True):
    """What an order would become; nothing is stored. Where it is not ``ok``, ``errors`` says all that is wrong."""

    ok: bool
    errors: list[Fault]
    warnings: tuple[str, ...]
    language: str
    template: str
    voice: str
    title: str
    output: PlannedOutput
    seconds: float
    scenes: list[SceneOutline]
    quota: list[Need]


def given(options: msgspec.Struct) -> dict[str, Any]:
    """What of the options is there, by the names in the body."""
    found: dict[str, Any] = _said(msgspec.to_builtins(options))
    return found


def _said(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _said(part) for key, part in value.items() if part is not None}
    return [_said(part) for part in value] if isinstance(value, list) else value


def plan(found: Plan, language: str) -> VideoPlan:
    output = found.output
    return VideoPlan(
        ok=not found.errors,
        errors=[fault(error, language) for error in found.errors],
        warnings=found.warnings,
        language=found.language,
        template=found.template,
        voice=found.voice,
        title=found.title,
        output=msgspec.convert(output, PlannedOutput, from_attributes=True),
        seconds=found.seconds,
        scenes=[msgspec.convert(scene, SceneOutline, from_attributes=True) for scene in found.scenes],
        quota=[msgspec.convert(one, Need, from_attributes=True) for one in found.quota],
    )


_FILE = "019e3550-1c00-7123-8abc-0123456789ab"
ORDER = VideoOrder(
    script="# Why the sea breathes\n\nTwice a day the sea rises and falls. The moon is the reason.",
    template="tide",
    aspect="9:16",
    assets=[_FILE],
)
ORDERS = VideoOrders(orders=[ORDER, VideoOrder(article="The tide …", seconds=30.0, language="en")])
EDIT = VideoEdit(changes=VideoChanges(template="noir", voice="am_michael"))
PLAN = VideoPlan(
    ok=True,
    errors=[],
    warnings=("there are no photos or clips: the backgrounds of the template are shown",),
    language="en",
    template="tide",
    voice="af_heart",
    title="Why the sea breathes",
    output=PlannedOutput(width=1080, height=1920, fps=30, format="mp4", codec="h264", quality="standard"),
    seconds=7.1,
    scenes=[
        SceneOutline(text="Why the sea breathes", kind="title", seconds=1.3),
        SceneOutline(text="Twice a day the sea rises and falls. The moon is the reason.", kind="speech", seconds=5.8),
    ],
    quota=[
        Need(resource="videos", amount=1, left=17),
        Need(resource="render_seconds", amount=8, left=7001),
        Need(resource="storage_bytes", amount=4_500_000, left=5_000_000_000),
    ],
)
