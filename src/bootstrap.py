"""Settings and the container: the only module that knows every adapter."""

import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from dependency_injector import containers, providers

from .adapters.ai.kokoro_model import model_check
from .adapters.ai.language_settings import LanguageSettings
from .adapters.documents.project_zip import ZipProjects
from .adapters.documents.template_toml import TomlTemplates
from .adapters.documents.timeline_json import from_plain, to_plain
from .adapters.http.settings import HttpSettings
from .adapters.jobs.bus import MemoryProgressBus
from .adapters.jobs.embedded import EmbeddedDispatcher
from .adapters.media.checks import media_checks
from .adapters.media.fonts import TYPEFACES, line_height
from .adapters.media.previews import TimelinePreviews
from .adapters.media.probe import FileProbe
from .adapters.media.renderer import SegmentRenderer
from .adapters.media.sample_pictures import sample_pictures
from .adapters.media.wav import write_wav
from .adapters.security.inspector import SandboxedInspector
from .adapters.security.maker import SandboxedMaker
from .adapters.security.sandbox import Sandbox, sandbox_checks
from .adapters.security.scripts import SandboxedScripts
from .adapters.storage.checks import storage_checks
from .adapters.storage.disk import DiskStorage
from .adapters.storage.speech_store import DiskSpeechStore
from .adapters.storage.uploads import DiskUploads
from .adapters.system.data_directory import data_checks
from .application.accounts import Accounts
from .application.deliveries import Deliveries
from .application.ending import Ending
from .application.file_clean_up import FileCleanUp
from .application.file_ports import FileInspector
from .application.files import FileLibrary
from .application.make_video import MakeVideo
from .application.order_checks import OrderChecks
from .application.ordering import Ordering
from .application.planning import Planning
from .application.ports import Documents, Readings
from .application.preview_templates import PreviewTemplates
from .application.project_exchange import LARGEST_ARCHIVE, ProjectExchange
from .application.projects import ProjectLibrary
from .application.proxies import Proxies
from .application.quotas import Quotas
from .application.rerendering import ReRendering
from .application.run_job import RunJob
from .application.security import AccessTokens, Passwords
from .application.sessions import Sessions
from .application.storage_quota import StorageQuota
from .application.store import Store
from .application.throttling import Throttle
from .application.video_clean_up import VideoCleanUp
from .application.video_ports import VideoMaker
from .application.videos import VideoLibrary
from .application.voice_previews import PreviewVoice
from .application.watching import WatchVideos
from .application.webhook_ports import WebhookSender
from .application.webhooks import Webhooks
from .domain.errors import MissingPart
from .domain.file import FileLimits
from .domain.health import Check
from .domain.quota import PLANS
from .domain.webhook import Reply
from .engines import language_of, speech_of
from .lifetime import opened_service, removing_files, removing_videos
from .settings import AccountSettings, Settings, SpeechSettings, WebhookSettings

if TYPE_CHECKING:
    from .adapters.security.keys import KeyFolder


def _http() -> HttpSettings:
    return HttpSettings.from_environment(os.environ)


def _documents() -> Documents:
    from .adapters.documents.documents import read_document

    return read_document


def _readings() -> Readings:
    from .adapters.ai.romanise import Pinyin

    return Pinyin()


def _language_settings() -> LanguageSettings:
    return LanguageSettings.from_environment(os.environ)


def _speech_settings() -> SpeechSettings:
    return SpeechSettings.from_environment(os.environ)


def checks(settings: Settings) -> Iterator[Check]:
    """Everything that a video needs, part by part."""
    yield model_check()
    yield from media_checks()
    yield from storage_checks(settings.cache)
    yield from sandbox_checks()


def service_checks(settings: Settings) -> Iterator[Check]:
    """Everything that a service needs, part by part."""
    yield from data_checks(settings.data)
    yield from checks(settings)


