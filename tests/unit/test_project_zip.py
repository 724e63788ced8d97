"""Archives of projects: what is written can be read by everybody, and what is read has one reading."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reelwright.adapters.documents.project_zip import ZipProjects
from reelwright.adapters.documents.zip_layout import members
from reelwright.application.project_ports import Bundle, BundledFile
from reelwright.domain.errors import InvalidFile
from tests.archives import SCRIPT, Entry, exported, listed, manifest, zipped

NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
FILES = {"sea.png": b"image/png\nsea", "潮汐.mp4": b"video/mp4\n" + bytes(range(256)) * 40}
ZIPS = ZipProjects(largest=4 << 20)


def bundle(**changes: Any) -> Bundle:
    files = tuple(msgspec.convert(listed(number, *one), BundledFile) for number, one in enumerate(FILES.items()))
    whole = Bundle(name="Tides", description="", script=SCRIPT, settings={"assets": ["file-0", "file-1"]}, files=files)
    return replace(whole, **changes)


def written(made: Bundle, at: datetime = NOON) -> bytes:
    return b"".join(ZIPS.write(made, at, lambda file: iter([FILES[file.name][:7], FILES[file.name][7:]])))


def put(folder: Path, data: bytes) -> Path:
    path = folder / "project.zip"
    path.write_bytes(data)
    return path


def test_an_archive_comes_back_as_it_was(tmp_path: Path) -> None:
    made = bundle()
    data = written(made)
    archive = put(tmp_path, data)
    assert ZIPS.read(archive) == made
    for file in made.files:
        assert b"".join(ZIPS.content(archive, file)) == FILES[file.name]
    assert written(made) == data


def test_other_programs_read_what_is_written() -> None:
    with zipfile.ZipFile(io.BytesIO(written(bundle()))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["project.json", "script.md", "files/sea.png", "files/潮汐.mp4"]
        assert archive.read("files/潮汐.mp4") == FILES["潮汐.mp4"]
        assert archive.read("script.md").decode() == SCRIPT
        told = msgspec.json.decode(archive.read("project.json"))
    assert (told["schema"], told["files"][1]["name"]) == ("reelwright.project/1", "潮汐.mp4")
    assert told["files"][0]["sha256"] == sha256(FILES["sea.png"]).hexdigest()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("streamed", [False, True])
def test_what_other_programs_pack_again_is_read(tmp_path: Path, method: int, streamed: bool) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return not streamed

    out = Pipe()
    with zipfile.ZipFile(out, "w", method) as archive, zipfile.ZipFile(io.BytesIO(written(bundle()))) as source:
        if not streamed:
            archive.mkdir("files")
        for name in source.namelist():
            archive.writestr(name, source.read(name))
    assert ZIPS.read(put(tmp_path, out.getvalue())) == bundle()


def wide() -> bytes:
    """As beyond 4 GiB: what has a thousand bytes is told in 64 bits, and so is where it lies."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zipfile, "ZIP64_LIMIT", 1000)
        return written(bundle())


def test_sizes_that_need_64_bits_are_told_and_read(tmp_path: Path) -> None:
    data = wide()
    assert b"PK\6\6" in data
    assert struct.pack("<2HQ", 1, 16, len(FILES["潮汐.mp4"])) in data
    assert ZIPS.read(put(tmp_path, data)) == bundle()


def with_entry(**how: Any) -> bytes:
    return zipped([*exported(FILES), Entry(**how)])


def with_first(**how: Any) -> bytes:
    first, *rest = exported(FILES)
    return zipped([replace(first, **how), *rest])


def with_last(**how: Any) -> bytes:
    *rest, last = exported(FILES)
    return zipped([*rest, replace(last, **how)])


def overlapping() -> bytes:
    """Two entries whose bytes are the same ones, as in the bombs without nesting."""
    *rest, last = exported(FILES)
    data = zipped([*rest, last])
    offset = data.index(b"PK\3\4", data.index(FILES["sea.png"]))
    return zipped([*rest, last, replace(last, name="files/again", offset=offset, data=b"")])


