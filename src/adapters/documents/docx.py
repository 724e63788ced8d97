"""Word documents (Office Open XML, ECMA-376): the text of word/document.xml by its styles.

Headers, footers, notes and comments are other parts of the file and never read; tables and deleted text are left out.
"""

import io
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from ...domain.errors import InvalidBrief
from ...domain.script import Block
from .plain import block, clean

_BIGGEST_PART = 20 << 20
"""Bytes of XML that a part may unpack to: far more than any text, far less than a bomb."""
_MOST_PARTS = 20_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_HEADING = re.compile(r"heading (\d)")
_BULLETS = {"bullet", "none"}


class _NoDoctype(TreeBuilder):
    """Refuses a document type declaration, and with it every entity that could grow or reach outside."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise ParseError("there is a document type declaration in it")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    """What a paragraph style says: its name in English, a heading's level (0 for none), the list it numbers by."""

    name: str = ""
    level: int = 0
    numbers: str = ""


def read_docx(data: bytes, name: str) -> tuple[Block, ...]:
    """Headings by their styles, list items with their numbers, and paragraphs, in order. Raises InvalidBrief."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > _MOST_PARTS:
                raise InvalidBrief(
                    f"{name}: {len(archive.infolist()):,} files are packed in it: a plain .docx is right"
                )
            body = _part(archive, "word/document.xml", name)
            styles = _part(archive, "word/styles.xml", name)
            numbering = _part(archive, "word/numbering.xml", name)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
        if isinstance(error, InvalidBrief):
            raise
        raise InvalidBrief(
            f"{name}: the .docx is damaged or protected ({error}); one that Word opens is right"
        ) from error
    if body is None:
        raise InvalidBrief(f"{name}: an archive or another program's file; a .docx that Word saved is right")
    try:
        return tuple(_blocks(body, _styles(styles), _formats(numbering)))
    except RecursionError as error:
        raise InvalidBrief(f"{name}: its parts are nested too deep; a .docx that Word saved is right") from error


def _part(archive: zipfile.ZipFile, part: str, name: str) -> Element | None:
    """The XML of a part, None where there is none; read no further than _BIGGEST_PART, whatever the archive claims."""
    if part not in archive.namelist():
        return None
    with archive.open(part) as file:
        data = file.read(_BIGGEST_PART + 1)
    if len(data) > _BIGGEST_PART:
        raise InvalidBrief(f"{name}: {part} unpacks to more than {_BIGGEST_PART >> 20} MB: a document of text is right")
    parser = XMLParser(target=_NoDoctype())  # noqa: S314 - no document type, so no entity
    try:
        parser.feed(data)
        root = parser.close()
    except ParseError as error:
        raise InvalidBrief(f"{name}: {part} is no sound XML ({error}); a .docx that Word saved is right") from error
    for element in root.iter():
        element.tag = element.tag.replace(_STRICT, _W)
        for key in [key for key in element.attrib if key.startswith(_STRICT)]:
            element.attrib[key.replace(_STRICT, _W)] = element.attrib.pop(key)
    return root


def _styles(root: Element | None) -> dict[str, _Style]:
    """The paragraph styles by their id, with what they take over from the style that they are based on."""
    if root is None:
        return {}
    elements = {_value(style, "styleId"): style for style in root.iter(f"{_W}style")}

    def read(key: str, depth: int = 0) -> _Style:
        style = elements[key]
        name = _of(style, "name").casefold()
        based_on = _of(style, "basedOn")
        parent = read(based_on, depth + 1) if based_on in elements and depth < 10 else _Style()
        heading = _HEADING.fullmatch(name)
        level = int(heading[1]) if heading else 1 if name == "title" else parent.level
        return _Style(name=name, level=level, numbers=_of(style, "pPr/numPr/numId") or parent.numbers)

    return {key: read(key) for key in elements}


def _formats(root: Element | None) -> dict[tuple[str, str], str]:
    """How each level of each list numbers: "decimal", "bullet" and others, by the list's id and the level."""
    if root is None:
        return {}
    lists = {_value(one, "abstractNumId"): one for one in root.iter(f"{_W}abstractNum")}
    formats = {}
    for number in root.iter(f"{_W}num"):
        levels = lists.get(_of(number, "abstractNumId"))
        for level in () if levels is None else levels.iter(f"{_W}lvl"):
            formats[_value(number, "numId"), _value(level, "ilvl")] = _of(level, "numFmt")
    return formats


def _blocks(root: Element, styles: dict[str, _Style], formats: dict[tuple[str, str], str]) -> Iterator[Block]:
    counts: dict[tuple[str, int], int] = defaultdict(int)
    for paragraph in _paragraphs(root):
        style = styles.get(_of(paragraph, "pPr/pStyle"), _Style())
        text = clean("".join(_text(paragraph)))
        if style.name.startswith("toc ") or not text.strip():
            continue
        list_id = _of(paragraph, "pPr/numPr/numId") or style.numbers
        if style.level:
            yield from block("heading", text, style.level)
        elif list_id and list_id != "0":
            depth = _of(paragraph, "pPr/numPr/ilvl") or "0"
            level = int(depth) if depth.isdecimal() else 0
            counts[list_id, level] += 1
            for deeper in [key for key in counts if key[0] == list_id and key[1] > level]:
                del counts[deeper]
            ordered = formats.get((list_id, depth), "bullet") not in _BULLETS
            yield from block("item", text, level + 1, counts[list_id, level] if ordered else None)
        else:
            yield from block("paragraph", text)


def _paragraphs(element: Element) -> Iterator[Element]:
    """The paragraphs in order, those of content controls too, those of tables not."""
    for child in element:
        if child.tag == f"{_W}p":
            yield child
        elif child.tag in {f"{_W}body", f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}smartTag", f"{_W}customXml"}:
            yield from _paragraphs(child)


def _text(element: Element) -> Iterator[str]:
    """What is to be read of a paragraph: not what was deleted, is hidden, or stands in a drawing."""
    for child in element:
        match child.tag.removeprefix(_W):
            case "t":
                yield child.text or ""
            case "tab" | "br" | "cr":
                yield " "
            case "noBreakHyphen":
                yield "-"
            case "r" if child.find(f"{_W}rPr/{_W}vanish") is None:
                yield from _text(child)
            case "hyperlink" | "ins" | "moveTo" | "sdt" | "sdtContent" | "smartTag" | "fldSimple" | "customXml":
                yield from _text(child)


def _of(element: Element, path: str) -> str:
    """The ``w:val`` of the element at ``path`` below, empty where there is none."""
    found = element.find("/".join(_W + step for step in path.split("/")))
    return "" if found is None else _value(found, "val")


def _value(element: Element, attribute: str) -> str:
    return element.get(_W + attribute, "")
