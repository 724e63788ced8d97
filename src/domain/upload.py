"""Uploads that go on where they were broken off."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .errors import InvalidFile, InvalidInput, UploadOutOfStep
from .ids import new_id, now

KEPT_FOR = timedelta(days=1)
"""How long an upload that nobody goes on with is kept."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


def digest(value: str | None) -> str | None:
    """A SHA-256 in lower-case hexadecimal, or None. Raises InvalidInput."""
    if value is not None and not _DIGEST.fullmatch(value.lower()):
        raise InvalidInput(f"{value[:80]!r} is no SHA-256: 64 hexadecimal digits are right")
    return value and value.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file of ``size`` bytes on its way; ``sha256``, where it is said, is checked at the end.

    ``received`` bytes are on the disk: the next part begins there.
    """

    id: str = field(default_factory=new_id)
    owner: str
    name: str
    size: int
    received: int = 0
    sha256: str | None = None
    media_type: str | None = None
    expires: datetime = field(default_factory=lambda: now() + KEPT_FOR)

    @property
    def complete(self) -> bool:
        return self.received == self.size

    def check_part(self, offset: int, length: int | None) -> None:
        """Whether a part of ``length`` bytes (None: not known yet) may follow. Raises UploadOutOfStep, InvalidInput."""
        if offset != self.received:
            raise UploadOutOfStep(
                self.received, f"the part begins at byte {offset}, but the upload stands at byte {self.received}"
            )
        if length is not None and (length < 0 or offset + length > self.size):
            raise InvalidInput(
                f"a part of {length} bytes from byte {offset} on: the whole was said to have {self.size} bytes"
            )

    def check_complete(self) -> None:
        """Raises UploadOutOfStep where bytes are missing."""
        if not self.complete:
            raise UploadOutOfStep(self.received, f"{self.size - self.received} of {self.size} bytes are missing")

    def check_digest(self, found: str) -> None:
        """Raises InvalidFile where the content is not what was announced."""
        if self.sha256 not in (None, found):
            raise InvalidFile(self.name, f"its SHA-256 is {found}, not {self.sha256} as was said: send it again")
