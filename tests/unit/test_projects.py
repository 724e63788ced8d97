"""Projects end to end over the shipped fakes: their rules, and their way out of a service and into one."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from reelwright.adapters.documents.project_zip import ZipProjects
from reelwright.adapters.fakes.inspector import LabelInspector
from reelwright.adapters.fakes.storage import MemoryStorage
from reelwright.adapters.fakes.store import MemoryStore
from reelwright.adapters.storage.uploads import DiskUploads
from reelwright.application.file_clean_up import FileCleanUp
from reelwright.application.file_ports import Inspection
from reelwright.application.files import FileLibrary
from reelwright.application.project_exchange import ProjectExchange
from reelwright.application.projects import ProjectLibrary
from reelwright.application.quotas import Quotas
from reelwright.application.storage_quota import StorageQuota
from reelwright.domain.brief import LONGEST_ARTICLE
from reelwright.domain.errors import (
    ChangedMeanwhile,
    Conflict,
    InvalidField,
    InvalidFile,
    NotFound,
    QuotaExceeded,
    UnsupportedFile,
)
from reelwright.domain.file import StoredFile
from reelwright.domain.ids import now
from reelwright.domain.options import OPTIONS, checked_options, named_files, with_files
from reelwright.domain.project import Project, next_name, valid_settings
from reelwright.domain.quota import PLANS, Plan
from tests.accounts import added, person
from tests.archives import exported, listed, manifest, zipped

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
PICTURE, FILM, SONG, TEXT = b"image/png\nsea", b"video/mp4\nwaves", b"audio/mpeg\nsurf", b"text/plain\nwords"


class House:
    """Projects and files over fakes, of Ada, Bob and Cat; Bob's plan has room for forty bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store, self.storage = folder, MemoryStore(), MemoryStorage()
        quotas = Quotas(PLANS | {"small": Plan(name="small", storage_bytes=40)})
        uploads, allowance = DiskUploads(folder / "uploads"), StorageQuota(quotas)
        self.files = FileLibrary(
            store=self.store,
            storage=self.storage,
            uploads=uploads,
            inspector=LabelInspector(),
            scratch=folder / "scratch",
            allowance=allowance,
        )
        self.clean_up = FileCleanUp(self.files, store=self.store, storage=self.storage, uploads=uploads)
        hours = count()
        self.projects = ProjectLibrary(self.store, most=5, clock=lambda: NOON + timedelta(hours=next(hours)))
        self.exchange = ProjectExchange(
            store=self.store,
            projects=self.projects,
            files=self.files,
            storage=self.storage,
            archives=ZipProjects(largest=1 << 20),
            allowance=allowance,
        )

    async def send(self, data: bytes, name: str = "sea.png", owner: str = "ada", **how: Any) -> StoredFile:
        path = self.folder / "sent"
        path.write_bytes(data)
        return await self.files.receive(owner, path, name=name, **how)

    async def exported(self, project: Project) -> bytes:
        return b"".join((await self.exchange.export(project.owner, project.id)).blocks)

    async def bring(self, data: bytes, owner: str = "ada", **how: Any) -> Project:
        path = self.folder / "archive.zip"
        path.write_bytes(data)
        try:
            return await self.exchange.bring(owner, path, **how)
        finally:
            path.unlink()

    @property
    def rows(self) -> Any:
        return self.store.rows

    def actions(self, owner: str = "ada") -> list[tuple[str, str]]:
        uses = sorted(self.rows.usage.values(), key=lambda use: use.id)
        noted = [(use.action, use.subject) for use in uses if use.user_id == owner]
        audits = sorted(self.rows.audit.values(), key=lambda one: one.id)
        assert noted == [(one.action, one.subject) for one in audits if one.actor == owner]
        return noted

    def state(self, owner: str) -> Any:
        """All that an import could leave behind."""
        files = {one for one in self.rows.files.values() if one.owner == owner}
        remains = [path for path in self.folder.rglob("*") if path.is_file()]
        used = sum(
            amount for (user, what, _), amount in self.rows.counters.items() if (user, what) == (owner, "storage_bytes")
        )
        return files, set(self.storage.contents), remains, used, set(self.rows.projects)


@pytest.fixture
async def house(tmp_path: Path) -> House:
    made = House(tmp_path)
    for name in ("ada", "bob", "cat"):
        await added(made.store, person(name, id=name, plan="small" if name == "bob" else "free"))
    return made


