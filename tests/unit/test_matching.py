from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.domain.asset import Asset, AssetKind
from reelwright.domain.matching import match


def files(*names: str, kind: AssetKind = "photo") -> list[tuple[str, Asset]]:
    return [(name, Asset(path=name, sha256="0" * 64, kind=kind, width=1, height=1)) for name in names]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("People walk on beaches", "beach.jpg"),
        ("It keeps moving", "move.mp4"),
        ("A walk at night", "photos/2024/nightSky_02.jpg"),
        ("Two cities", "CITY-view.png"),
        ("The NASA probe", "NASAprobe2.jpg"),
        ("the café", "café.jpg"),
        ("月亮很圆", "月亮照片.jpg"),
        ("城市夜景", "夜景2.png"),
        ("用Python写", "python-logo.png"),
    ],
)
def test_a_file_goes_to_the_scene_that_speaks_of_it(text: str, name: str) -> None:
    assets = files("IMG_0001.jpg", "photo of something.jpg", name)
    assert match(["First of all", "In the photo", text], assets)[2] == name


def test_rare_words_decide() -> None:
    texts = ["The sea at dawn", "The sea and the moon", "The sea again"]
    assert match(texts, files("sea-moon.jpg", "sea-dawn.jpg")) == ("sea-dawn.jpg", "sea-moon.jpg", "sea-dawn.jpg")


def test_files_without_a_match_follow_their_numbers_then_the_given_order() -> None:
    assert match(["a", "b", "c", "d"], files("z.jpg", "10-x.jpg", "2-y.jpg", "a.jpg")) == (
        "2-y.jpg",
        "10-x.jpg",
        "z.jpg",
        "a.jpg",
    )


def test_a_match_leaves_the_others_their_order() -> None:
    assert match(["Hello", "A whale", "Bye"], files("01.jpg", "02-whale.jpg", "03.jpg")) == (
        "01.jpg",
        "02-whale.jpg",
        "03.jpg",
    )


def test_nothing_is_shown_where_there_is_nothing_to_show() -> None:
    assert match(["a", "b"], []) == (None, None)
    assert match(["a"], files("waves.wav", kind="sound")) == (None,)
    assert match([], files("a.jpg")) == ()


def test_a_seed_varies_the_order_of_files_that_match_nothing() -> None:
    assets = files(*(f"{letter}.jpg" for letter in "abcdefgh"))
    texts = ["?"] * 8
    assert match(texts, assets, seed=1) == match(texts, assets, seed=1)
    assert match(texts, assets, seed=1) != match(texts, assets)


words = st.lists(st.sampled_from(["moon", "sea", "beaches", "月亮", "海", "the"]), max_size=3).map(" ".join)


@given(st.lists(words, max_size=20), st.lists(words, min_size=1, max_size=6), st.integers(0, 3))
def test_every_file_is_seen_before_one_comes_again(texts: list[str], names: list[str], seed: int) -> None:
    assets = files(*(f"{name} {index}.jpg" for index, name in enumerate(names)))
    chosen = match(texts, assets, seed=seed)
    assert len(chosen) == len(texts)
    counts = Counter({name: 0 for name, _ in assets})
    counts.update(name for name in chosen if name)
    assert counts.total() == len(texts)
    assert max(counts.values()) - min(counts.values()) <= 1
    for start in range(0, len(texts), len(assets)):
        part = chosen[start : start + len(assets)]
        assert len(set(part)) == len(part)
    if len(assets) > 1:
        assert all(before != after for before, after in pairwise(chosen))
