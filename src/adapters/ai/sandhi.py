"""Tones as they are spoken: the third tone before a third, and the tones of 一 and 不.

Syllables are pinyin with a tone digit, grouped by word.
"""

from collections.abc import Sequence

from ...domain.language import word_set

_DIGITS = frozenset("〇零一二三四五六七八九")
_ORDINAL_BEFORE = _DIGITS | frozenset("第初十")
_ORDINAL_AFTER = _DIGITS | frozenset("月号日楼班级等点")
_MEANS_ONE = word_set("统一 唯一 之一 万一 同一 专一 单一 合一 逐一 一一 不一 周一 星期一 礼拜一 第一 初一 十一 划一")


def spoken_tones(words: Sequence[str], syllables: Sequence[Sequence[str]], numeral: Sequence[bool]) -> list[list[str]]:
    """The syllables with their tones changed by what follows; ``numeral`` marks words that are read from digits."""
    characters = "".join(words)
    flat = [sound for word in syllables for sound in word]
    if len(flat) != len(characters):
        return [list(word) for word in syllables]
    inside = [digits for word, digits in zip(words, numeral, strict=True) for _ in word]
    starts = {sum(map(len, words[:n])) for n in range(len(words))}
    flat = _third_tones(words, flat)
    for index, character in enumerate(characters):
        if character == "不":
            flat[index] = "bu" + _tone_of_not(characters, flat, index)
        elif character == "一":
            flat[index] = "yi" + _tone_of_one(words, characters, flat, index, starts, inside[index])
    at = 0
    toned = []
    for word in syllables:
        toned.append(flat[at : at + len(word)])
        at += len(word)
    return toned


def _third_tones(words: Sequence[str], flat: Sequence[str]) -> list[str]:
    """A third tone rises before another one, inside a word and where one of the two words is a single character."""
    toned = list(flat)
    borders: dict[int, bool] = {}
    at = 0
    for word, after in zip(words, [*words[1:], ""], strict=True):
        at += len(word)
        borders[at] = len(word) == 1 or len(after) == 1
    for index in range(len(flat) - 2, -1, -1):
        if flat[index].endswith("3") and flat[index + 1].endswith("3") and borders.get(index + 1, True):
            toned[index] = flat[index][:-1] + "2"
    return toned


def _tone_of_not(characters: str, flat: Sequence[str], index: int) -> str:
    before, after = characters[index - 1 : index] if index else "", characters[index + 1 : index + 2]
    if before and before == after:
        return "5"
    return "2" if after and flat[index + 1].endswith("4") else "4"


def _tone_of_one(
    words: Sequence[str], characters: str, flat: Sequence[str], index: int, starts: set[int], digits: bool
) -> str:
    before, after = characters[index - 1 : index] if index else "", characters[index + 1 : index + 2]
    if (
        not after
        or before in _ORDINAL_BEFORE
        or after in _ORDINAL_AFTER - (frozenset() if digits else {"点", "等", "级"})
    ):
        return "1"
    if index + 1 in starts and index not in starts and any(word in _MEANS_ONE for word in words):
        return "1"
    if before and before == after:
        return "5"
    if flat[index + 1].endswith("4") or after == "个":
        return "2"
    return "4"