async def test_a_project_keeps_what_it_was_made_of(house: House) -> None:
    photo, song = await house.send(PICTURE), await house.send(SONG, "surf.mp3")
    settings = {"template": "tide", "assets": [photo.id], "music": song.id, "fps": 25, "codec": None}
    made = await house.projects.create("ada", name=" The  tides ", script="Twice a day.", settings=settings)
    assert (made.name, made.version, made.archived_at) == ("The tides", 1, None)
    assert made.settings == {"template": "tide", "assets": [photo.id], "music": song.id, "fps": 25}
    assert made.files == (photo.id, song.id)
    assert await house.projects.get("ada", made.id) == made
    assert house.actions() == [("project.create", made.id)]


async def test_what_is_another_s_is_not_there(house: House) -> None:
    made = await house.projects.create("ada", name="Tides")
    for use in (
        house.projects.get("bob", made.id),
        house.projects.update("bob", made.id, name="Mine"),
        house.projects.delete("bob", made.id),
        house.projects.duplicate("bob", made.id),
        house.projects.set_archived("bob", made.id, True),
        house.exchange.export("bob", made.id),
    ):
        with pytest.raises(NotFound, match="there is no project"):
            await use
    photo = await house.send(PICTURE)
    with pytest.raises(InvalidField, match=r"settings\.logo: there is no file"):
        await house.projects.create("bob", name="Mine", settings={"logo": photo.id})
    assert house.actions("bob") == []


async def test_a_change_counts_up_and_one_for_an_older_version_is_refused(house: House) -> None:
    made = await house.projects.create("ada", name="Tides", script="One.")
    second = await house.projects.update("ada", made.id, script="Two.", versions={1})
    assert (second.version, second.name, second.script) == (2, "Tides", "Two.")
    assert second.updated_at > made.updated_at
    for use in (
        house.projects.update("ada", made.id, name="Ebb", versions={1, 3}),
        house.projects.delete("ada", made.id, versions=()),
        house.projects.set_archived("ada", made.id, True, versions={1}),
    ):
        with pytest.raises(ChangedMeanwhile, match="read it again"):
            await use
    assert await house.projects.get("ada", made.id) == second
    assert await house.projects.update("ada", made.id, script="Two.") == second
    third = await house.projects.update("ada", made.id, settings={"aspect": "1:1"})
    assert (third.version, third.settings) == (3, {"aspect": "1:1"})
    assert (await house.projects.update("ada", made.id, settings={})).settings == {}


async def test_changes_at_the_same_time_are_all_kept(house: House) -> None:
    made = await house.projects.create("ada", name="Tides")
    changes: list[dict[str, Any]] = [
        {"name": "Ebb"},
        {"description": "Flow"},
        {"script": "One."},
        {"settings": {"seed": 1}},
    ]
    await asyncio.gather(*(house.projects.update("ada", made.id, **one) for one in changes))
    found = await house.projects.get("ada", made.id)
    assert (found.name, found.description, found.script, found.settings) == ("Ebb", "Flow", "One.", {"seed": 1})
    assert found.version == 5


async def test_a_project_is_laid_aside_and_taken_up_again(house: House) -> None:
    made, other = [await house.projects.create("ada", name=name) for name in ("Tides", "Ebb")]
    aside = await house.projects.set_archived("ada", made.id, True)
    assert aside.archived_at is not None
    assert await house.projects.set_archived("ada", made.id, True) == aside
    listed = {
        archived: [one.id for one in (await house.projects.page("ada", archived=archived)).items]
        for archived in (None, True, False)
    }
    assert listed == {None: [other.id, made.id], True: [made.id], False: [other.id]}
    assert (await house.projects.set_archived("ada", made.id, False)).archived_at is None
    assert [action for action, _ in house.actions()][2:] == ["project.archive", "project.unarchive"]


async def test_pages_follow_each_other_newest_first(house: House) -> None:
    made = [(await house.projects.create("ada", name=f"Tides {n}")).id for n in range(5)]
    first = await house.projects.page("ada", limit=3)
    rest = await house.projects.page("ada", limit=3, cursor=first.next)
    assert [one.id for one in (*first.items, *rest.items)] == made[::-1]
    assert rest.next is None
    for wrong in ({"limit": 0}, {"limit": 101}, {"cursor": "x"}):
        with pytest.raises(InvalidField):
            await house.projects.page("ada", **wrong)


