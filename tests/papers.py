"""Documents that tests make for themselves: PDF written by hand, Word as a ZIP archive, web pages."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """Text on a page of A4: its lower left corner and size in points."""

    text: str
    y: float
    x: float = 72
    size: float = 11
    bold: bool = False


def column(lines: Iterable[str], *, top: float = 700, step: float = 14, x: float = 72) -> list[Printed]:
    return [Printed(text=line, y=top - step * row, x=x) for row, line in enumerate(lines)]


def pdf(*pages: Sequence[Printed]) -> bytes:
    """A PDF 1.4 in Helvetica; Chinese is set in a composite font whose codes are UTF-16."""
    count = len(pages)
    kids = " ".join(f"{8 + 2 * number} 0 R" for number in range(count))
    unicode_map = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def\n"
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n1 beginbfrange <0000> <FFFF> <0000> endbfrange\n"
        b"endcmap end end"
    )
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        (
            b"<< /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /Identity-H /DescendantFonts [6 0 R] "
            b"/ToUnicode 7 0 R >>"
        ),
        (
            b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Song /DW 1000 "
            b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
        ),
        _stream(unicode_map),
    ]
    for number, page in enumerate(pages):
        fonts = "<< /F1 3 0 R /F2 4 0 R /F3 5 0 R >>"
        bodies.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font {fonts} >> "
            f"/Contents {9 + 2 * number} 0 R >>".encode()
        )
        bodies.append(_stream("\n".join(map(_set, page)).encode("ascii")))
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start))
    return out.getvalue()


def _stream(data: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data)


def _set(line: Printed) -> str:
    wide = not line.text.isascii() and any(ord(ch) > 0x2E7F for ch in line.text)
    font = "F3" if wide else "F2" if line.bold else "F1"
    codes = line.text.encode("utf-16-be" if wide else "cp1252").hex()
    return f"BT /{font} {line.size} Tf 1 0 0 1 {line.x} {line.y} Tm <{codes}> Tj ET"


def docx(body: str, *, parts: dict[str, str] | None = None) -> bytes:
    """A Word document around paragraphs in WordprocessingML; see ``paragraph``."""
    styles = (
        '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="berschrift2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Verzeichnis1"><w:name w:val="toc 1"/></w:style>'
    )
    levels = "".join(
        f'<w:abstractNum w:abstractNumId="{number}"><w:lvl w:ilvl="0"><w:numFmt w:val="{form}"/></w:lvl>'
        f'<w:lvl w:ilvl="1"><w:numFmt w:val="{form}"/></w:lvl></w:abstractNum>'
        for number, form in ((10, "decimal"), (11, "bullet"))
    )
    lists = "".join(f'<w:num w:numId="{number}"><w:abstractNumId w:val="{9 + number}"/></w:num>' for number in (1, 2))
    members = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {W}>{styles}</w:styles>",
        "word/numbering.xml": f"<w:numbering {W}>{levels}{lists}</w:numbering>",
        "word/header1.xml": f"<w:hdr {W}><w:p><w:r><w:t>A running head</w:t></w:r></w:p></w:hdr>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (members | (parts or {})).items():
            archive.writestr(name, text)
    return out.getvalue()


def paragraph(text: str, *, style: str = "", listed: tuple[int, int] | None = None) -> str:
    """A paragraph; ``listed`` is the list (1 numbered, 2 bulleted) and the depth from 0."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if listed is not None:
        properties += f'<w:numPr><w:ilvl w:val="{listed[1]}"/><w:numId w:val="{listed[0]}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def page(article: str, *, title: str = "", charset: str = "utf-8") -> str:
    """A web page with a menu, an advertisement and a footer around an article."""
    links = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in ("Home", "Politics", "Sport", "Weather"))
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="{charset}"><title>{title}</title>'
        "<script>var tracked = 'the reader';</script><style>p { color: red }</style></head><body>"
        f'<header><nav><ul>{links}</ul></nav></header><aside class="ad">Buy three kettles now and save!</aside>'
        f"<article>{article}</article>"
        '<div class="related"><h3>Read next</h3><a href="/x">Ten kettles compared</a></div>'
        '<footer><p>Copyright 2024 The Kettle. <a href="/privacy">Cookie policy</a></p></footer></body></html>'
    )
