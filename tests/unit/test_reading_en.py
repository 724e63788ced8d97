"""English is read out as a speaker would, and every token stays as it was written."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.adapters.ai.english import English
from reelwright.adapters.ai.mandarin import Mandarin
from reelwright.adapters.ai.numerals import cardinal, decade, decimal, fraction, ordinal, year
from reelwright.adapters.ai.reading import MAX_PHRASE, Reader, phrases, written_language
from reelwright.adapters.ai.reading_en import read_english
from reelwright.adapters.ai.written import written_sentences

READER = Reader()
MANDARIN = Mandarin()


class Heard(English):
    """Keeps the words that were to be said, instead of their phonemes."""

    def phonemes(self, tokens: Sequence[Sequence[str]]) -> list[str]:
        self.words = [" ".join(token) for token in tokens]
        return self.words


HEARD = Heard()


SPELLER = Reader()
SPELLER._english = HEARD
"""Reads without the dictionaries: what is said stands where phonemes would."""


def said(text: str) -> str:
    """The words said for a text, tokens apart by bars."""
    heard = []
    for sentence, _ in written_sentences(text):
        read_english(sentence, HEARD, MANDARIN)
        heard += [words for words in HEARD.words if words]
    return " | ".join(heard)


def sounds(text: str) -> dict[str, str]:
    return {unit.text: unit.phonemes.strip() for unit in READER.read(text, "en")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 apples", "five | apples"),
        ("12,345 people", "twelve thousand three hundred forty five | people"),
        ("0.5", "zero point five"),
        (".5", "zero point five"),
        ("3.14159", "three point one four one five nine"),
        ("-10", "minus ten"),
        ("−10", "minus ten"),
        ("~5 cats", "about five | cats"),
        ("100+ ways", "one hundred plus | ways"),
        (">100", "more than one hundred"),
        ("007", "oh oh seven"),
        ("100 000", "one hundred | thousand"),
        ("over 2.25 billion cups", "over | two point two five | billion | cups"),
        ("1st, 2nd, 3rd and 22nd", "first, | second, | third | and | twenty second"),
        ("the 21st-century", "the | twenty first century"),
        ("1/2 cup", "one half | cup"),
        ("3/4", "three quarters"),
        ("2½ cups", "two and a half | cups"),
        ("24/7", "twenty four seven"),
        ("10^6", "ten to the power of six"),
        ("x²", "X squared"),
        ("3x faster", "three times | faster"),
        ("1920x1080", "nineteen twenty by ten eighty"),
        ("5 + 3 = 8", "five | plus | three | equals | eight"),
        ("10 - 4", "ten | minus | four"),
        ("10-20", "ten to twenty"),
        ("a 3-0 win", "a | three to zero | win"),
    ],
)
def test_numbers_are_said_as_words(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In 1675, he", "In | sixteen seventy five, | he"),
        ("since 1905", "since | nineteen oh five"),
        ("in 2000", "in | two thousand"),
        ("in 2024.", "in | twenty twenty four."),
        ("2000 people", "two thousand | people"),
        ("1500 men", "one thousand five hundred | men"),
        ("the 1990s and the '80s", "the | nineteen nineties | and | the | eighties"),
        ("mid-1990s", "mid nineteen nineties"),
        ("the years 1990–1995", "the | years | nineteen ninety to nineteen ninety five"),
        ("March 5, 2024", "March | fifth, | twenty twenty four"),
        ("5 March 2024", "fifth | March | twenty twenty four"),
        ("Jan. 3", "January | third"),
        ("March 1–5", "March | first to fifth"),
        ("may 5 people", "may | five | people"),
        ("2024-03-05", "March fifth twenty twenty four"),
        ("3/5/2024", "March fifth twenty twenty four"),
        ("9/11", "nine eleven"),
        ("3:30 pm", "three thirty | P.M."),
        ("at 10:00.", "at | ten o'clock."),
        ("14:05", "fourteen oh five"),
        ("5pm", "five P.M."),
        ("10am–5pm", "ten A.M. to five P.M."),
        ("a ratio of 3:2", "a | ratio | of | three to two"),
        ("16:9", "sixteen to nine"),
    ],
)
def test_years_dates_and_times(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$3 million", "three | million dollars"),
        ("$2.5 billion,", "two point five | billion dollars,"),
        ("$2.5", "two point five dollars"),
        ("$1", "one dollar"),
        ("$1.50 each", "one dollar and fifty cents | each"),
        ("$0.99", "ninety nine cents"),
        ("$1,234.56", "one thousand two hundred thirty four dollars and fifty six cents"),
        ("$1.2M", "one point two million dollars"),
        ("$10-20", "ten to twenty dollars"),
        ("$5/month", "five dollars per month"),
        ("€50 and £3.20", "fifty euros | and | three pounds and twenty pence"),
        ("50€", "fifty euros"),
        ("3.5%", "three point five percent"),
        ("10-20%", "ten to twenty percent"),
    ],
)
def test_money_and_per_cent(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He ran 5 km in 25 min.", "He | ran | five | kilometers | in | twenty five | minutes."),
        ("1 km", "one | kilometer"),
        ("60 km/h", "sixty | kilometers per hour"),
        ("70mph", "seventy miles per hour"),
        ("-5°C", "minus five degrees Celsius"),
        ("20 °C", "twenty | degrees Celsius"),
        ("100 m²", "one hundred | square meters"),
        ("16GB of RAM", "sixteen gigabytes | of | RAM"),
        ("5'10\"", "five foot ten"),
        ("2 lbs", "two | pounds"),
        ("20 ms", "twenty | milliseconds"),
    ],
)
def test_units(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("555-1234", "five five five one two three four"),
        ("1-800-555-1234", "one eight oh oh five five five one two three four"),
        ("+1 415 555 2671", "plus one | four one five | five five five | two six seven one"),
        ("Call 911 now", "Call | nine one one | now"),
        ("Boeing 737", "Boeing | seven thirty seven"),
        ("Room 101", "Room | one oh one"),
        ("v2.0", "version two point zero"),
        ("Python 3.11.2", "Python | three point eleven point two"),
        ("iPhone 15", "iPhone | fifteen"),
        ("COVID-19", "COVID nineteen"),
        ("F-16", "F sixteen"),
        ("A380", "A three eighty"),
        ("H2O and CO2", "H two O | and | CO two"),
        ("1080p", "ten eighty P"),
        ("4K", "four K"),
        ("#1 fan", "number one | fan"),
        ("World War II", "World | War | two"),
        ("Henry VIII and Charles II", "Henry | the eighth | and | Charles | the second"),
        ("Chapter IV", "Chapter | four"),
    ],
)
def test_numbers_that_are_names(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Smith met Mr. Jones", "doctor | Smith | met | mister | Jones"),
        ("St. Mary", "saint | Mary"),
        ("Main St. is", "Main | street | is"),
        ("e.g. this", "for example | this"),
        ("i.e. that", "that is | that"),
        ("A vs. B", "A | versus | B"),
        ("No. 5", "number | five"),
        ("no.", "no."),
        ("Fig. 3", "figure | three"),
        ("(see p. 5)", "(see | page | five)"),
        ("the U.S. economy", "the | U.S. | economy"),
        ("US troops", "U.S. | troops"),
        ("it is IT", "it | is | I.T."),
        ("AMAZING DEALS FOR US", "amazing | deals | for | us"),
        ("A&B", "A and B"),
        ("C#", "C sharp"),
        ("Node.js and .NET", "Node dot J S | and | dot NET"),
        ("file.txt", "file dot T X T"),
        ("https://example.com/a/b?x=1", "example dot com"),
        ("www.reelwright.io", "reelwright dot I O"),
        ("me@x.com", "me at x dot com"),
        ("#MoonLanding", "hashtag Moon Landing"),
        ("w/ cheese", "with | cheese"),
    ],
)
def test_abbreviations_acronyms_and_addresses(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [("NASA", "nˈæsə"), ("GPU", "ʤˌipˌijˈu"), ("don't", "dˈOnt"), ("WOW", "wˈW"), ("café", "kæfˈA")],
)
def test_a_word_sounds_right(word: str, phonemes: str) -> None:
    assert sounds(word)[word] == phonemes


@pytest.mark.parametrize(
    ("text", "word", "phonemes"),
    [
        ("They live here.", "live", "lˈɪv"),
        ("Live music tonight.", "Live", "lˈIv"),
        ("He lives in Paris.", "lives", "lˈɪvz"),
        ("People use it.", "use", "jˈuz"),
        ("The use of tea.", "use", "jˈus"),
        ("Close the door.", "Close", "klˈOz"),
        ("It is close to me.", "close", "klˈOs"),
        ("Record your voice.", "Record", "ɹəkˈɔɹd"),
        ("A new record.", "record.", "ɹˈɛkəɹd."),
        ("I have read it.", "read", "ɹˈɛd"),
        ("I will read it.", "read", "ɹˈid"),
        ("The wind blows.", "wind", "wˈɪnd"),
    ],
)
def test_words_written_alike_are_said_by_their_place(text: str, word: str, phonemes: str) -> None:
    assert sounds(text)[word] == phonemes


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("It cost $2.5, wow!", ["It", "cost", "$2.5,", "wow!"]),
        ("🌙 The moon 🌙 rises — slowly… 🎉", ["🌙 The", "moon 🌙", "rises —", "slowly… 🎉"]),
        ("no—yes", ["no—", "yes"]),
        ("wait...what", ["wait...", "what"]),
        ("**bold** → _it_", ["**bold** →", "_it_"]),
        ("Say 你好，世界 to me.", ["Say", "你好，", "世界", "to", "me."]),
    ],
)
def test_tokens_stay_as_written_and_silent_ones_cling_to_a_neighbour(text: str, tokens: list[str]) -> None:
    assert [unit.text for unit in READER.read(text, "en")] == tokens


def test_chinese_inside_english_is_read_as_chinese() -> None:
    assert sounds("Say 世界 to me.")["世界"] == "ʂɨ↘ʨje↘"


@pytest.mark.parametrize("text", ["", "   ", "!!! …", "🎉🎉", "— · —"])
def test_where_nothing_can_be_said_there_are_no_units(text: str) -> None:
    assert READER.read(text, "en") == ()


def test_white_space_between_sentences_is_kept_and_lines_end_sentences() -> None:
    text = "One.  Two!\n\n三。四 five\nsix"
    assert written_sentences(text) == [
        ("One.", True),
        ("Two!", True),
        ("三。", False),
        ("四 five", True),
        ("six", False),
    ]


def test_a_long_sentence_is_cut_at_clause_marks_and_without_marks_between_words() -> None:
    with_marks = READER.read(", ".join(["the quiet water rises slowly tonight"] * 30), "en")
    without = READER.read(" ".join(["tide"] * 300), "en")
    for units in (with_marks, without):
        cut = phrases(units)
        assert len(cut) > 2
        assert all(0 < len(phrase.symbols) <= MAX_PHRASE for phrase in cut)
        assert "".join(phrase.symbols for phrase in cut) == "".join(unit.phonemes for unit in units)
    assert all(phrase.symbols.rstrip().endswith(",") for phrase in phrases(with_marks)[:-1])


def test_a_word_longer_than_a_phrase_is_spoken_in_parts() -> None:
    units = READER.read("so " + "ab1" * 200, "en")
    assert len(phrases(units)) > 1
    assert {piece.unit for phrase in phrases(units) for piece in phrase.pieces} == {0, 1}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("abcXYZ 0123456789.,:;-–—$€%°/'\"()!?#@&+=²½🎉月亮潮。，「」\n\t", max_size=12), max_size=6))
def test_tokens_give_back_any_text(parts: list[str]) -> None:
    text = " ".join(parts)
    for language in ("en", "zh"):
        units = SPELLER.read(text, language)
        assert not units or "".join(unit.text + " " * unit.space for unit in units) == " ".join(text.split())
        assert not any(unit.silent for unit in units)


@pytest.mark.parametrize(
    ("text", "language"),
    [("Hello 你好吗", "zh"), ("The word 潮 means tide", "en"), ("2024", "zh"), ("iPhone 发布了", "zh"), ("Wow!", "en")],
)
def test_the_language_of_a_sentence(text: str, language: str) -> None:
    assert written_language(text, "zh") == language


def test_numerals() -> None:
    assert " ".join(cardinal(2_025_013)) == "two million twenty five thousand thirteen"
    assert " ".join(ordinal(120)) == "one hundred twentieth"
    assert [" ".join(year(n)) for n in (1066, 1900, 1905, 2000, 2009, 2024)] == [
        "ten sixty six",
        "nineteen hundred",
        "nineteen oh five",
        "two thousand",
        "two thousand nine",
        "twenty twenty four",
    ]
    assert [" ".join(decade(n)) for n in (1960, 1800, 2010, 90)] == [
        "nineteen sixties",
        "eighteen hundreds",
        "twenty tens",
        "nineties",
    ]
    assert " ".join(decimal("1,000.25")) == "one thousand point two five"
    assert [" ".join(fraction(1, 2)), " ".join(fraction(7, 99))] == ["one half", "seven over ninety nine"]
