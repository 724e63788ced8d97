"""``reelwright serve`` as an operator meets it: a process, its first line, its log and its end."""

import asyncio
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from reelwright.adapters.system.data_directory import claim
from reelwright.bootstrap import Container
from reelwright.cli.main import cli
from reelwright.domain.errors import InvalidInput, MissingPart
from tests.people import newcomer
from tests.processes import place_of, serving


def refusal(*arguments: str) -> str:
    """What the command says instead of starting."""
    with pytest.raises(InvalidInput) as refused:
        cli.main(["serve", *arguments], standalone_mode=False)
    return str(refused.value)


def test_it_is_up_within_seconds_on_a_free_port_and_logs_under_request_ids(tmp_path: Path) -> None:
    began = time.monotonic()
    with serving("--port", "0", "--data", str(tmp_path / "new" / "data")) as process:
        place = place_of(process)
        assert time.monotonic() - began < 20
        assert (tmp_path / "new" / "data").is_dir()
        answer = httpx.get(f"{place}/api/system/version", headers={"X-Request-ID": "first-request"}, trust_env=False)
        assert answer.status_code == 200
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=10)
    assert re.search(r"INFO \[first-request\] GET /api/system/version 200 [\d.]+ ms", err)
    assert process.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_within_a_second_even_while_a_caller_is_slow(tmp_path: Path, number: signal.Signals) -> None:
    with serving("--port", "0", "--data", str(tmp_path)) as process:
        place = place_of(process)
        with (
            httpx.Client(base_url=place, trust_env=False) as idle,
            socket.create_connection((httpx.URL(place).host, httpx.URL(place).port or 0)) as slow,
        ):
            idle.get("/api/system/version")
            slow.sendall(b"POST /api/system/version HTTP/1.1\r\nHost: test\r\nContent-Length: 999999\r\n\r\n{")
            time.sleep(0.2)
            began = time.monotonic()
            process.send_signal(number)
            process.communicate(timeout=10)
            took = time.monotonic() - began
    assert process.returncode == 0
    assert took < 5, "the slow caller alone would have held it for 15 s"


def test_it_ends_as_soon_while_many_watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELWRIGHT_LIVE_PER_USER", "100")
    with serving("--port", "0", "--data", str(tmp_path)) as process:
        place = place_of(process)
        with httpx.Client(base_url=place, trust_env=False) as client:
            _, tokens = newcomer(client)
        codes, whole, began = asyncio.run(_watch_until_the_end(place, tokens["access_token"], process))
        took = time.monotonic() - began
        _, err = process.communicate(timeout=10)
    assert process.returncode == 0
    assert took < 5, "an event stream has no end of its own"
    assert codes == [1012] * 50
    assert whole == [True] * 50, "each stream was brought to its end"
    assert "Traceback" not in err
    assert "ERROR" not in err


async def _watch_until_the_end(
    place: str, token: str, process: "subprocess.Popen[str]"
) -> tuple[list[int], list[bool], float]:
    """50 WebSockets and 50 event streams until the server ends: codes, whether streams were whole, when it was told."""
    offered = [Subprotocol("reelwright.v1"), Subprotocol(f"bearer.{token}")]
    ready: asyncio.Queue[None] = asyncio.Queue()

    async def socket_code() -> int:
        address = f"{place.replace('http', 'ws')}/api/video/progress"
        async with connect(address, subprotocols=offered, proxy=None) as found:
            ready.put_nowait(None)
            await found.wait_closed()
            return found.close_code or 0

    async def stream_whole(client: httpx.AsyncClient) -> bool:
        async with client.stream("GET", "/api/video/events") as answer:
            ready.put_nowait(None)
            text = [part async for part in answer.aiter_text()]
            return "".join(text) == "retry: 2000\n\n"

    limits, headers = httpx.Limits(max_connections=50), {"Authorization": f"Bearer {token}"}
    async with (
        httpx.AsyncClient(base_url=place, limits=limits, headers=headers, timeout=20, trust_env=False) as client,
        asyncio.TaskGroup() as group,
    ):
        sockets = [group.create_task(socket_code()) for _ in range(50)]
        streams = [group.create_task(stream_whole(client)) for _ in range(50)]
        for _ in range(100):
            await ready.get()
        await asyncio.sleep(0.2)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
    return [one.result() for one in sockets], [one.result() for one in streams], began


def test_the_first_administrator_signs_in_and_the_session_outlives_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"USERNAME": "root", "EMAIL": "root@example.org", "PASSWORD": "tidal basin"}.items():
        monkeypatch.setenv(f"REELWRIGHT_ADMIN_{name}", value)
    with serving("--port", "0", "--data", str(tmp_path)) as process:
        body = {"username": "root", "password": "tidal basin"}
        login = httpx.post(f"{place_of(process)}/api/users/login", json=body, trust_env=False).raise_for_status()
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=10)
    assert "Traceback" not in err
    assert not (tmp_path / "reelwright.db-wal").exists(), "the database is closed in good order"
    with serving("--port", "0", "--data", str(tmp_path)) as process:
        headers = {"Authorization": f"Bearer {login.json()['access_token']}"}
        profile = httpx.get(f"{place_of(process)}/api/users/profile", headers=headers, trust_env=False)
    assert profile.json()["role"] == "admin"


@pytest.mark.parametrize(
    ("variables", "told", "code"),
    [
        ({"DATABASE_URL": "mysql://ada:sesame@h/x"}, "database_url: there is no database of the kind 'mysql' here", 2),
        ({"DATABASE_URL": "postgresql://ada:sesame@127.0.0.1:1/x"}, "the database cannot be reached", 1),
        ({"ADMIN_USERNAME": "root"}, "REELWRIGHT_ADMIN_EMAIL: it goes with", 2),
    ],
)
def test_accounts_that_cannot_be_opened_are_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], told: str, code: int
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"REELWRIGHT_{name}", value)
    with serving("--port", "0", "--data", str(tmp_path)) as process:
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (code, "")
    assert err.count("\n") == 1
    assert told in err
    assert "sesame" not in err


def test_a_data_folder_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "it is a file; a folder that can be written to is right" in refusal("--data", str(tmp_path / "file"))
    assert "a folder that can be written to is right" in refusal("--data", str(tmp_path / "file" / "below"))


def test_a_data_folder_in_use_is_refused_until_it_is_free(tmp_path: Path) -> None:
    with claim(tmp_path):
        assert "another service is running on it" in refusal("--port", "0", "--data", str(tmp_path))
    claim(tmp_path).release()


def test_a_port_in_use_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        text = refusal("--port", str(taken.getsockname()[1]), "--data", str(tmp_path))
    assert "--port 0 takes a free port" in text


def test_a_host_that_is_not_here_is_refused(tmp_path: Path) -> None:
    text = refusal("--host", "no.such.host.invalid", "--data", str(tmp_path))
    assert "an address of this machine is right" in text


def test_the_settings_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELWRIGHT_DATA_DIR", str(tmp_path / "here"))
    monkeypatch.setenv("REELWRIGHT_BODY_LIMIT", "big")
    assert "REELWRIGHT_BODY_LIMIT is 'big'" in refusal()
    assert Container().settings().data == tmp_path / "here"


def test_without_the_extra_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "litestar", None)
    for module in [name for name in sys.modules if name.startswith("reelwright.adapters.http.")]:
        monkeypatch.delitem(sys.modules, module)
    with pytest.raises(MissingPart, match=r"pip install 'reelwright\[service\]' brings it"):
        cli.main(["serve", "--data", str(tmp_path)], standalone_mode=False)
