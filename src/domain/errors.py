"""Everything that can go wrong, as one tree.

ReelwrightError
├── InvalidInput             the caller can mend it before any work starts
│   ├── InvalidBrief         a text or an option of a brief
│   ├── UnknownName          a template, voice, format … that does not exist
│   ├── InvalidTemplate      a template file, with the key that is wrong
│   ├── InvalidTimeline      a timeline document, with the JSON path that is wrong
│   ├── UnusableAsset        a picture, clip or sound that cannot be used
│   ├── InvalidFile          a file that somebody sent and that is not taken in
│   │   ├── UnsupportedFile  of a kind that is not accepted, told by its content
│   │   └── FileTooLarge
│   ├── NoSuchFile           not there, or somebody else's
│   └── UploadOutOfStep      a part of an upload that does not follow what is there
├── MissingPart              an engine, model or font is not installed
├── EngineFailed             an engine was there and did not deliver
│   └── TaskFailed           a confined task crashed or went beyond its limits
├── OutputFailed             the result could not be written
│   └── DiskFull
└── Cancelled                somebody asked for the work to stop

Adapters translate foreign errors into it with ``raise … from``.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path


class ReelwrightError(Exception):
    """Base of the tree. ``str(error)`` is one line: what was wrong and what would be right."""


class InvalidInput(ReelwrightError, ValueError):
    """The caller can mend it; nothing was started."""


class InvalidBrief(InvalidInput):
    """A text or an option of a brief cannot be made into a video."""


class UnknownName(InvalidInput):
    """``name`` is none of the ``choices`` of its ``kind`` ("template", "voice" …)."""

    def __init__(self, kind: str, name: str, choices: Iterable[str]) -> None:
        self.kind, self.name, self.choices = kind, name, tuple(choices)
        near = get_close_matches(name.casefold(), [choice.casefold() for choice in self.choices], n=1, cutoff=0.5)
        meant = next((c for c in self.choices if near and c.casefold() == near[0]), None)
        hint = f"did you mean {meant!r}? " if meant else ""
        super().__init__(f"there is no {kind} {name!r}; {hint}choose from: {', '.join(self.choices)}")


class InvalidTemplate(InvalidInput):
    """A template file breaks the schema: ``file``, the dotted ``key`` and what would be right."""

    def __init__(self, file: Path | str, key: str, problem: str) -> None:
        self.file, self.key, self.problem = file, key, problem
        super().__init__(f"{file}: {key}: {problem}" if key else f"{file}: {problem}")


class InvalidTimeline(InvalidInput):
    """A timeline document breaks the schema at the JSON ``path`` ("$.scenes[2].frames")."""

    def __init__(self, path: str, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{path}: {problem}")


class UnusableAsset(InvalidInput):
    """A file of the user cannot be shown or heard."""

    def __init__(self, file: Path | str, problem: str) -> None:
        self.file, self.problem = file, problem
        super().__init__(f"{file}: {problem}")


class InvalidFile(InvalidInput):
    """A file that somebody sent under a ``name`` is not taken in."""

    def __init__(self, name: str, problem: str) -> None:
        self.name, self.problem = name, problem
        super().__init__(f"{name}: {problem}")


class UnsupportedFile(InvalidFile):
    """Its content is of no kind that is accepted."""


class FileTooLarge(InvalidFile):
    """It has more bytes than its kind may have."""


class NoSuchFile(InvalidInput):
    """There is no file or upload ``file``, or it belongs to somebody else, which is not told apart."""

    def __init__(self, file: str) -> None:
        self.file = file
        super().__init__(f"there is no file {file!r}")


class UploadOutOfStep(InvalidInput):
    """A part does not begin where the upload stands: at ``offset`` bytes."""

    def __init__(self, offset: int, problem: str) -> None:
        self.offset, self.problem = offset, problem
        super().__init__(problem)


class MissingPart(ReelwrightError):
    """An engine, model or font is not installed; ``remedy`` is the line that brings it."""

    def __init__(self, part: str, remedy: str) -> None:
        self.part, self.remedy = part, remedy
        super().__init__(f"{part} is not installed; {remedy}")


class EngineFailed(ReelwrightError):
    """An engine did not deliver what it was asked for."""


class TaskFailed(EngineFailed):
    """A confined task did not end by itself.

    ``cause`` is "time", "cpu", "memory", "disk", "crash", or "error" for an exception that nobody foresaw.
    """

    def __init__(self, task: str, cause: str, problem: str) -> None:
        self.task, self.cause, self.problem = task, cause, problem
        super().__init__(f"{task.rpartition(':')[2]} failed: {problem}")


class OutputFailed(ReelwrightError):
    """The result could not be written where it was wanted."""


class DiskFull(OutputFailed):
    """There is no room left for the result."""


class Cancelled(ReelwrightError):
    """The work was stopped on request; nothing of it is left behind."""

    def __init__(self) -> None:
        super().__init__("cancelled")
