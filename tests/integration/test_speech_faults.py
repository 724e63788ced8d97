"""Every fault of a speech service, at every engine that has one: what the user is told."""

import re
from collections.abc import Iterator

import pytest

from reelwright.adapters.ai.edge_speech import EdgeSpeech
from reelwright.adapters.ai.google_free_speech import GoogleFreeSpeech
from reelwright.adapters.ai.google_speech import GoogleSpeech
from reelwright.adapters.ai.openai_speech import OpenAISpeech
from reelwright.application.ports import SpeechEngine
from reelwright.domain.errors import ProviderFailed
from tests.providers.edge_server import edge_server
from tests.providers.speech_server import speech_server
from tests.providers.voices import KEY, Behaviour

Case = tuple[SpeechEngine, str, Behaviour]

TEXT = "The wonderful tide comes in from the wide and quiet sea tonight."
FAULTS = {
    "401": ("credentials", r"does not accept the credentials \(401\); check REELWRIGHT_"),
    "403": ("credentials", r"\(403\)"),
    "402": ("quota", r"nothing is left to spend"),
    "429": ("busy", r"too many requests \(429\)"),
    "500": ("busy", r"the server has trouble \(500\)"),
    "503": ("busy", r"the server has trouble \(503\)"),
    "400": ("refused", r"the request is refused \(400\)"),
    "slow": ("timeout", r"no answer within 1 s"),
    "truncated": ("reply", r"cut off"),
    "empty": ("reply", r"no sound at all"),
    "silence": ("reply", r"30\.\d s of silence"),
    "garbage": ("reply", r"it sent no sound|is no answer of this protocol|is not its protocol"),
}
ENGINES = ("edge", "openai", "google", "gtts")


@pytest.fixture(scope="module")
def cases() -> Iterator[dict[str, Case]]:
    with edge_server() as edge, speech_server() as http:
        yield {
            "edge": (EdgeSpeech(endpoint=edge.url, timeout=1), "en-US-AriaNeural", edge),
            "openai": (OpenAISpeech(key=KEY, base_url=f"{http.url}/v1", timeout=1), "en-alloy", http),
            "google": (GoogleSpeech(key=KEY, base_url=http.url, timeout=1), "en-US-Neural2-F", http),
            "gtts": (GoogleFreeSpeech(base_url=http.url, timeout=1), "gtts-en", http),
        }


@pytest.fixture(params=ENGINES)
def case(request: pytest.FixtureRequest, cases: dict[str, Case]) -> Iterator[Case]:
    engine, voice, server = cases[str(request.param)]
    yield engine, voice, server
    server.fault = server.retry_after = ""


def failure(case: Case, fault: str) -> ProviderFailed:
    engine, voice, server = case
    server.fault = fault
    with pytest.raises(ProviderFailed) as raised:
        engine.speak(TEXT, voice=voice)
    assert raised.value.engine == engine.name
    assert str(raised.value).startswith(f"{engine.name}: ")
    assert len(str(raised.value).splitlines()) == 1
    assert KEY not in str(raised.value)
    return raised.value


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_by_its_cause_and_what_to_do(case: Case, fault: str) -> None:
    cause, told = FAULTS[fault]
    failed = failure(case, fault)
    assert failed.cause == cause
    assert re.search(told, str(failed))


def test_a_sound_that_is_cut_in_the_middle_is_never_taken(case: Case) -> None:
    failed = failure(case, "cut")
    assert failed.cause in ("unreachable", "reply")
    assert re.search("broke off" if failed.cause == "unreachable" else "cut off", str(failed))


@pytest.mark.parametrize("fault", ["429", "503"])
def test_the_time_to_wait_that_a_service_tells_is_passed_on(case: Case, fault: str) -> None:
    case[2].retry_after = "17"
    assert failure(case, fault).retry_after == 17.0


def test_an_engine_delivers_again_once_the_fault_is_over(case: Case) -> None:
    failure(case, "500")
    engine, voice, server = case
    server.fault = ""
    assert engine.speak(TEXT, voice=voice).samples > 48_000


@pytest.mark.parametrize("name", ENGINES)
def test_a_server_that_is_not_there_is_unreachable_and_the_setting_is_named(name: str) -> None:
    nowhere = "127.0.0.1:9"
    unheard: dict[str, tuple[SpeechEngine, str]] = {
        "edge": (EdgeSpeech(endpoint=f"ws://{nowhere}/x?y=1"), "en-US-AriaNeural"),
        "openai": (OpenAISpeech(key=KEY, base_url=f"http://{nowhere}/v1"), "en-alloy"),
        "google": (GoogleSpeech(key=KEY, base_url=f"http://{nowhere}"), "en-US-Neural2-F"),
        "gtts": (GoogleFreeSpeech(base_url=f"http://{nowhere}"), "gtts-en"),
    }
    engine, voice = unheard[name]
    with pytest.raises(ProviderFailed, match="check the network and REELWRIGHT_") as raised:
        engine.speak(TEXT, voice=voice)
    assert raised.value.cause == "unreachable"


@pytest.mark.parametrize(("engine", "voice"), [(OpenAISpeech(key=""), "en-alloy"), (GoogleSpeech(), "en-US-Neural2-F")])
def test_a_missing_key_names_the_setting(engine: SpeechEngine, voice: str) -> None:
    with pytest.raises(ProviderFailed, match="set REELWRIGHT_") as raised:
        engine.speak(TEXT, voice=voice)
    assert raised.value.cause == "credentials"
