"""The storage of accounts is counted exactly, whatever happens at the same time, on every store."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from reelwright.adapters.fakes.inspector import LabelInspector
from reelwright.adapters.fakes.storage import MemoryStorage
from reelwright.adapters.storage.uploads import DiskUploads
from reelwright.application.file_clean_up import FileCleanUp, give_back_lost
from reelwright.application.files import FileLibrary
from reelwright.application.quotas import Quotas
from reelwright.application.storage_quota import StorageQuota
from reelwright.application.store import Store
from reelwright.domain.errors import InvalidFile, NotFound, QuotaExceeded
from reelwright.domain.file import StoredFile
from reelwright.domain.ids import new_id
from reelwright.domain.quota import PLANS, Plan
from tests.accounts import added, person

pytestmark = pytest.mark.anyio
SIZE = 20


@dataclass
class House:
    store: Store
    folder: Path
    owner: str

    def __post_init__(self) -> None:
        self.quotas = Quotas(PLANS | {"small": Plan(name="small", storage_bytes=5 * SIZE)})
        self.storage, self.uploads = MemoryStorage(), DiskUploads(self.folder / "uploads")
        self.allowance = StorageQuota(self.quotas)
        self.library = FileLibrary(
            store=self.store,
            storage=self.storage,
            uploads=self.uploads,
            inspector=LabelInspector(),
            scratch=self.folder / "scratch",
            allowance=self.allowance,
        )
        self.clean_up = FileCleanUp(self.library, store=self.store, storage=self.storage, uploads=self.uploads)

    async def receive(self, number: int) -> StoredFile:
        file = self.folder / new_id()
        file.write_bytes(b"image/png\n%010d" % number)
        return await self.library.receive(self.owner, file, name="a.png")

    async def used(self) -> int:
        async with self.store(read_only=True) as work:
            user = await work.users.get(self.owner)
            assert user is not None
            standings = await self.quotas.standings(work, user)
        return next(one.used for one in standings if one.resource == "storage_bytes")


@pytest.fixture
async def house(store: Store, tmp_path: Path) -> House:
    user = await added(store, person(plan="small"))
    return House(store, tmp_path, user.id)


async def test_of_many_files_at_once_exactly_as_many_are_kept_as_fit(house: House) -> None:
    ends = await asyncio.gather(*(house.receive(number) for number in range(30)), return_exceptions=True)
    assert sum(isinstance(end, StoredFile) for end in ends) == 5
    assert sum(isinstance(end, QuotaExceeded) for end in ends) == 25
    assert await house.used() == 5 * SIZE
    for file in (await house.library.page(house.owner)).items:
        await house.library.delete(house.owner, file.id)
    assert await house.used() == 0
    assert not house.storage.contents


async def test_the_same_content_many_times_at_once_is_counted_once(house: House) -> None:
    ends = await asyncio.gather(*(house.receive(1) for _ in range(5)))
    assert len({file.id for file in ends}) == 1
    assert await house.used() == SIZE


async def test_a_refused_file_costs_nothing(house: House) -> None:
    file = house.folder / "sent"
    file.write_bytes(b"MZ")
    with pytest.raises(InvalidFile):
        await house.library.receive(house.owner, file, name="a.png")
    assert await house.used() == 0


async def test_an_upload_in_parts_costs_from_its_beginning_to_its_end(house: House) -> None:
    upload = await house.library.begin_upload(house.owner, name="a.png", size=4 * SIZE)
    assert await house.used() == 4 * SIZE
    with pytest.raises(QuotaExceeded):
        await house.library.begin_upload(house.owner, name="a.png", size=2 * SIZE)
    done = await house.clean_up(at=upload.expires)
    assert done.uploads == (upload.id,)
    assert await house.used() == 0


async def test_only_what_will_not_come_any_more_is_given_back_at_the_start(house: House) -> None:
    upload = await house.library.begin_upload(house.owner, name="a.png", size=SIZE)
    kept = await house.receive(1)
    async with house.store() as work:
        await house.allowance.reserve(work, house.owner, new_id(), SIZE)
        await work.commit()
    assert await house.used() == 3 * SIZE
    assert await give_back_lost(house.store, house.uploads, house.allowance) == 1
    assert await give_back_lost(house.store, house.uploads, house.allowance) == 0
    assert await house.used() == 2 * SIZE
    await house.library.abandon_upload(house.owner, upload.id)
    await house.library.delete(house.owner, kept.id)
    assert await house.used() == 0


async def test_nothing_is_taken_in_for_an_account_that_goes(house: House) -> None:
    async with house.store() as work:
        await work.users.remove(house.owner)
        await work.commit()
    with pytest.raises(NotFound):
        await house.receive(1)
    assert not house.storage.contents
