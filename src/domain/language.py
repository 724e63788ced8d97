"""What language a text is in, and which of its words cling to their neighbours.

English and Chinese have voices. Other scripts fall to the nearest of the two: kana and hangul count as Chinese (the
same fonts, full-width letters), every other alphabet as English (words between spaces).
"""

import re
import unicodedata
from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

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

_COMMON = word_set(
    "i you he she it we they me him us them who whom whose what which when where why how this that these those there "
    "here then than also just only even still yet now ever never always often again once more most much many some any "
    "all both each every other another such own same so too very really quite rather almost about around "
    "get gets got go goes went gone come comes came make makes made take takes took give gives gave let lets put "
    "say says said see sees saw know knows knew think want need needs use uses used keep keeps look looks find "
    "thing things something anything everything nothing one ones two way ways lot "
    "it's that's there's what's don't doesn't didn't isn't aren't can't won't you're they're we're i'm you'll "
    "我 你 他 她 它 我们 你们 他们 它们 自己 大家 什么 怎么 怎样 哪里 哪儿 谁 这个 那个 这些 那些 这样 那样 这里 那里 "
    "就 都 也 还 又 再 才 只 已 已经 正在 将 会 能 可以 可能 要 想 让 使 用 有 没有 来 去 到 说 看 做 "
    "一些 一样 一种 一次 一下 许多 很多 所有 每个 每天 非常 十分 其实 然后 于是 不是 就是 还是 而且 并且 以及"
)


def is_common(word: str) -> bool:
    """Whether the bare word says little by itself: pronouns, everyday verbs, adverbs."""
    return word in _COMMON


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


def foreign(text: str) -> bool:
    """Whether most letters are of scripts that neither English nor Chinese is written in."""
    letters = [unicodedata.name(ch, "") for ch in text if ch.isalpha()]
    return sum(not name.startswith(("LATIN", "FULLWIDTH LATIN", "CJK")) for name in letters) > len(letters) / 2


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
