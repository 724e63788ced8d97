import pytest
from hypothesis import given

from reelwright.domain.language import detect, speakable
from reelwright.domain.sentences import sentences

from .strategies import texts


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Smith met Mrs. Jones.",
        "It costs 3.5 million, i.e. Three times more.",
        "Bring fruit, e.g. Apples.",
        "The U.S. Navy left Washington, D.C. in May.",
        "J. K. Rowling and George W. Bush met.",
        "See No. 5 and Fig. 3 on p. 7.",
        "The train leaves at 5 p.m. today.",
        "He works for Acme Inc. in Boston.",
        "Well ... maybe not.",
        '"Is it far?" she asked.',
        "He (really?) went home.",
        "1. Boil the water",
        "Visit example.com. or not",
        "价格是3.5元",
        "他说“走吧”",
    ],
)
def test_one_sentence_stays_whole(text: str) -> None:
    assert sentences(text) == (text,)


@pytest.mark.parametrize(
    "parts",
    [
        ["The moon rises.", "The tide follows!", "Why?"],
        ["I was born in the U.S.", "It is large."],
        ["No.", "That is wrong."],
        ["We left at 5 p.m.", "Then it rained."],
        ["“It is far.”", "She sighed."],
        ["He left (see p. 5.)", "Nobody saw it."],
        ["What?!", "Never..."],
        ["It ends.", "iPhones do not."],
        ["In 1969.", "384,400 km is far."],
    ],
)
def test_english_sentences_part_at_their_ends(parts: list[str]) -> None:
    assert sentences(" ".join(parts)) == tuple(parts)


@pytest.mark.parametrize(
    "parts",
    [
        ["潮汐是什么？", "是月亮的引力！", "很神奇。"],
        ["他说：“走吧。”", "我们就走了。"],
        ["海水退去；", "沙滩露出来。"],
        ["我想想……", "算了。"],
        ["（见下文。）", "然后呢？"],
        ["我用Python.", "很好用!", "真的。"],
        ["This is the sea.", "这是大海。", "Nice!"],
    ],
)
def test_chinese_and_mixed_sentences_part_without_spaces(parts: list[str]) -> None:
    assert sentences("".join(parts)) == tuple(parts)


def test_no_sentence_starts_with_the_comma_behind_a_quotation() -> None:
    assert sentences("“走吧！”，他说。") == ("“走吧！”，他说。",)


@given(texts)
def test_sentences_hold_the_whole_text_in_order(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())
    assert all(sentence.strip() for sentence in sentences(text))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The moon pulls the sea.", "en"),
        ("月球吸引海水。", "zh"),
        ("用Python和Docker部署服务", "zh"),
        ("The word 道 means way", "en"),
        ("The phrase 人山人海 means a huge crowd", "en"),
        ("ひらがな", "zh"),
        ("привет мир", "en"),
        ("123 🌙", "en"),
        ("", "en"),
    ],
)
def test_the_language_is_what_most_of_the_text_is_in(text: str, language: str) -> None:
    assert detect(text) == language


def test_only_letters_and_digits_can_be_spoken() -> None:
    assert speakable("a")
    assert speakable("5")
    assert speakable("海")
    assert not speakable("… — 🌙 ***")
