"""What was done: by users for their own eyes, and by anybody for the operator's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """An action of a user ("login", "video.generate" …) on ``subject``, an id, with what it used of each resource."""

    id: str
    user_id: str
    at: datetime
    action: str
    subject: str = ""
    amounts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """Who did what to whom from where; it outlives the account. ``actor`` is an id, empty for the operator."""

    id: str
    at: datetime
    actor: str
    action: str
    subject: str = ""
    address: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """How often a user did each action, and how much of each resource that used in all."""

    actions: Mapping[str, int]
    amounts: Mapping[str, int]
