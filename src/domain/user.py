"""People who have an account, and what their names, addresses and passwords must be."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Literal

from .errors import InvalidField
from .language import LANGUAGES

Role = Literal["user", "admin"]
Language = Literal["", "en", "zh"]

NAME_LENGTH = (3, 32)
"""Fewest and most characters of a username."""
PASSWORD_LENGTH = (8, 256)
"""Fewest and most characters of a password, after NIST SP 800-63B."""
LONGEST_EMAIL = 254
"""RFC 5321, section 4.5.3.1.3, without its brackets."""
_COMMON = frozenset(
    "password passw0rd password1 iloveyou qwertyui qwertyuiop qwerty123 1q2w3e4r sunshine princess football baseball "
    "trustno1 letmein1 welcome1 admin123 administrator changeme reelwright abcdefgh abcd1234".split()
)
_EMAIL = re.compile(
    r"(?=.{1,64}@)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account. ``username`` and ``email`` are unique without regard to case; ``plan`` is a key of the plans.

    ``leaving`` accounts are being deleted: nobody signs in to them any more. Raises InvalidField.
    """

    id: str
    username: str
    email: str
    password_hash: str = field(repr=False)
    role: Role = "user"
    plan: str = "free"
    display_name: str = ""
    language: Language = ""
    leaving: bool = False
    created_at: datetime
    updated_at: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "username", valid_username(self.username))
        object.__setattr__(self, "email", valid_email(self.email))
        object.__setattr__(self, "display_name", valid_display_name(self.display_name))
        if self.role not in ("user", "admin"):
            raise InvalidField("role", f"{self.role!r} is none; user or admin is right")
        if self.language not in ("", *LANGUAGES):
            raise InvalidField("language", f"{self.language!r} is none of ours; en, zh or nothing is right")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What of an account its owner and the operators see."""

    id: str
    username: str
    email: str
    role: Role
    plan: str
    display_name: str
    language: Language
    created_at: datetime


def profile(user: User) -> Profile:
    return Profile(
        id=user.id,
        username=user.username,
        email=user.email,
        role=user.role,
        plan=user.plan,
        display_name=user.display_name,
        language=user.language,
        created_at=user.created_at,
    )


def valid_username(given: str) -> str:
    """The name in Unicode's NFKC: letters and digits of any script, with . _ - between them. Raises InvalidField."""
    name = unicodedata.normalize("NFKC", given).strip()
    fewest, most = NAME_LENGTH
    if not fewest <= len(name) <= most:
        raise InvalidField("username", f"it has {len(name)} characters; {fewest} to {most} are right")
    wrong = sorted({ch for ch in name if not (ch.isalnum() or ch in "._-")})
    if wrong:
        raise InvalidField(
            "username", f"{_shown(wrong[0])} cannot be in it; letters, digits, '.', '_' and '-' are right"
        )
    if not (name[0].isalnum() and name[-1].isalnum()):
        raise InvalidField("username", "it begins and ends with a letter or a digit")
    return name


def valid_email(given: str) -> str:
    """The address as it was written, white space around it aside. Raises InvalidField."""
    email = given.strip()
    if len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email):
        raise InvalidField("email", "this is no e-mail address; one like ada@example.org is right")
    return email


def valid_display_name(given: str) -> str:
    name = " ".join(given.split())
    if len(name) > 80:
        raise InvalidField("display_name", f"it has {len(name)} characters; at most 80 are right")
    if not name.isprintable():
        raise InvalidField("display_name", "it holds a character that cannot be shown")
    return name


def valid_password(given: str, *, username: str, email: str) -> str:
    """The password in Unicode's NFKC, fit to be hashed. Raises InvalidField, which never repeats it."""
    fewest, most = PASSWORD_LENGTH
    try:
        password = comparable_password(given)
    except UnicodeEncodeError as error:
        raise InvalidField("password", "it holds half a character; whole characters are right") from error
    if not fewest <= len(password) <= most:
        raise InvalidField("password", f"it has {len(password)} characters; {fewest} to {most} are right")
    if "\0" in password:
        raise InvalidField("password", "it holds a NUL character; anything else is right")
    folded = password.casefold()
    own = {username.casefold(), email.casefold(), email.partition("@")[0].casefold()}
    if folded in own:
        raise InvalidField("password", "it is your own name or address; one that others cannot guess is right")
    if folded in _COMMON or len(set(folded)) < 4 or _is_a_run(folded):
        raise InvalidField("password", "it is among the first that anyone would try; a few unrelated words are right")
    return password


def comparable_password(given: str) -> str:
    """The same password, however a keyboard composed its letters. Raises UnicodeEncodeError for lone surrogates."""
    given.encode()
    return unicodedata.normalize("NFKC", given)


def folded(name: str) -> str:
    """What two usernames or two addresses are compared by."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _is_a_run(text: str) -> bool:
    """Whether each character follows the one before, as in 12345678 or hgfedcba."""
    return text == "1234567890" or {ord(b) - ord(a) for a, b in pairwise(text)} in ({1}, {-1})


def _shown(character: str) -> str:
    return repr(character) if character.isprintable() else f"U+{ord(character):04X}"