@contextmanager
def service_parts() -> Iterator[None]:
    """Raises MissingPart where the packages of a service are not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingPart(f"the package {error.name}", "pip install 'reelwright[service]' brings it") from error


def _store(url: str) -> Store:
    with service_parts():
        from .adapters.persistence.store import SqlStore
    return SqlStore(url)


def _passwords() -> Passwords:
    with service_parts():
        from .adapters.security.passwords import Argon2Passwords
    return Argon2Passwords()


def _signing_keys(folder: Path) -> "KeyFolder":
    with service_parts():
        from .adapters.security.keys import KeyFolder
    return KeyFolder(folder)


def _access_tokens(keys: "KeyFolder", settings: AccountSettings) -> AccessTokens:
    with service_parts():
        from .adapters.security.tokens import SignedTokens
    return SignedTokens(keys, lifetime=timedelta(minutes=settings.access_token_minutes))


def _http_sender(settings: WebhookSettings) -> WebhookSender:
    with service_parts():
        from .adapters.webhooks.sender import HttpSender
    return HttpSender(private=settings.webhook_private_addresses)


def _webhook_sender(settings: WebhookSettings) -> WebhookSender:
    """One whose client is loaded with the first webhook, beside the event loop: that takes a quarter of a second."""
    ready: WebhookSender | None = None

    async def send(address: str, headers: Mapping[str, str], body: bytes) -> Reply:
        nonlocal ready
        if ready is None:
            ready = await asyncio.to_thread(_http_sender, settings)
        return await ready(address, headers, body)

    return send


def _inspector() -> FileInspector:
    return SandboxedInspector(Sandbox(), inspect_task="reelwright.tasks:inspect", proxy_task="reelwright.tasks:proxy")


def _scripts() -> SandboxedScripts:
    return SandboxedScripts(Sandbox(), task="reelwright.tasks:script")


def _maker(settings: Settings) -> VideoMaker:
    workers = max(1, settings.workers // settings.jobs_at_once)
    return SandboxedMaker(
        Sandbox(), task="reelwright.tasks:make", template_folders=settings.template_folders, workers=workers
    )


def _sessions(access_tokens: AccessTokens, settings: AccountSettings) -> Sessions:
    return Sessions(
        access_tokens,
        lifetime=timedelta(days=settings.session_days),
        idle=timedelta(days=settings.session_idle_days),
    )


def _throttle(settings: AccountSettings) -> Throttle:
    return Throttle(
        per_name=settings.login_attempts,
        per_address=settings.login_attempts_per_address,
        window=timedelta(minutes=settings.login_window_minutes),
    )


class Container(containers.DeclarativeContainer):
    """Override a provider to swap an adapter. What a mere render does not need is imported when it is asked for."""

    settings = providers.Singleton(Settings)
    speech_settings = providers.Singleton(_speech_settings)
    speech = providers.Singleton(speech_of, speech_settings, settings.provided.workers)
    speeches = providers.Singleton(DiskSpeechStore, settings.provided.cache.joinpath.call("speech"), write_wav)
    templates = providers.Singleton(TomlTemplates, settings.provided.template_folders, tuple(TYPEFACES))
    probe = providers.Singleton(FileProbe)
    documents = providers.Singleton(_documents)
    readings = providers.Singleton(_readings)
    language_settings = providers.Singleton(_language_settings)
    language = providers.Singleton(language_of, language_settings, settings.provided.cache)
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
    preview_templates = providers.Singleton(
        PreviewTemplates,
        templates=templates,
        pictures=providers.Object(sample_pictures),
        probe=probe,
        renderer=renderer,
        previews=previews,
    )
    http = providers.Singleton(_http)
    health = providers.Callable(service_checks, settings)
    account_settings = providers.Singleton(AccountSettings.from_environment, os.environ)
    plans = providers.Object(PLANS)
    store = providers.Singleton(_store, settings.provided.database)
    passwords = providers.Singleton(_passwords)
    signing_keys = providers.Singleton(_signing_keys, settings.provided.data.joinpath.call("keys"))
    access_tokens = providers.Singleton(_access_tokens, signing_keys, account_settings)
    quotas = providers.Singleton(Quotas, plans)
    storage = providers.Singleton(DiskStorage, settings.provided.data.joinpath.call("files"))
    uploads = providers.Singleton(DiskUploads, settings.provided.data.joinpath.call("uploads"))
    inspector = providers.Singleton(_inspector)
    file_limits = providers.Singleton(FileLimits)
    storage_quota = providers.Singleton(StorageQuota, quotas)
    files = providers.Singleton(
        FileLibrary,
        store=store,
        storage=storage,
        uploads=uploads,
        inspector=inspector,
        scratch=settings.provided.data.joinpath.call("scratch"),
        limits=file_limits,
        allowance=storage_quota,
    )
    proxies = providers.Singleton(Proxies, files)
    clean_up = providers.Singleton(FileCleanUp, files, store=store, storage=storage, uploads=uploads)
    webhook_settings = providers.Singleton(WebhookSettings.from_environment, os.environ)
    webhook_sender = providers.Singleton(_webhook_sender, webhook_settings)
    deliveries = providers.Singleton(
        Deliveries, store, webhook_sender, at_once=webhook_settings.provided.webhooks_at_once
    )
    webhooks = providers.Singleton(
        Webhooks,
        store,
        wake=deliveries.provided.wake,
        plain_http=webhook_settings.provided.webhook_http,
        private=webhook_settings.provided.webhook_private_addresses,
    )
    video_storage = providers.Singleton(DiskStorage, settings.provided.data.joinpath.call("videos"))
    progress = providers.Singleton(MemoryProgressBus)
    ending = providers.Singleton(Ending, quotas, webhooks)
    maker = providers.Singleton(_maker, settings)
    run_job = providers.Singleton(
        RunJob,
        store=store,
        quotas=quotas,
        ending=ending,
        files=storage,
        videos=video_storage,
        maker=maker,
        progress=progress,
        workspaces=settings.provided.data.joinpath.call("work"),
    )
    watch_videos = providers.Singleton(WatchVideos, store=store, progress=progress)
    dispatcher = providers.Singleton(EmbeddedDispatcher, run_job, at_once=settings.provided.jobs_at_once)
    scripts = providers.Singleton(_scripts)
    order_checks = providers.Singleton(
        OrderChecks, store=store, templates=templates, speech=speech.provider, address=webhooks.provided.address
    )
    ordering = providers.Singleton(Ordering, store=store, quotas=quotas, checks=order_checks, dispatcher=dispatcher)
    planning = providers.Singleton(
        Planning, store=store, quotas=quotas, checks=order_checks, scripts=scripts, local=storage.provided.local
    )
    rerendering = providers.Singleton(
        ReRendering,
        store=store,
        ordering=ordering,
        timelines=providers.Object(from_plain),
        documents=providers.Object(to_plain),
        fonts=providers.Object(tuple(TYPEFACES)),
    )
    videos = providers.Singleton(
        VideoLibrary,
        store=store,
        storage=video_storage,
        quotas=quotas,
        ending=ending,
        dispatcher=dispatcher,
        progress=progress,
        timelines=providers.Object(from_plain),
        line_height=providers.Object(line_height),
    )
    video_clean_up = providers.Singleton(VideoCleanUp, videos, store=store, storage=video_storage)
    preview_voice = providers.Singleton(
        PreviewVoice, store=store, quotas=quotas, speech=speech.provider, speeches=speeches
    )
    projects = providers.Singleton(ProjectLibrary, store)
    project_exchange = providers.Singleton(
        ProjectExchange,
        store=store,
        projects=projects,
        files=files,
        storage=storage,
        archives=providers.Singleton(ZipProjects, largest=LARGEST_ARCHIVE),
        allowance=storage_quota,
    )
    farewells = providers.List(
        providers.Singleton(removing_videos, videos.provider, run_job.provider),
        providers.Singleton(removing_files, files.provider),
    )
    accounts = providers.Singleton(
        Accounts,
        store=store,
        passwords=passwords,
        access_tokens=access_tokens,
        quotas=quotas,
        sessions=providers.Singleton(_sessions, access_tokens, account_settings),
        throttle=providers.Singleton(_throttle, account_settings),
        plan=account_settings.provided.plan,
        admin_plan=account_settings.provided.admin_plan,
        farewells=farewells,
    )
    opened = providers.Factory(
        opened_service,
        store,
        accounts,
        uploads,
        storage_quota,
        account_settings,
        dispatcher,
        deliveries,
        proxies,
        clean_up.provider,
        settings.provided.data,
    )
