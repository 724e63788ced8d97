import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reelwright import Brief
from reelwright.domain.breaking import opportunities
from reelwright.domain.errors import InvalidBrief, InvalidInput
from reelwright.domain.language import speakable
from reelwright.domain.script import Block, BlockKind, SceneText, Script, estimate_seconds, split

from .strategies import texts


def paragraph(text: str) -> Block:
    return Block(kind="paragraph", text=text)


def scenes(text: str, language: str = "en") -> list[str]:
    return [scene.text for scene in split([paragraph(text)], language=language).scenes]


def flat(text: str) -> str:
    return "".join(text.split())


KINDS: list[BlockKind] = ["heading", "paragraph", "item"]
blocks = st.lists(
    st.builds(
        Block,
        kind=st.sampled_from(KINDS),
        text=texts.filter(lambda text: bool(text.strip())),
        level=st.integers(1, 3),
        number=st.none() | st.integers(0, 20),
    ),
    max_size=6,
)


@given(blocks, st.sampled_from(["en", "zh"]), st.sampled_from(["", "The sea", "海"]))
def test_no_text_is_lost_invented_or_moved_and_no_scene_is_too_long(
    document: list[Block], language: str, title: str
) -> None:
    if not any(speakable(text) for text in [title, *(block.text for block in document)]):
        with pytest.raises(InvalidBrief):
            split(document, language=language, title=title)
        return
    script = split(document, language=language, title=title)
    assert flat("".join(scene.text for scene in script.scenes)) == flat(title + "".join(b.text for b in document))
    for scene in script.scenes:
        assert speakable(scene.text)
        assert scene.text == " ".join(scene.text.split())
        assert estimate_seconds(scene.text, language) <= 7 or len(opportunities(scene.text)) == 1


@given(texts)
@example("价格3，000元（约3.5 米）“好”，他说。")
def test_cuts_spare_words_numbers_and_brackets(text: str) -> None:
    text = " ".join(text.split())
    for cut in opportunities(text)[:-1]:
        before, after = text[cut - 1], text[cut]
        assert not (before.isascii() and before.isalnum() and after.isascii() and after.isalnum())
        assert before == " " or after not in "，。、！？；：”）》…"
        assert before not in "“（《"


def test_sentences_that_are_long_enough_are_scenes_of_their_own() -> None:
    first, second = "The moon pulls the water toward itself.", "The Earth turns beneath the bulge."
    assert scenes(f"{first} {second}") == [first, second]


def test_short_sentences_share_a_scene() -> None:
    assert scenes("Really? Yes. Look up. It is the moon.") == ["Really? Yes. Look up. It is the moon."]
    assert scenes("真的吗？真的。", "zh") == ["真的吗？真的。"]


def test_a_long_sentence_parts_at_the_clause_nearest_its_middle() -> None:
    text = "When the moon is right above, the sea rises toward it in a bulge; where it is low, the water falls away"
    assert scenes(text) == [
        "When the moon is right above, the sea rises toward it in a bulge;",
        "where it is low, the water falls away",
    ]
    assert scenes("月球的引力把海水拉向自己，于是面向月球的一侧海面隆起，另一侧也因为惯性而隆起", "zh") == [
        "月球的引力把海水拉向自己，",
        "于是面向月球的一侧海面隆起，另一侧也因为惯性而隆起",
    ]


def test_a_sentence_without_clauses_parts_evenly_between_words() -> None:
    text = " ".join(["tide"] * 30)
    lengths = [len(scene) for scene in scenes(text)]
    assert len(lengths) == 2
    assert max(lengths) - min(lengths) <= 5


def test_the_remainder_of_a_long_sentence_is_never_a_lone_word() -> None:
    for words in range(15, 90):
        text = " ".join(["waves"] * words) + "."
        assert all(len(scene.split()) > 4 for scene in scenes(text))


def test_numbers_and_addresses_stay_whole() -> None:
    text = "从这里到月球大约有384,400公里而光只需要1.28秒就能走完这一段路程请看https://example.com/a,b吧各位朋友们"
    cut = scenes(text, "zh")
    assert len(cut) > 1
    assert all(any(token in scene for scene in cut) for token in ("384,400公里", "1.28秒", "https://example.com/a,b"))


