"""The files of users, end to end over the shipped fakes."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.adapters.fakes.files import MemoryFiles
from reelwright.adapters.fakes.inspector import LabelInspector
from reelwright.adapters.fakes.storage import MemoryStorage
from reelwright.adapters.storage.uploads import DiskUploads
from reelwright.application.file_clean_up import FileCleanUp
from reelwright.application.file_ports import FileInspector, FileStore
from reelwright.application.files import FileLibrary
from reelwright.domain.errors import (
    FileTooLarge,
    InvalidFile,
    InvalidInput,
    NoSuchFile,
    UnsupportedFile,
    UploadOutOfStep,
)
from reelwright.domain.file import FileLimits, StoredFile
from reelwright.domain.ids import now

T = TypeVar("T")
PICTURE = b"image/png\nsea"
FILM = b"video/mp4\nwaves"


@dataclass
class House:
    """A library over fakes, and what is behind it."""

    folder: Path
    files: MemoryFiles = field(default_factory=MemoryFiles)
    storage: MemoryStorage = field(default_factory=MemoryStorage)
    store: FileStore | None = None
    inspector: FileInspector = field(default_factory=LabelInspector)
    limits: FileLimits = field(default_factory=FileLimits)
    count: int = 0

    def __post_init__(self) -> None:
        store, uploads = self.store or self.files, DiskUploads(self.folder / "uploads")
        self.library = FileLibrary(
            store=store,
            storage=self.storage,
            uploads=uploads,
            inspector=self.inspector,
            scratch=self.folder / "scratch",
            limits=self.limits,
        )
        self.clean_up = FileCleanUp(self.library, store=store, storage=self.storage, uploads=uploads)

    async def receive(self, owner: str, data: bytes, **how: Any) -> StoredFile:
        self.count += 1
        file = self.folder / f"sent-{self.count}"
        file.write_bytes(data)
        return await self.library.receive(owner, file, **{"name": "sea.png"} | how)

    @property
    def remains(self) -> list[str]:
        return [path.name for path in self.folder.rglob("*") if path.is_file()]

    def check(self) -> None:
        """A content is there exactly as long as a reference is."""
        assert set(self.storage.contents) == {key for file in self.files.records.values() for key in file.keys}
        owned = [(file.owner, file.sha256) for file in self.files.records.values()]
        assert len(owned) == len(set(owned))
        for key, content in self.storage.contents.items():
            assert sha256(content).hexdigest() == key


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def test_a_file_is_taken_in_with_its_thumbnail(house: House) -> None:
    file = run(house.receive("ann", PICTURE, tags=["sea"], media_type="image/png"))
    assert (file.kind, file.media_type, file.size, file.tags) == ("image", "image/png", len(PICTURE), ("sea",))
    assert file.sha256 == sha256(PICTURE).hexdigest()
    assert run(house.library.get("ann", file.id)) == file
    _, thumbnail = run(house.library.stored("ann", file.id, "thumbnail"))
    assert b"".join(house.storage.open(thumbnail.key)) == b"thumbnail of image/png"
    assert not house.remains
    house.check()


def test_the_same_content_is_kept_once_for_each_user(house: House) -> None:
    first = run(house.receive("ann", PICTURE))
    assert run(house.receive("ann", PICTURE, name="again.png")) == first
    other = run(house.receive("bob", PICTURE))
    assert other.id != first.id
    assert len(house.files.records) == 2
    assert len(house.storage.contents) == 2
    assert not house.remains


def test_the_last_reference_takes_the_content(house: House) -> None:
    first, other = run(house.receive("ann", PICTURE)), run(house.receive("bob", PICTURE))
    run(house.library.delete("ann", first.id))
    house.check()
    assert len(house.storage.contents) == 2
    run(house.library.delete("bob", other.id))
    assert not house.storage.contents
    with pytest.raises(NoSuchFile):
        run(house.library.delete("bob", other.id))


def test_files_of_others_are_not_there(house: House) -> None:
    file = run(house.receive("ann", FILM))
    for use in (
        house.library.get("bob", file.id),
        house.library.stored("bob", file.id),
        house.library.update("bob", file.id, name="mine"),
        house.library.delete("bob", file.id),
        house.library.make_proxy("bob", file.id),
    ):
        with pytest.raises(NoSuchFile):
            run(use)
    assert run(house.library.page("bob")).items == ()


@pytest.mark.parametrize(
    ("data", "how", "error"),
    [
        (b"MZ", {}, UnsupportedFile),
        (b"", {}, InvalidFile),
        (PICTURE, {"name": "../x"}, InvalidFile),
        (PICTURE, {"media_type": "video/mp4"}, InvalidFile),
        (PICTURE, {"tags": ["\0"]}, InvalidInput),
        (PICTURE + bytes(100), {}, FileTooLarge),
        (FILM + bytes(500), {}, FileTooLarge),
    ],
)
def test_a_refused_file_leaves_nothing(tmp_path: Path, data: bytes, how: dict[str, Any], error: type) -> None:
    house = House(tmp_path, limits=FileLimits(bytes={"image": 50, "video": 400, "audio": 50, "document": 50}))
    with pytest.raises(error):
        run(house.receive("ann", data, **how))
    assert not house.remains
    assert not house.storage.contents
    assert not house.files.records


def test_pages_follow_each_other_newest_first(house: House) -> None:
    sent = [run(house.receive("ann", PICTURE + bytes([number]), tags=[f"t{number % 2}"])) for number in range(5)]
    film = run(house.receive("ann", FILM))
    page = run(house.library.page("ann", limit=4))
    assert [file.id for file in page.items] == [film.id, *(file.id for file in sent[:1:-1])]
    rest = run(house.library.page("ann", limit=4, cursor=page.next))
    assert [file.id for file in rest.items] == [sent[1].id, sent[0].id]
    assert rest.next is None
    assert run(house.library.page("ann", kind="video")).items == (film,)
    assert len(run(house.library.page("ann", tag="T1")).items) == 2
    for limit in (0, 101):
        with pytest.raises(InvalidInput, match="1 to 100"):
            run(house.library.page("ann", limit=limit))


def test_name_and_tags_can_be_changed(house: House) -> None:
    file = run(house.receive("ann", PICTURE, tags=["sea"]))
    changed = run(house.library.update("ann", file.id, name="the sea.png"))
    assert (changed.name, changed.tags) == ("the sea.png", ("sea",))
    assert run(house.library.update("ann", file.id, tags=["calm"])).tags == ("calm",)
    with pytest.raises(InvalidFile):
        run(house.library.update("ann", file.id, name="a/b"))
    assert run(house.library.get("ann", file.id)) == replace(file, name="the sea.png", tags=("calm",))


def test_usage_is_counted_by_kind(house: House) -> None:
    run(house.receive("ann", PICTURE))
    run(house.receive("ann", FILM))
    run(house.receive("bob", FILM))
    assert [(one.kind, one.files, one.bytes) for one in run(house.library.usage("ann"))] == [
        ("image", 1, len(PICTURE)),
        ("video", 1, len(FILM)),
    ]
    assert [one.files for one in run(house.library.usage())] == [1, 2]


def test_a_proxy_is_made_once_and_goes_with_its_video(house: House) -> None:
    file = run(house.receive("ann", FILM))
    with pytest.raises(NoSuchFile):
        run(house.library.stored("ann", file.id, "proxy"))
    made = run(house.library.make_proxy("ann", file.id))
    assert run(house.library.make_proxy("ann", file.id)) == made
    assert run(house.library.stored("ann", file.id, "proxy"))[1].size == len(b"proxy")
    house.check()
    run(house.library.delete("ann", file.id))
    assert not house.storage.contents
    picture = run(house.receive("ann", PICTURE))
    with pytest.raises(InvalidFile, match="no video"):
        run(house.library.make_proxy("ann", picture.id))


def test_an_upload_in_parts_becomes_a_file(house: House) -> None:
    upload = run(house.library.begin_upload("ann", name="a.mp4", size=len(FILM), sha256=sha256(FILM).hexdigest()))
    uploads = DiskUploads(house.folder / "uploads")
    with uploads.part("ann", upload.id, 0) as part:
        part.write(FILM[:7])
    with pytest.raises(UploadOutOfStep):
        run(house.library.finish_upload("ann", upload.id))
    with uploads.part("ann", upload.id, 7) as part:
        part.write(FILM[7:])
    file = run(house.library.finish_upload("ann", upload.id, tags=["sea"]))
    assert (file.name, file.kind, file.tags) == ("a.mp4", "video", ("sea",))
    assert not house.remains


def test_an_upload_with_another_digest_is_refused_and_gone(house: House) -> None:
    upload = run(house.library.begin_upload("ann", name="a.mp4", size=len(FILM), sha256="a" * 64))
    with DiskUploads(house.folder / "uploads").part("ann", upload.id, 0) as part:
        part.write(FILM)
    with pytest.raises(InvalidFile, match="send it again"):
        run(house.library.finish_upload("ann", upload.id))
    assert not house.remains
    with pytest.raises(FileTooLarge):
        run(house.library.begin_upload("ann", name="a", size=1 << 50))


def test_the_clean_up_says_first_what_it_would_do(house: House) -> None:
    old = run(house.receive("ann", PICTURE, expires=now() - timedelta(minutes=1)))
    kept = run(house.receive("ann", FILM, expires=now() + timedelta(days=1)))
    upload = run(house.library.begin_upload("ann", name="a", size=10))
    orphan = sha256(b"orphan").hexdigest()
    house.storage.contents[orphan] = b"orphan"
    later = now() + timedelta(hours=23)
    planned = run(house.clean_up(dry_run=True, at=later))
    assert (planned.expired, planned.uploads, planned.orphans) == ((old.id,), (), (orphan,))
    assert planned.bytes == len(PICTURE) + len(b"orphan")
    assert len(house.files.records) == 2
    assert run(house.clean_up(at=later)) == planned
    house.check()
    assert list(house.files.records) == [kept.id]
    done = run(house.clean_up(at=now() + timedelta(days=3)))
    assert (done.expired, done.uploads) == ((kept.id,), (upload.id,))
    assert not house.storage.contents
    assert not house.remains


def test_a_commit_that_fails_leaves_an_orphan_and_no_record(tmp_path: Path) -> None:
    files = MemoryFiles()

    @asynccontextmanager
    async def failing(*, read_only: bool = False) -> AsyncIterator[Any]:
        async with files() as work:

            async def commit() -> None:
                raise ConnectionError("the database is gone")

            work_files = work
            yield type("Work", (), {"files": work_files, "commit": staticmethod(commit)})

    house = House(tmp_path, files=files, store=failing)
    with pytest.raises(ConnectionError):
        run(house.receive("ann", PICTURE))
    assert not files.records
    whole = House(tmp_path, files=files, storage=house.storage)
    assert len(run(whole.clean_up()).orphans) == 2
    whole.check()


def test_all_files_of_one_who_goes_are_removed(house: House) -> None:
    for number in range(3):
        run(house.receive("ann", PICTURE + bytes([number])))
    run(house.receive("bob", PICTURE + bytes([0])))
    assert run(house.library.delete_all("ann")) == 3
    assert [file.owner for file in house.files.records.values()] == ["bob"]
    house.check()


CONTENTS = [PICTURE, FILM, b"video/mp4\nsand", b"text/plain\nwords"]
OPERATIONS = st.one_of(
    st.tuples(st.just("receive"), st.sampled_from("ab"), st.sampled_from(CONTENTS)),
    st.tuples(st.just("expiring"), st.sampled_from("ab"), st.sampled_from(CONTENTS)),
    st.tuples(st.just("delete"), st.sampled_from("ab"), st.integers(0, 3)),
    st.tuples(st.just("proxy"), st.sampled_from("ab"), st.integers(0, 3)),
    st.tuples(st.just("clean"), st.just("a"), st.just(0)),
)


@settings(max_examples=60)
@given(st.lists(st.lists(OPERATIONS, min_size=1, max_size=6), min_size=1, max_size=4))
def test_content_is_there_exactly_as_long_as_a_reference_is(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[str, str, Any]]]
) -> None:
    """Uploads, deletions, proxies and clean-ups of two users at once, batch after batch."""
    house = House(tmp_path_factory.mktemp("house"))

    async def operate(name: str, owner: str, what: Any) -> None:
        if name == "receive":
            await house.receive(owner, what)
        elif name == "expiring":
            await house.receive(owner, what, expires=now() - timedelta(minutes=1))
        elif name == "clean":
            await house.clean_up()
        else:
            files = (await house.library.page(owner)).items
            if files:
                use = house.library.delete if name == "delete" else house.library.make_proxy
                with suppress(NoSuchFile, InvalidInput):
                    await use(owner, files[what % len(files)].id)

    async def story() -> None:
        for batch in batches:
            await asyncio.gather(*(operate(*one) for one in batch))
            house.check()
            assert not house.remains

    run(story())
