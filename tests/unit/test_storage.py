"""What every storage does: one suite over the disk and over the fake."""

import os
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Thread

import pytest

from reelwright.adapters.fakes.storage import MemoryStorage
from reelwright.adapters.storage.disk import DiskStorage
from reelwright.adapters.storage.leftovers import in_use
from reelwright.application.file_ports import Storage, Stored
from reelwright.domain.errors import InvalidInput, NoSuchFile, OutputFailed
from reelwright.domain.ids import now

HELLO = b"hello, storage"
KEY = sha256(HELLO).hexdigest()
OTHER = sha256(b"other").hexdigest()


@pytest.fixture(params=["disk", "memory"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    return DiskStorage(tmp_path / "storage") if request.param == "disk" else MemoryStorage()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "finished"
    path.write_bytes(HELLO)
    return path


def read(storage: Storage, key: str = KEY, start: int = 0, end: int | None = None) -> bytes:
    return b"".join(storage.open(key, start, end))


def test_a_content_is_given_back_as_it_was_put(storage: Storage, file: Path) -> None:
    storage.put(KEY, file)
    assert read(storage) == HELLO
    with storage.local(KEY) as path:
        assert path.read_bytes() == HELLO
    assert storage.stat(KEY) == Stored(key=KEY, size=len(HELLO))


def test_the_file_stays_the_callers(storage: Storage, file: Path) -> None:
    storage.put(KEY, file)
    assert file.read_bytes() == HELLO
    file.unlink()
    assert read(storage) == HELLO


@pytest.mark.parametrize(("start", "end"), [(0, 5), (7, None), (3, 9), (14, None), (5, 5), (0, 100)])
def test_any_range_can_be_read(storage: Storage, file: Path, start: int, end: int | None) -> None:
    storage.put(KEY, file)
    assert read(storage, KEY, start, end) == HELLO[start:end]


def test_putting_twice_is_putting_once(storage: Storage, file: Path) -> None:
    storage.put(KEY, file)
    storage.put(KEY, file)
    assert list(storage.stored()) == [Stored(key=KEY, size=len(HELLO))]


def test_what_was_deleted_is_gone(storage: Storage, file: Path) -> None:
    storage.put(KEY, file)
    assert storage.delete(KEY)
    assert not storage.delete(KEY)
    assert storage.stat(KEY) is None
    assert not list(storage.stored())
    with pytest.raises(NoSuchFile):
        storage.open(KEY)
    with pytest.raises(NoSuchFile), storage.local(KEY):
        pass


def test_who_reads_is_not_disturbed_by_a_deletion(storage: Storage, file: Path) -> None:
    storage.put(KEY, file)
    blocks = storage.open(KEY)
    storage.delete(KEY)
    assert b"".join(blocks) == HELLO


@pytest.mark.parametrize("key", ["", "a", "../" * 20, "A" * 64, "/" + "a" * 63, "a" * 65, "a" * 63 + "\0", "潮" * 64])
def test_a_key_is_a_digest_and_nothing_else(storage: Storage, file: Path, key: str) -> None:
    for use in (lambda: storage.put(key, file), lambda: storage.stat(key), lambda: storage.delete(key)):
        with pytest.raises(InvalidInput, match="SHA-256"):
            use()
    with pytest.raises(InvalidInput):
        storage.open(key)


def test_usage_counts_contents_and_bytes(storage: Storage, file: Path, tmp_path: Path) -> None:
    storage.put(KEY, file)
    (tmp_path / "other").write_bytes(b"other")
    storage.put(OTHER, tmp_path / "other")
    usage = storage.usage()
    assert (usage.contents, usage.bytes) == (2, len(HELLO) + 5)


def test_many_may_put_the_same_at_once(storage: Storage, file: Path) -> None:
    threads = [Thread(target=storage.put, args=(KEY, file)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read(storage) == HELLO
    assert len(list(storage.stored())) == 1


def test_nothing_unfinished_stays_on_the_disk(tmp_path: Path, file: Path) -> None:
    storage = DiskStorage(tmp_path / "storage")
    storage.put(KEY, file)
    with pytest.raises(OutputFailed):
        storage.put(OTHER, tmp_path / "missing")
    assert [path.name for path in (tmp_path / "storage").rglob("*") if path.is_file()] == [KEY]


def test_what_a_crash_left_half_put_is_swept(tmp_path: Path, file: Path) -> None:
    storage = DiskStorage(tmp_path / "storage")
    storage.put(KEY, file)
    half = tmp_path / "storage/parts/tmp1"
    half.mkdir()
    (half / OTHER).write_bytes(b"oth")
    assert storage.sweep(now() - timedelta(minutes=1)) == 0
    assert storage.sweep(now() + timedelta(minutes=1)) == 1
    assert not half.exists()
    assert read(storage) == HELLO


def test_leftovers_are_swept_by_the_first_and_by_nobody_while_others_work(tmp_path: Path) -> None:
    swept: list[str] = []
    folder = tmp_path / "new" / "data"
    with in_use(folder, lambda: swept.append("of nothing")):
        (folder / "left").touch()
    with in_use(folder, lambda: swept.append("first")):
        with in_use(folder, lambda: swept.append("second")):
            pass
        with in_use(folder, lambda: swept.append("third")):
            assert swept == ["first"]
    with in_use(folder, lambda: swept.append("after them")):
        assert swept == ["first", "after them"]


def test_a_content_cut_short_by_a_crash_is_put_anew(tmp_path: Path, file: Path) -> None:
    storage = DiskStorage(tmp_path / "storage")
    storage.put(KEY, file)
    with storage.local(KEY) as path:
        path.unlink()
        path.write_bytes(HELLO[:3])
    storage.put(KEY, file)
    assert read(storage) == HELLO


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path, file: Path) -> None:
    storage = DiskStorage(tmp_path / "storage")
    outside = tmp_path / "outside"
    (outside / KEY[2:4]).mkdir(parents=True)
    (outside / KEY[2:4] / KEY).write_bytes(b"secret")
    (tmp_path / "storage").mkdir()
    (tmp_path / "storage" / KEY[:2]).symlink_to(outside)
    with pytest.raises(OutputFailed, match="out of the storage"):
        storage.open(KEY)
    with pytest.raises(OutputFailed):
        storage.put(KEY, file)


def test_another_disk_is_copied_from(tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    storage = DiskStorage(tmp_path / "storage")
    storage.put(KEY, file)
    assert read(storage) == HELLO
