"""What runs in sandboxed children: the tasks that touch the files of users, by name.

A task takes its request and the child's :class:`~reelwright.adapters.security.sandboxed.Work`.
"""

from pathlib import Path

from .adapters.security.content import identify
from .adapters.security.inspector import PROXY, THUMBNAIL, Foreign, Found
from .adapters.security.sandboxed import Work
from .adapters.security.scripts import Wording
from .domain.brief import Brief
from .domain.errors import InvalidInput
from .domain.script import Script


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


def _folder(work: Work) -> Path:
    if work.writes is None:
        raise InvalidInput("the task was given no folder to write in")
    return work.writes
