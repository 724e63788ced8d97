"""Which of the user's photos and clips goes with which scene, by the words in its name, its folders and its tags."""

import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PureWindowsPath

from .asset import Asset
from .language import word_set
from .terms import SAY_NOTHING, SILENT_CHARACTERS, runs, stem, words

_LEADING_NUMBER = re.compile(r"\d+")
_FOLDER = 0.5
"""What a word of a folder's name counts beside one of the file's own."""

_FILE_WORDS = SAY_NOTHING | word_set(
    "img image images dsc dscf dscn pic picture photo photos foto video videos vid mov clip clips movie screenshot "
    "screen shot scan copy final edit edited new old untitled pexels pixabay unsplash shutterstock istock getty "
    "whatsapp telegram pxl gopr hd uhd fhd jpg jpeg png mp4 assets media material camera olympus kodak digital default"
)
_FILE_CHARACTERS = SILENT_CHARACTERS | frozenset("图片照视频像张")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """What a name or a text is about: stems of words, and runs of Chinese characters."""

    stems: frozenset[str]
    runs: tuple[str, ...]


def match(
    texts: Sequence[str],
    assets: Sequence[tuple[str, Asset]],
    *,
    seed: int = 0,
    given: Sequence[str | None] = (),
    readings: Sequence[Sequence[str]] = (),
) -> tuple[str | None, ...]:
    """For each scene's text the name of the asset that is shown, or None where there are no photos and clips.

    ``given`` names the assets that were chosen for scenes by hand: they are shown there, whatever the words say.
    ``readings`` are each text's words as a name in other letters would spell them: pinyin for Chinese. The other scenes
    are served in rounds: none comes again before all were seen, and none twice running, unless there is no other. In a
    round the best matches of words come first, rare words counting most; the other scenes take what is left in order:
    by the number that a name begins with, then as given, or shuffled by a ``seed`` other than 0. Sounds are passed
    over. Equal input, equal output.
    """
    shown: list[str | None] = [given[index] if index < len(given) else None for index in range(len(texts))]
    names = _in_order([name for name, asset in assets if asset.kind != "sound"], seed)
    if not names:
        return tuple(shown)
    spoken = [_subject([text], readings[index] if index < len(readings) else ()) for index, text in enumerate(texts)]
    scores = _scores(spoken, dict(assets), names)
    counts = Counter(name for name in shown if name is not None)
    free = [index for index, name in enumerate(shown) if name is None]
    while free:
        fewest = min(counts[name] for name in names)
        pool = [name for name in names if counts[name] == fewest]
        turn, free = free[: len(pool)], free[len(pool) :]
        for index, dealt in zip(turn, _round([scores[index] for index in turn], pool), strict=True):
            shown[index] = dealt
        _part_neighbours(shown, turn, pool, scores)
        counts.update(name for index in turn if (name := shown[index]) is not None)
    return tuple(shown)


def _round(scores: Sequence[Mapping[str, float]], names: Sequence[str]) -> list[str]:
    """One asset for each scene, none twice."""
    rank = {name: place for place, name in enumerate(names)}
    best = sorted(
        (-score, scene, rank[name], name)
        for scene, by_name in enumerate(scores)
        for name, score in by_name.items()
        if name in rank
    )
    taken: dict[int, str] = {}
    free = dict.fromkeys(names)
    for _, scene, _, name in best:
        if scene not in taken and name in free:
            taken[scene] = name
            del free[name]
    left = iter(free)
    return [taken[scene] if scene in taken else next(left) for scene in range(len(scores))]


def _part_neighbours(
    shown: list[str | None], turn: Sequence[int], pool: Sequence[str], scores: Sequence[Mapping[str, float]]
) -> None:
    """Give a scene of ``turn`` that shows what its neighbour shows another asset, at the least loss of matches."""
    for index in turn:
        name = shown[index]
        if name is None or not _repeats(shown, index, name):
            continue
        used = {shown[other] for other in turn}
        changes: list[tuple[float, int, int]] = []
        for place, other in enumerate(pool):
            if other not in used and not _repeats(shown, index, other):
                changes.append((_worth(scores, index, name) - _worth(scores, index, other), 0, place))
        for partner in turn:
            theirs = shown[partner]
            if theirs is None or partner == index:
                continue
            shown[index], shown[partner] = theirs, name
            if not _repeats(shown, index, theirs) and not _repeats(shown, partner, name):
                before = _worth(scores, index, name) + _worth(scores, partner, theirs)
                after = _worth(scores, index, theirs) + _worth(scores, partner, name)
                changes.append((before - after, 1, partner))
            shown[index], shown[partner] = name, theirs
        if changes:
            _, swap, choice = min(changes)
            if swap:
                shown[index], shown[choice] = shown[choice], name
            else:
                shown[index] = pool[choice]


def _repeats(shown: Sequence[str | None], index: int, name: str) -> bool:
    """Whether ``name`` at ``index`` would stand beside itself."""
    return name in shown[max(0, index - 1) : index] or name in shown[index + 1 : index + 2]


def _worth(scores: Sequence[Mapping[str, float]], index: int, name: str) -> float:
    return scores[index].get(name, 0.0)


def _scores(texts: Sequence[_Subject], assets: Mapping[str, Asset], names: Sequence[str]) -> list[dict[str, float]]:
    """For each text the assets that have something in common with it."""
    common = Counter(one for text in texts for one in text.stems)
    own = {name: _named([PureWindowsPath(name).stem, *assets[name].tags]) for name in names}
    folders = {name: _named(PureWindowsPath(name).parts[:-1]) for name in names}
    scores: list[dict[str, float]] = []
    for text in texts:
        by_name: dict[str, float] = {}
        for name in names:
            score = _likeness(own[name], text, common) + _FOLDER * _likeness(folders[name], text, common)
            if score:
                by_name[name] = score
        scores.append(by_name)
    return scores


def _likeness(subject: _Subject, text: _Subject, common: Counter[str]) -> float:
    score = sum(1 / common[one] for one in sorted(subject.stems & text.stems))
    return score + sum(_shared(run, text.runs) for run in subject.runs)


def _shared(run: str, texts: Iterable[str]) -> float:
    """How much of a Chinese run is in the texts: its longest common substring, a single character counting little."""
    joined = " ".join(texts)
    for length in range(len(run), 0, -1):
        if any(run[start : start + length] in joined for start in range(len(run) - length + 1)):
            return length / 2 if length > 1 else 0.2
    return 0.0


def _named(parts: Iterable[str]) -> _Subject:
    """What names and tags are about; two words that stand side by side are also read as one: sun-set, yue_liang."""
    parts = tuple(parts)
    joined = [before + after for part in parts for before, after in pairwise(words(part))]
    return _subject(parts, joined)


def _subject(parts: Iterable[str], more: Iterable[str] = ()) -> _Subject:
    """What texts are about, with words that stand for them in other letters."""
    parts = tuple(parts)
    said = [word for part in parts for word in words(part)] + [word.casefold() for word in more]
    stems = (stem(word) for word in said if word not in _FILE_WORDS)
    return _Subject(
        stems=frozenset(one for one in stems if len(one) > 1),
        runs=tuple(dict.fromkeys(run for part in parts for run in runs(part, _FILE_CHARACTERS))),
    )


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
