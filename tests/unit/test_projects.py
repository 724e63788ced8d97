"""The rules of projects, over the shipped fakes."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from reelwright.domain.brief import LONGEST_ARTICLE
from reelwright.domain.errors import (
    ChangedMeanwhile,
    Conflict,
    InvalidField,
    NotFound,
    QuotaExceeded,
)
from reelwright.domain.ids import now
from reelwright.domain.options import OPTIONS, checked_options, named_files, with_files
from reelwright.domain.project import Project, next_name, valid_settings
from tests.archives import exported, manifest, zipped
from tests.projects import FILM, PICTURE, SONG, TEXT, House, opened

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(tmp_path: Path) -> House:
    return await opened(tmp_path)


async def test_an_owner_has_no_more_projects_than_the_limit(house: House) -> None:
    made = [await house.projects.create("ada", name=f"Tides {n}") for n in range(5)]
    tries = (
        house.projects.create("ada", name="Tides 5"),
        house.projects.duplicate("ada", made[0].id),
        house.bring(zipped(exported({"sea.png": PICTURE}))),
    )
    for one in tries:
        with pytest.raises(QuotaExceeded, match="the quota of projects is 5"):
            await one
    assert len(house.rows.projects) == 5
    assert not house.rows.files
    await house.projects.delete("ada", made[0].id)
    await house.projects.create("ada", name="Tides 5")


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
