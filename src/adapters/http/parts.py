"""What the routes are made of: the part of the container that they use."""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from typing import Protocol, runtime_checkable

from ...application.accounts import Accounts
from ...application.file_clean_up import FileCleanUp
from ...application.files import FileLibrary
from ...application.ordering import Ordering
from ...application.planning import Planning
from ...application.ports import SpeechEngine, Templates
from ...application.project_exchange import ProjectExchange
from ...application.projects import ProjectLibrary
from ...application.proxies import Proxies
from ...application.rerendering import ReRendering
from ...application.video_clean_up import VideoCleanUp
from ...application.videos import VideoLibrary
from ...application.voice_previews import PreviewVoice
from ...application.watching import WatchVideos
from ...application.webhooks import Webhooks
from ...domain.health import Check
from .settings import HttpSettings


@runtime_checkable
class Parts(Protocol):
    """``reelwright.bootstrap.Container`` fulfils it; whoever embeds the service overrides providers there."""

    def http(self) -> HttpSettings: ...

    def templates(self) -> Templates: ...

    def speech(self) -> SpeechEngine: ...

    def files(self) -> FileLibrary: ...

    def clean_up(self) -> FileCleanUp: ...

    def videos(self) -> VideoLibrary: ...

    def ordering(self) -> Ordering: ...

    def planning(self) -> Planning: ...

    def rerendering(self) -> ReRendering: ...

    def preview_voice(self) -> PreviewVoice: ...

    def video_clean_up(self) -> VideoCleanUp: ...

    def projects(self) -> ProjectLibrary: ...

    def project_exchange(self) -> ProjectExchange: ...

    def proxies(self) -> Proxies: ...

    def health(self) -> Iterable[Check]: ...

    def accounts(self) -> Accounts: ...

    def webhooks(self) -> Webhooks: ...

    def watch_videos(self) -> WatchVideos: ...

    def opened(self) -> AbstractAsyncContextManager[None]:
        """What has to be open while requests are answered; in it the accounts can be used."""
        ...
