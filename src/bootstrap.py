"""Settings and the container: the only module that knows every adapter."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dependency_injector import containers, providers
from platformdirs import user_cache_path, user_config_path

from .adapters.ai.kokoro_model import model_check
from .adapters.documents.template_toml import TomlTemplates
from .adapters.media.checks import media_checks
from .adapters.media.fonts import TYPEFACES
from .adapters.media.previews import TimelinePreviews
from .adapters.media.probe import FileProbe
from .adapters.media.renderer import SegmentRenderer
from .adapters.media.wav import write_wav
from .adapters.security.sandbox import sandbox_checks
from .adapters.storage.checks import storage_checks
from .adapters.storage.speech_store import DiskSpeechStore
from .application.make_video import MakeVideo
from .application.ports import Documents, Readings, SpeechEngine
from .domain.health import Check


def _cache() -> Path:
    return Path(os.environ.get("REELWRIGHT_CACHE_DIR") or user_cache_path("reelwright"))


def _template_folders() -> tuple[Path, ...]:
    return Path(__file__).parent / "templates", user_config_path("reelwright") / "templates"


def _workers() -> int:
    return min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where narration is kept (REELWRIGHT_CACHE_DIR), where templates are read, how many segments render at once."""

    cache: Path = field(default_factory=_cache)
    template_folders: tuple[Path, ...] = field(default_factory=_template_folders)
    workers: int = field(default_factory=_workers)


def _speech(threads: int) -> SpeechEngine:
    from .adapters.ai.kokoro import KokoroSpeech

    return KokoroSpeech(threads=threads)


def _documents() -> Documents:
    from .adapters.documents.documents import read_document

    return read_document


def _readings() -> Readings:
    from .adapters.ai.romanise import Pinyin

    return Pinyin()


class Container(containers.DeclarativeContainer):
    """Override a provider to swap an adapter. What a mere render does not need is imported when it is asked for."""

    settings = providers.Singleton(Settings)
    speech = providers.Singleton(_speech, settings.provided.workers)
    speeches = providers.Singleton(DiskSpeechStore, settings.provided.cache.joinpath.call("speech"), write_wav)
    templates = providers.Singleton(TomlTemplates, settings.provided.template_folders, tuple(TYPEFACES))
    probe = providers.Singleton(FileProbe)
    documents = providers.Singleton(_documents)
    readings = providers.Singleton(_readings)
    renderer = providers.Singleton(SegmentRenderer, settings.provided.workers)
    previews = providers.Singleton(TimelinePreviews)
    make_video = providers.Singleton(
        MakeVideo,
        speech=speech,
        speeches=speeches,
        probe=probe,
        documents=documents,
        readings=readings,
        templates=templates,
        renderer=renderer,
    )


def checks(settings: Settings) -> Iterator[Check]:
    """Everything that a video needs, part by part."""
    yield model_check()
    yield from media_checks()
    yield from storage_checks(settings.cache)
    yield from sandbox_checks()
