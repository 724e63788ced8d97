"""What language a text is in, and which of its words cling to their neighbours.

English and Chinese have voices. Other scripts fall to the nearest of the two: kana and hangul count as Chinese (the
same fonts, full-width letters), every other alphabet as English (words between spaces).
"""

import re
import unicodedata
from typing import Literal

Language = Literal["en", "zh"]

_HAN_PER_WORD = 1.5
"""Chinese characters that say as much as one word in letters, roughly."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def word_set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_LEANS_FORWARD = word_set(
    "a an the my your his her its our their this these those "
    "of in on at by to for from with into onto over under about as than between through during against without "
    "toward towards within across along around behind beyond near until upon inside outside per "
    "and or but nor if because so that which who when while where "
    "is are was were be been am has have had will would can could should must may might do does did not no very "
    "dr mr mrs ms prof st no "
    "的 地 得 在 和 与 及 或 把 被 对 从 向 给 跟 为 因为 所以 但 但是 而 如果 是 一个 这 那 很 最 更 不 没 每"
)
_LEANS_BACK = word_set(
    "km cm mm kg mg mph kmh percent thousand million billion trillion dollars euros o'clock am pm a.m p.m "
    "的 地 得 了 着 过 们 吗 呢 吧 啊 呀 嘛 之 等 里 上 下 中 后 前 时 个 只 次 年 月 日"
)


def is_cjk(ch: str) -> bool:
    """Whether lines may break beside this letter: Han, kana and bopomofo, but not hangul, which has spaces."""
    code = ord(ch)
    return (
        0x3400 <= code <= 0x4DBF
        or 0x4E00 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x3FFFF
        or 0x3005 <= code <= 0x3007
        or 0x3041 <= code <= 0x312F
        or 0x31A0 <= code <= 0x31FF
    )


def is_wide(ch: str) -> bool:
    """Whether the character takes a full em (UAX #11 W or F)."""
    return unicodedata.east_asian_width(ch) in "WF"


def speakable(text: str) -> bool:
    """Whether there is anything to say: at least one letter or digit."""
    return any(ch.isalnum() for ch in text)


def detect(text: str) -> Language:
    """The language that most of the text is in; "en" where nothing tells."""
    wide = sum(ch.isalpha() and is_wide(ch) for ch in text)
    if not wide:
        return "en"
    words = len(_WORD.findall("".join(" " if is_wide(ch) else ch for ch in text)))
    return "zh" if wide / _HAN_PER_WORD > words else "en"


def bare(word: str) -> str:
    """The word without the punctuation around it, in lower case."""
    start, end = 0, len(word)
    while start < end and not word[start].isalnum():
        start += 1
    while end > start and not word[end - 1].isalnum():
        end -= 1
    return word[start:end].casefold()


def leans_forward(word: str) -> bool:
    """Whether the word belongs with the next one: articles, prepositions, conjunctions, 的."""
    return word[-1:].isalnum() and bare(word) in _LEANS_FORWARD


def leans_back(word: str) -> bool:
    """Whether the word belongs with the one before it: units, Chinese particles and measure words."""
    return bare(word) in _LEANS_BACK
