"""Chinese is read out as a speaker would, with spoken tones, and every token stays as it was written."""

import pytest

from reelwright.adapters.ai.english import English
from reelwright.adapters.ai.mandarin import Mandarin
from reelwright.adapters.ai.numerals import chinese, chinese_decimal, chinese_digits
from reelwright.adapters.ai.pinyin import syllable
from reelwright.adapters.ai.reading import Reader
from reelwright.adapters.ai.reading_zh import _tokens
from reelwright.adapters.ai.sandhi import spoken_tones

READER = Reader()
MANDARIN = Mandarin()
ENGLISH = English()


def said(text: str) -> str:
    return "".join(
        "".join(token.said) if not token.latin else " ".join(token.said) for token in _tokens(text, ENGLISH, MANDARIN)
    )


def tokens(text: str) -> list[str]:
    return [unit.text for unit in READER.read(text, "zh")]


def sounds(text: str) -> str:
    return "".join(unit.phonemes for unit in READER.read(text, "zh")).strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("22亿杯", "二十二亿杯"),
        ("1.5万", "一点五万"),
        ("2,250", "两千二百五十"),
        ("100000000", "一亿"),
        ("10500", "一万零五百"),
        ("0.5", "零点五"),
        ("007", "零零七"),
        ("-10", "负十"),
        ("2个", "两个"),
        ("第2", "第二"),
        ("12个", "十二个"),
        ("2倍", "两倍"),
        ("2月", "二月"),
        ("2号", "二号"),
        ("2楼", "二楼"),
        ("2和3", "二和三"),
        ("2万", "两万"),
        ("2亿", "两亿"),
        ("5斤2两", "五斤二两"),
        ("3-5个", "三到五个"),
        ("2~3天", "二到三天"),
        ("1/3的人", "三分之一的人"),
        ("3.5%", "百分之三点五"),
        ("80%-90%", "百分之八十到百分之九十"),
        ("5+3=8", "五加三等于八"),
        ("7×24小时", "七乘二十四小时"),
        ("①", "一"),
    ],
)
def test_numbers_are_said_in_chinese(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024年3月5日", "二零二四年三月五日"),
        ("2024 年 3 月", "二零二四年三月"),
        ("2024-03-05", "二零二四年三月五日"),
        ("1675年", "一六七五年"),
        ("2000年", "二零零零年"),
        ("1000年前", "一千年前"),
        ("500年", "五百年"),
        ("2年", "两年"),
        ("1990年代", "一九九零年代"),
        ("20世纪80年代", "二十世纪八十年代"),
        ("90后", "九零后"),
        ("1990-1995年", "一九九零到一九九五年"),
        ("3:30", "三点三十分"),
        ("2:00", "两点"),
        ("14:05", "十四点零五分"),
        ("10:30-11:30", "十点三十分到十一点三十分"),
        ("比分3:2", "比分三比二"),
        ("16:9", "十六比九"),
    ],
)
def test_dates_and_times(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("¥100", "一百元"),
        ("$2.5", "二点五美元"),
        ("¥1.2万", "一点二万元"),
        ("3亿美元", "三亿美元"),
        ("5km", "五公里"),
        ("2km", "两公里"),
        ("60km/h", "六十公里每小时"),
        ("20℃", "二十摄氏度"),
        ("-5℃", "零下五摄氏度"),
        ("100kg", "一百公斤"),
        ("3m²", "三平方米"),
    ],
)
def test_money_and_units(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13800138000", "幺三八零零幺三八零零零"),
        ("打110", "打幺幺零"),
        ("110米", "一百一十米"),
        ("119报警", "幺幺九报警"),
        ("12306", "幺二三零六"),
        ("波音737", "波音七三七"),
        ("房间302", "房间三零二"),
        ("A380", "A三八零"),
        ("GPT-4", "GPT四"),
        ("PM2.5", "P.M.二点五"),
        ("5G", "五G"),
        ("iPhone 15", "iPhone十五"),
        ("B2B", "B two B"),
        ("www.baidu.com", "baidu dot com"),
    ],
)
def test_numbers_that_are_names(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("喝22亿杯咖啡。", ["喝", "22亿", "杯", "咖啡。"]),
        ("2024年3月5日，晴。", ["2024年", "3月", "5日，", "晴。"]),
        ("《红楼梦》——小说……", ["《红楼梦》——", "小说……"]),
        ("用Python写代码", ["用", "Python", "写", "代码"]),
        ("iPhone 15 发布了！🎉 价格$999。", ["iPhone", "15", "发布", "了！", "🎉 价格", "$999。"]),
        ("GPT-4和5G", ["GPT-4", "和", "5G"]),
    ],
)
def test_tokens_stay_as_written(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_english_inside_chinese_is_read_as_english() -> None:
    assert "pˈIθˌɑn" in sounds("我用Python写代码")


@pytest.mark.parametrize(
    ("text", "tones"),
    [
        ("你好", "23"),
        ("我很好", "223"),
        ("我想买水果", "22223"),
        ("展览馆", "223"),
        ("不是", "24"),
        ("不好", "43"),
        ("好不好", "353"),
        ("一个", "24"),
        ("一起", "43"),
        ("一样", "24"),
        ("第一", "41"),
        ("一月", "14"),
        ("统一", "31"),
        ("看一看", "454"),
        ("111", "434211"),
        ("一九九零年", "12322"),
        ("高兴地说", "1451"),
        ("跑得快", "354"),
        ("我得走了", "2235"),
    ],
)
def test_tones_are_spoken_ones(text: str, tones: str) -> None:
    if text == "111":
        assert sounds(text) == "i↘pai↓i↘ʂɨ↗i→"
        return
    arrows = {"→": "1", "↗": "2", "↓": "3", "↘": "4"}
    words = MANDARIN.words(text)
    toned = spoken_tones(words, MANDARIN._syllables(words), [False] * len(words))
    assert "".join(sound[-1] for word in toned for sound in word) == tones
    heard = [arrows[symbol] for symbol in "".join(MANDARIN.phonemes(words)) if symbol in arrows]
    assert "".join(heard) == tones.replace("5", "")


@pytest.mark.parametrize(
    ("text", "pinyin"),
    [
        ("重新", ["chong2", "xin1"]),
        ("重要", ["zhong4", "yao4"]),
        ("银行", ["yin2", "hang2"]),
        ("长大", ["zhang3", "da4"]),
        ("长江", ["chang2", "jiang1"]),
        ("还钱", ["huan2", "qian2"]),
        ("音乐", ["yin1", "yue4"]),
        ("快乐", ["kuai4", "le4"]),
        ("睡觉", ["shui4", "jiao4"]),
        ("人参", ["ren2", "shen1"]),
        ("大夫", ["dai4", "fu5"]),
    ],
)
def test_characters_of_many_readings_are_read_by_their_word(text: str, pinyin: list[str]) -> None:
    assert [sound for word in MANDARIN._syllables(MANDARIN.words(text)) for sound in word] == pinyin


@pytest.mark.parametrize(
    ("pinyin", "symbols"),
    [
        ("ma1", "ma→"), ("tian1", "tʰjɛ→n"), ("zhi1", "ꭧɨ→"), ("zi4", "ʦɨ↘"), ("er2", "ɚ↗"), ("wo3", "wo↓"),
        ("bo1", "pwo→"), ("yuan2", "ɥɛ↗n"), ("jun1", "ʨy→n"), ("lüe4", "lɥe↘"), ("nv3", "ny↓"), ("qiong2", "ʨʰjʊ↗ŋ"),
        ("gui4", "kwei↘"), ("weng1", "wə→ŋ"), ("de5", "tɤ"), ("ng2", "ŋ↗"), ("you3", "jou↓"), ("liu4", "ljou↘"),
        ("x9", ""),
    ],
)  # fmt: skip
def test_a_syllable_of_pinyin_in_symbols(pinyin: str, symbols: str) -> None:
    assert syllable(pinyin) == symbols


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "零"), (10, "十"), (15, "十五"), (110, "一百一十"), (200, "二百"), (1005, "一千零五"), (2000, "两千"),
        (12_000, "一万两千"), (100_000, "十万"), (100_050_000, "一亿零五万"), (10**12, "一万亿"),
        (2_200_000_000, "二十二亿"),
    ],
)  # fmt: skip
def test_chinese_numerals(number: int, words: str) -> None:
    assert chinese(number) == words


def test_chinese_digits_and_decimals() -> None:
    assert chinese_digits("2010") == "二零一零"
    assert chinese_digits("110", one="幺") == "幺幺零"
    assert chinese_decimal("3.14") == "三点一四"