def nested() -> bytes:
    """An entry that lies inside the bytes of another one."""
    inner = zipped([Entry(name="files/inner", data=b"inner")])
    *rest, last = exported(FILES | {"outer": inner})
    offset = zipped([*rest, last]).index(inner)
    return zipped([*rest, last, Entry(name="files/inner", data=b"inner", offset=offset)])


def bomb(method: int, **told: Any) -> bytes:
    zeros = bytes(3 << 20)
    return zipped(
        [
            replace(one, method=method if one.name == "files/zeros" else 0, **(told if one.data == zeros else {}))
            for one in exported(FILES | {"zeros": zeros})
        ]
    )


DOS = {"made_by": 0, "attributes": 0}
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "no ZIP archive"),
    "a text": (lambda: b"Twice a day the sea comes in.", "no ZIP archive"),
    "an empty archive": (lambda: zipped([]), "no project.json"),
    "a path upwards": (lambda: with_entry(name="files/../../etc/passwd"), "leads elsewhere"),
    "a path upwards as a folder": (lambda: with_entry(name="../", attributes=0o40755 << 16), "leads elsewhere"),
    "an absolute path": (lambda: with_entry(name="/etc/passwd"), "leads elsewhere"),
    "a path of Windows": (lambda: with_entry(name="files\\..\\x"), "leads elsewhere"),
    "a drive of Windows": (lambda: with_entry(name="C:x"), "leads elsewhere"),
    "an empty step": (lambda: with_entry(name="files//x"), "leads elsewhere"),
    "an empty name": (lambda: with_entry(name=""), "leads elsewhere"),
    "a control character": (lambda: with_entry(name="files/a\0.png"), "leads elsewhere"),
    "a link": (
        lambda: with_entry(name="files/x", data=b"/etc/passwd", attributes=(stat.S_IFLNK | 0o777) << 16),
        "link",
    ),
    "a link of another system": (
        lambda: with_entry(name="files/x", data=b"/etc", made_by=0, attributes=(stat.S_IFLNK | 0o777) << 16),
        "link",
    ),
    "a device": (lambda: with_entry(name="files/x", attributes=(stat.S_IFCHR | 0o666) << 16), "no plain file"),
    "a name twice": (lambda: with_entry(name="script.md", data=b"other"), "twice"),
    "a name twice in another case": (lambda: with_entry(name="Script.MD", data=b"other"), "twice"),
    "a name twice in another form": (
        lambda: zipped([*exported({"é": b"1"}), Entry(name="files/e\u0301", data=b"2")]),
        "twice",
    ),
    "an encrypted entry": (lambda: with_last(flags=0x0801), "encrypted"),
    "a strongly encrypted entry": (lambda: with_last(flags=0x0841), "encrypted"),
    "a patch": (lambda: with_last(flags=0x0820), "packed in a way"),
    "another method": (lambda: with_last(method=12), "packed in a way"),
    "a name of no encoding": (lambda: with_entry(name="", raw=b"files/\xff"), "no UTF-8"),
    "a name of an old encoding": (lambda: with_entry(name="files/é", flags=0), "no UTF-8"),
    "another name in an extra field": (
        lambda: with_entry(name="files/x", extra=struct.pack("<2H", 0x7075, 5) + b"\1\0\0\0\0"),
        "another name",
    ),
    "a cut extra field": (lambda: with_entry(name="files/x", extra=b"\1\0\x20\0"), "extra field"),
    "another name in the local header": (lambda: with_last(local={"name": b"files/other"}), "otherwise"),
    "another method in the local header": (lambda: with_last(local={"method": 8}), "otherwise"),
    "another size in the local header": (lambda: with_last(local={"size": 3}), "otherwise"),
    "another checksum in the local header": (lambda: with_last(local={"crc": 3}), "otherwise"),
    "overlapping entries": (overlapping, "overlaps"),
    "nested entries": (nested, "overlaps"),
    "two entries in one place": (lambda: with_entry(name="files/x", offset=0), "overlaps"),
    "something before": (lambda: zipped(exported(FILES), before=b"#!/bin/sh\n"), "overlaps"),
    "something between": (lambda: with_first(behind=b"hidden"), "behind project.json"),
    "something behind the files": (lambda: with_last(behind=b"hidden"), "behind files/"),
    "something behind": (lambda: zipped(exported(FILES), behind=b"hidden"), "behind it"),
    "an entry behind the directory": (lambda: with_entry(name="files/x", offset=1 << 20), "behind its directory"),
    "more entries than there are": (lambda: zipped(exported(FILES), count=5), "directory"),
    "fewer entries than there are": (lambda: zipped(exported(FILES), count=3), "directory"),
    "too many entries": (lambda: zipped([Entry(name=f"files/{n}") for n in range(600)]), "600 entries"),
    "a bomb": (lambda: bomb(8), "as a bomb does"),
    "a bomb that says it is small": (lambda: bomb(8, size=1000), "more bytes than it says"),
    "a small one that says it is large": (lambda: bomb(8, size=(3 << 20) + 1, packed=4 << 20), "overlaps"),
    "too much in all": (
        lambda: zipped([Entry(name=f"files/{n}", data=bytes(1 << 20)) for n in range(5)]),
        "more than 4 MiB",
    ),
    "a broken checksum": (lambda: with_last(crc=1), "checksum"),
    "fewer bytes than it says": (lambda: with_last(method=8, size=11_000), "fewer bytes"),
    "bytes that do not unpack": (
        lambda: with_last(method=8).replace(zlib.compress(FILES["潮汐.mp4"], 9)[2:12], bytes(10)),
        "unpacked",
    ),
    "two sizes": (lambda: with_last(size=5), "two sizes"),
    "a folder with content": (lambda: with_entry(name="files/x/", data=b"x", attributes=0o40755 << 16), "folder"),
    "another file": (lambda: with_entry(name="files/x", data=b"x"), "does not list"),
    "a file of another system": (lambda: with_entry(name="__MACOSX/._sea.png", **DOS), "does not list"),
    "no script": (lambda: zipped([one for one in exported(FILES) if one.name != "script.md"]), "no script.md"),
    "a script in another encoding": (
        lambda: zipped([replace(one, data=b"\xff") if one.name == "script.md" else one for one in exported(FILES)]),
        "UTF-8",
    ),
    "no JSON": (lambda: with_first(data=b"{"), "no JSON"),
    "deep JSON": (lambda: with_first(data=b"[" * 100_000 + b"]" * 100_000), "no JSON"),
    "another schema": (
        lambda: zipped(exported(FILES, schema="reelwright.project/2")),
        "'reelwright.project/1' is right",
    ),
    "a list for a project": (lambda: with_first(data=b"[]"), "schema"),
    "an unknown key": (lambda: zipped(exported(FILES, owner="root")), "unknown field `owner`"),
    "a wrong type": (lambda: zipped(exported(FILES, name=7)), "Expected `str`"),
    "a file that is not there": (
        lambda: zipped([one for one in exported(FILES) if one.name != "files/sea.png"]),
        "not among the files",
    ),
    "a file elsewhere": (
        lambda: zipped(exported({}, files=[listed(0, "x", SCRIPT.encode(), path="script.md")])),
        "not among the files",
    ),
    "a file listed twice": (
        lambda: zipped(exported(FILES, files=[*manifest(FILES)["files"], listed(0, "sea.png", b"x")])),
        "listed twice",
    ),
    "a wrong digest": (
        lambda: zipped(exported({"x": b"x"}, files=[listed(0, "x", b"x", sha256="0" * 64)])),
        "size and SHA-256",
    ),
    "a wrong size": (lambda: zipped(exported({"x": b"x"}, files=[listed(0, "x", b"x", size=2)])), "size and SHA-256"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_with_what_is_wrong(tmp_path: Path, name: str) -> None:
    make, told = HOSTILE[name]
    with pytest.raises(InvalidFile) as refused:
        ZIPS.read(put(tmp_path, make()))
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 500


VALID = [
    zipped(exported(FILES)),
    zipped(exported({"sea.png": FILES["sea.png"]}, method=8)),
    written(bundle()),
    wide(),
]


@st.composite
def damaged(draw: Any) -> tuple[bytes, bytes]:
    """An archive, and the same with some bytes changed, left out, put in or moved."""
    whole = draw(st.sampled_from(VALID))
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        magics = [at for at in range(len(data)) if data[at : at + 2] == b"PK"]
        near = st.sampled_from(magics).flatmap(lambda at: st.integers(at, at + 60)) if magics else st.just(0)
        at = min(draw(st.one_of(near, st.integers(0, len(data)))), len(data))
        how = draw(st.sampled_from(["set", "number", "cut", "put", "copy", "end"]))
        if how == "set":
            data[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
        elif how == "number":
            number = draw(st.sampled_from([0, 1, 8, 0xFFFF, 0xFFFFFFFF, len(data), 2**31]))
            data[at : at + 4] = struct.pack("<L", number)
        elif how == "cut":
            del data[at : at + draw(st.integers(1, 50))]
        elif how == "put":
            data[at:at] = draw(st.binary(min_size=1, max_size=50))
        elif how == "copy":
            start = draw(st.integers(0, len(data)))
            data[at:at] = data[start : start + draw(st.integers(1, 200))]
        else:
            del data[at:]
    return whole, bytes(data)


@settings(max_examples=400)
@given(damaged())
def test_whatever_happens_to_an_archive_it_is_refused_or_the_same(
    tmp_path_factory: pytest.TempPathFactory, pair: tuple[bytes, bytes]
) -> None:
    whole, data = pair
    folder = tmp_path_factory.getbasetemp()
    try:
        found = ZIPS.read(put(folder, data))
    except InvalidFile:
        return
    assert found == ZIPS.read(put(folder, whole))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {one for one in archive.namelist() if not one.endswith("/")} == {
            "project.json",
            "script.md",
            *(file.path for file in found.files),
        }
        for file in found.files:
            assert sha256(archive.read(file.path)).hexdigest() == file.sha256


@settings(max_examples=150)
@given(st.one_of(st.binary(max_size=200), st.binary(max_size=300).map(lambda data: data + VALID[0][-22:])))
@example(b"PK\5\6" + b"\xff" * 16 + bytes(2))
@example(b"PK\6\6" + bytes(52) + b"PK\6\7" + bytes(16) + b"PK\5\6" + b"\xff" * 16 + bytes(2))
def test_any_bytes_are_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    with pytest.raises(InvalidFile):
        ZIPS.read(put(tmp_path_factory.getbasetemp(), data))


NUMBER = st.one_of(st.integers(0, 400), st.sampled_from([0xFFFF, 0xFFFFFFFF, 2**31]))


@settings(max_examples=200)
@given(
    st.lists(
        st.builds(
            Entry,
            name=st.sampled_from(["a", "files/b", "files/", "c/", "d"]),
            data=st.binary(max_size=30),
            flags=st.sampled_from([0x0800, 0x0808, 0]),
            method=st.sampled_from([0, 8]),
            size=st.none() | NUMBER,
            packed=st.none() | NUMBER,
            offset=st.none() | NUMBER,
            behind=st.sampled_from([b"", b"x", bytes(12), b"PK\7\x08" + bytes(12)]),
            extra=st.sampled_from([b"", struct.pack("<2HQ", 1, 8, 2**63), struct.pack("<2H3Q", 1, 24, 9, 9, 2**62)]),
            attributes=st.sampled_from([0, 0o100644 << 16, 0o40755 << 16]),
        ),
        max_size=4,
    )
)
def test_entries_of_any_make_lie_side_by_side_or_are_refused(entries: list[Entry]) -> None:
    data = zipped(entries)
    try:
        found = list(members(io.BytesIO(data), most=9, largest=1 << 20).values())
    except InvalidFile:
        return
    for one, following in zip(found, [*found[1:], None], strict=False):
        end = one.start + one.packed
        assert end <= (following.start if following else len(data))
    assert len({one.name for one in found}) == len(found)
