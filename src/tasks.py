"""What runs in sandboxed children: the tasks that touch the files of users, by name.

A task takes its request and the child's :class:`~reelwright.adapters.security.sandboxed.Work`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from .adapters.security.content import identify
from .adapters.security.inspector import PROXY, THUMBNAIL, Foreign, Found
from .adapters.security.maker import Made, Making
from .adapters.security.sandboxed import Work
from .adapters.security.scripts import Wording
from .domain.brief import Brief
from .domain.errors import InvalidInput, InvalidTimeline
from .domain.order import Order, placed
from .domain.output import FORMATS
from .domain.script import Script
from .domain.timeline import Timeline
from .domain.video import VideoMetadata

if TYPE_CHECKING:
    from .bootstrap import Container
    from .domain.asset import Asset

_FILE, _SPEECH = "file:", "speech:"


def inspect(file: Foreign, work: Work) -> Found:
    """What a file is; its thumbnail lies in the folder of the work. Raises InvalidInput."""
    path, thumbnail = Path(file.path), _folder(work) / THUMBNAIL
    media_type = identify(path, file.name)
    if media_type.startswith("image/"):
        from .adapters.media.image_inspection import inspect_image

        return Found(kind="image", media_type=media_type, metadata=inspect_image(path, media_type, thumbnail))
    if media_type.startswith(("video/", "audio/")):
        from .adapters.media.inspection import inspect_media

        media_type, metadata = inspect_media(path, media_type, thumbnail)
        sounds = media_type.startswith("audio/")
        return Found(kind="audio" if sounds else "video", media_type=media_type, metadata=metadata)
    from .adapters.documents.inspection import inspect_document
    from .adapters.media.page_thumbnail import page

    metadata, blocks = inspect_document(path, media_type)
    page(blocks[:60], thumbnail)
    return Found(kind="document", media_type=media_type, metadata=metadata)


def proxy(file: Foreign, work: Work) -> None:
    """A small copy of a video in the folder of the work. Raises InvalidInput, Cancelled."""
    from .adapters.media.video_proxy import make_proxy

    make_proxy(Path(file.path), _folder(work) / PROXY, progress=work.progress, cancel=work.cancelled)


def script(wording: Wording, work: Work) -> Script:
    """What a text or a document would say, scene by scene. Raises InvalidInput."""
    from .adapters.documents.documents import read_document
    from .application.make_video import script_of

    brief = Brief(
        text=wording.text,
        document=Path(wording.document) if wording.document else None,
        kind=wording.kind,
        seconds=wording.seconds,
        title=wording.title,
        language=wording.language,
        rate=wording.rate,
    )
    return script_of(brief, read_document)


def make(making: Making, work: Work) -> Made:
    """A video in the folder of the work. Raises the errors of MakeVideo."""
    from .bootstrap import Container

    return make_in(Container(), making, work)


def make_in(container: "Container", making: Making, work: Work) -> Made:
    """``make`` with the adapters of a ``container``, whose settings are overridden."""
    from .adapters.documents.timeline_json import dumps, relocated
    from .settings import Settings

    workspace, folder = Path(making.workspace), _folder(work)
    templates = tuple(Path(path) for path in making.template_folders)
    container.settings.override(Settings(cache=workspace, template_folders=templates, workers=making.workers))
    order = msgspec.convert(making.order, Order, dec_hook=lambda _, text: Path(text))
    at = {file_id: Path(path) for file_id, path in making.material.items()}
    if order.brief is not None:
        assets = Path(making.assets) if making.assets else None
        brief = placed(order.brief, at, assets)
        video = folder / f"video{FORMATS[brief.format].suffix}"
        made = container.make_video()(
            brief, video, cache=workspace / "segments", progress=work.progress, cancel=work.cancelled
        )
        rendered, timeline, warnings = made.rendered, made.timeline, made.warnings
    else:
        timeline = _timeline(order, at, workspace)
        video = folder / f"video{FORMATS[timeline.output.format].suffix}"
        rendered = container.renderer().render(
            timeline, video, cache=workspace / "segments", progress=work.progress, cancel=work.cancelled
        )
        warnings = rendered.warnings
    poster = folder / "poster.jpg"
    container.previews().poster(timeline, poster)
    teaser = folder / f"teaser.{order.teaser}" if order.teaser else None
    if teaser is not None:
        container.previews().teaser(timeline, teaser, cancel=work.cancelled)
    ids = {str(path): file_id for file_id, path in at.items()}

    def named(_: str, asset: "Asset") -> str:
        return _FILE + ids[asset.path] if asset.path in ids else _SPEECH + Path(asset.path).stem

    (folder / "timeline.json").write_text(dumps(relocated(timeline, named)), "utf-8")
    output = timeline.output
    metadata = VideoMetadata(
        media_type=FORMATS[output.format].media_type,
        suffix=video.suffix,
        width=output.width,
        height=output.height,
        fps=output.fps,
        frames=rendered.frames,
        seconds=round(rendered.frames / output.fps, 3),
        loudness=rendered.loudness.integrated,
        true_peak=rendered.loudness.true_peak,
        segments=rendered.segments,
        reused=rendered.reused,
        warnings=warnings,
    )
    return Made(
        file=video.name,
        poster=poster.name,
        timeline="timeline.json",
        title=timeline.title,
        metadata=metadata,
        teaser="" if teaser is None else teaser.name,
    )


def _timeline(order: Order, at: Mapping[str, Path], workspace: Path) -> Timeline:
    """The timeline of an order with the files where they lie. Raises InvalidTimeline."""
    from .adapters.documents.timeline_json import loads, relocated

    def found(name: str, asset: "Asset") -> str:
        kind, _, key = asset.path.partition(":")
        speech = workspace / "speech" / key[:2] / f"{key}.wav"
        path = at.get(key) if kind == "file" else speech if kind == "speech" and key.isalnum() else None
        if path is None or not path.is_file():
            raise InvalidTimeline(f"$.assets.{name}.path", f"{asset.path} is not there any more")
        return str(path)

    return relocated(loads(msgspec.json.encode(order.timeline)), found)


def _folder(work: Work) -> Path:
    if work.writes is None:
        raise InvalidInput("the task was given no folder to write in")
    return work.writes