async def test_a_copy_is_a_project_of_its_own(house: House) -> None:
    photo = await house.send(PICTURE)
    made = await house.projects.create("ada", name="Tides", script="One.", settings={"assets": [photo.id]})
    await house.projects.set_archived("ada", made.id, True)
    copy = await house.projects.duplicate("ada", made.id)
    assert (copy.name, copy.version, copy.archived_at) == ("Tides (2)", 1, None)
    assert (copy.script, copy.settings) == (made.script, made.settings)
    assert copy.id != made.id
    assert (await house.projects.duplicate("ada", copy.id)).name == "Tides (3)"
    assert (await house.projects.duplicate("ada", copy.id, name="Ebb")).name == "Ebb"
    await house.projects.delete("ada", made.id)
    assert await house.projects.get("ada", copy.id) == copy
    assert await house.files.get("ada", photo.id) == photo


async def test_an_owner_has_no_more_projects_than_the_limit_however_many_come_at_once(house: House) -> None:
    made = await asyncio.gather(
        *(house.projects.create("ada", name=f"Tides {n}") for n in range(9)), return_exceptions=True
    )
    refused = [one for one in made if isinstance(one, QuotaExceeded)]
    assert (len(house.rows.projects), len(refused)) == (5, 4)
    assert "the quota of projects is 5" in str(refused[0])
    with pytest.raises(QuotaExceeded):
        await house.projects.duplicate("ada", next(iter(house.rows.projects)))
    with pytest.raises(QuotaExceeded):
        await house.bring(zipped(exported({"sea.png": PICTURE})))
    assert not house.rows.files


async def test_who_is_leaving_makes_nothing_new(house: House) -> None:
    async with house.store() as work:
        user = await work.users.get("ada")
        assert user is not None
        await work.users.save(replace(user, leaving=True))
        await work.commit()
    with pytest.raises(NotFound, match="there is no user"):
        await house.projects.create("ada", name="Tides")


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        ({"name": ""}, "name", "1 to 200"),
        ({"name": "x" * 201}, "name", "1 to 200"),
        ({"name": "a\0b"}, "name", "invisible"),
        ({"name": "gnp.\u202eb"}, "name", "invisible"),
        ({"name": "\ud800"}, "name", "invisible"),
        ({"description": "x" * 4001}, "description", "at most 4,000"),
        ({"script": "x" * (LONGEST_ARTICLE + 1)}, "script", "at most 1,000,000"),
        ({"script": "a\0b"}, "script", "plain text is right"),
        ({"script": "a\udfffb"}, "script", "plain text is right"),
        ({"settings": {"templat": "tide"}}, "settings.templat", "did you mean 'template'?"),
        ({"settings": {"text": "One."}}, "settings.text", "there is no option"),
        ({"settings": {"fps": 29}}, "settings.fps", "there is no frame rate '29'"),
        ({"settings": {"fps": "30"}}, "settings.fps", "a whole number is right"),
        ({"settings": {"fps": True}}, "settings.fps", "a whole number is right"),
        ({"settings": {"seed": 10**400}}, "settings.seed", "a whole number is right"),
        ({"settings": {"rate": float("nan")}}, "settings.rate", "a number is right"),
        ({"settings": {"rate": 3}}, "settings.rate", "0.5 to 2 is right"),
        ({"settings": {"strict": 1}}, "settings.strict", "true or false is right"),
        ({"settings": {"title": "\0"}}, "settings.title", "NUL"),
        ({"settings": {"format": "mp4", "codec": "vp9"}}, "settings.codec", "mp4 does not hold vp9"),
        ({"settings": {"quality": "best"}}, "settings.quality", "'standard'"),
        ({"settings": {"kind": "script", "seconds": 30}}, "settings.seconds", "word for word"),
        ({"settings": {"assets": "id"}}, "settings.assets", "a list is right"),
        ({"settings": {"assets": ["../x", 1]}}, "settings.assets[1]", "the id of a file is right"),
        ({"settings": {"music": "x" * 65}}, "settings.music", "the id of a file is right"),
        ({"settings": {"music": "nothing"}}, "settings.music", "there is no file 'nothing'"),
        ({"settings": {"scenes": {}}}, "settings.scenes", "a list is right"),
        ({"settings": {"scenes": ["a"]}}, "settings.scenes[0]", "an object is right"),
        ({"settings": {"scenes": [{"text": "a"}, {"txt": "b"}]}}, "settings.scenes[1].txt", "did you mean 'text'?"),
        ({"settings": {"scenes": [{"text": "a", "focus": [1]}]}}, "settings.scenes[0].focus", "2 are right"),
        ({"settings": {"scenes": [{"text": "a", "transition": {}}]}}, "settings.scenes[0].transition", "'kind'"),
        (
            {"settings": {"scenes": [{"text": "a", "transition": {"kind": "x"}}]}},
            "settings.scenes[0].transition",
            "no tr",
        ),
        ({"settings": {"scenes": [{}]}}, "settings.scenes[0]", "neither text nor seconds"),
        ({"script": "One.", "settings": {"scenes": [{"text": "a"}]}}, "settings.scenes", "there is a script too"),
        ({"settings": {"document": "d", "scenes": [{"text": "a"}]}}, "settings.scenes", "more than one source"),
        ({"settings": {"assets": [str(n) for n in range(501)]}}, "settings", "at most 500"),
        ({"settings": {"scenes": [{"text": "a " * 30_000}] * 20}}, "settings", "too long"),
    ],
)
async def test_what_is_wrong_with_a_project_is_said_with_its_place(
    house: House, given: dict[str, Any], field: str, told: str
) -> None:
    with pytest.raises(InvalidField) as refused:
        await house.projects.create("ada", **({"name": "Tides"} | given))
    assert refused.value.field == field
    assert told in refused.value.problem
    assert not house.rows.projects
    made = await house.projects.create("ada", name="Tides")
    with pytest.raises(InvalidField):
        await house.projects.update("ada", made.id, **given)
    assert await house.projects.get("ada", made.id) == made


