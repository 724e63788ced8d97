"""Files that people have: what is read of each, and how the ones that cannot be used are refused."""

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from reelwright.adapters.documents.documents import read_document
from reelwright.domain.document import SourceKind
from reelwright.domain.errors import InvalidBrief
from reelwright.domain.script import Block
from tests import papers
from tests.papers import Printed, column, paragraph

SEA = "The sea climbs the beach twice a day and slips away again, and nobody pushes it."
MOON = "The Moon draws the water on the near side of the Earth into a long and low bulge."


def said(text: str) -> Block:
    return Block(kind="paragraph", text=text)


def heading(text: str, level: int = 1) -> Block:
    return Block(kind="heading", text=text, level=level)


def item(text: str, number: int | None = None, level: int = 1) -> Block:
    return Block(kind="item", text=text, level=level, number=number)


Reader = Callable[[str, bytes], tuple[Block, ...]]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    def read(name: str, data: bytes) -> tuple[Block, ...]:
        (tmp_path / name).write_bytes(data)
        return read_document(tmp_path / name).blocks

    return read


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("sea.txt", SEA.encode(), "script"),
        ("sea.md", SEA.encode(), "script"),
        ("sea", papers.page(f"<p>{SEA}</p><p>{MOON}</p>").encode(), "article"),
        ("sea.txt", papers.pdf(column([SEA])), "article"),
        ("sea.bin", papers.docx(paragraph(SEA)), "article"),
        ("wide.txt", SEA.encode("utf-16"), "script"),
    ],
)
def test_a_file_is_told_by_its_content(tmp_path: Path, name: str, data: bytes, kind: SourceKind) -> None:
    (tmp_path / name).write_bytes(data)
    document = read_document(tmp_path / name)
    assert document.kind == kind
    assert document.blocks[0] == said(SEA)


def test_a_text_may_speak_of_html_and_stay_a_text(read: Reader) -> None:
    assert read("a.md", b"The `<html>` tag.\n\n<div>markup</div>\n\nBye.") == (said("The <html> tag."), said("Bye."))


def test_only_the_article_of_a_page_is_read(read: Reader) -> None:
    article = (
        f"<h1>The sea</h1><p>{SEA}</p><h2>Why</h2><p>{MOON}</p><ol><li>At new moon the tides are high.</li>"
        f"<li>At half moon they are <b>low</b>.</li></ol><p>It takes<br>its time.</p>"
    )
    blocks = read("page.html", papers.page(article, title="The sea | The Kettle").encode())
    assert blocks[:6] == (
        heading("The sea"),
        said(SEA),
        heading("Why", 2),
        said(MOON),
        item("At new moon the tides are high.", 1),
        item("At half moon they are low.", 2),
    )
    text = " ".join(block.text for block in blocks)
    assert "takes" in text
    for clutter in ("kettles", "Sport", "Cookie", "tracked", "color"):
        assert clutter not in text


def test_a_chinese_page_is_read_in_the_encoding_that_it_names(read: Reader) -> None:
    first, second = "海水每天涨落两次，没有人推动它。", "月球的引力把海水拉向自己，于是面向月球的一侧海面隆起。"
    article = f"<p>{first}</p><h2>月亮</h2><p>{second}</p>"
    page = papers.page(article, title="大海为什么会呼吸_水壶网", charset="gb18030").encode("gb18030")
    assert read("page.html", page) == (
        heading("大海为什么会呼吸"),
        said(first),
        heading("月亮", 2),
        said(second),
    )


def test_the_lines_of_a_pdf_are_put_together_again(read: Reader) -> None:
    def sheet(number: int, lines: list[Printed]) -> list[Printed]:
        edge = [Printed(text=f"The Sea, {2020 + number}", y=800), Printed(text=f"- {number} -", y=30)]
        return [*edge, *lines]

    first = [
        Printed(text="Why the sea breathes", y=740, size=22, bold=True),
        *column(
            [
                "Twice a day the sea climbs the beach, and twice a day it slips be-",
                "hind again. Nobody pushes it, and the push comes from a well-",
                "known rock in the sky.",
            ]
        ),
        *column(["The Moon pulls the water toward itself on a well-known path, and"], top=640),
        Printed(text="1 A footnote in small type", y=60, size=7),
    ]
    second = [
        *column(["it lags behind."]),
        Printed(text="The Sun joins in", y=660, size=15),
        *column(["• At new moon the tides", "are high."], top=630),
        *column(["• At half moon they are low."], top=600),
        *column(["The moon at night", "is far away."], top=560),
    ]
    blocks = read("sea.pdf", papers.pdf(sheet(1, first), sheet(2, second), sheet(3, column(["The end."]))))
    assert blocks == (
        heading("Why the sea breathes"),
        said(
            "Twice a day the sea climbs the beach, and twice a day it slips behind again. Nobody pushes it, and the "
            "push comes from a well-known rock in the sky."
        ),
        said("The Moon pulls the water toward itself on a well-known path, and it lags behind."),
        heading("The Sun joins in", 2),
        item("At new moon the tides are high."),
        item("At half moon they are low."),
        said("The moon at night is far away."),
        said("The end."),
    )


