"""Settings of speech come from the environment, and say which variable is wrong."""

import pytest

from reelwright.domain.errors import InvalidField
from reelwright.settings import SpeechSettings


def test_engines_are_asked_in_the_order_that_is_set() -> None:
    read = SpeechSettings.from_environment({"REELWRIGHT_SPEECH_ENGINES": "edge, kokoro"})
    assert read.engines == ("edge", "kokoro")
    assert SpeechSettings().engines == ("kokoro",)


@pytest.mark.parametrize("listed", [" , ", "espeak", "kokoro,kokoro"])
def test_a_list_that_cannot_be_is_refused_with_the_engines_that_there_are(listed: str) -> None:
    with pytest.raises(InvalidField, match=r"REELWRIGHT_SPEECH_ENGINES.*kokoro, edge, openai, google, gtts"):
        SpeechSettings.from_environment({"REELWRIGHT_SPEECH_ENGINES": listed})


def test_a_time_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidField, match="REELWRIGHT_SPEECH_TIMEOUT_SECONDS"):
        SpeechSettings.from_environment({"REELWRIGHT_SPEECH_TIMEOUT_SECONDS": "0"})


def test_keys_are_not_shown() -> None:
    assert "sk-1" not in repr(SpeechSettings(openai_key="sk-1", google_key="sk-1"))
