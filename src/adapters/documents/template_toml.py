"""Templates as TOML files, one a template; ``docs/templates.md`` describes the schema.

A ``[palette]`` names colours; wherever a colour is asked for, a name of the palette will do.
"""

import tomllib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from ...domain.errors import InvalidTemplate, UnknownName
from ...domain.style import Type
from ...domain.template import Template
from .schema import Misfit, convert

_COLOUR_KEYS = ("fill", "stroke", "lit_fill", "keyword_fill", "rule", "colours", "accent", "track")


class TomlTemplates:
    """The ``*.toml`` files of ``folders``; where two share a name, the later folder's counts.

    ``fonts`` are the families that a template may use.
    """

    def __init__(self, folders: Iterable[Path], fonts: Collection[str]) -> None:
        self._files = {file.stem: file for folder in folders for file in sorted(folder.glob("*.toml"))}
        self._fonts = fonts

    def names(self) -> tuple[str, ...]:
        return tuple(self._files)

    def get(self, name: str) -> Template:
        """Raises UnknownName, InvalidTemplate."""
        file = self.file(name)
        try:
            return read_template(file.read_text("utf-8"), file, self._fonts)
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidTemplate(file, "", f"cannot be read ({error})") from error

    def file(self, name: str) -> Path:
        """Where a template lies. Raises UnknownName."""
        if name not in self._files:
            raise UnknownName("template", name, self._files)
        return self._files[name]


def read_template(text: str, file: Path, fonts: Collection[str]) -> Template:
    """The template of a TOML document; its name is the file's. Raises InvalidTemplate with the file and the key."""
    try:
        plain = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidTemplate(file, "", f"not TOML ({error})") from error
    palette = plain.pop("palette", {})
    if not isinstance(palette, dict):
        raise InvalidTemplate(file, "palette", 'a table of named colours is right, as in ink = "#101418"')
    try:
        template = convert(_painted(plain, palette) | {"name": file.stem}, Template)
    except Misfit as misfit:
        raise InvalidTemplate(file, misfit.key, misfit.problem) from misfit
    for key, kind in _types(template):
        if kind.font not in fonts:
            raise InvalidTemplate(file, f"{key}.font", str(UnknownName("font", kind.font, fonts)))
    return template


def _types(template: Template) -> Iterator[tuple[str, Type]]:
    yield "captions.type", template.captions.type
    yield "titles.type", template.titles.type
    if template.lower_third is not None:
        yield "lower_third.type", template.lower_third.type
        if template.lower_third.kicker is not None:
            yield "lower_third.kicker", template.lower_third.kicker


def _painted(value: Any, palette: dict[str, str], key: str = "") -> Any:
    """The data with names of the palette replaced by their colours."""
    if isinstance(value, dict):
        return {name: _painted(part, palette, name) for name, part in value.items()}
    if isinstance(value, list):
        return [_painted(part, palette, key) for part in value]
    return palette.get(value, value) if key in _COLOUR_KEYS and isinstance(value, str) else value
