"""Chinese characters to phonemes: words by jieba, syllables by pypinyin, tones as they are spoken."""

import re
from collections.abc import Sequence
from threading import Lock
from typing import Any

from ...domain.language import word_set
from .pinyin import syllable
from .quietly import quietly_imported
from .sandhi import spoken_tones

_PARTICLES = "地得"
_CORRECTED = {"大夫": ["dai4", "fu5"], "倒是": ["dao4", "shi4"]}
"""Words whose usual sound pypinyin lacks."""
_NOT_ERHUA = word_set("女儿 婴儿 孤儿 幼儿 少儿 胎儿 男儿 健儿 儿 小儿 宠儿 混血儿 新生儿 幸运儿 孩儿 育儿 托儿")
_MUST = re.compile(r"[我你您他她它们都还就总必非也可]$")


class Mandarin:
    """Loads jieba's dictionary (half a second) on the first word; one instance serves many threads."""

    def __init__(self) -> None:
        self._loading = Lock()
        self._tokenizer: Any = None
        self._pypinyin: Any = None

    def words(self, run: str) -> list[str]:
        """Cut a run of Chinese characters into words. Raises MissingPart where jieba is not installed."""
        self._load()
        words: list[str] = []
        for word in self._tokenizer.cut(run):
            guessed = len(word) > 1 and word not in self._tokenizer.FREQ
            words += [word[0], word[1:]] if guessed and word[0] in _PARTICLES else [word]
        return words

    def phonemes(self, words: Sequence[str], *, numeral: Sequence[bool] = ()) -> list[str]:
        """The phonemes of words that follow one another without a mark between them, without spaces.

        ``numeral`` says which words are read from digits: their "一" keeps its own tone where a digit would.
        Raises MissingPart where pypinyin is not installed.
        """
        self._load()
        syllables = self._syllables(words)
        if not words:
            return []
        digits = numeral or [False] * len(words)
        toned = spoken_tones(words, syllables, digits)
        return [_said(word, syllables_) for word, syllables_ in zip(words, toned, strict=True)]

    def spelt(self, word: str) -> str:
        """The word's pinyin in plain letters without tones, ``v`` for ü."""
        self._load()
        return "".join(self._pypinyin.lazy_pinyin(word))

    def _syllables(self, words: Sequence[str]) -> list[list[str]]:
        """Pinyin with tone digits, one per character. Words of one character take theirs from the whole run."""
        whole = self._pinyin("".join(words))
        found: list[list[str]] = []
        at = 0
        for index, word in enumerate(words):
            if len(word) > 1:
                found.append(_CORRECTED.get(word) or _complemented(word, self._pinyin(word)))
            else:
                found.append([_particle(words, index) or whole[at]])
            at += len(word)
        return found

    def _pinyin(self, characters: str) -> list[str]:
        style = self._pypinyin.Style.TONE3
        return list(self._pypinyin.lazy_pinyin(characters, style=style, neutral_tone_with_five=True))

    def _load(self) -> None:
        with self._loading:
            if self._tokenizer is None:
                self._pypinyin = quietly_imported("pypinyin", "pypinyin")
                jieba = quietly_imported("jieba", "jieba")
                tokenizer = jieba.Tokenizer()
                # jieba would log, and keep its table as a file that anyone may write in the temporary folder.
                tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
                tokenizer.initialized = True
                self._tokenizer = tokenizer


def _particle(words: Sequence[str], index: int) -> str:
    """地 and 得 alone are nearly always particles, except before an obligation ("我得走了")."""
    word = words[index]
    before = words[index - 1] if index else ""
    if word not in _PARTICLES or not before or index == len(words) - 1:
        return ""
    if word == "得" and _MUST.search(before):
        return "dei3"
    return "de5"


def _complemented(word: str, syllables: list[str]) -> list[str]:
    """得 between a verb and how it is done is light: 跑得快."""
    if len(word) == len(syllables) == 3 and word[1] == "得" and word[0] not in "不取值获":
        return [syllables[0], "de5", syllables[2]]
    return syllables


def _said(word: str, syllables: Sequence[str]) -> str:
    if len(word) > 1 and word.endswith("儿") and word not in _NOT_ERHUA:
        return "".join(map(syllable, syllables[:-1])) + "ɚ"
    return "".join(map(syllable, syllables))
