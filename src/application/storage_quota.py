"""The quota of storage: reserved before a file is accepted, settled with its record, freed when it goes."""

from typing import cast

from ..domain.errors import NotFound
from .file_ports import FileWork
from .quotas import Quotas
from .store import Work

_PREFIX = "file:"


class StorageQuota:
    """See :class:`~reelwright.application.file_ports.Allowance`. The units of work must be those of a ``Store``."""

    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas

    async def reserve(self, work: FileWork, owner: str, file_id: str, size: int) -> None:
        whole = cast("Work", work)
        user = await whole.users.lock(owner)
        if user is None or user.leaving:
            raise NotFound("user", owner)
        await self._quotas.reserve(whole, user, {"storage_bytes": size}, purpose=_PREFIX + file_id)

    async def settle(self, work: FileWork, owner: str, file_id: str, size: int) -> None:
        await self.reserve(work, owner, file_id, size)
        await self._quotas.settle(cast("Work", work), _PREFIX + file_id, {"storage_bytes": size})

    async def give_back(self, work: FileWork, file_id: str) -> None:
        await self._quotas.give_back(cast("Work", work), _PREFIX + file_id)

    async def free(self, work: FileWork, file_id: str) -> None:
        await self._quotas.free(cast("Work", work), _PREFIX + file_id)

    async def reserved(self, work: FileWork) -> list[tuple[str, str]]:
        found = await cast("Work", work).ledger.open_ones("storage_bytes")
        return [(one.user_id, one.purpose.removeprefix(_PREFIX)) for one in found if one.purpose.startswith(_PREFIX)]
