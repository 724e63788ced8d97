from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.domain.asset import Asset, AssetKind
from reelwright.domain.matching import match


def files(*names: str, kind: AssetKind = "photo") -> list[tuple[str, Asset]]:
    return [(name, Asset(path=name, sha256="0" * 64, kind=kind, width=1, height=1)) for name in names]


def tagged(name: str, *tags: str) -> tuple[str, Asset]:
    return name, Asset(path=name, sha256="0" * 64, kind="photo", width=1, height=1, tags=tags)


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
        ("A red sunset", "sun_set.jpg"),
        ("The lighthouses stand", "lighthouse/IMG_2.jpg"),
        ("海边的灯塔", "灯塔/IMG_2.jpg"),
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


def test_tags_count_like_names_and_folders_less() -> None:
    texts = ["The storm came", "A lighthouse", "老虎睡了"]
    assets = [
        *files("lighthouse/1.jpg", "b.jpg"),
        tagged("c.jpg", "Leuchtturm", "a lighthouse at night"),
        tagged("d.jpg", "老虎"),
    ]
    assert match(texts, assets) == ("lighthouse/1.jpg", "c.jpg", "d.jpg")


def test_chinese_is_found_in_names_in_pinyin() -> None:
    assets = files("shan.jpg", "yue-liang_02.jpg", "changcheng.png")
    assert match(["万里长城", "看月亮"], assets, readings=[("wanli", "changcheng"), ("yueliang",)]) == (
        "changcheng.png",
        "yue-liang_02.jpg",
    )


def test_what_was_chosen_by_hand_is_shown_whatever_the_words_say() -> None:
    assets = files("moon.jpg", "sea.jpg", "sun.jpg")
    assert match(["The moon", "A moon", "The sea", "The sun"], assets, given=["sea.jpg", None, None, None]) == (
        "sea.jpg",
        "moon.jpg",
        "sun.jpg",
        "moon.jpg",
    )


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


@given(
    st.lists(words, min_size=1, max_size=12),
    st.lists(words, min_size=1, max_size=5),
    st.lists(st.none() | st.integers(0, 4), max_size=12),
    st.integers(0, 3),
)
def test_hand_picked_assets_stay_and_the_rest_is_dealt_fairly(
    texts: list[str], names: list[str], picks: list[int | None], seed: int
) -> None:
    assets = files(*(f"{name} {index}.jpg" for index, name in enumerate(names)))
    given_names = [None if pick is None else assets[pick % len(assets)][0] for pick in picks[: len(texts)]]
    chosen = match(texts, assets, seed=seed, given=given_names)
    assert chosen == match(texts, assets, seed=seed, given=given_names)
    assert all(kept is None or kept == shown for kept, shown in zip(given_names, chosen, strict=False))
    by_hand = Counter(name for name in given_names if name)
    dealt = Counter(chosen)
    dealt.subtract(by_hand)
    for name, _ in assets:
        for other, _ in assets:
            if dealt[name] > 0:
                assert by_hand[name] + dealt[name] <= by_hand[other] + dealt[other] + 1, "one came again too soon"