def test_headings_are_cards_and_items_are_scenes() -> None:
    script = split(
        [
            Block(kind="heading", text="The sea", level=1),
            paragraph("It never rests, not even at night."),
            Block(kind="heading", text="Tides", level=2),
            Block(kind="item", text="Spring tide", level=1, number=1),
            Block(kind="item", text="Neap tide", level=1, number=2),
            Block(kind="item", text="Storm surge", level=1),
            Block(kind="heading", text="The end", level=1),
        ],
        language="en",
    )
    assert script == Script(
        title="The sea",
        language="en",
        scenes=(
            SceneText(text="The sea", kind="title"),
            SceneText(text="It never rests, not even at night.", kind="speech"),
            SceneText(text="Tides", kind="chapter"),
            SceneText(text="Spring tide", kind="item", label="1"),
            SceneText(text="Neap tide", kind="item", label="2"),
            SceneText(text="Storm surge", kind="item"),
            SceneText(text="The end", kind="chapter"),
        ),
    )


def test_a_heading_of_two_sentences_is_one_card() -> None:
    script = split([Block(kind="heading", text="Why does it rise? It is the moon.", level=1)], language="en")
    assert [scene.kind for scene in script.scenes] == ["title"]


def test_a_given_title_is_the_card_and_does_not_come_twice() -> None:
    same = split([Block(kind="heading", text="the  Sea", level=1), paragraph("Hello.")], language="en", title="The Sea")
    assert [(scene.kind, scene.text) for scene in same.scenes] == [("title", "The Sea"), ("speech", "Hello.")]
    other = split([Block(kind="heading", text="Tides", level=1)], language="en", title="The Sea")
    assert [(scene.kind, scene.text) for scene in other.scenes] == [("title", "The Sea"), ("chapter", "Tides")]


def test_a_text_without_headings_has_no_title_card() -> None:
    script = split([paragraph("Hello there.")], language="en")
    assert script.title == ""
    assert [scene.kind for scene in script.scenes] == ["speech"]


def test_what_cannot_be_spoken_joins_its_neighbour() -> None:
    script = split([paragraph("🌊"), paragraph("The sea."), Block(kind="heading", text="***", level=1)], language="en")
    assert [scene.text for scene in script.scenes] == ["🌊 The sea. ***"]
    assert script.title == ""


@pytest.mark.parametrize("text", ["こんにちは世界", "Привет, мир", "안녕하세요 세계"])
def test_a_text_that_no_voice_could_read_is_refused_instead_of_read_in_part(text: str) -> None:
    with pytest.raises(InvalidBrief, match="English or Chinese is right"):
        Brief(text=text)


@pytest.mark.parametrize(
    "text", ["The word мир means peace.", "ＡＩ改变世界", "“Café” is naïve — 3.5 €", "月球 and 地球"]
)
def test_a_foreign_word_in_a_text_is_no_reason_to_refuse_it(text: str) -> None:
    assert Brief(text=text).text == text


def test_a_text_that_cannot_be_spoken_is_refused_with_a_reason() -> None:
    with pytest.raises(InvalidBrief, match="at least one letter or digit"):
        split([paragraph("🌊 …")], language="en")
    with pytest.raises(InvalidBrief, match="title"):
        split([paragraph("The sea.")], language="en", title="🌊")
    with pytest.raises(InvalidInput):
        paragraph("  ")


@pytest.mark.parametrize(
    ("text", "language", "low", "high"),
    [
        ("The moon pulls the ocean toward itself.", "en", 2.5, 3.4),
        ("月球的引力把海水拉向自己。", "zh", 2.8, 3.4),
        ("It happened in 1969.", "en", 2.0, 3.2),
        ("🌙", "en", 0, 0),
    ],
)
def test_the_estimate_is_near_what_voices_take(text: str, language: str, low: float, high: float) -> None:
    assert low <= estimate_seconds(text, language) <= high


def test_a_long_document_is_cut_in_linear_time() -> None:
    text = "word and 海水。 🌊 e.g. " * 5_000
    assert len(scenes(text)) > 1_000
