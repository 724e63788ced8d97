"""A studio whose voice is a tone of exact length, so that tests of everything else are fast and exact."""

from pathlib import Path

import pytest
from dependency_injector import providers

from reelwright import Studio
from reelwright.adapters.fakes.speech import ToneSpeech
from reelwright.bootstrap import Container, Settings


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    container = Container()
    container.speech.override(providers.Object(ToneSpeech()))
    return Studio(settings=Settings(cache=tmp_path / "cache"), container=container)
