"""Names, addresses, passwords, plans and periods."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.application.paging import page, place_of, valid_limit
from reelwright.domain.errors import InvalidField, UnknownName
from reelwright.domain.ids import new_id
from reelwright.domain.quota import PLANS, RESOURCES, Plan, Reservation, Standing, period_end, period_start
from reelwright.domain.user import (
    folded,
    profile,
    valid_display_name,
    valid_email,
    valid_password,
    valid_username,
)
from tests.accounts import person

NOON = datetime(2026, 12, 17, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", ["ada", "Ada.Lovelace", "a-1_b", "艾达洛", "Łukasz", "x" * 32, " ada "])
def test_a_username_has_letters_and_digits_of_any_script(name: str) -> None:
    assert valid_username(name) == name.strip()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "0 characters; 3 to 32"),
        ("ab", "2 characters"),
        ("x" * 33, "33 characters"),
        ("a b", "' ' cannot be in it"),
        ("ada@home", "'@' cannot be in it"),
        ("a/../b", "'/' cannot"),
        ("a\0b", r"U\+0000 cannot"),
        ("a\ud800b", r"U\+D800 cannot"),
        ("a\u202eb", r"U\+202E cannot"),
        ("-ada", "begins and ends"),
        ("ada.", "begins and ends"),
    ],
)
def test_a_username_that_is_none_is_refused_with_what_would_be_right(name: str, told: str) -> None:
    with pytest.raises(InvalidField, match=told) as refused:
        valid_username(name)
    assert refused.value.field == "username"


@pytest.mark.parametrize("email", ["ada@example.org", "a.b+c@x-y.example.co", "O'Neil@EXAMPLE.org", "a@b.cd"])
def test_an_address_is_kept_as_it_was_written(email: str) -> None:
    assert valid_email(f" {email} ") == email


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "ada@example",
        "a b@example.org",
        "ada@exa_mple.org",
        "ada@-example.org",
        "ada@example.org\nBcc: eve@example.org",
        "ada@example..org",
        ".ada@example.org",
        "ada@example.org\0",
        "ſada@example.org",
        f"{'a' * 65}@example.org",
        f"a@{'b.' * 130}org",
    ],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(InvalidField, match=r"one like ada@example\.org is right"):
        valid_email(email)


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("short", "5 characters; 8 to 256"),
        ("x" * 257, "257 characters"),
        ("aaaabbbb", "among the first"),
        ("12345678", "among the first"),
        ("1234567890", "among the first"),
        ("hgfedcba", "among the first"),
        ("PassWord", "among the first"),
        ("Lovelace", "your own name"),
        ("ADA@EXAMPLE.ORG", "your own name"),
        ("good enough\0", "NUL"),
        ("good enough\udc00", "half a character"),
    ],
)
def test_a_password_that_others_would_guess_is_refused_and_never_repeated(password: str, told: str) -> None:
    with pytest.raises(InvalidField, match=told) as refused:
        valid_password(password, username="lovelace", email="ada@example.org")
    assert password not in str(refused.value)


def test_a_password_is_the_same_however_its_letters_were_composed() -> None:
    composed, decomposed = "caf\u00e9 au lait", "cafe\u0301 au lait"
    accepted = {valid_password(one, username="ada", email="ada@example.org") for one in (composed, decomposed)}
    assert accepted == {composed}


@given(st.text())
def test_any_text_is_a_username_or_told_why_not(text: str) -> None:
    try:
        name = valid_username(text)
    except InvalidField as refused:
        assert str(refused).startswith("username: ")  # noqa: PT017
    else:
        assert valid_username(name) == name
        assert folded(folded(name)) == folded(name)


def test_the_secret_of_an_account_is_not_shown() -> None:
    user = person(password_hash="$argon2id$secret")
    assert "secret" not in repr(user)
    assert "secret" not in repr(profile(user))


@pytest.mark.parametrize("changes", [{"role": "root"}, {"language": "fr"}, {"display_name": "x" * 81}])
def test_a_field_of_an_account_that_is_none_is_named(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidField) as refused:
        person(**changes)
    assert [refused.value.field] == list(changes)
    with pytest.raises(InvalidField):
        valid_display_name("a\u202eb")


def test_periods_begin_at_midnight_at_the_first_or_never_in_utc() -> None:
    late = datetime.fromisoformat("2026-12-31T23:30:00-05:00")
    assert period_start("videos", NOON) == datetime(2026, 12, 17, tzinfo=UTC)
    assert period_end("videos", NOON) == datetime(2026, 12, 18, tzinfo=UTC)
    assert period_start("render_seconds", late) == datetime(2027, 1, 1, tzinfo=UTC)
    assert period_end("render_seconds", NOON) == datetime(2027, 1, 1, tzinfo=UTC)
    assert period_start("storage_bytes", NOON) == period_start("storage_bytes", late)
    assert period_end("storage_bytes", NOON) is None
    with pytest.raises(UnknownName, match="there is no resource 'video'; did you mean 'videos'"):
        period_start("video", NOON)  # type: ignore[arg-type]


def test_plans_limit_every_resource_or_none() -> None:
    free = PLANS["free"]
    assert all(free.limit(resource) for resource in RESOURCES)
    assert free.limit("render_seconds") == 60 * (free.render_minutes_a_month or 0)
    assert not any(PLANS["unlimited"].limit(resource) is not None for resource in RESOURCES)
    with pytest.raises(InvalidField):
        Plan(name="odd", videos_a_day=-1)
    with pytest.raises(InvalidField):
        Reservation(purpose="p", resource="videos", user_id="u", amount=-1, period_start=NOON)
    standing = Standing(resource="videos", period="day", used=7, limit=5, resets_at=None)
    assert standing.left == 0


def test_ids_sort_by_the_time_they_were_made() -> None:
    made = []
    for _ in range(200):
        made.append(new_id())
        time.sleep(2e-6)
    assert made == sorted(made)
    assert len(set(made)) == 200
    assert {one[14] for one in made} == {"7"}


def test_pages_follow_one_another_by_their_cursors() -> None:
    ids = sorted(new_id() for _ in range(5))
    first = page(ids[:3], 2, str)
    assert first.items == tuple(ids[:2])
    assert place_of(first.next) == ids[1]
    assert page(ids[3:], 2, str).next is None
    assert place_of(None) is None


@given(st.text(max_size=40))
def test_no_other_text_is_a_cursor(text: str) -> None:
    with pytest.raises(InvalidField, match="cursor: this is none"):
        place_of(text)


@pytest.mark.parametrize("limit", [0, -1, 101])
def test_a_page_has_one_to_a_hundred_items(limit: int) -> None:
    with pytest.raises(InvalidField, match="1 to 100 is right"):
        valid_limit(limit)
