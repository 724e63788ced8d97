"""The page of settings tells of each setting that there is, and of no other."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from reelwright.adapters.http.settings import HttpSettings
from reelwright.settings import AccountSettings, SpeechSettings, WebhookSettings, variable

HOME = Path(__file__).parents[2]
PAGE = (HOME / "docs/settings.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| `(REELWRIGHT_\w+)` \| (.*?) ?\| ", PAGE, re.MULTILINE))
SETTINGS = [one for kind in (HttpSettings, AccountSettings, WebhookSettings, SpeechSettings) for one in fields(kind)]


def test_every_variable_that_is_read_is_told_of() -> None:
    sources = " ".join(path.read_text("utf-8") for path in (HOME / "src").rglob("*.py"))
    named = set(re.findall(r"REELWRIGHT_[A-Z_]*[A-Z]", sources))
    assert set(ROWS) == named | {variable(one.name) for one in SETTINGS}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_the_usual_value_and_the_text_are_those_of_the_program(setting: Any) -> None:
    usual = setting.default
    told = {True: "yes", False: "no", (): "none"}.get(usual) if isinstance(usual, bool | tuple) else None
    if told is None:
        told = ",".join(usual) if isinstance(usual, tuple) else f"{usual:g}" if isinstance(usual, float) else str(usual)
    if setting.name.startswith("rate_per"):
        told = f"{usual.requests}/{usual.seconds}"
    assert ROWS[variable(setting.name)] == told
    assert setting.metadata.get("told", "") in PAGE
