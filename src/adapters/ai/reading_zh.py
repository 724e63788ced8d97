"""Chinese as it is read out: a sentence to tokens as written, each with the characters or English words said for it.

A lexer cuts the sentence: addresses, dates, clock times, amounts with their unit, words of Latin letters, runs of
Chinese characters (cut into words by jieba), marks. Amounts are said in Chinese, Latin words in English.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .english import English
from .mandarin import Mandarin
from .place_en import Place
from .spoken_en import said
from .spoken_zh import AMOUNT, amount
from .written import HAN, OPENING, Stop, Unit, melody, stop_of

_LATIN = r"[A-Za-z\u00c0-\u024f]"
_LEX = re.compile(
    r"(?P<address>(?:https?://|www\.)[!-~]+|[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z]+)+"
    r"|[A-Za-z0-9-]+\.(?:com|cn|org|net|io)\b)"
    rf"|(?P<latin>{_LATIN}+(?:['’&.-]{_LATIN}+|-?\d+(?:\.\d+)*{_LATIN}*)*(?:\+\+|\#)?|\d+[GKDPX](?![A-Za-z]))"
    rf"|(?P<amount>{AMOUNT.pattern})"
    rf"|(?P<han>{HAN.pattern})"
    r"|(?P<space>\ )"
    r"|(?P<mark>.)"
)
_SYMBOLS = {"+": "加", "=": "等于", "&": "和", "×": "乘", "÷": "除以", "%": "百分号", "℃": "摄氏度", "@": "at"}
_ENGLISH_NUMBER = re.compile(r"[A-Z]2[A-Z]|No\.\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Token:
    """``said`` are words of Chinese characters, or English words where ``latin``."""

    text: str
    said: tuple[str, ...] = ()
    latin: bool = False
    numeral: bool = False
    before: str = ""
    after: str = ""
    space: bool = False

    @property
    def written(self) -> str:
        return self.before + self.text + self.after


def read_chinese(sentence: str, english: English, mandarin: Mandarin) -> list[Unit]:
    """The units of one sentence whose language is Chinese; Latin words in it are read as English."""
    tokens = _tokens(sentence, english, mandarin)
    phonemes = [""] * len(tokens)
    for run in _runs(tokens):
        for index, sounds in zip(run, _pronounced([tokens[at] for at in run], english, mandarin), strict=True):
            phonemes[index] = sounds
    units: list[Unit] = []
    for index, (token, sounds) in enumerate(zip(tokens, phonemes, strict=True)):
        before, after = melody(token.before), melody(token.after)
        spoken = f"{before}{sounds}{after} " if sounds or before or after else ""
        stop: Stop = "sentence" if index == len(tokens) - 1 else "clause" if stop_of(token.written) else ""
        units.append(Unit(text=token.written, phonemes=spoken, space=token.space, stop=stop))
    return units


def _tokens(sentence: str, english: English, mandarin: Mandarin) -> list[_Token]:
    found: list[_Token] = []
    opening = ""
    for match in _LEX.finditer(sentence):
        kind, text = match.lastgroup, match[0]
        if kind == "space":
            if opening:
                opening += " "
            elif found:
                found[-1] = replace(found[-1], space=True)
            continue
        if kind == "mark" and text not in _SYMBOLS:
            if text in OPENING or not found or opening or found[-1].space:
                opening += text
            else:
                found[-1] = replace(found[-1], after=found[-1].after + text)
            continue
        new = _lexed(kind or "mark", match, english, mandarin)
        found += [replace(new[0], before=opening), *new[1:]]
        opening = ""
    if opening:
        found.append(_Token(opening.rstrip()))
    return found


def _lexed(kind: str, match: "re.Match[str]", english: English, mandarin: Mandarin) -> list[_Token]:
    text = match[0]
    if kind == "han":
        return [_Token(word, (word,)) for word in mandarin.words(text)]
    if kind == "amount":
        spoken = amount(text, match.string[: match.start()], match.string[match.end() :])
        return [_Token(text, spoken, numeral=True)]
    if kind == "mark":
        return [_Token(text, (_SYMBOLS[text],))]
    if kind == "latin" and any(map(str.isdecimal, text)) and not _ENGLISH_NUMBER.fullmatch(text):
        return [_Token(text, tuple(_mixed(text, english)), numeral=True)]
    return [_Token(text, tuple(said(text, Place([text], [""], 0), english.knows)), latin=True)]


def _mixed(text: str, english: English) -> Iterator[str]:
    """ "GPT-4", "PM2.5": letters as English, digits as Chinese."""
    for part in re.finditer(rf"{_LATIN}+(?:['’&.-]{_LATIN}+)*|\d+(?:\.\d+)*", text):
        if part[0][0].isdecimal():
            yield from amount(part[0], text[: part.start()], text[part.end() :])
        else:
            yield from said(part[0], Place([part[0]], [""], 0), english.knows)


def _runs(tokens: Sequence[_Token]) -> list[list[int]]:
    """Neighbours of one language with no mark between them: they shape one another's sounds."""
    runs: list[list[int]] = []
    for index, token in enumerate(tokens):
        joined = index > 0 and not tokens[index - 1].after and not token.before
        if joined and tokens[index - 1].latin == token.latin:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _pronounced(tokens: Sequence[_Token], english: English, mandarin: Mandarin) -> list[str]:
    if tokens[0].latin:
        return english.phonemes([token.said for token in tokens])
    # An amount may hold letters ("5G"): they are said in English between the Chinese.
    words = [word for token in tokens for word in token.said]
    numeral = [token.numeral for token in tokens for _ in token.said]
    sounds: list[str] = [""] * len(words)
    run: list[int] = []
    for index, word in enumerate([*words, ""]):
        if word and HAN.fullmatch(word):
            run.append(index)
            continue
        spoken = mandarin.phonemes([words[at] for at in run], numeral=[numeral[at] for at in run])
        for at, sound in zip(run, spoken, strict=True):
            sounds[at] = sound
        run = []
        if word:
            sounds[index] = english.phonemes([[word]])[0]
    rest = iter(sounds)
    return [" ".join(filter(None, (next(rest) for _ in token.said))) for token in tokens]
