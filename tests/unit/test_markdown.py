import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.adapters.documents.markdown import read_markdown
from reelwright.adapters.documents.plain import read_plain
from reelwright.domain.script import Block

from .strategies import texts


def paragraph(text: str) -> Block:
    return Block(kind="paragraph", text=text)


def flat(text: str) -> str:
    return "".join(text.split())


def said(markdown: str) -> list[str]:
    return [block.text for block in read_markdown(markdown)]


def test_headings_paragraphs_and_lists_keep_their_order_and_rank() -> None:
    text = "# Tides\n\nThe sea\nrises.\n\nCauses\n------\n\n3. Moon\n3. Sun\n   - far\n\n   Far away.\n\n* Wind\n"
    assert read_markdown(text) == (
        Block(kind="heading", text="Tides", level=1),
        paragraph("The sea rises."),
        Block(kind="heading", text="Causes", level=2),
        Block(kind="item", text="Moon", level=1, number=3),
        Block(kind="item", text="Sun", level=1, number=4),
        Block(kind="item", text="far", level=2),
        Block(kind="item", text="Far away.", level=1, number=4),
        Block(kind="item", text="Wind", level=1),
    )


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("A *very* **big** ~~old~~ `sea`", "A very big old sea"),
        ("See [the moon](https://example.com 'title').", "See the moon."),
        ("See [the moon][1].\n\n[1]: https://example.com", "See the moon."),
        ("Look <https://example.com>.", "Look."),
        ("A ![picture](sea.png) here", "A here"),
        ("Salt &amp; water &copy;", "Salt & water ©"),
        (r"5 \* 3", "5 * 3"),
        ("one  \ntwo\\\nthree<br>four", "one two three four"),
        ("床前明月光，\n疑是地上霜。", "床前明月光，疑是地上霜。"),
        ("**重点：**内容", "重点：内容"),
        ("The <b>sea</b><!-- not this -->", "The sea"),
        ("Deep[^1].\n\n[^1]: Very deep.", "Deep."),
        ("- [x] swim", "swim"),
        ("> to be\n> or not", "to be or not"),
        ("> # To be", "To be"),
    ],
)
def test_only_what_is_for_the_ear_is_left(markdown: str, text: str) -> None:
    assert said(markdown) == [text]


@pytest.mark.parametrize(
    "markdown",
    [
        "```py\nprint()\n```",
        "    indented code",
        "<div>\nmarkup\n</div>",
        "![only a picture](sea.png)",
        "***",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "---\ntitle: The sea\ntags:\n  - tide\n---\n",
        "# ",
        "-",
        "",
    ],
)
def test_what_is_not_for_the_ear_is_left_out(markdown: str) -> None:
    assert said(markdown) == []


def test_a_rule_above_and_below_a_text_is_no_front_matter() -> None:
    assert said("---\n\nHello there\n\n---\n\nBye") == ["Hello there", "Bye"]
    assert said("---\ntitle: x\n---\nHello") == ["Hello"]


def test_plain_text_is_paragraphs_and_items() -> None:
    text = (
        "\ufeffThe sea\r\nnever rests.\r\n\r\n1. Moon\n goes on\n2) Sun\n3、风\n• Wind\n- Rain\n\n3.5 m\n1969. A year."
    )
    assert read_plain(text) == (
        paragraph("The sea never rests."),
        Block(kind="item", text="Moon goes on", level=1, number=1),
        Block(kind="item", text="Sun", level=1, number=2),
        Block(kind="item", text="风", level=1, number=3),
        Block(kind="item", text="Wind", level=1),
        Block(kind="item", text="Rain", level=1),
        paragraph("3.5 m 1969. A year."),
    )


def test_plain_text_is_not_markdown() -> None:
    assert read_plain("# not a *heading* &amp; so on") == (paragraph("# not a *heading* &amp; so on"),)


def test_chinese_lines_run_on_without_a_space() -> None:
    assert read_plain("床前明月光，\n疑是地上霜。") == (paragraph("床前明月光，疑是地上霜。"),)


def test_text_is_normalised_and_control_characters_are_gone() -> None:
    assert read_plain("cafe\u0301\x00 \u202ebar\u200b 👩\u200d👧") == (paragraph("café bar 👩\u200d👧"),)


@given(texts | st.text(max_size=80) | st.text(alphabet="#*-_`~>[]()!<&|\\ \n\t1.a海", max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    for block in (*read_markdown(text), *read_plain(text)):
        assert block.text == " ".join(block.text.split()) != ""
        block.text.encode()


@given(texts)
def test_a_plain_paragraph_loses_nothing(text: str) -> None:
    read = "".join(block.text for block in read_plain("x " + text.replace("\n", " ")))
    assert flat(read) == "x" + flat(unicodedata.normalize("NFC", text))


def test_a_list_that_counts_down_keeps_its_numbers() -> None:
    def numbers(text: str) -> list[int | None]:
        return [block.number for block in read_markdown(text)]

    assert numbers("3. Moon\n2. Sun\n1. Earth\n") == [3, 2, 1]
    assert numbers("3. Moon\n\n   goes on\n\n   1. dark\n   2. light\n2. Sun\n") == [3, 3, 1, 2, 2]
    assert numbers("1. Moon\n1. Sun\n") == [1, 2]
    assert numbers("2. Moon\n2. Sun\n1. Earth\n") == [2, 3, 4]
