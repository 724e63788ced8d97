"""What an error of the domain becomes over HTTP."""

import asyncio
from pathlib import Path

import httpx
import pytest
from litestar import get

from reelwright.adapters.http import create_app
from reelwright.adapters.http.authentication import PUBLIC
from reelwright.domain.errors import (
    FileTooLarge,
    InvalidField,
    QuotaExceeded,
    ReelwrightError,
    StoreUnavailable,
    TooManyAttempts,
    UnsupportedFile,
    UploadOutOfStep,
)
from tests.people import accounts_in, kind
from tests.service import container


def answer_to(error: ReelwrightError, language: str, folder: Path) -> httpx.Response:
    @get("/test/refused", opt=PUBLIC)
    async def refused() -> None:
        raise error

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(container(folder), routes=[refused]))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get("/test/refused", headers={"Accept-Language": language})

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("error", "expected", "title", "title_zh"),
    [
        (
            QuotaExceeded("videos", asked=1, used=20, limit=20, period="day"),
            (403, "quota-exceeded"),
            "The quota is used up",
            "配额已用完",
        ),
        (TooManyAttempts(17), (429, "too-many-requests"), "Too many requests", "请求过多"),
        (StoreUnavailable("/srv/secret.db is locked"), (503, "unavailable"), "Not available now", "暂不可用"),
        (InvalidField("limit", "1 is right"), (422, "invalid-input"), "The input is not valid", "输入无效"),
        (FileTooLarge("a.mp4", "too large"), (413, "content-too-large"), "The body is too large", "请求正文过大"),
        (
            UnsupportedFile("a.exe", "no"),
            (415, "unsupported-media-type"),
            "Unsupported media type",
            "不支持的媒体类型",
        ),
        (UploadOutOfStep(7, "it stands at 7"), (409, "conflict"), "Conflict", "冲突"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_errors_of_the_domain_have_kinds_and_titles_in_both_languages(
    tmp_path: Path, error: ReelwrightError, expected: tuple[int, str], title: str, title_zh: str
) -> None:
    answers = {language: answer_to(error, language, tmp_path) for language in ("en", "zh")}
    assert {kind(one) for one in answers.values()} == {expected}
    assert [one.json()["title"] for one in answers.values()] == [title, title_zh]
    assert "secret" not in answers["en"].text
    assert answers["en"].headers.get("retry-after") == ("17" if isinstance(error, TooManyAttempts) else None)


def test_a_database_that_is_down_is_told_without_saying_where(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    parts = accounts_in(tmp_path, f"sqlite:///{tmp_path / 'empty.db'}")
    token = parts.access_tokens().issue("somebody", "some session")

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(parts))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.get("/api/users/profile", headers={"Authorization": f"Bearer {token}"})
        await parts.store().close()
        return answer

    answer = asyncio.run(ask())
    assert kind(answer) == (503, "unavailable")
    assert "table" not in answer.text
