"""Settings of the service, languages of its answers, and the buckets that limit its callers."""

import asyncio
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.adapters.http.downloads import content_disposition
from reelwright.adapters.http.languages import preferred
from reelwright.adapters.http.problem_kinds import KINDS
from reelwright.adapters.http.rate_limits import MemoryRateLimiter, address
from reelwright.adapters.http.representations import takes_gzip
from reelwright.adapters.http.settings import HttpSettings
from reelwright.application.access import Rate
from reelwright.domain.errors import InvalidInput


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("zh", "zh-CN"),
        ("zh-TW,en;q=0.5", "zh-CN"),
        ("en-GB, zh;q=0.9", "en"),
        ("en;q=0.8, zh-Hans-CN;q=0.9", "zh-CN"),
        ("de, fr", "en"),
        ("de, zh;q=0.1", "zh-CN"),
        ("en;q=0, *", "zh-CN"),
        ("en;q=0, *;q=0", "en"),
        ("zh;q=nonsense", "en"),
        ("*", "en"),
        (";;;,,,q=", "en"),
    ],
)
def test_the_language_is_the_one_that_weighs_most(accepted: str, language: str) -> None:
    assert preferred(accepted) == language


@given(st.text(max_size=60))
def test_any_wish_for_a_language_has_an_answer(accepted: str) -> None:
    assert preferred(accepted) in ("en", "zh-CN")


def test_every_kind_of_problem_has_its_texts_in_both_languages() -> None:
    for slug, kind in KINDS.items():
        for texts in (kind.title, kind.detail):
            assert set(texts) == {"en", "zh-CN"}, slug
        assert 400 <= kind.status < 600


def test_every_kind_of_problem_is_in_the_documentation() -> None:
    page = (Path(__file__).parents[2] / "docs/service.md").read_text("utf-8")
    assert re.findall(r"^\| `([a-z-]+)` \| (\d+) \|", page, re.MULTILINE) == [
        (slug, str(kind.status)) for slug, kind in KINDS.items()
    ]


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("", False),
        ("gzip", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("br, gzip;q=0.1", True),
        ("*", True),
        ("*;q=0", False),
        ("identity, br", False),
        ("gzip;q=0, *", False),
    ],
)
def test_only_who_takes_gzip_gets_it(accepted: str, taken: bool) -> None:
    assert takes_gzip(accepted) is taken


def test_settings_come_from_the_environment() -> None:
    environment = {
        "REELWRIGHT_CORS_ORIGINS": "https://a.example, http://localhost:3000",
        "REELWRIGHT_BODY_LIMIT": "4096",
        "REELWRIGHT_RATE_PER_ADDRESS": "20/1",
        "REELWRIGHT_RATE_PER_USER": "none",
        "REELWRIGHT_OTHER": "x",
    }
    assert HttpSettings.from_environment(environment) == HttpSettings(
        cors_origins=("https://a.example", "http://localhost:3000"),
        body_limit=4096,
        rate_per_address=Rate(requests=20, seconds=1),
        rate_per_user=None,
    )


@pytest.mark.parametrize(
    ("variable", "value", "right"),
    [
        ("REELWRIGHT_BODY_LIMIT", "much", "a number such as 1048576 is right"),
        ("REELWRIGHT_BODY_GRACE", "0", "more than 0 is right"),
        ("REELWRIGHT_RATE_PER_USER", "often", '"6000/60" or "none" is right'),
        ("REELWRIGHT_RATE_PER_USER", "0/1", '"6000/60" or "none" is right'),
        ("REELWRIGHT_CORS_ORIGINS", "example.com/app", '"https://app.example.com" or "*" is right'),
    ],
)
def test_a_setting_that_cannot_be_read_says_what_would_be_right(variable: str, value: str, right: str) -> None:
    with pytest.raises(InvalidInput, match=right.replace("*", r"\*")):
        HttpSettings.from_environment({variable: value})


def test_a_bucket_lets_pass_exactly_what_it_holds_and_fills_up_again() -> None:
    now = 0.0
    limiter = MemoryRateLimiter(lambda: now)
    rate = Rate(requests=10, seconds=5)

    async def burst(count: int, key: str = "a") -> int:
        return sum(one.allowed for one in await asyncio.gather(*(limiter.take(key, rate) for _ in range(count))))

    assert asyncio.run(burst(50)) == 10
    assert asyncio.run(burst(3, "b")) == 3
    refused = asyncio.run(limiter.take("a", rate))
    assert (refused.remaining, refused.wait) == (0, 0.5)
    now = 0.5
    assert asyncio.run(burst(50)) == 1
    now = 100.0
    assert asyncio.run(burst(50)) == 10


def test_buckets_that_are_full_again_are_forgotten() -> None:
    now = 0.0
    limiter = MemoryRateLimiter(lambda: now)
    rate = Rate(requests=1, seconds=1)

    async def strangers(first: int) -> None:
        for number in range(first, first + 5000):
            await limiter.take(str(number), rate)

    asyncio.run(strangers(0))
    now = 2.0
    asyncio.run(strangers(5000))
    assert len(limiter._buckets) <= 8192


@pytest.mark.parametrize(
    ("client", "key"),
    [
        (("192.0.2.7", 1), "192.0.2.7"),
        (("2001:db8:1:2:3:4:5:6", 1), "2001:db8:1:2::/64"),
        (("::ffff:192.0.2.7", 1), "192.0.2.7"),
        (("testclient", 1), "testclient"),
        (None, None),
    ],
)
def test_a_machine_is_known_by_its_address_and_a_network_of_ipv6_as_one(client: object, key: str | None) -> None:
    assert address({"client": client}) == key


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("tide.mp4", 'attachment; filename="tide.mp4"'),
        ("潮汐 1.mp4", "attachment; filename=\"__ 1.mp4\"; filename*=UTF-8''%E6%BD%AE%E6%B1%90%201.mp4"),
        ('a"b\\c.mp4', "attachment; filename=\"a_b_c.mp4\"; filename*=UTF-8''a%22b_c.mp4"),
        ("../../etc/passwd", 'attachment; filename="_.._etc_passwd"'),
        ("x\r\nSet-Cookie: y.mp4", 'attachment; filename="x__Set-Cookie: y.mp4"'),
        ("\ud800.mp4", 'attachment; filename="_.mp4"'),
        ("", 'attachment; filename="file"'),
    ],
)
def test_the_name_of_a_download_survives_and_does_no_harm(name: str, header: str) -> None:
    assert content_disposition(name) == header


@given(st.text(max_size=300))
def test_any_name_makes_a_header_of_one_ascii_line(name: str) -> None:
    header = content_disposition(name)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
