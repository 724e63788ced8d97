"""What is known of a document that somebody sent."""

import zipfile
from pathlib import Path

from ...domain.errors import InvalidBrief
from ...domain.file import FileMetadata
from ...domain.language import detect
from ...domain.script import Block, usual_seconds
from .documents import BIGGEST, decoded, read_document
from .markdown import read_markdown

_MOST_UNPACKED = 512 << 20
_OPENING = 200
"""Characters of a document's beginning that are kept with it."""
_SAMPLE = 50_000
"""Characters by which it is told how long a document takes to say."""


def inspect_document(path: Path, media_type: str) -> tuple[FileMetadata, tuple[Block, ...]]:
    """Its metadata and its text. Raises InvalidBrief for one that is damaged, encrypted, empty, a scan or a bomb."""
    if media_type.endswith("wordprocessingml.document"):
        _check_unpacked(path)
    if media_type == "text/markdown" and path.stat().st_size <= BIGGEST:
        blocks = read_markdown(decoded(path.read_bytes(), str(path)))
    else:
        blocks = read_document(path).blocks
    if not blocks:
        raise InvalidBrief(f"{path}: there is no text in it")
    opening = " ".join(block.text for block in blocks[:5])
    words = sum(len(block.text.split()) for block in blocks)
    text = " ".join(block.text for block in blocks)
    sample = text[:_SAMPLE]
    spoken = usual_seconds(sample, detect(sample)) * len(text) / len(sample)
    return FileMetadata(words=words, opening=opening[:_OPENING], spoken=round(spoken, 1)), blocks


def _check_unpacked(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > _MOST_UNPACKED:
        raise InvalidBrief(
            f"{path}: it unpacks to {unpacked >> 20:,} MB: at most {_MOST_UNPACKED >> 20} MB are right for a document"
        )
