"""The summary: a long document condensed to the sentences that say most, in a given time. No word is changed.

Sentences are ranked by TextRank, weighed by where they stand and how they are made, and selected by maximal marginal
relevance.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from .cohesion import asks_for_the_next, leans_on_the_last, open_marks
from .errors import InvalidBrief
from .language import is_wide, speakable
from .ranges import in_range
from .script import Block, usual_seconds
from .selection import Candidate, select
from .sentences import sentences
from .terms import terms
from .textrank import text_rank, vectors

SHORTEST, LONGEST = 10.0, 1_800.0
"""Seconds that a summary may be asked to take."""
CARDS_FROM = 90.0
"""Seconds from which on a summary keeps chapter cards."""

_EDGES = 1.3
"""Seconds of silence before the first word and after the last."""
_GAP = 0.25
_CARD = 0.8
"""Seconds of silence that a scene and a card take beside their words."""
_ANNOUNCEMENT = 4.6
"""Seconds up to which the first sentence of a paragraph only says what the others will tell."""
_TITLE = 0.25
_CHAPTERS = 0.15
"""Shares of the time that the title and the chapter cards may take."""

_BOILERPLATE = re.compile(
    r"https?:|www\.|\S@\S+\.\w|\bsubscri|\bnewsletter|\bclick here|\bsign up\b|\bread more\b|\ball rights reserved|"
    r"\bcookies? (?:policy|settings)|©|\bcopyright\b|\bphoto(?:graph)?(?: credit)?s?:|\bimage(?: credit)?s?:|\bsource:|"
    r"\bfollow us\b|\bshare this\b|\bphoto by\b|版权所有|点击|扫码|二维码|关注我们|公众号|责任编辑|责编|转载|本文来源|"
    r"图片来源|来源[：:]|记者[：:]|阅读原文|相关阅读|推荐阅读|免责声明",
    re.IGNORECASE,
)
"""What speaks of the page and not of its subject."""
_ASIDE = re.compile(
    r"[\W\d]*(?:(?:references|bibliography|works cited|sources|further reading|see also|external links|notes|footnotes|"
    r"acknowledge?ments?|comments|参考文献|参考资料|致谢|注释)\W*|"
    r"(?:appendix|about the author|related (?:articles|stories)|附录|作者简介|延伸阅读|相关链接).*)",
    re.IGNORECASE,
)
"""Headings of what stands behind an article."""
_REFERENCE = re.compile(
    r"\[\w[\w-]*(?:[,–-]\s?\d+)*\]|\bet al\b|\bas shown\b|\b(?:see|shown) (?:above|below)\b|"
    r"\b(?:fig(?:ure)?s?\.?|table|listing|chapter|section|equation|appendix|page) \d|[图表]\s?\d",
    re.IGNORECASE,
)
"""What points at something that the ear does not have."""
_FULL_NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][a-z]+ )+([A-Z][A-Za-z]+)|^[A-Z][a-z]+ ([A-Z][A-Za-z]+)")
_NAME = re.compile(r"\b[A-Z][A-Za-z]+\b")
_FIGURE = re.compile(r"\d")
_CLOSING = "\"'”’)）」』》 "
_ENDS = tuple("。！？!?.…；;")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    """A sentence where it stands: its block, the block of its heading (-1 for none), its paragraph from 1 on."""

    text: str
    block: int
    section: int
    paragraph: int
    first: bool
    announces: bool
    item: bool
    terms: Counter[str]


def condense(blocks: Sequence[Block], *, language: str, seconds: float) -> tuple[Block, ...]:
    """The sentences of ``blocks`` that say most and take at most ``seconds``, in their order; never none.

    The title is kept where it fits, from CARDS_FROM on also the headings, where sections give two sentences and more.
    A document that is short enough is kept as it is. Where no sentence fits, the shortest is taken. Equal input, equal
    output. Raises InvalidInput for seconds outside SHORTEST to LONGEST, InvalidBrief where there are no sentences.
    """
    in_range("seconds", seconds, SHORTEST, LONGEST)
    found = _sentences(blocks)
    if not found:
        raise InvalidBrief("there are no sentences to condense: an article of several sentences is right")
    if summary_seconds(blocks, language) <= seconds:
        return tuple(blocks)
    headings = {index: block.text for index, block in enumerate(blocks) if block.kind == "heading"}
    prices = {index: _cost(text, language, card=True) for index, text in headings.items()}
    title = next((index for index in headings if index < found[0].block and speakable(headings[index])), -1)
    room = seconds - _EDGES
    cards = {title} if title >= 0 and prices[title] <= _TITLE * room else set()
    room -= sum(prices[card] for card in cards)
    candidates = _candidates(found, headings, title, language)
    chosen = select(candidates, room)
    if seconds >= CARDS_FROM:
        chapters = _chapters(found, chosen, headings, title)
        price = math.fsum(prices[chapter] for chapter in chapters)
        if price <= _CHAPTERS * room and len(chosen) >= 2 * len(chapters):
            fewer = select(candidates, room - price)
            if (again := _chapters(found, fewer, headings, title)) <= chapters:
                chosen, cards = fewer, cards | again
    if not chosen:
        chosen = (min(range(len(found)), key=lambda index: candidates[index].seconds),)
    return _assembled(blocks, found, chosen, cards)


def summary_seconds(blocks: Sequence[Block], language: str) -> float:
    """How long a video of the blocks takes, by the estimate of its words and the usual silences."""
    return _EDGES + math.fsum(_cost(block.text, language, card=block.kind == "heading") for block in blocks)


def _cost(text: str, language: str, *, card: bool) -> float:
    return usual_seconds(text, language) + (_CARD if card else _GAP)


def _sentences(blocks: Sequence[Block]) -> list[_Sentence]:
    found: list[_Sentence] = []
    section, paragraph = -1, 0
    for index, block in enumerate(blocks):
        if block.kind == "heading":
            section = index
            continue
        paragraph += 1
        spoken = list(filter(speakable, _whole_sentences(block.text)))
        for place, text in enumerate(spoken):
            found.append(
                _Sentence(
                    text=text,
                    block=index,
                    section=section,
                    paragraph=paragraph,
                    first=place == 0,
                    announces=place == 0 and len(spoken) > 1,
                    item=block.kind == "item",
                    terms=Counter(terms(text)),
                )
            )
    return found


def _whole_sentences(text: str) -> list[str]:
    """The sentences; those that share a quotation or a bracket are put together again."""
    whole: list[str] = []
    held: list[str] = []
    for sentence in sentences(" ".join(text.split())):
        held.append(sentence)
        if not open_marks(_joined(held)) or len(held) == 4:
            whole.append(_joined(held))
            held = []
    return [*whole, _joined(held)] if held else whole


def _joined(texts: Sequence[str]) -> str:
    joined = ""
    for text in texts:
        joined += ("" if not joined or is_wide(joined[-1]) or is_wide(text[0]) else " ") + text
    return joined


def _is_whole(text: str) -> bool:
    return text.rstrip(_CLOSING).endswith(_ENDS)


def _candidates(
    found: Sequence[_Sentence], headings: Mapping[int, str], title: int, language: str
) -> tuple[Candidate, ...]:
    """Each sentence with its worth: its TextRank, by its place, its form and the headings above it."""
    said = vectors([sentence.terms for sentence in found])
    about = {index: frozenset(terms(text)) for index, text in headings.items()}
    costs = [_cost(sentence.text, language, card=False) for sentence in found]
    worth = [
        rank
        * _place(sentence, found[-1].paragraph)
        * (1 + 0.5 * _shared(sentence, about.get(title)) + 0.3 * _shared(sentence, about.get(sentence.section)))
        * (0.02 if _ASIDE.fullmatch(headings.get(sentence.section, "")) else _form(sentence, seconds))
        for sentence, rank, seconds in zip(found, text_rank(said), costs, strict=True)
    ]
    best = max(worth)
    introduced = [_introduced(sentence.text) for sentence in found]
    surnames = frozenset[str]().union(*introduced)
    return tuple(
        Candidate(
            section=sentence.section,
            paragraph=sentence.paragraph,
            first=sentence.first,
            item=sentence.item,
            leans=leans_on_the_last(sentence.text) or (sentence.item and not _is_whole(sentence.text)),
            asks=asks_for_the_next(sentence.text) or (sentence.announces and seconds < _ANNOUNCEMENT),
            seconds=seconds,
            worth=value / best,
            vector=vector,
            names=surnames & frozenset(_NAME.findall(sentence.text)) - introduces,
            introduces=introduces,
        )
        for sentence, seconds, value, vector, introduces in zip(found, costs, worth, said, introduced, strict=True)
    )


def _place(sentence: _Sentence, last: int) -> float:
    """The start of a document says what it is about, its end what follows from it."""
    early = math.exp((1 - sentence.paragraph) / 2)
    return 1 + 0.9 * early + 0.5 * sentence.first + 0.4 * (sentence.paragraph == last)


def _shared(sentence: _Sentence, about: frozenset[str] | None) -> float:
    """The share of a heading's terms that are in the sentence."""
    return sum(term in sentence.terms for term in about) / len(about) if about else 0.0


