"""A document: the text of a file in blocks, and what it is usually meant for."""

from dataclasses import dataclass
from typing import Literal

from .script import Block

SourceKind = Literal["script", "article"]
SOURCE_KINDS: tuple[SourceKind, ...] = ("script", "article")
"""A script is said word for word, an article is condensed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a reader found. ``kind`` is what such a file usually is: a text a script, a web page an article."""

    blocks: tuple[Block, ...]
    kind: SourceKind = "script"
