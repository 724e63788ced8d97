"""The bodies of ``/api/projects``, with an example of each."""

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from ...application.paging import Page
from ...domain.options import OPTIONS
from ...domain.project import LONGEST_DESCRIPTION, LONGEST_PROJECT_NAME, Project, ProjectSummary
from .file_bodies import FILE
from .user_bodies import Next

Name = Annotated[str, msgspec.Meta(description=f"1 to {LONGEST_PROJECT_NAME} visible characters.")]
Description = Annotated[str, msgspec.Meta(description=f"At most {LONGEST_DESCRIPTION} characters.")]
Script = Annotated[
    str,
    msgspec.Meta(
        description="The text that a video says; empty where the settings name a `document` or lay out `scenes`."
    ),
]
Settings = Annotated[
    dict[str, Any],
    msgspec.Meta(
        description=(
            f"Options of a video: {', '.join(f'`{name}`' for name in OPTIONS)}. "
            "`document`, `music` and `logo` are the `id` of a file, `assets` is a list of such ids, "
            "and each of the `scenes` may have one as its `asset`."
        )
    ),
]


class NewProject(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A project to be made."""

    name: Name
    description: Description = ""
    script: Script = ""
    settings: Settings = {}


class ProjectChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is left out, or null, stays as it is; ``settings`` are replaced as a whole."""

    name: Name | None = None
    description: Description | None = None
    script: Script | None = None
    settings: Settings | None = None


class ProjectBody(msgspec.Struct, kw_only=True):
    """A project. ``version`` counts its changes from 1 on; ``archived`` is when it was laid aside."""

    id: str
    name: str
    description: str
    script: str
    settings: Settings
    version: int
    archived: datetime | None
    created: datetime
    updated: datetime


class ProjectLine(msgspec.Struct, kw_only=True):
    """A project without its script and settings."""

    id: str
    name: str
    description: str
    version: int
    archived: datetime | None
    created: datetime
    updated: datetime


class ProjectList(msgspec.Struct, kw_only=True):
    """Some projects, the newest first."""

    items: list[ProjectLine]
    next: Next


def project(found: Project) -> ProjectBody:
    return ProjectBody(
        id=found.id,
        name=found.name,
        description=found.description,
        script=found.script,
        settings=dict(found.settings),
        version=found.version,
        archived=found.archived_at,
        created=found.created_at,
        updated=found.updated_at,
    )


def projects(found: Page[ProjectSummary]) -> ProjectList:
    return ProjectList(items=[line(one) for one in found.items], next=found.next)


def line(found: ProjectSummary | Project) -> ProjectLine:
    return ProjectLine(
        id=found.id,
        name=found.name,
        description=found.description,
        version=found.version,
        archived=found.archived_at,
        created=found.created_at,
        updated=found.updated_at,
    )


_NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
_SETTINGS = {"template": "tide", "aspect": "9:16", "resolution": "1080p", "fps": 30, "assets": [FILE.id]}
_SCRIPT = "# Tides\n\nTwice a day the sea comes in, and twice it goes out."
PROJECT = Project(
    id="019e3550-2a00-7456-9abc-0123456789cd",
    owner="",
    name="Tides",
    description="For the harbour museum",
    script=_SCRIPT,
    settings=_SETTINGS,
    created_at=_NOON,
    updated_at=_NOON,
)
NEW = NewProject(name="Tides", description="For the harbour museum", script=_SCRIPT, settings={"template": "tide"})
CHANGE = ProjectChange(name="Tides of the harbour", settings={"template": "tide", "aspect": "16:9"})
LIST = ProjectList(items=[line(PROJECT)], next="AZ41UBwAcSOKvAEjRWeJqw")