def _form(sentence: _Sentence, seconds: float) -> float:
    """Less than 1 for what is no full sentence, too long to follow by ear, or about the page itself."""
    text = sentence.text
    if _BOILERPLATE.search(text):
        return 0.02
    form = min(1.0, seconds / 3, 12 / seconds)
    if not _is_whole(text) or len(sentence.terms) < 2:
        form *= 0.4
    if _REFERENCE.search(text):
        form *= 0.4
    if sentence.first and not sentence.item and leans_on_the_last(text):
        form *= 0.7
    if asks_for_the_next(text):
        form *= 0.7
    if not sentence.first and text.startswith("The "):
        form *= 0.85
    if _FIGURE.search(text):
        form *= 1.1
    return form * (0.3 if open_marks(text) else 1.0)


def _introduced(text: str) -> frozenset[str]:
    """The last words of the full names in the text: McLean of Malcom McLean."""
    return frozenset(name for groups in _FULL_NAME.findall(text) for name in groups if name)


def _chapters(
    found: Sequence[_Sentence], chosen: Collection[int], headings: Mapping[int, str], title: int
) -> frozenset[int]:
    """The headings above the chosen sentences, the title aside."""
    sections = {found[index].section for index in chosen} - {title}
    return frozenset(section for section in sections if speakable(headings.get(section, "")))


def _assembled(
    blocks: Sequence[Block], found: Sequence[_Sentence], chosen: Sequence[int], cards: Collection[int]
) -> tuple[Block, ...]:
    """The document of the cards and the chosen sentences; neighbours within a block stay together."""
    pieces: list[tuple[int, int, list[str]]] = [(card, -1, [blocks[card].text]) for card in cards]
    before = -2
    for index in chosen:
        block = found[index].block
        if index == before + 1 and found[before].block == block:
            pieces[-1][2].append(found[index].text)
        else:
            pieces.append((block, index, [found[index].text]))
        before = index
    return tuple(replace(blocks[block], text=_joined(texts)) for block, _, texts in sorted(pieces))
