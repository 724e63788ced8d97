"""People with accounts in a service that really runs."""

from itertools import count
from pathlib import Path
from typing import Any

import httpx
from dependency_injector import providers

from reelwright.adapters.persistence.store import SqlStore
from reelwright.adapters.security.passwords import Argon2Passwords
from reelwright.bootstrap import Container
from reelwright.settings import AccountSettings
from tests.service import container

PASSWORD, OTHER = "tidal basin at noon", "another moon rises"
ROOT = {"admin_username": "root", "admin_email": "root@example.org", "admin_password": PASSWORD}
NUMBERS = count()


def accounts_in(folder: Path, url: str, **settings: Any) -> Container:
    """A container with accounts in the database at ``url``, and hashes that are made fast."""
    made = container(folder, rate_per_address=None, rate_per_user=None)
    made.store.override(providers.Singleton(SqlStore, url))
    made.passwords.override(providers.Object(Argon2Passwords(passes=1, memory=64, lanes=1)))
    made.account_settings.override(AccountSettings(**settings))
    return made


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def register(client: httpx.Client) -> tuple[str, dict[str, Any]]:
    """A new account: its name and what the answer tells."""
    name = f"ada{next(NUMBERS)}"
    body = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
    answer = client.post("/api/users/register", json=body)
    assert answer.status_code == 201, answer.text
    return name, answer.json()


def sign_in(client: httpx.Client, name: str, password: str = PASSWORD) -> httpx.Response:
    return client.post("/api/users/login", json={"username": name, "password": password})


def newcomer(client: httpx.Client) -> tuple[dict[str, Any], dict[str, Any]]:
    """A new account and its tokens."""
    name, made = register(client)
    return made, sign_in(client, name).raise_for_status().json()


def kind(answer: httpx.Response) -> tuple[int, str]:
    problem = answer.json()
    assert answer.status_code == problem["status"]
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, problem["type"].removeprefix("/problems/")
