"""Voices over a network, chosen by a setting, and what takes their place when they fail."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reelwright.domain.errors import MissingPart
from reelwright.engines import SPEECH, speech_of
from reelwright.settings import SPEECH_ENGINES, SpeechSettings
from tests.providers.edge_server import EdgeServer, edge_server

ROOT = Path(__file__).parents[2]
TEXT = "The tide comes in. The tide goes out."


@pytest.fixture
def server() -> Iterator[EdgeServer]:
    with edge_server() as running:
        yield running


def make(folder: Path, server: EdgeServer, *arguments: str) -> "subprocess.CompletedProcess[str]":
    own = {
        "PYTHONPATH": str(ROOT),
        "REELWRIGHT_CACHE_DIR": str(folder / "cache"),
        "REELWRIGHT_SPEECH_ENGINES": "edge,kokoro",
        "REELWRIGHT_EDGE_ENDPOINT": server.url,
    }
    options = "--resolution", "360p", "--quality", "draft", "-o", "tide.mp4", "--json"
    return subprocess.run(
        [sys.executable, "-m", "reelwright", "make", TEXT, *options, *arguments],
        cwd=folder,
        env=os.environ | own,
        capture_output=True,
        text=True,
        check=False,
    )


def told(ran: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_a_voice_of_edge_narrates_a_video(server: EdgeServer, tmp_path: Path) -> None:
    made = told(make(tmp_path, server, "--voice", "en-US-AriaNeural", "--save-timeline", "tide.json"))
    assert json.loads((tmp_path / "tide.json").read_text("utf-8"))["voice"] == "en-US-AriaNeural"
    assert not made["warnings"]
    assert "The tide comes in." in server.asked[0]


def test_where_it_fails_the_embedded_voice_speaks_and_a_warning_says_so(server: EdgeServer, tmp_path: Path) -> None:
    server.fault = "403"
    made = told(make(tmp_path, server, "--voice", "en-US-AriaNeural"))
    [warning] = made["warnings"]
    assert "the voice 'en-US-AriaNeural' was replaced by 'af_" in warning
    assert "403" in warning
    strict = make(tmp_path, server, "--voice", "en-US-AriaNeural", "--strict")
    assert strict.returncode == 1
    assert "403" in strict.stderr


def test_every_engine_that_can_be_named_can_be_opened() -> None:
    assert tuple(SPEECH) == SPEECH_ENGINES
    settings = SpeechSettings(speech_engines=",".join(SPEECH_ENGINES), openai_key="x", google_key="x")
    voices = speech_of(settings, 1).voices()
    assert {voice.engine for voice in voices} == set(SPEECH_ENGINES)
    assert len({voice.name for voice in voices}) == len(voices)


def test_a_client_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reelwright.adapters.ai.edge_speech.find_spec", lambda _: None)
    with pytest.raises(MissingPart, match=r"edge-tts.*reelwright\[edge\]"):
        speech_of(SpeechSettings(speech_engines="edge"), 1)
