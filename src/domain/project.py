"""Projects: a script, the options of its videos and the files that these name, kept under one name."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .brief import LONGEST_ARTICLE
from .errors import InvalidField
from .options import checked_options, named_files, storable_text

LONGEST_PROJECT_NAME = 200
LONGEST_DESCRIPTION = 4_000
LONGEST_SETTINGS = 1_000_000
"""Characters of the settings as JSON."""
MOST_FILES = 500
"""Files that the settings of a project may name."""
MOST_PROJECTS = 1_000
"""Projects of one owner, archived ones too."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_NUMBERED = re.compile(r"(?P<name>.*\S)\s*\((?P<number>\d{1,4})\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project of its ``owner``.

    The ``script`` is the text that a video says, empty where the settings name a ``document`` or lay out ``scenes``.
    ``settings`` are options of a video: see ``OPTIONS``; template and voice are looked up when a video is made.
    They are checked by ``valid_settings`` when they are set and not here: what was right once can always be read.
    ``version`` counts the changes from 1 on. Raises InvalidField.
    """

    id: str
    owner: str
    name: str
    description: str = ""
    script: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1
    archived_at: datetime | None = None
    created_at: datetime
    updated_at: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", valid_project_name(self.name))
        _plain_text("description", self.description, LONGEST_DESCRIPTION)
        _plain_text("script", self.script, LONGEST_ARTICLE)

    @property
    def files(self) -> tuple[str, ...]:
        """The ids of the files that the settings name, each once."""
        return _ids(self.settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSummary:
    """What a list shows of a project."""

    id: str
    name: str
    description: str
    version: int
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime


def summary(project: Project) -> ProjectSummary:
    return ProjectSummary(
        id=project.id,
        name=project.name,
        description=project.description,
        version=project.version,
        archived_at=project.archived_at,
        created_at=project.created_at,
        updated_at=project.updated_at,
    )


def valid_settings(settings: Mapping[str, Any], script: str) -> dict[str, Any]:
    """The settings of a project with that script, without those that are null. Raises InvalidField."""
    checked = checked_options(settings)
    for other in ("document", "scenes"):
        if script.strip() and checked.get(other):
            raise InvalidField(f"settings.{other}", f"there is a script too: either it or {other} is right")
    if len(json.dumps(checked, ensure_ascii=False)) > LONGEST_SETTINGS:
        raise InvalidField("settings", f"they are too long: at most {LONGEST_SETTINGS:,} characters are right")
    if len(files := _ids(checked)) > MOST_FILES:
        raise InvalidField("settings", f"they name {len(files)} files: at most {MOST_FILES} are right")
    return checked


def valid_project_name(name: str) -> str:
    """The name in NFC with single spaces. Raises InvalidField."""
    if not name.isprintable():
        raise InvalidField("name", "there are invisible characters in it; plain letters are right")
    clean = unicodedata.normalize("NFC", " ".join(name.split()))
    if not 1 <= len(clean) <= LONGEST_PROJECT_NAME:
        raise InvalidField(
            "name", f"it has {len(clean)} characters; 1 to {LONGEST_PROJECT_NAME} visible ones are right"
        )
    return clean


def next_name(name: str) -> str:
    """What a copy is called: "Tides (2)" after "Tides", "Tides (3)" after that."""
    found = _NUMBERED.fullmatch(name)
    stem, number = (found["name"], int(found["number"])) if found else (name, 1)
    ending = f" ({number + 1})"
    return stem[: LONGEST_PROJECT_NAME - len(ending)].rstrip() + ending


def _ids(settings: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(file_id for _, file_id, _ in named_files(settings)))


def _plain_text(what: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise InvalidField(what, f"it has {len(text):,} characters: at most {longest:,} are right")
    if not storable_text(text) or _CONTROL.search(text):
        raise InvalidField(what, "there are control characters in it, as a binary file has: plain text is right")
