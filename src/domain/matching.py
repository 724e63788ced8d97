"""Which of the user's photos and clips goes with which scene, by the words in its file name."""

import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PureWindowsPath

from .asset import Asset
from .language import is_cjk, word_set

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+")
"""Words of letters, parted at camelCase humps, digits and marks too."""
_LEADING_NUMBER = re.compile(r"\d+")
_VOWELS = frozenset("aeiouy")

_SAY_NOTHING = word_set(
    "a an the and or of in on at to from by for with my our is are it this that "
    "img image images dsc dscf dscn pic picture photo photos foto video videos vid mov clip clips movie screenshot "
    "screen shot scan copy final edit edited new old untitled pexels pixabay unsplash shutterstock istock getty "
    "whatsapp telegram pxl gopr hd uhd fhd jpg jpeg png mp4"
)
_SILENT_CHARACTERS = frozenset("的了和与在是一不有这那图片照视频像张")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """What a name or a text is about: stems of words, and runs of Chinese characters."""

    stems: frozenset[str]
    runs: tuple[str, ...]


def match(texts: Sequence[str], assets: Sequence[tuple[str, Asset]], *, seed: int = 0) -> tuple[str | None, ...]:
    """For each scene's text the name of the asset that is shown, or None where there are no photos and clips.

    Scenes are served in rounds of as many as there are assets; within a round each asset is shown once, so that none
    comes again before all were seen, and never twice running. In a round the best matches of file name and text
    come first, rare words counting most; the other scenes take what is left in order: by the number that a name
    begins with, then as given, or shuffled by a ``seed`` other than 0. Sounds are passed over. Equal input, equal
    output.
    """
    names = _in_order([name for name, asset in assets if asset.kind != "sound"], seed)
    if not names:
        return (None,) * len(texts)
    scores = _scores([_subject(text) for text in texts], {name: _subject(PureWindowsPath(name).stem) for name in names})
    chosen: list[str] = []
    for start in range(0, len(texts), len(names)):
        chosen += _round(scores[start : start + len(names)], names, chosen[-1] if chosen else None)
    return tuple(chosen)


def _round(scores: Sequence[Mapping[str, float]], names: Sequence[str], shown: str | None) -> list[str]:
    """One asset for each scene, none twice; the first is not the one ``shown`` before, if there is another."""
    fresh = {name for name in names if name != shown} or set(names)
    rank = {name: place for place, name in enumerate(names)}
    best = sorted(
        (-score, scene, rank[name], name) for scene, by_name in enumerate(scores) for name, score in by_name.items()
    )
    in_turn = [(0.0, scene, rank[name], name) for scene in range(len(scores)) for name in names]
    taken: dict[int, str] = {}
    free = set(names)
    for _, scene, _, name in [*best, *in_turn]:
        kept_for_first = name not in fresh if scene == 0 else 0 not in taken and free & fresh == {name}
        if scene not in taken and name in free and not kept_for_first:
            taken[scene] = name
            free.remove(name)
    return [taken[scene] for scene in range(len(scores))]


def _scores(texts: Sequence[_Subject], names: Mapping[str, _Subject]) -> list[dict[str, float]]:
    """For each text the assets that have something in common with it."""
    common = Counter(stem for text in texts for stem in text.stems)
    scores: list[dict[str, float]] = []
    for text in texts:
        by_name: dict[str, float] = {}
        for name, subject in names.items():
            score = sum(1 / common[stem] for stem in sorted(subject.stems & text.stems))
            score += sum(_shared(run, text.runs) for run in subject.runs)
            if score:
                by_name[name] = score
        scores.append(by_name)
    return scores


def _shared(run: str, texts: Iterable[str]) -> float:
    """How much of a Chinese run is in the texts: its longest common substring, a single character counting little."""
    joined = " ".join(texts)
    for length in range(len(run), 0, -1):
        if any(run[start : start + length] in joined for start in range(len(run) - length + 1)):
            return length / 2 if length > 1 else 0.2
    return 0.0


def _subject(text: str) -> _Subject:
    spaced = "".join(ch if is_cjk(ch) and ch not in _SILENT_CHARACTERS else " " for ch in text)
    words = _WORDS.findall("".join(" " if is_cjk(ch) else ch for ch in text))
    stems = (_stem(word.casefold()) for word in words if word.casefold() not in _SAY_NOTHING)
    return _Subject(stems=frozenset(stem for stem in stems if len(stem) > 1), runs=tuple(spaced.split()))


def _stem(word: str) -> str:
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


def _in_order(names: Sequence[str], seed: int) -> list[str]:
    """The names that begin with a number by it, then the others."""
    numbered: list[tuple[int, str]] = []
    others: list[str] = []
    for name in names:
        found = _LEADING_NUMBER.match(PureWindowsPath(name).stem)
        if found:
            numbered.append((int(found.group()), name))
        else:
            others.append(name)
    if seed:
        random.Random(seed).shuffle(others)  # noqa: S311 - variety, not secrecy
    return [name for _, name in sorted(numbered, key=lambda pair: pair[0])] + others
