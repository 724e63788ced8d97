"""Everything that can go wrong, as one tree.

ReelwrightError
├── InvalidInput             the caller can mend it before any work starts
│   ├── InvalidBrief         a text or an option of a brief
│   ├── UnknownName          a template, voice, format … that does not exist
│   ├── InvalidTemplate      a template file, with the key that is wrong
│   ├── InvalidTimeline      a timeline document, with the JSON path that is wrong
│   ├── InvalidField         one value of a request, by the name of its field
│   ├── UnusableAsset        a picture, clip or sound that cannot be used
│   └── InvalidFile          a file that somebody sent and that is not taken in
│       ├── UnsupportedFile  of a kind that is not accepted, told by its content
│       └── FileTooLarge
├── Refused                  well formed, and not to be had by this caller or now
│   ├── Unauthenticated      no valid name and password, or no valid token
│   ├── Forbidden            the caller is known and may not do this
│   ├── NotFound             there is no such thing, or it is somebody else's
│   │   └── NoSuchFile       no such file or upload
│   ├── Conflict             it clashes with what is there
│   │   ├── AlreadyTaken     a name that has to be unique is in use
│   │   ├── ChangedMeanwhile another version is there than the caller has seen
│   │   └── UploadOutOfStep  a part of an upload that does not follow what is there
│   ├── QuotaExceeded        the plan does not hold so much
│   └── TooManyAttempts      right again after some seconds
├── StoreUnavailable         the database cannot be reached or used
├── MissingPart              an engine, model or font is not installed
├── EngineFailed             an engine was there and did not deliver
│   ├── TaskFailed           a confined task crashed or went beyond its limits
│   └── ProviderFailed       an engine elsewhere, by the cause that says whether to try again
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


class InvalidField(InvalidInput):
    """A value of a request is wrong: the ``field`` and the ``problem``, which says what would be right."""

    def __init__(self, field: str, problem: str) -> None:
        self.field, self.problem = field, problem
        super().__init__(f"{field}: {problem}")


class Refused(ReelwrightError):
    """The request is well formed; this caller cannot have it, or not now."""


class Unauthenticated(Refused):
    """The credentials are missing, wrong, expired or revoked; the text does not tell which account exists."""

    def __init__(self, problem: str = "sign in again") -> None:
        super().__init__(problem)


class Forbidden(Refused):
    """The caller is known and may not do this."""


class NotFound(Refused):
    """There is no such ``kind`` ("user", "video" …), or it belongs to somebody else: the answer is the same."""

    def __init__(self, kind: str, key: str) -> None:
        self.kind, self.key = kind, key
        super().__init__(f"there is no {kind} {key!r}")


class Conflict(Refused):
    """It clashes with what is there."""


class AlreadyTaken(Conflict):
    """Another one has a value that must be unique in ``fields``."""

    def __init__(self, *fields: str) -> None:
        self.fields = fields
        super().__init__(f"this {' or '.join(fields)} is already taken; choose another one")


class ChangedMeanwhile(Conflict):
    """Of the ``kind`` with this ``key`` another version is there than the one that the change was meant for."""

    def __init__(self, kind: str, key: str) -> None:
        self.kind, self.key = kind, key
        super().__init__(f"this {kind} was changed in the meantime; read it again first")


class QuotaExceeded(Refused):
    """``asked`` more of ``resource`` (a key of ``RESOURCES``) does not fit: ``used`` of ``limit`` are spoken for."""

    def __init__(self, resource: str, *, asked: int, used: int, limit: int, period: str) -> None:
        self.resource, self.asked, self.used, self.limit, self.period = resource, asked, used, limit, period
        span = "" if period == "always" else f" this {period}"
        super().__init__(
            f"the quota of {resource} is {limit}{span}: {used} are used or reserved, {asked} more do not fit"
        )


class TooManyAttempts(Refused):
    """Right again after ``retry_after`` seconds."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"too many attempts; try again in {retry_after} seconds")


class StoreUnavailable(ReelwrightError):
    """The database cannot be reached, is busy beyond patience, or cannot be written."""


class InvalidFile(InvalidInput):
    """A file that somebody sent under a ``name`` is not taken in."""

    def __init__(self, name: str, problem: str) -> None:
        self.name, self.problem = name, problem
        super().__init__(f"{name}: {problem}")


class UnsupportedFile(InvalidFile):
    """Its content is of no kind that is accepted."""


class FileTooLarge(InvalidFile):
    """It has more bytes than its kind may have."""


class NoSuchFile(NotFound):
    """There is no file or upload ``file``, or it belongs to somebody else, which is not told apart."""

    def __init__(self, file: str) -> None:
        self.file = file
        super().__init__("file", file)


class UploadOutOfStep(Conflict):
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


class ProviderFailed(EngineFailed):
    """An engine that is reached over a network, or any link of a chain of engines, did not deliver.

    ``cause`` is "unreachable", "timeout", "busy" (429 or 5xx; ``retry_after`` seconds where it said so), "credentials"
    (401, 403), "quota" (nothing is left to spend), "refused" (it will not do this), "reply" (it answered what cannot
    be used), or "error" for an exception that nobody foresaw. The first three may pass by themselves. The text never
    holds a key.
    """

    PASSING = ("unreachable", "timeout", "busy")

    def __init__(self, engine: str, cause: str, problem: str, *, retry_after: float | None = None) -> None:
        self.engine, self.cause, self.problem, self.retry_after = engine, cause, problem, retry_after
        super().__init__(f"{engine}: {problem}")

    @property
    def may_pass(self) -> bool:
        """Whether the same question may be answered a moment later."""
        return self.cause in self.PASSING


class OutputFailed(ReelwrightError):
    """The result could not be written where it was wanted."""


class DiskFull(OutputFailed):
    """There is no room left for the result."""


class Cancelled(ReelwrightError):
    """The work was stopped on request; nothing of it is left behind."""

    def __init__(self) -> None:
        super().__init__("cancelled")
