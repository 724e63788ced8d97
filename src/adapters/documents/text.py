"""Text, as Markdown or as it stands."""

from ...domain.script import Block
from .markdown import read_markdown, read_plain


def read_text(text: str, *, markdown: bool) -> tuple[Block, ...]:
    """Headings, paragraphs and list items in reading order."""
    return read_markdown(text) if markdown else read_plain(text)
