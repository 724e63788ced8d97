"""What a service does from its start to its end, and when an account leaves it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from .adapters.jobs.embedded import EmbeddedDispatcher
from .adapters.storage.leftovers import in_use
from .application.accounts import Accounts, Farewell
from .application.deliveries import Deliveries
from .application.file_clean_up import FileCleanUp, give_back_lost
from .application.file_ports import Uploads
from .application.files import FileLibrary
from .application.proxies import Proxies
from .application.run_job import RunJob
from .application.storage_quota import StorageQuota
from .application.store import Store
from .application.videos import VideoLibrary
from .domain.ids import now
from .settings import AccountSettings


@asynccontextmanager
async def opened_service(
    store: Store,
    accounts: Accounts,
    uploads: Uploads,
    quota: StorageQuota,
    settings: AccountSettings,
    dispatcher: EmbeddedDispatcher,
    deliveries: Deliveries,
    proxies: Proxies,
    clean_up: Callable[[], FileCleanUp],
    data: Path,
) -> AsyncIterator[None]:
    """What a service does at its start: the newest tables, the first administrator, and what a crash cut off.

    Then jobs run and webhooks are delivered until its end.
    """
    first = settings.first_admin
    with in_use(data, lambda: clean_up().sweep(now())):
        try:
            await store.migrate()
            if first is not None:
                await accounts.ensure_admin(*first)
            await give_back_lost(store, uploads, quota)
            await accounts.forget_expired()
            async with deliveries.running(), dispatcher.running():
                await accounts.finish_deletions()
                yield
        finally:
            await proxies.close()
            await store.close()


def removing_files(files: Callable[[], FileLibrary]) -> Farewell:
    async def remove(user_id: str) -> None:
        await files().delete_all(user_id)

    return remove


def removing_videos(videos: Callable[[], VideoLibrary], run_job: Callable[[], RunJob]) -> Farewell:
    async def remove(user_id: str) -> None:
        await videos().delete_all(user_id)
        await run_job().remove_workspace(user_id)

    return remove
