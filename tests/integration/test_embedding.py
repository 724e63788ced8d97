"""The programs that the page of the service shows, run as they are printed."""

import asyncio
import importlib
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from reelwright import __version__
from tests.people import PASSWORD, ROOT, bearer
from tests.service import served

HOME = Path(__file__).parents[2]
SECTION = (HOME / "docs/service.md").read_text("utf-8").split("## Inside your own program\n")[1].split("\n## ")[0]
OWN_ROUTES, MOUNTED, TESTS = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)


def program(text: str, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module of this text whose service keeps everything in ``folder``."""
    monkeypatch.setenv("REELWRIGHT_DATA_DIR", str(folder / "data"))
    monkeypatch.syspath_prepend(folder)
    (folder / f"{name}.py").write_text(text, "utf-8")
    return importlib.import_module(name)


def test_routes_of_ones_own_stand_beside_those_of_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app: Any = program(OWN_ROUTES, "documented_routes", tmp_path, monkeypatch).app

    async def ask(path: str, **options: Any) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            return await client.get(path, **options)

    assert asyncio.run(ask("/hello")).text == "Hello."
    assert asyncio.run(ask("/mine")).status_code == 401
    assert asyncio.run(ask("/mine", headers={"Authorization": "Bearer ada's token"})).text == "ada"
    assert [one["engine"] for one in asyncio.run(ask("/api/video/voices")).json()] == ["tone", "tone"]


def test_another_application_mounts_the_service_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ROOT.items():
        monkeypatch.setenv(f"REELWRIGHT_{name.upper()}", value)
    app = program(MOUNTED, "documented_mount", tmp_path, monkeypatch).app
    with served(app) as client:
        assert client.get("/").text == "The studio is at /studio/docs."
        assert client.get("/studio/api/system/version").json()["version"] == __version__
        missing = client.get("/studio/nothing")
        assert missing.json()["type"] == "/problems/not-found"
        assert missing.json()["instance"].startswith("/studio/nothing")
        page = client.get("/studio/docs")
        assert client.get(page.url.join(re.findall(r'src="([^"]+)"', page.text)[0])).status_code == 200
        document = client.get("/studio/api/openapi.json").json()
        assert httpx.URL("/studio/api/openapi.json").join(document["servers"][0]["url"]).path.rstrip("/") == "/studio"

        ada = {"username": "ada", "email": "ada@example.org", "password": PASSWORD}
        assert client.post("/studio/api/users/register", json=ada).status_code == 201
        tokens = client.post("/studio/api/users/login", json={"username": "ada", "password": PASSWORD}).json()
        sent = client.put(
            "/studio/api/files?name=tide.md", content=b"# The tide\n\nIt comes and goes.\n", headers=bearer(tokens)
        )
        assert sent.status_code == 201, sent.text
        assert client.get(sent.headers["location"], headers=bearer(tokens)).json() == sent.json()
        large = client.put("/studio/api/files?name=a.txt", content=b"x" * 1001, headers=bearer(tokens))
        assert large.json()["type"] == "/problems/quota-exceeded"
        root = client.post("/studio/api/users/login", json={"username": "root", "password": PASSWORD}).json()
        assert client.get("/studio/api/users/profile", headers=bearer(root)).json()["role"] == "admin"
    assert (tmp_path / "data/reelwright.db").is_file()


def test_tests_of_ones_own_run_with_the_fakes(tmp_path: Path) -> None:
    (tmp_path / "test_welcome.py").write_text(TESTS, "utf-8")
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_welcome.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(HOME), "PATH": "", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 passed" in ran.stdout
