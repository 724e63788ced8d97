"""The bodies of ``/api/users``, with an example of each."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar.enums import RequestEncodingType
from litestar.openapi.spec import Example
from litestar.params import BodyKwarg

from ...application.sessions import Tokens
from ...domain.quota import Period, Resource, Standing
from ...domain.usage import Statistics, Usage
from ...domain.user import Profile

Username = Annotated[
    str, msgspec.Meta(description="3 to 32 letters and digits of any script, with . _ - between them.")
]
Email = Annotated[str, msgspec.Meta(description="An address such as ada@example.org.")]
Password = Annotated[str, msgspec.Meta(description="8 to 256 characters that others cannot guess.")]
Next = Annotated[str | None, msgspec.Meta(description="The `cursor` of the page that follows, null at the end.")]


class Registration(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A new account."""

    username: Username
    email: Email
    password: Password


class Login(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Who signs in."""

    username: Annotated[str, msgspec.Meta(description="The username or the e-mail address.")]
    password: str


class Refresh(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A refresh token, which is good for one use."""

    refresh_token: str


class ProfileChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is left out, or null, stays as it is. An empty ``language`` is that of each request."""

    username: Username | None = None
    email: Email | None = None
    display_name: str | None = None
    language: Literal["", "en", "zh"] | None = None


class PasswordChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The password so far, and the one from now on."""

    old_password: str
    new_password: Password


class PlanChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The name of a plan."""

    plan: str


class Account(msgspec.Struct, kw_only=True):
    """What its owner and the administrators see of an account."""

    id: str
    username: str
    email: str
    role: Literal["user", "admin"]
    plan: str
    display_name: str
    language: Literal["", "en", "zh"]
    created_at: datetime


class AccountPage(msgspec.Struct, kw_only=True):
    """Some of all accounts."""

    items: list[Account]
    next: Next


class Allotment(msgspec.Struct, kw_only=True):
    """How much of a resource is used or reserved in its current period; null is no limit, or no end of the period."""

    resource: Resource
    period: Period
    used: int
    limit: int | None
    left: int | None
    resets_at: datetime | None


class Quota(msgspec.Struct, kw_only=True):
    """Every resource that a plan limits."""

    resources: list[Allotment]


class Action(msgspec.Struct, kw_only=True):
    """What a user did, on the thing with the id ``subject``, and what that used of each resource."""

    id: str
    at: datetime
    action: str
    subject: str
    amounts: dict[str, int]


class ActionPage(msgspec.Struct, kw_only=True):
    """Some of what a user did."""

    items: list[Action]
    next: Next


class UserStatistics(msgspec.Struct, kw_only=True):
    """How often a user did each action, and how much of each resource that used in all."""

    actions: dict[str, int]
    amounts: dict[str, int]


def account(profile: Profile) -> Account:
    return msgspec.convert(profile, Account, from_attributes=True)


def allotment(standing: Standing) -> Allotment:
    return msgspec.convert(standing, Allotment, from_attributes=True)


def action(usage: Usage) -> Action:
    return Action(id=usage.id, at=usage.at, action=usage.action, subject=usage.subject, amounts=dict(usage.amounts))


def statistics(found: Statistics) -> UserStatistics:
    return UserStatistics(actions=dict(found.actions), amounts=dict(found.amounts))


def body(example: msgspec.Struct) -> BodyKwarg:
    """A JSON body as it may look."""
    return BodyKwarg(media_type=RequestEncodingType.JSON, examples=[Example(value=_shown(example))])


def _shown(example: msgspec.Struct) -> Any:
    return {name: value for name, value in msgspec.to_builtins(example).items() if value is not None}


_ID, _PASSWORD = "019a2f4e-6b1c-7d3e-8f90-1a2b3c4d5e6f", "tidal basin at noon"
REGISTRATION = Registration(username="ada", email="ada@example.org", password=_PASSWORD)
LOGIN = Login(username="ada", password=_PASSWORD)
REFRESH = Refresh(refresh_token="h3Jv0s3v5aTqk0Hn8rYw2bXo1cZl7dUe9fGi4jKm6nA")  # noqa: S106
PROFILE_CHANGE = ProfileChange(display_name="Ada Lovelace", language="en")
PASSWORD_CHANGE = PasswordChange(old_password=_PASSWORD, new_password="another moon rises")  # noqa: S106
PLAN_CHANGE = PlanChange(plan="team")
TOKENS = Tokens(access_token="eyJhbGciOiJFZERTQSJ9.e30.c2ln", refresh_token=REFRESH.refresh_token, expires_in=900)  # noqa: S106
ACCOUNT = Account(
    id=_ID,
    username="ada",
    email="ada@example.org",
    role="user",
    plan="free",
    display_name="Ada Lovelace",
    language="en",
    created_at=datetime(2026, 5, 17, 12, tzinfo=UTC),
)
ACCOUNT_PAGE = AccountPage(items=[ACCOUNT], next="AZovTmscfT6PkBorPE1ebw")
QUOTA = Quota(
    resources=[
        Allotment(
            resource="videos",
            period="day",
            used=3,
            limit=20,
            left=17,
            resets_at=datetime(2026, 5, 18, tzinfo=UTC),
        ),
        Allotment(resource="jobs", period="always", used=1, limit=2, left=1, resets_at=None),
    ]
)
ACTION_PAGE = ActionPage(
    items=[Action(id=_ID, at=datetime(2026, 5, 17, 12, tzinfo=UTC), action="login", subject="", amounts={})],
    next=None,
)
STATISTICS = UserStatistics(actions={"register": 1, "login": 4}, amounts={"videos": 3})
