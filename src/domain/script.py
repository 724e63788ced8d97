"""The script: a text cut into scenes of a few seconds of speech each, word for word."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from .breaking import CLAUSE_MARKS, STRONG_MARKS, cheapest, last_mark, opportunities
from .errors import InvalidBrief, InvalidInput
from .language import is_wide, leans_forward, speakable
from .sentences import sentence_ends

SHORTEST = 2_000
"""Milliseconds of speech below which sentences share a scene."""
LONGEST = 7_000
"""Milliseconds of speech that a scene never passes, unless it is one token that cannot be cut."""

BlockKind = Literal["heading", "paragraph", "item"]
SceneKind = Literal["speech", "title", "chapter", "item", "silent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a document.

    ``level`` is a heading's rank or a list item's depth, from 1; ``number`` is that of an item in an ordered list.
    """

    kind: BlockKind
    text: str
    level: int = 0
    number: int | None = None

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise InvalidInput(f"a {self.kind} has no text: leave it out instead")


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneText:
    """What is said in one scene. ``label`` is the number of an item in an ordered list, on each of its scenes."""

    text: str
    kind: SceneKind
    label: str = ""

    def __post_init__(self) -> None:
        if self.kind != "silent" and not speakable(self.text):
            raise InvalidInput(f"the scene {self.text!r} cannot be spoken: at least one letter or digit is right")


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """The scenes in order. ``title`` is empty where the text has none; ``language`` is a BCP 47 primary tag."""

    title: str
    language: str
    scenes: tuple[SceneText, ...]


def split(blocks: Sequence[Block], *, language: str, title: str = "") -> Script:
    """Cut a document into scenes without losing, adding or moving a word; white space is made single spaces.

    The first heading of level 1 is the title card, every other one a chapter card, every list item a scene of its
    own or several. A ``title`` that is given takes the title card's place: the first heading is left out where it
    says the same, and else stays as a chapter. What cannot be spoken by itself, a lone emoji or a row of stars,
    joins the scene before it, or behind it at the start. Raises InvalidBrief where nothing can be spoken.
    """
    title = _tidy(title)
    if title and not speakable(title):
        raise InvalidBrief(f"the title {title!r} cannot be spoken: at least one letter or digit is right")
    parts = _parts(blocks, title)
    scenes = tuple(
        SceneText(text=piece, kind=kind, label=label)
        for kind, label, text in _joined(parts)
        for piece in _pieces(text, language, card=kind in ("title", "chapter"))
    )
    headline = next((text for kind, _, text in parts if kind == "title"), "")
    return Script(title=headline, language=language, scenes=scenes)


def estimate_seconds(text: str, language: str) -> float:
    """How long ``text`` takes to say at an unhurried pace, in seconds; most voices are through with it sooner.

    English runs at 15 characters a second with its spaces, Chinese at 4.3. A digit counts as the word or character it
    is read as, a sign such as % or $ likewise; a clause mark is a breath of 0.2 s and a sentence's end a pause of
    0.35 s. Emoji and other signs are silent.
    """
    return sum(_costs(text, language)) / 1000


def usual_seconds(text: str, language: str) -> float:
    """How long the built-in voices take for ``text``, within a tenth for a text of some length."""
    return estimate_seconds(text, language) * _USUAL.get(language, _USUAL["en"])


_USUAL = {"en": 0.86, "zh": 0.94}
"""What the voices take of the estimate."""
_Part = tuple[SceneKind, str, str]
"""Kind, label and text of a block as it will be spoken."""


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _parts(blocks: Sequence[Block], title: str) -> list[_Part]:
    parts: list[_Part] = [("title", "", title)] if title else []
    titled = bool(title)
    first = True
    for block in blocks:
        text = _tidy(block.text)
        if block.kind != "heading":
            label = "" if block.number is None else str(block.number)
            parts.append(("item", label, text) if block.kind == "item" else ("speech", "", text))
            continue
        repeats = first and text.casefold() == title.casefold()
        first = False
        if repeats:
            continue
        kind: SceneKind = "chapter" if titled or block.level > 1 or not speakable(text) else "title"
        titled = titled or kind == "title"
        parts.append((kind, "", text))
    return parts


