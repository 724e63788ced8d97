"""Terms: what a text is about, as stems of its words and pairs of its Chinese characters."""

import re

from .language import is_cjk, word_set

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+")
"""Words of letters, parted at camelCase humps, digits and marks too."""
_VOWELS = frozenset("aeiouy")

SAY_NOTHING = word_set(
    "a an the and or but nor so yet if then than as of in on at to from by for with without into onto about over under "
    "between through during against within across along around behind beyond near until upon up down out off again "
    "my our your his her its their i you he she it we they me him us them this that these those there here "
    "is are was were be been being am has have had having do does did done will would can could shall should may might "
    "must not no nor only also just very too more most much many some any each every all both few other another such "
    "own same what which who whom whose when where why how while because since though although however "
    "s t d ll ve re don isn doesn didn won"
)
"""English words that are in every text."""
SILENT_CHARACTERS = frozenset("的了和与在是一不有这那也就都而及着过吗呢吧个其之或被把")
"""Chinese characters that are in every text."""


def words(text: str) -> list[str]:
    """The words in letters, in lower case and in order; Chinese characters part them."""
    return [word.casefold() for word in _WORDS.findall("".join(" " if is_cjk(ch) else ch for ch in text))]


def runs(text: str, silent: frozenset[str] = SILENT_CHARACTERS) -> list[str]:
    """The runs of Chinese characters between whatever is not, or is among the ``silent``."""
    return "".join(ch if is_cjk(ch) and ch not in silent else " " for ch in text).split()


def terms(text: str) -> list[str]:
    """Stems of the words and pairs of neighbouring Chinese characters, each as often as it is there.

    Words and characters that say nothing are left out.
    """
    stems = (stem(word) for word in words(text) if word not in SAY_NOTHING)
    pairs = (run[at : at + 2] for run in runs(text) for at in range(max(1, len(run) - 1)))
    return [*(one for one in stems if len(one) > 1), *pairs]


def stem(word: str) -> str:
    """An English word without its ending: beaches and beach, running and run, moved and move, cities and city."""
    if word.endswith(("ches", "shes", "sses", "xes", "zes")) or (word.endswith("ies") and len(word) > 4):
        word = word[:-2]
    elif word.endswith("s") and len(word) > 3 and word[-2] not in "sui":
        word = word[:-1]
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) > 2 and not _VOWELS.isdisjoint(root):
            word = root[:-1] if root[-1] == root[-2] and root[-1] not in "lsz" else root
            break
    if word.endswith("y"):
        return word[:-1] + "i"
    return word[:-1] if word.endswith("e") and len(word) > 3 else word
