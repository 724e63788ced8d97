"""What the routes are made of: the part of the container that they use."""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from typing import Protocol, runtime_checkable

from ...application.accounts import Accounts
from ...application.file_clean_up import FileCleanUp
from ...application.files import FileLibrary
from ...application.ports import SpeechEngine, Templates
from ...application.watching import WatchVideos
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

    def health(self) -> Iterable[Check]: ...

    def accounts(self) -> Accounts: ...

    def watch_videos(self) -> WatchVideos: ...

    def opened(self) -> AbstractAsyncContextManager[None]:
        """What has to be open while requests are answered; in it the accounts can be used."""
        ...
