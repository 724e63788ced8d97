"""``LabelInspector``: believes the first line of a file, so that tests need no real media."""

from pathlib import Path

from ...application.file_ports import Inspection
from ...application.ports import CancelSignal
from ...domain.errors import UnsupportedFile
from ...domain.file import FileKind, FileMetadata
from ...domain.progress import Listener

_KINDS: dict[str, FileKind] = {
    "image": "image",
    "video": "video",
    "audio": "audio",
    "text": "document",
    "application": "document",
}


class LabelInspector:
    """A file whose first line is "image/png" is a PNG image; one without such a line is not accepted.

    All files of a type have the same thumbnail, and all videos the same proxy.
    """

    def inspect(self, file: Path, name: str, into: Path) -> Inspection:
        with file.open("rb") as source:
            media_type = source.readline(100).decode("ascii", "replace").strip()
        kind = _KINDS.get(media_type.partition("/")[0])
        if kind is None:
            raise UnsupportedFile(name, f"its first line is {media_type!r}: a media type such as image/png is right")
        thumbnail = into / "thumbnail.jpg"
        thumbnail.write_bytes(b"thumbnail of " + media_type.encode())
        return Inspection(kind=kind, media_type=media_type, metadata=FileMetadata(), thumbnail=thumbnail)

    def proxy(
        self, file: Path, name: str, into: Path, *, progress: Listener | None, cancel: CancelSignal | None
    ) -> Path:
        proxy = into / "proxy.mp4"
        proxy.write_bytes(b"proxy")
        return proxy
