"""The page of settings tells of each setting that there is, and of no other."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from reelwright.adapters.http.settings import HttpSettings
from reelwright.settings import AccountSettings, WebhookSettings

HOME = Path(__file__).parents[2]
ROWS = dict(
    re.findall(r"^\| `(REELWRIGHT_\w+)` \| (.*?) ?\| ", (HOME / "docs/settings.md").read_text("utf-8"), re.MULTILINE)
)
FIELDS = [
    (f"REELWRIGHT_{one.name.upper()}", one.default)
    for kind in (HttpSettings, AccountSettings, WebhookSettings)
    for one in fields(kind)
]


def test_every_variable_that_is_read_is_told_of() -> None:
    sources = " ".join(path.read_text("utf-8") for path in (HOME / "src").rglob("*.py"))
    named = set(re.findall(r"REELWRIGHT_[A-Z_]*[A-Z]", sources))
    assert set(ROWS) == named | {name for name, _ in FIELDS}


@pytest.mark.parametrize(("name", "usual"), FIELDS)
def test_the_usual_value_is_true(name: str, usual: Any) -> None:
    told = {True: "yes", False: "no", (): "none"}.get(usual) if isinstance(usual, bool | tuple) else None
    if told is None:
        told = ",".join(usual) if isinstance(usual, tuple) else f"{usual:g}" if isinstance(usual, float) else str(usual)
    if name.startswith("REELWRIGHT_RATE_PER"):
        told = f"{usual.requests}/{usual.seconds}"
    assert ROWS[name] == told
