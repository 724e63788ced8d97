"""A studio whose voice is a tone of exact length, so that tests of everything else are fast and exact."""

from pathlib import Path

import pytest
from dependency_injector import providers
from hypothesis import HealthCheck, settings

from reelwright import Studio
from reelwright.adapters.fakes.speech import ToneSpeech
from reelwright.bootstrap import Container, Settings

settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")
"""A busy machine must not fail a test: how long an example takes says nothing about what it does."""


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    container = Container()
    container.speech.override(providers.Object(ToneSpeech()))
    return Studio(settings=Settings(cache=tmp_path / "cache"), container=container)
