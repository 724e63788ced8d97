"""What a command is given to make a video of."""

import re
import sys
from pathlib import Path
from typing import Any

import click

from ..domain.brief import LONGEST_ARTICLE
from ..domain.document import SOURCE_KINDS
from ..domain.errors import InvalidBrief

_SUFFIXES = {".txt", ".md", ".markdown", ".html", ".htm", ".pdf", ".docx", ".toml", ".json"}
_ADDRESS = re.compile(r"[a-z]+://", re.IGNORECASE)


def condensing(command: Any) -> Any:
    """The options that say how text is used."""
    command = click.option("--seconds", type=float, default=0.0, help="Condense the text to about so long.")(command)
    return click.option(
        "--as", "kind", default="", metavar="|".join(SOURCE_KINDS), help="Said word for word, or condensed."
    )(command)


def source_of(source: str) -> str | Path:
    """A text, read from standard input for ``-``, or the path of a file. Raises InvalidBrief."""
    if source == "-":
        data = sys.stdin.buffer.read(4 * LONGEST_ARTICLE + 1)
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InvalidBrief(
                f"standard input: no text in UTF-8 (byte {error.start} is none); UTF-8 is right"
            ) from error
    path = Path(source)
    try:
        if source.strip() and path.exists():
            return path
    except (OSError, ValueError):
        return source
    named = path.suffix.lower() in _SUFFIXES and not any(ch.isspace() for ch in source)
    if named and not _ADDRESS.match(source):
        raise InvalidBrief(f"{source}: there is no such file")
    return source


def said_on_the_line(choices: dict[str, Any]) -> dict[str, Any]:
    """The options that were typed: the others leave to a brief's file what it says."""
    context = click.get_current_context()
    default = click.core.ParameterSource.DEFAULT
    return {name: value for name, value in choices.items() if context.get_parameter_source(name) is not default}