def _joined(parts: list[_Part]) -> list[_Part]:
    """The parts with each that cannot be spoken put behind the one before it, or before the first."""
    joined: list[_Part] = []
    silent: list[str] = []
    for kind, label, text in parts:
        if speakable(text):
            joined.append((kind, label, " ".join([*silent, text])))
            silent = []
        elif joined:
            joined[-1] = (*joined[-1][:2], f"{joined[-1][2]} {text}")
        else:
            silent.append(text)
    if not joined:
        raise InvalidBrief("there is nothing in the text that can be spoken: at least one letter or digit is right")
    return joined


_LETTER = {"en": 67, "zh": 80}
"""Milliseconds of a letter or a space between words, by the voice's language."""
_CHARACTER = 233
_DIGIT = 290
_SIGN = 350
_SIGNS = frozenset("%‰°℃℉&+=@#×÷$€£¥")
_PAUSE = 350
_BREATH = 200


def _costs(text: str, language: str) -> list[int]:
    """Milliseconds of each character. Adding them over a piece gives the piece's own cost wherever text may be cut."""
    letter = _LETTER.get(language, _LETTER["en"])
    return [_cost(text, index, letter) for index in range(len(text))]


def _cost(text: str, index: int, letter: int) -> int:
    ch, after = text[index], text[index + 1 : index + 2]
    if ch.isdecimal():
        return _DIGIT
    if ch.isalnum():
        return _CHARACTER if is_wide(ch) else letter
    if ch.isspace():
        return letter
    if ch in _SIGNS:
        return 0 if after == ch else _SIGN
    if ch not in STRONG_MARKS and ch not in CLAUSE_MARKS:
        return 0
    if after.isalnum() and not is_wide(after) and not is_wide(ch) and ch not in "—–…":
        return _DIGIT if ch == "." and after.isdecimal() else 0  # 3.5 has a spoken point, 3,000 and U.S. have none
    if after in STRONG_MARKS or after in CLAUSE_MARKS:
        return 0 if after else _PAUSE
    return _PAUSE if ch in STRONG_MARKS else _BREATH


def _pieces(text: str, language: str, *, card: bool) -> list[str]:
    """``text`` cut at its sentences, a sentence of more than LONGEST at clauses or between words, into even scenes.

    The text of a ``card`` stays whole unless it is too long.
    """
    until = list(accumulate(_costs(text, language), initial=0))
    if card and until[-1] <= LONGEST:
        return [text]
    whole = set(sentence_ends(text))
    ends = _cuts(text, until, whole)
    starts = [0, *ends[:-1]]
    penalties = [
        0.0 if end - text[end - 1].isspace() in whole else _penalty(text[start:end])
        for start, end in zip(starts, ends, strict=True)
    ]
    penalties[-1] = 0.0

    def cost(first: int, last: int) -> float | None:
        start, end = starts[first], ends[last - 1]
        end -= text[end - 1].isspace()
        length = until[end] - until[start]
        if length > LONGEST and last - first > 1:
            return None
        short = max(0, SHORTEST - length) / 1000 if len(ends) > 1 else 0.0
        return (length / LONGEST) ** 2 + 4 * short + penalties[last - 1]

    return [text[starts[first] : ends[last - 1]].strip() for first, last in cheapest(len(ends), cost)]


def _cuts(text: str, until: list[int], whole: set[int]) -> list[int]:
    """Where ``text`` may be cut: behind each ``whole`` sentence, and inside those too long for one scene."""
    cuts: list[int] = []
    inside: list[int] = []
    start = 0
    for cut in opportunities(text):
        inside.append(cut)
        if cut - text[cut - 1].isspace() in whole:
            cuts += [cut] if until[cut] - until[start] <= LONGEST else inside
            start, inside = cut, []
    return cuts


def _penalty(piece: str) -> float:
    """What it costs to end a scene behind ``piece``, inside a sentence: least at a clause, most within a phrase."""
    mark = last_mark(piece)
    if mark and mark != ".":
        return 2.0 if mark == "、" else 1.0
    return 5.0 if mark or leans_forward(piece.rsplit(maxsplit=1)[-1]) else 4.0
