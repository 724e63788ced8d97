"""Projects on their way out of a service and into one, over the shipped fakes."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reelwright.adapters.fakes.inspector import LabelInspector
from reelwright.application.file_ports import Inspection
from reelwright.domain.errors import (
    InvalidFile,
    QuotaExceeded,
    UnsupportedFile,
)
from reelwright.domain.file import StoredFile
from reelwright.domain.ids import now
from reelwright.domain.options import with_files
from reelwright.domain.project import Project
from tests.archives import exported, listed, zipped
from tests.projects import FILM, PICTURE, SONG, House, opened

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(tmp_path: Path) -> House:
    return await opened(tmp_path)


async def rich(house: House) -> tuple[Project, list[StoredFile]]:
    """A project that names four files, two of them by one name."""
    files = [
        await house.send(PICTURE, "sea: 潮.png", tags=["sea", "Calm"]),
        await house.send(FILM, "SEA_ 潮.png"),
        await house.send(SONG, "surf.mp3"),
        await house.send(PICTURE + b"2", "logo.png"),
    ]
    photo, film, song, logo = (file.id for file in files)
    scenes = [{"text": "One.", "asset": film}, {"text": "Two."}, {"seconds": 3, "asset": None}]
    settings = {"assets": [photo, film, photo], "scenes": scenes, "music": song, "logo": logo, "fps": 60}
    return await house.projects.create("ada", name="Tides", description="of 2026", settings=settings), files


async def test_a_project_travels_with_its_files_to_somebody_else(house: House) -> None:
    made, files = await rich(house)
    brought = await house.bring(await house.exported(made), "ada", name="Ebb")
    assert (brought.name, brought.settings) == ("Ebb", made.settings)
    assert len(house.rows.files) == 4
    other = await house.bring(await house.exported(made), "cat")
    assert (other.name, other.description, other.script, other.version) == ("Tides", "of 2026", "", 1)
    received = [await house.files.get("cat", file_id) for file_id in other.files]
    assert {(one.name, one.tags, one.sha256, one.expires) for one in received} == {
        (one.name, one.tags, one.sha256, None) for one in files
    }
    new = {one.sha256: one.id for one in received}
    ids = {one.id: new[one.sha256] for one in files}
    assert other.settings == with_files(made.settings, ids.__getitem__)
    assert not set(ids) & set(ids.values())
    assert house.actions("cat") == [("project.import", other.id)]
    assert house.actions()[-3:] == [
        ("project.export", made.id),
        ("project.import", brought.id),
        ("project.export", made.id),
    ]
    assert not house.state("cat")[2]


FAILURES: dict[str, tuple[bytes, type[Exception], str]] = {
    "a file of no kind": (zipped(exported({"sea.png": PICTURE, "run.exe": b"MZ"})), UnsupportedFile, "run.exe"),
    "a file without bytes": (zipped(exported({"sea.png": PICTURE, "none": b""})), InvalidFile, "empty"),
    "a hostile name": (
        zipped(exported({"a": PICTURE}, files=[listed(0, "a", PICTURE, name="../a")])),
        InvalidFile,
        "the name alone",
    ),
    "a hostile tag": (
        zipped(exported({"a": PICTURE}, files=[listed(0, "a", PICTURE, tags=["\0"])])),
        InvalidFile,
        "tag",
    ),
    "a file that nothing names": (
        zipped(exported({"a": PICTURE}, settings={"template": "tide"})),
        InvalidFile,
        "nothing in the settings names files/a",
    ),
    "a file that is not listed": (
        zipped(exported({"a": PICTURE}, settings={"assets": ["file-0", "file-1"]})),
        InvalidFile,
        r"settings.assets[1] names 'file-1', which is none of its files",
    ),
    "an unknown option": (zipped(exported({}, settings={"colour": "red"})), InvalidFile, "there is no option 'colour'"),
    "a file where it does not fit": (
        zipped(exported({"a": PICTURE, "b": SONG}, settings={"music": "file-0", "assets": ["file-1"]})),
        InvalidFile,
        "is of the kind",
    ),
    "too much for the plan": (zipped(exported({"a": PICTURE, "b": FILM, "c": FILM + b"2"})), QuotaExceeded, "storage"),
    "a wrong digest": (
        zipped(exported({"a": PICTURE}, files=[listed(0, "a", PICTURE, sha256="0" * 64)])),
        InvalidFile,
        "SHA-256",
    ),
    "no archive": (b"PK", InvalidFile, "no ZIP archive"),
    "a name of blanks": (zipped(exported({"a": PICTURE}, name="  ")), InvalidFile, "1 to 200"),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_an_import_that_fails_leaves_nothing_but_what_was_there(house: House, name: str) -> None:
    data, error, told = FAILURES[name]
    await house.send(PICTURE, "mine.png", owner="bob", tags=["mine"])
    before = house.state("bob")
    with pytest.raises(error) as refused:
        await house.bring(data, "bob")
    assert told in str(refused.value)
    assert house.state("bob") == before
    assert house.actions("bob") == []


async def test_an_import_that_is_cancelled_leaves_nothing(house: House) -> None:
    class Slow(LabelInspector):
        def inspect(self, file: Path, name: str, into: Path) -> Inspection:
            if name == "slow.png":
                loop.call_soon_threadsafe(task.cancel)
            return super().inspect(file, name, into)

    loop = asyncio.get_running_loop()
    house.files._inspector = Slow()
    before = house.state("ada")
    data = zipped(exported({"sea.png": PICTURE, "slow.png": PICTURE + b"2"}))
    task = asyncio.create_task(house.bring(data))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert house.state("ada") == before


async def test_what_a_crash_leaves_of_an_import_is_cleaned_up(house: House) -> None:
    class Crash(BaseException):
        pass

    async def crash(*_: Any, **__: Any) -> None:
        raise Crash

    house.exchange._remove = crash  # type: ignore[method-assign]
    house.projects.add = crash  # type: ignore[assignment,method-assign]
    mine = await house.send(FILM, "mine.mp4")
    with pytest.raises(Crash):
        await house.bring(zipped(exported({"sea.png": PICTURE, "mine.mp4": FILM})))
    assert len(house.rows.files) == 2
    await house.clean_up(at=now() + timedelta(days=2))
    assert list(house.rows.files.values()) == [mine]


async def test_an_archive_counts_against_the_quota_while_it_arrives(house: House) -> None:
    with pytest.raises(QuotaExceeded):
        async with house.exchange.room("bob", 41):
            raise AssertionError
    async with house.exchange.room("bob", 40):
        assert house.state("bob")[3] == 40
    async with house.exchange.room("bob", None):
        pass
    assert house.state("bob")[3] == 0


async def test_an_archive_is_read_block_by_block(house: House) -> None:
    taken = []

    def watched(key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        for number in range(3):
            taken.append(number)
            yield FILM[number * 5 : number * 5 + 5]

    film = await house.send(FILM, "a.mp4")
    made = await house.projects.create("ada", name="Tides", settings={"assets": [film.id]})
    house.storage.open = watched  # type: ignore[method-assign]
    blocks = (await house.exchange.export("ada", made.id)).blocks
    assert not taken
    assert any(FILM[:5] in block for block in blocks)
    assert taken == [0]