def test_chinese_lines_of_a_pdf_run_on_without_a_space(read: Reader) -> None:
    lines = ["海水每天涨落两次，没有人推动它，推动它的力量来自三十八万公", "里以外的月球。"]
    assert read("sea.pdf", papers.pdf(column(lines))) == (said("".join(lines)),)


def test_a_chinese_paragraph_begins_where_a_line_is_set_in_by_two_characters(read: Reader) -> None:
    lines = ["　　海水每天涨落两次，没有人推动它，推", "动它的力量来自三十八万公里以外的月球。", "　　太阳也来帮忙。"]
    assert read("sea.pdf", papers.pdf(column(lines))) == (
        said("海水每天涨落两次，没有人推动它，推动它的力量来自三十八万公里以外的月球。"),
        said("太阳也来帮忙。"),
    )


def test_the_columns_of_a_pdf_are_read_one_after_the_other(read: Reader) -> None:
    left = ["The sea climbs the beach twice a day", "and slips away again, since the moon"]
    right = ["pulls it toward itself from a distance", "of 384,400 km."]
    assert read("sea.pdf", papers.pdf([*column(left, x=50), *column(right, x=310)])) == (said(" ".join(left + right)),)


def test_a_word_document_keeps_headings_and_lists(read: Reader) -> None:
    body = (
        paragraph("The sea", style="Titel")
        + paragraph("1  Tides ... 3", style="Verzeichnis1")
        + paragraph(SEA)
        + paragraph("Causes", style="berschrift1")
        + paragraph("Far away", style="Mine")
        + paragraph("Moon", listed=(1, 0))
        + paragraph("far", listed=(2, 1))
        + paragraph("Sun", listed=(1, 0))
        + "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a table</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        + "<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins><w:r><w:t>Kept </w:t></w:r></w:ins>"
        + "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:r><w:t>and</w:t><w:br/><w:t>told.</w:t></w:r></w:p>"
    )
    assert read("sea.docx", papers.docx(body)) == (
        heading("The sea"),
        said(SEA),
        heading("Causes"),
        heading("Far away", 2),
        item("Moon", 1),
        item("far", level=2),
        item("Sun", 2),
        said("Kept and told."),
    )


def locked() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(papers.pdf(column([SEA])))))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def archive(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in members.items():
            packed.writestr(name, text)
    return out.getvalue()


ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    f"<w:document {papers.W}><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.pdf", locked(), "password"),
        ("a.pdf", papers.pdf([Printed(text="7", y=30)]), "scan"),
        ("a.pdf", papers.pdf(column([SEA]))[:300], "damaged"),
        ("a.pdf", b"%PDF-1.7\n" + b"\0" * 100, "damaged"),
        ("a.pdf", papers.pdf(*[[]] * 501), "at most 500"),
        ("a.docx", papers.docx("x" * (21 << 20)), "unpacks to more"),
        ("a.docx", papers.docx("", parts={"word/document.xml": ENTITIES}), "document type"),
        ("a.docx", papers.docx("<w:p>"), "sound XML"),
        ("a.docx", papers.docx("<w:ins>" * 3_000 + paragraph(SEA) + "</w:ins>" * 3_000), "too deep"),
        ("a.html", b"<html><body>" + b"<div>" * 20_000 + SEA.encode(), "no article"),
        ("a.docx", papers.docx(paragraph(SEA))[:-30], "damaged"),
        ("a.xlsx", archive(**{"xl/workbook.xml": "<x/>"}), ".docx"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".docx"),
        ("a.rtf", rb"{\rtf1\ansi hello}", ".docx"),
        ("a.txt", b"\xff\x00\x80", "UTF-8"),
        ("a.txt", b"MZ\x90\x00\x03".replace(b"\x90", b""), "control"),
        ("a.html", b"<!doctype html><html><body><script>x()</script></body></html>", "no article"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_what_is_right(
    tmp_path: Path, name: str, data: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InvalidBrief, match=says) as refused:
        read_document(tmp_path / name)
    assert name in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidBrief, match="no such file"):
        read_document(tmp_path / "a.txt")
    with pytest.raises(InvalidBrief, match="folder"):
        read_document(tmp_path)


def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(65 << 20)
    with pytest.raises(InvalidBrief, match="at most 64 MB"):
        read_document(tmp_path / "a.txt")


WHOLE = (papers.pdf(column([SEA, MOON])), papers.docx(paragraph(SEA)), papers.page(f"<p>{SEA}</p>").encode())


@settings(max_examples=60)
@given(st.sampled_from(WHOLE), st.data())
def test_a_broken_file_is_read_or_refused_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, whole: bytes, data: st.DataObject
) -> None:
    broken = bytearray(whole[: data.draw(st.integers(8, len(whole)))])
    for _ in range(data.draw(st.integers(0, 6))):
        broken[data.draw(st.integers(5, len(broken) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "broken"
    path.write_bytes(broken)
    with suppress(InvalidBrief):
        assert all(block.text.strip() for block in read_document(path).blocks)
