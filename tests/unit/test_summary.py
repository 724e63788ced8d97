"""Articles condensed: what may not happen to any text, and what a listener would miss."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.adapters.documents.markdown import read_markdown
from reelwright.domain.cohesion import asks_for_the_next, leans_on_the_last
from reelwright.domain.errors import InvalidBrief, InvalidInput
from reelwright.domain.language import detect, speakable
from reelwright.domain.script import Block, split
from reelwright.domain.sentences import sentences
from reelwright.domain.summary import condense, summary_seconds
from reelwright.domain.textrank import text_rank, vectors

from .strategies import texts

ARTICLES = sorted((Path(__file__).parents[2] / "examples/articles").glob("*.md"))


def paragraph(text: str) -> Block:
    return Block(kind="paragraph", text=text)


def article(path: Path) -> tuple[tuple[Block, ...], str]:
    blocks = read_markdown(path.read_text("utf-8"))
    return blocks, detect(" ".join(block.text for block in blocks))


def said(blocks: tuple[Block, ...]) -> list[str]:
    return [sentence for block in blocks if block.kind != "heading" for sentence in sentences(block.text)]


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("seconds", [15, 30, 60, 120, 300])
def test_a_summary_is_sentences_of_the_article_in_their_order_and_time(path: Path, seconds: float) -> None:
    blocks, language = article(path)
    summary = condense(blocks, language=language, seconds=seconds)
    whole, kept = said(blocks), said(summary)
    places = [whole.index(sentence) for sentence in kept]
    assert places == sorted(set(places))
    assert 0.6 * seconds <= summary_seconds(summary, language) <= seconds
    assert summary == condense(blocks, language=language, seconds=seconds)


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("seconds", [30, 60, 120, 300])
def test_no_sentence_points_at_one_that_was_cut(path: Path, seconds: float) -> None:
    blocks, language = article(path)
    whole = said(blocks)
    places = {whole.index(sentence) for sentence in said(condense(blocks, language=language, seconds=seconds))}
    firsts = {
        whole.index(sentences(after.text)[0])
        for before, after in pairwise(blocks)
        if before.kind == "heading" and after.kind != "heading"
    }
    for place in places:
        assert not leans_on_the_last(whole[place]) or place in firsts or place - 1 in places, whole[place]
        ends_a_section = place + 1 in firsts or place + 1 == len(whole)
        assert not asks_for_the_next(whole[place]) or ends_a_section or place + 1 in places, whole[place]


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_a_summary_has_the_title_an_opening_and_something_of_the_end(path: Path) -> None:
    blocks, language = article(path)
    summary = condense(blocks, language=language, seconds=60)
    assert summary[0] == blocks[0]
    assert sentences(summary[1].text)[0] == sentences(blocks[1].text)[0]
    sections = [block.text for block in blocks if block.kind == "heading"]
    tail = said(blocks[[block.text for block in blocks].index(sections[-1]) :])
    assert said(summary)[-1] in tail
    assert not [block for block in summary[1:] if block.kind == "heading"]


def test_a_long_summary_has_a_card_for_every_section_that_it_tells_of() -> None:
    blocks, language = article(ARTICLES[0])
    summary = condense(blocks, language=language, seconds=240)
    assert [block.text for block in summary if block.kind == "heading"] == [
        block.text for block in blocks if block.kind == "heading"
    ]


def test_a_document_that_is_short_enough_is_kept_as_it_is() -> None:
    blocks = (Block(kind="heading", text="Tides", level=1), paragraph("The sea rises. It falls again."))
    assert condense(blocks, language="en", seconds=30) == blocks


def test_what_is_said_twice_is_kept_once() -> None:
    fact = "The Moon pulls the water of the ocean toward itself and raises a bulge."
    again = "The Moon pulls the water of the ocean toward itself, raising a bulge."
    others = [f"Harbour number {name} keeps a table of the hours of its tides." for name in ("one", "two", "three")]
    blocks = [paragraph(text) for text in (fact, *others, again, "Sailors read the sky and the birds for weather.")]
    kept = said(condense(blocks, language="en", seconds=18))
    assert fact in kept
    assert again not in kept


def test_words_about_the_page_are_not_kept() -> None:
    facts = [
        "The tide climbs the beach twice a day and leaves weed behind it.",
        "Harbours print tables that tell sailors when the water is high.",
        "Fundy in Canada sees the highest tide of all the coasts on Earth.",
        "Mills once ground corn with the water that the tide had left.",
    ]
    clutter = ["Subscribe to our tide newsletter for the tide of the day.", "Photo: the tide at Fundy, Canada."]
    references = [Block(kind="heading", text="References", level=2), paragraph("Tide tables of Canada, Fundy, 1969.")]
    blocks = [*map(paragraph, [facts[0], clutter[0], *facts[1:3], clutter[1], facts[3]]), *references]
    kept = said(condense(blocks, language="en", seconds=20))
    assert kept
    assert set(kept) <= set(facts)


def test_a_list_comes_with_what_announces_it() -> None:
    blocks = [
        paragraph("The tides of the sea follow the moon around the earth, month after month and year after year."),
        paragraph("Three things shape a tide:"),
        *(Block(kind="item", text=text, level=1) for text in ("the moon", "the sun", "the coast")),
        *(paragraph(f"Cook number {n} stirs soup slowly with a spoon of old olive wood.") for n in range(8)),
    ]
    kept = [block.text for block in condense(blocks, language="en", seconds=16)]
    listed = [text in kept for text in ("Three things shape a tide:", "the moon", "the sun", "the coast")]
    assert all(listed) or not any(listed)


def test_an_article_without_sentences_and_wrong_seconds_are_refused() -> None:
    with pytest.raises(InvalidBrief, match="sentences"):
        condense([Block(kind="heading", text="Tides", level=1)], language="en", seconds=60)
    for seconds in (1, 5_000):
        with pytest.raises(InvalidInput, match="10 to 1800"):
            condense([paragraph("The sea.")], language="en", seconds=seconds)


documents = st.lists(
    st.builds(
        Block,
        kind=st.sampled_from(["heading", "paragraph", "paragraph", "item"]),
        text=texts.filter(lambda text: bool(text.strip())),
        level=st.integers(1, 3),
    ),
    max_size=8,
)


@settings(max_examples=60)
@given(documents, st.sampled_from(["en", "zh"]), st.sampled_from([10, 20, 60, 100]))
def test_any_document_gives_a_script_of_its_own_words(blocks: list[Block], language: str, seconds: float) -> None:
    if not any(speakable(block.text) for block in blocks if block.kind != "heading"):
        with pytest.raises(InvalidBrief):
            condense(blocks, language=language, seconds=seconds)
        return
    summary = condense(blocks, language=language, seconds=seconds)
    assert split(summary, language=language).scenes
    source = iter("".join("".join(block.text.split()) for block in blocks))
    kept = "".join("".join(block.text.split()) for block in summary)
    assert all(ch in source for ch in kept), "not a part of the document in its order"
    if len(summary) > 1:
        assert summary_seconds(summary, language) <= seconds


@pytest.mark.parametrize(
    ("sentence", "leans"),
    [
        ("However, the box was not his.", True),
        ("He loved the sea.", True),
        ("“This is how it works.”", True),
        ("In this way the ship was saved.", True),
        ("For example, the cranes.", True),
        ("Dockers called it break bulk.", True),
        ("The inverse of this is true.", True),
        ("The largest ships carry thousands of boxes.", False),
        ("In March a ship ran aground.", False),
        ("Thistles grow on the dunes.", False),
        ("但是，他没有放弃。", True),
        ("这种方法很快流行起来。", True),
        ("为此，朝廷设立了茶马司。", True),
        ("茶叶改变了政治。", False),
        ("十七世纪初，荷兰人喝上了茶。", False),
    ],
)
def test_pronouns_and_connectives_lean_on_the_sentence_before(sentence: str, leans: bool) -> None:
    assert leans_on_the_last(sentence) is leans


def test_text_rank_is_that_of_the_whole_graph() -> None:
    """Against the definition: power iteration over the full matrix of cosines."""
    documents = [Counter(text.split()) for text in ("moon sea", "sea tide moon", "tide beach", "soup", "moon tide sea")]
    made = vectors(documents)
    size = range(len(made))
    edge = [
        [0.0 if i == j else sum(made[i].get(term, 0) * made[j].get(term, 0) for term in made[i]) for j in size]
        for i in size
    ]
    scores = [1.0] * len(made)
    for _ in range(60):
        scores = [0.15 + 0.85 * sum(edge[i][j] / sum(edge[i]) * scores[i] for i in size if sum(edge[i])) for j in size]
    assert text_rank(made) == pytest.approx(scores, abs=1e-3)
