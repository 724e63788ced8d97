"""``ZipProjects``: a project as a ZIP archive of project.json, script.md and the files that it names.

project.json has the schema "reelwright.project/1": name, description, settings, and the files, each with the id that
the settings call it, its path in the archive, name, tags, size and SHA-256.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Literal

import msgspec

from ...application.project_ports import Bundle, BundledFile
from ...domain.brief import LONGEST_ARTICLE
from ...domain.errors import InvalidFile
from ...domain.project import LONGEST_SETTINGS, MOST_FILES
from .zip_archive import content, write_zip
from .zip_layout import Member, members

_Schema = Literal["reelwright.project/1"]
SCHEMA: _Schema = "reelwright.project/1"
_MANIFEST, _SCRIPT = "project.json", "script.md"
_LARGEST_MANIFEST = 8 * LONGEST_SETTINGS
_LARGEST_SCRIPT = 4 * LONGEST_ARTICLE
_FOLDERS = 1


class _File(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    id: str
    path: str
    name: str
    tags: tuple[str, ...] = ()
    size: int
    sha256: str


class _Manifest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    schema: _Schema = SCHEMA
    name: str
    description: str = ""
    settings: dict[str, Any] = {}
    files: tuple[_File, ...] = ()


class ZipProjects:
    """See :class:`~reelwright.application.project_ports.ProjectArchives`. ``largest`` bytes may be in an archive."""

    def __init__(self, *, largest: int) -> None:
        self._largest = largest

    def write(self, bundle: Bundle, at: datetime, content: Callable[[BundledFile], Iterator[bytes]]) -> Iterator[bytes]:
        manifest = _Manifest(
            name=bundle.name,
            description=bundle.description,
            settings=dict(bundle.settings),
            files=tuple(msgspec.convert(file, _File, from_attributes=True) for file in bundle.files),
        )
        told = msgspec.json.format(msgspec.json.encode(manifest, order="sorted"), indent=2) + b"\n"
        script = bundle.script.encode()

        def parts() -> Iterator[tuple[str, int, Iterator[bytes]]]:
            yield _MANIFEST, len(told), iter([told])
            yield _SCRIPT, len(script), iter([script])
            for file in bundle.files:
                yield file.path, file.size, content(file)

        return write_zip(parts(), at)

    def read(self, archive: Path) -> Bundle:
        with archive.open("rb") as file:
            found = self._members(file)
            manifest = _manifest(_whole(file, found, _MANIFEST, _LARGEST_MANIFEST))
            try:
                script = _whole(file, found, _SCRIPT, _LARGEST_SCRIPT).decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise InvalidFile(_SCRIPT, "its text is no UTF-8, which would be right") from error
            _check_paths(manifest, found)
            for one in manifest.files:
                _check_content(file, found[one.path], one)
        return Bundle(
            name=manifest.name,
            description=manifest.description,
            script=script,
            settings=manifest.settings,
            files=tuple(msgspec.convert(one, BundledFile, from_attributes=True) for one in manifest.files),
        )

    def content(self, archive: Path, file: BundledFile) -> Iterator[bytes]:
        with archive.open("rb") as opened:
            found = self._members(opened)
            if file.path not in found:
                raise InvalidFile(file.path, "it is not in the archive")
            yield from content(opened, found[file.path])

    def _members(self, file: BinaryIO) -> dict[str, Member]:
        return members(file, most=MOST_FILES + 2 + _FOLDERS, largest=self._largest)


def _manifest(data: bytes) -> _Manifest:
    try:
        plain = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise InvalidFile(_MANIFEST, f"it is no JSON ({str(error)[:80]})") from error
    schema = plain.get("schema") if isinstance(plain, dict) else None
    if schema != SCHEMA:
        raise InvalidFile(_MANIFEST, f"its schema is {str(schema)[:80]!r}: {SCHEMA!r} is right")
    try:
        return msgspec.convert(plain, _Manifest)
    except (msgspec.ValidationError, RecursionError) as error:
        raise InvalidFile(_MANIFEST, str(error)) from error


def _whole(file: BinaryIO, found: dict[str, Member], name: str, most: int) -> bytes:
    if name not in found:
        raise InvalidFile("the archive", f"there is no {name} in it; a project as it was exported is right")
    if found[name].size > most:
        raise InvalidFile(name, f"it has {found[name].size:,} bytes: at most {most:,} are right")
    return b"".join(content(file, found[name]))


def _check_paths(manifest: _Manifest, found: dict[str, Member]) -> None:
    """Every file is listed once and there, and nothing else is."""
    listed = [one.path for one in manifest.files]
    if len({one.id for one in manifest.files}) != len(listed) or len(set(listed)) != len(listed):
        raise InvalidFile(_MANIFEST, "a file is listed twice; each id and path once is right")
    for path in listed:
        if not path.startswith("files/") or path not in found:
            raise InvalidFile(_MANIFEST, f"{path[:80]!r} is not among the files/ of the archive")
    extra = sorted(found.keys() - {_MANIFEST, _SCRIPT, *listed})
    if extra:
        raise InvalidFile("the archive", f"{extra[0]} is in it, and {_MANIFEST} does not list it; leave it out")


def _check_content(file: BinaryIO, member: Member, told: _File) -> None:
    digest = sha256()
    for block in content(file, member):
        digest.update(block)
    if member.size != told.size or digest.hexdigest() != told.sha256:
        raise InvalidFile(told.path, f"its bytes are not those that {_MANIFEST} tells by size and SHA-256")