async def test_a_file_has_to_fit_where_it_is_named(house: House) -> None:
    files = {data: (await house.send(data, "x")).id for data in (PICTURE, FILM, SONG, TEXT)}
    fits = {"logo": [PICTURE], "music": [FILM, SONG], "document": [TEXT], "assets": [PICTURE, FILM]}
    for option, right in fits.items():
        for data, file_id in files.items():
            settings = {option: [file_id] if option == "assets" else file_id}
            if data in right:
                made = await house.projects.create("ada", name="Tides", settings=settings)
                await house.projects.delete("ada", made.id)
            else:
                with pytest.raises(InvalidField, match="is of the kind"):
                    await house.projects.create("ada", name="Tides", settings=settings)


async def test_settings_that_were_right_once_can_be_read_and_copied_for_ever(house: House) -> None:
    photo = await house.send(PICTURE)
    made = await house.projects.create("ada", name="Tides", settings={"logo": photo.id})
    house.rows.projects[made.id] = replace(made, settings={"logo": photo.id, "forgotten": [1]})
    await house.files.delete("ada", photo.id)
    found = await house.projects.get("ada", made.id)
    assert found.settings == {"logo": photo.id, "forgotten": [1]}
    assert (await house.projects.update("ada", made.id, name="Ebb")).settings == found.settings
    assert (await house.projects.duplicate("ada", made.id)).settings == found.settings
    with pytest.raises(Conflict, match=r"settings\.logo names is gone"):
        await house.exchange.export("ada", made.id)


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


def test_the_options_are_those_of_a_brief_and_name_files_where_it_names_paths() -> None:
    assert {"template", "voice", "aspect", "resolution", "fps", "codec", "music", "scenes", "clip_sound"} <= set(
        OPTIONS
    )
    assert "text" not in OPTIONS
    assert checked_options({"voice": None, "clip_sound": None, "seed": 3}) == {"seed": 3}
    options = {"document": "d", "assets": ["a", "b"], "music": "m", "logo": "l"}
    assert [(place, one) for place, one, _ in named_files(options)] == [
        ("document", "d"),
        ("assets[0]", "a"),
        ("assets[1]", "b"),
        ("music", "m"),
        ("logo", "l"),
    ]
    assert with_files(options, str.upper) == {"document": "D", "assets": ["A", "B"], "music": "M", "logo": "L"}
    assert valid_settings(manifest({})["settings"], "One.") == {"template": "tide", "assets": []}


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
SCENE_KEYS = ["text", "asset", "focus", "transition", "seconds", "fit", "level"]
SCENES = st.lists(
    st.dictionaries(st.sampled_from(SCENE_KEYS), PLAIN | st.just({"kind": "wipe"}), max_size=4), max_size=3
)


@examples(max_examples=50)
@given(st.dictionaries(st.sampled_from(sorted(OPTIONS)), PLAIN | SCENES, max_size=4))
def test_any_settings_are_taken_as_they_are_or_refused(options: dict[str, Any]) -> None:
    try:
        checked = valid_settings(options, "")
    except InvalidField:
        return
    assert checked == {key: value for key, value in options.items() if value is not None}
    assert with_files(checked, lambda one: one) == checked


@given(st.text(alphabet="ab ()12", min_size=1, max_size=220))
def test_the_name_of_a_copy_is_one_that_a_project_may_have(name: str) -> None:
    try:
        made = Project(id="i", owner="ada", name=name, created_at=now(), updated_at=now())
    except InvalidField:
        return
    assert replace(made, name=next_name(made.name)).name != made.name
