"""The engines of language and speech, by the names that settings give them."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from . import __version__
from .adapters.ai.language_settings import OFFLINE, LanguageSettings
from .adapters.storage.answers import DiskAnswers
from .application.answer_cache import AnswerCache
from .application.chains import Chain
from .application.language import Language
from .application.ports import SpeechEngine
from .application.speech_chain import SpeechChain
from .domain.errors import MissingPart
from .settings import SpeechSettings


def language_of(settings: LanguageSettings, cache: Path) -> Language:
    """Raises MissingPart where no engine is named, or its client is not installed."""
    from .adapters.ai.language_engines import language_engine

    engines = [language_engine(name, settings) for name in settings.engines if name != OFFLINE]
    if not engines:
        remedy = "REELWRIGHT_LANGUAGE_ENGINES=openai with OPENAI_API_KEY sets one up; see docs/providers.md"
        raise MissingPart("a language model", remedy)
    models = sorted(f"{name} {server.model} {server.base_url}" for name, server in settings.servers.items())
    answers = AnswerCache(DiskAnswers(cache / "answers"), edition="\n".join([__version__, *models]))
    return Language(engines, chain=Chain(), answers=answers)


def speech_of(settings: SpeechSettings, threads: int) -> SpeechEngine:
    """One engine, or a chain of several in their order. Raises MissingPart where a client is not installed."""
    engines = [SPEECH[name](settings, threads) for name in settings.engines]
    return engines[0] if len(engines) == 1 else SpeechChain(engines)


def _kokoro(_: SpeechSettings, threads: int) -> SpeechEngine:
    from .adapters.ai.kokoro import KokoroSpeech

    return KokoroSpeech(threads=threads)


def _edge(settings: SpeechSettings, _: int) -> SpeechEngine:
    from .adapters.ai.edge_speech import EdgeSpeech

    return EdgeSpeech(endpoint=settings.edge_endpoint, timeout=settings.speech_timeout_seconds)


def _openai(settings: SpeechSettings, _: int) -> SpeechEngine:
    from .adapters.ai.openai_speech import OPENAI_VOICES, OpenAISpeech

    return OpenAISpeech(
        key=settings.openai_key or os.environ.get("OPENAI_API_KEY", ""),
        base_url=settings.openai_speech_url,
        model=settings.openai_speech_model,
        voices=settings.openai_speech_voices or OPENAI_VOICES,
        timeout=settings.speech_timeout_seconds,
    )


def _google(settings: SpeechSettings, _: int) -> SpeechEngine:
    from .adapters.ai.google_speech import GoogleSpeech

    return GoogleSpeech(
        credentials=settings.google_credentials,
        key=settings.google_key,
        base_url=settings.google_url,
        timeout=settings.speech_timeout_seconds,
    )


def _gtts(settings: SpeechSettings, _: int) -> SpeechEngine:
    from .adapters.ai.google_free_speech import GoogleFreeSpeech

    return GoogleFreeSpeech(base_url=settings.gtts_url, timeout=settings.speech_timeout_seconds)


SPEECH: Mapping[str, Callable[[SpeechSettings, int], SpeechEngine]] = {
    "kokoro": _kokoro,
    "edge": _edge,
    "openai": _openai,
    "google": _google,
    "gtts": _gtts,
}
"""Name of an engine of speech -> how it is opened; the int is the threads that it may use."""
