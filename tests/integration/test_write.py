"""``reelwright write``: a script by a language model, spoken to over real HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reelwright import Studio
from reelwright.cli.main import cli
from reelwright.domain.errors import InvalidInput, MissingPart, ProviderFailed, UnknownName
from tests.providers.openai_server import KEY, MODEL, ModelServer, model_server

SCENES = (
    "Have you ever asked why the sea comes and goes?",
    "The Moon pulls the water, twice a day.",
    "Go and look at it tonight!",
)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModelServer]:
    monkeypatch.setenv("REELWRIGHT_CACHE_DIR", str(tmp_path / "cache"))
    with model_server() as running:
        running.says = {"title": "The tide", "scenes": [{"text": text, "visual": "", "search": []} for text in SCENES]}
        monkeypatch.setenv("REELWRIGHT_LANGUAGE_ENGINES", "openai,offline")
        monkeypatch.setenv("REELWRIGHT_OPENAI_BASE_URL", running.url)
        monkeypatch.setenv("REELWRIGHT_OPENAI_MODEL", MODEL)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield running


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["write", *arguments], catch_exceptions=True)


def test_a_topic_becomes_a_text_to_make_a_video_of(server: ModelServer, tmp_path: Path) -> None:
    ran = run("why the tide comes in", "--seconds", "10", "-o", str(tmp_path / "tide.md"))
    assert ran.exit_code == 0, ran.output
    written = (tmp_path / "tide.md").read_text("utf-8")
    assert written == "# The tide\n\n" + "\n\n".join(SCENES) + "\n"
    assert f"written by openai ({MODEL}-2026-01-01), 160 tokens" in ran.stderr
    script = Studio().script(Studio().brief(tmp_path / "tide.md"))
    assert script.title == "The tide"
    assert [scene.text for scene in script.scenes if scene.kind == "speech"] == list(SCENES)


def test_what_was_written_before_is_not_paid_for_again(server: ModelServer) -> None:
    first = json.loads(run("tides", "--json", "--seconds", "10").stdout)
    again = json.loads(run("tides", "--json", "--seconds", "10").stdout)
    assert (first["cached"], again["cached"], len(server.asked)) == (False, True, 1)
    assert again["value"] == first["value"]
    assert first["engine"] == "openai"
    assert not json.loads(run("tides", "--json", "--seconds", "12").stdout)["cached"]


def test_a_model_that_fails_says_why_and_leaves_nothing(server: ModelServer, tmp_path: Path) -> None:
    server.always = "401"
    ran = run("tides", "-o", str(tmp_path / "tide.md"))
    assert isinstance(ran.exception, ProviderFailed)
    assert "the key is not accepted (401); check OPENAI_API_KEY" in str(ran.exception)
    assert KEY not in str(ran.exception)
    assert not list(tmp_path.glob("*.md"))


def test_a_wish_that_cannot_be_is_refused_before_anybody_is_asked(server: ModelServer) -> None:
    for arguments, told in (([" "], "the topic is empty"), (["tides", "--seconds", "5"], "10 to 600")):
        ran = run(*arguments)
        assert isinstance(ran.exception, InvalidInput)
        assert told in str(ran.exception)
    assert isinstance(run("tides", "--tone", "rude").exception, UnknownName)
    assert not server.asked


def test_without_a_model_the_setting_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REELWRIGHT_LANGUAGE_ENGINES", raising=False)
    missing = run("tides").exception
    assert isinstance(missing, MissingPart)
    assert "REELWRIGHT_LANGUAGE_ENGINES=openai with OPENAI_API_KEY sets one up" in str(missing)
