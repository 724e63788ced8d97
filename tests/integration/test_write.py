"""``reelwright write``: a script by a language model, spoken to over real HTTP."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reelwright import Studio
from tests.providers.openai_server import KEY, MODEL, ModelServer, model_server

ROOT = Path(__file__).parents[2]
SCENES = (
    "Have you ever asked why the sea comes and goes?",
    "The Moon pulls the water, twice a day.",
    "Go and look at it tonight!",
)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as running:
        running.says = {"title": "The tide", "scenes": [{"text": text, "visual": "", "search": []} for text in SCENES]}
        yield running


def write(
    folder: Path, server: ModelServer | None, *arguments: str, model: str = MODEL
) -> "subprocess.CompletedProcess[str]":
    """What the command says, with the model of a server or without any."""
    engines = {
        "REELWRIGHT_LANGUAGE_ENGINES": "openai,offline",
        "REELWRIGHT_OPENAI_BASE_URL": server.url if server is not None else "",
        "REELWRIGHT_OPENAI_MODEL": model,
        "OPENAI_API_KEY": KEY,
    }
    own = {"PYTHONPATH": str(ROOT), "REELWRIGHT_CACHE_DIR": str(folder / "cache")}
    return subprocess.run(
        [sys.executable, "-m", "reelwright", "write", *arguments],
        cwd=folder,
        env=os.environ | own | (engines if server is not None else {}),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_topic_becomes_a_text_to_make_a_video_of(server: ModelServer, tmp_path: Path) -> None:
    ran = write(tmp_path, server, "why the tide comes in", "--seconds", "10", "-o", "tide.md")
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "tide.md").read_text("utf-8") == "# The tide\n\n" + "\n\n".join(SCENES) + "\n"
    assert f"written by openai ({MODEL}-2026-01-01), 160 tokens" in ran.stderr
    script = Studio().script(Studio().brief(tmp_path / "tide.md"))
    assert script.title == "The tide"
    assert [scene.text for scene in script.scenes if scene.kind == "speech"] == list(SCENES)


def test_what_was_written_before_is_not_paid_for_again(server: ModelServer, tmp_path: Path) -> None:
    first, again = (json.loads(write(tmp_path, server, "tides", "--json", "--seconds", "10").stdout) for _ in range(2))
    assert (first["cached"], again["cached"], len(server.asked)) == (False, True, 1)
    assert again["value"] == first["value"]
    assert first["engine"] == "openai"
    assert not json.loads(write(tmp_path, server, "tides", "--json", "--seconds", "12").stdout)["cached"]


def test_a_model_that_fails_says_why_and_leaves_nothing(server: ModelServer, tmp_path: Path) -> None:
    server.always = "401"
    ran = write(tmp_path, server, "tides", "-o", "tide.md")
    assert ran.returncode == 1
    assert "the key is not accepted (401); check OPENAI_API_KEY" in ran.stderr
    assert KEY not in ran.stderr + ran.stdout
    assert not list(tmp_path.glob("*.md"))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([" "], "the topic is empty"),
        (["tides", "--seconds", "5"], "10 to 600"),
        (["tides", "--tone", "rude"], "there is no tone 'rude'"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_before_anybody_is_asked(
    server: ModelServer, tmp_path: Path, arguments: list[str], told: str
) -> None:
    ran = write(tmp_path, server, *arguments)
    assert ran.returncode == 2
    assert told in ran.stderr
    assert not server.asked


def test_without_a_model_the_setting_that_is_missing_is_named(tmp_path: Path) -> None:
    ran = write(tmp_path, None, "tides")
    assert ran.returncode == 1
    assert "REELWRIGHT_LANGUAGE_ENGINES=openai with OPENAI_API_KEY sets one up" in ran.stderr


def test_another_model_is_asked_anew(server: ModelServer, tmp_path: Path) -> None:
    asked = "tides", "--json", "--seconds", "10"
    assert write(tmp_path, server, *asked).returncode == 0
    again = write(tmp_path, server, *asked, model="another")
    assert "there is no model 'another' at this address (404); check REELWRIGHT_OPENAI_MODEL" in again.stderr
