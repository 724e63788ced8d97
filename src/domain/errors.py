"""Everything that can go wrong, as one tree.

ReelwrightError
├── InvalidInput             the caller can mend it before any work starts
│   ├── InvalidBrief         a text or an option of a brief
│   ├── UnknownName          a template, voice, format … that does not exist
│   ├── InvalidTemplate      a template file, with the key that is wrong
│   ├── InvalidTimeline      a timeline document, with the JSON path that is wrong
│   └── UnusableAsset        a picture, clip or sound that cannot be used
├── Refused                  well formed, and not to be had by this caller or now
│   ├── Unauthenticated      no valid name and password, or no valid token
│   └── Forbidden            the caller is known and may not do this
├── MissingPart              an engine, model or font is not installed
├── EngineFailed             an engine was there and did not deliver
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


class Refused(ReelwrightError):
    """The request is well formed; this caller cannot have it, or not now."""


class Unauthenticated(Refused):
    """The credentials are missing, wrong, expired or revoked; the text does not tell which account exists."""

    def __init__(self, problem: str = "sign in again") -> None:
        super().__init__(problem)


class Forbidden(Refused):
    """The caller is known and may not do this."""


class MissingPart(ReelwrightError):
    """An engine, model or font is not installed; ``remedy`` is the line that brings it."""

    def __init__(self, part: str, remedy: str) -> None:
        self.part, self.remedy = part, remedy
        super().__init__(f"{part} is not installed; {remedy}")


class EngineFailed(ReelwrightError):
    """An engine did not deliver what it was asked for."""


class OutputFailed(ReelwrightError):
    """The result could not be written where it was wanted."""


class DiskFull(OutputFailed):
    """There is no room left for the result."""


class Cancelled(ReelwrightError):
    """The work was stopped on request; nothing of it is left behind."""

    def __init__(self) -> None:
        super().__init__("cancelled")
