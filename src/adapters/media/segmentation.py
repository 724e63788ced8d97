"""Where text may be taken apart: grapheme clusters (UAX #29), line breaks (UAX #14), and what kind a cluster is."""

import re
import unicodedata
from functools import lru_cache

from uniseg.emoji import emoji, emoji_presentation
from uniseg.graphemecluster import grapheme_clusters
from uniseg.linebreak import line_break, line_break_boundaries

NEWLINES = "\n\v\f\r\x85\u2028\u2029"
ZERO_WIDTH_JOINER = "\u200d"
TEXT_STYLE, EMOJI_STYLE = "\ufe0e", "\ufe0f"
KEYCAP = "\u20e3"

_UNSEEN = frozenset("\u00ad\u200b\u2060\ufeff\u180e\u034f")
_NO_START = frozenset(["CL", "CP", "EX", "IS", "SY", "NS", "CJ", "IN", "PO", "BA"])
_WIDE_IN_CHINESE = frozenset("“”‘’…—·")
_LEANS_BACK = frozenset("们的地得了着过吗呢吧啊么子儿性化者")
_LEANS_ON = frozenset("为如什怎这那每第很最不没未无被把将与和或及")


_ONE_BY_ONE = re.compile(
    r"[ -~\u00a1-\u00ac\u00ae-\u02ff\u2013-\u201d\u2026\u3001-\u3029\u3041-\u3096\u4e00-\u9fff\uff01-\uff65]*"
)
"""Text in which every character is a grapheme cluster: Latin, Han and their punctuation, without marks that join."""
_WORD = r"[A-Za-z0-9]+(?:['.,:][A-Za-z0-9]+)*[.,!?;:]*"
_WORDS = re.compile(rf"{_WORD}(?: {_WORD})* ?")
"""Plain words and numbers, where lines start behind spaces only."""


@lru_cache(maxsize=1024)
def clusters(text: str) -> tuple[str, ...]:
    """The grapheme clusters of ``text``: what a reader takes for one letter or one emoji."""
    return tuple(text if _ONE_BY_ONE.fullmatch(text) else grapheme_clusters(text))


@lru_cache(maxsize=1024)
def breaks(text: str) -> tuple[int, ...]:
    """The indices in ``text`` before which a line may start, without 0 and its length."""
    if _WORDS.fullmatch(text):
        return tuple(space.end() for space in re.finditer(" (?!$)", text))
    return tuple(index for index in line_break_boundaries(text) if 0 < index < len(text))


def clean(text: str, *, newlines: bool = False) -> str:
    """``text`` in NFC without controls and surrogates, its white space single; line ends kept if ``newlines``."""
    lines = unicodedata.normalize("NFC", text).splitlines() if newlines else [unicodedata.normalize("NFC", text)]
    kept = ("".join(c for c in " ".join(line.split()) if unicodedata.category(c) not in ("Cc", "Cs")) for line in lines)
    return "\n".join(line for line in kept if line)


def is_unseen(character: str) -> bool:
    """Whether it only guides the layout and has no glyph of its own."""
    return character in _UNSEEN or character in NEWLINES


def is_ignorable(character: str) -> bool:
    """Whether a font may lack it without harm: joiners, variation selectors, tags, marks of direction."""
    code = ord(character)
    return (
        unicodedata.category(character) == "Cf"
        or 0xFE00 <= code <= 0xFE0F
        or 0xE0000 <= code <= 0xE01EF
        or is_unseen(character)
    )


def is_emoji(cluster: str) -> bool:
    """Whether the cluster is meant as a coloured picture (UTS #51): by its selector, its sequence or its default."""
    if cluster[-1] == TEXT_STYLE:
        return False
    if EMOJI_STYLE in cluster or KEYCAP in cluster:
        return bool(emoji(cluster[0]))
    return bool(emoji_presentation(cluster[0])) or (ZERO_WIDTH_JOINER in cluster and bool(emoji(cluster[0])))


def is_ambiguous(character: str) -> bool:
    """Whether it is set as wide as an ideograph beside one: quotation marks, ellipsis, dash, middle dot."""
    return character in _WIDE_IN_CHINESE


def may_start_line(cluster: str) -> bool:
    """False for closing punctuation and other marks that belong to what is before them."""
    return str(line_break(cluster[0]).value) not in _NO_START and cluster[0] not in "”’»"


def leans_back(character: str) -> bool:
    """Whether it nearly always belongs to the Chinese word before it: particles and endings."""
    return character in _LEANS_BACK


def leans_on(character: str) -> bool:
    """Whether a Chinese word or phrase nearly always goes on after it."""
    return character in _LEANS_ON


def is_stop(character: str) -> bool:
    """Whether a pause follows it, so that a line ends well there."""
    return unicodedata.category(character) in ("Po", "Pe", "Pf", "Pd")


def is_right_to_left(text: str) -> bool | None:
    """Direction of the first letter that has one (UAX #9, rule P2); None without such a letter."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return None
