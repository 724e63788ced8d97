"""What happens in the sandbox stays there, ends within its limits, and leaves nothing."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reelwright.adapters.security.sandbox import Limits, Sandbox, sandbox_checks
from reelwright.domain.asset import Asset
from reelwright.domain.errors import Cancelled, ReelwrightError, TaskFailed, UnusableAsset

ROOT = Path(__file__).parents[2]
TASKS = "tests.misbehaviour"
SANDBOX = Sandbox(code=[ROOT])
SHORT = Limits(seconds=1, grace=0.2, disk=8 << 20)


def run(name: str, argument: object = None, result: Any = None, **rest: Any) -> Any:
    return SANDBOX.run(f"{TASKS}:{name}", argument, result or type(None), **rest)


def children() -> set[int]:
    """Processes below this one, zombies too, without the threads of others."""
    listed = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {int(pid) for file in listed for pid in file.read_text().split()}


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    before, opened = children(), descriptors()
    yield
    assert children() == before
    assert descriptors() == opened
    assert not list(folder.iterdir())


def test_a_task_takes_and_gives_values_of_the_domain() -> None:
    asset = Asset(path="/a", sha256="0" * 64, kind="photo", width=21)
    assert run("double", asset, Asset).width == 42


def test_a_task_can_be_ones_own(tmp_path: Path) -> None:
    (tmp_path / "measure.py").write_text(
        "def size(path: str, work: object) -> int:\n    return len(open(path).read())\n"
    )
    (tmp_path / "a.txt").write_text("hello")
    sandbox = Sandbox(code=[tmp_path])
    assert sandbox.run("measure:size", str(tmp_path / "a.txt"), int, reads=[tmp_path / "a.txt"]) == 5


def test_the_child_has_no_secrets_no_descriptors_and_an_empty_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELWRIGHT_SECRET", "hush")
    with socket.socket() as held:
        os.set_inheritable(held.fileno(), True)
        found = run("environment", None, dict)
    assert "REELWRIGHT_SECRET" not in found["names"]
    assert not [name for name in found["names"] if name.startswith(("PYTHON", "REELWRIGHT", "HTTP"))]
    assert found["here"] == []
    assert found["descriptors"] == 1


def test_what_is_given_can_be_read_and_written(tmp_path: Path) -> None:
    given, folder = tmp_path / "given.txt", tmp_path / "out"
    given.write_text("hello")
    folder.mkdir()
    assert run("read", str(given), str, reads=[given]) == "hello"
    assert run("write", str(folder / "new"), int, writes=folder) == 4
    assert (folder / "new").read_text() == "mine"


def test_other_files_can_be_neither_read_nor_written(tmp_path: Path) -> None:
    given, other = tmp_path / "given.txt", tmp_path / "other.txt"
    given.write_text("hello")
    other.write_text("secret")
    (tmp_path / "link").symlink_to(other)
    for path in (other, tmp_path / "link", Path("/etc/passwd"), Path(f"/proc/{os.getpid()}/environ")):
        with pytest.raises(TaskFailed, match="PermissionError") as caught:
            run("read", str(path), str, reads=[given])
        assert caught.value.cause == "error"
    for path in (other, given, tmp_path / "new"):
        with pytest.raises(TaskFailed, match="PermissionError"):
            run("write", str(path), int, reads=[given])
    assert other.read_text() == "secret"


def test_a_domain_error_arrives_as_it_was() -> None:
    with pytest.raises(UnusableAsset, match=r"/x/a\.png: a broken picture") as caught:
        run("unusable", "/x/a.png")
    assert caught.value.problem == "a broken picture"


def test_no_socket_can_be_opened() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(TaskFailed, match="PermissionError"):
        run("connect", server.getsockname()[1])


@pytest.mark.parametrize("name", ["fork_on", "start_program", "kill_parent", "queue_a_signal", "hand_over_a_signal"])
def test_other_processes_can_be_neither_made_nor_reached(name: str) -> None:
    with pytest.raises(TaskFailed, match="PermissionError"):
        run(name)


@pytest.mark.parametrize(
    ("name", "causes"),
    [
        ("start_threads", {"error", "memory", "time"}),
        ("fill_one_file", {"error", "disk"}),
        ("fill_with_files", {"disk"}),
        ("eat", {"memory"}),
        ("loop", {"time"}),
        ("ignore_all", {"time"}),
        ("crash", {"crash"}),
        ("vanish", {"crash"}),
        ("forge", {"error"}),
        ("stumble", {"error"}),
    ],
)
def test_what_goes_too_far_ends_soon_as_one_error(name: str, causes: set[str], tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    begun = time.monotonic()
    with pytest.raises(TaskFailed) as caught:
        run(name, writes=folder, limits=SHORT)
    assert caught.value.cause in causes, str(caught.value)
    assert time.monotonic() - begun < 4
    assert len(str(caught.value).splitlines()) == 1
    assert sum(file.stat().st_size for file in folder.rglob("*")) < 1 << 30


def test_processor_time_is_counted() -> None:
    with pytest.raises(TaskFailed) as caught:
        run("loop", limits=Limits(seconds=10, cpu_seconds=1))
    assert caught.value.cause == "cpu"


def test_what_libraries_print_does_not_disturb_the_answer() -> None:
    assert run("babble", None, int) == 7


def test_an_answer_of_another_type_is_refused() -> None:
    with pytest.raises(TaskFailed, match="not what was asked for"):
        run("babble", None, str)


def test_an_address_space_too_small_for_numpy_is_refused() -> None:
    with pytest.raises(ValueError, match=r"1\.5 GiB"):
        Limits(memory=1 << 30)


def test_progress_arrives_while_the_task_runs() -> None:
    heard: list[dict[str, int]] = []
    assert run("steps", 5, str, progress=heard.append) == "finished"
    assert heard[-1] == {"done": 5, "of": 5}
    assert len(heard) >= 3


def test_a_cancelled_task_can_clean_up(tmp_path: Path) -> None:
    cancel = threading.Event()
    with pytest.raises(Cancelled):
        run("stop_when_asked", writes=tmp_path, progress=lambda _: cancel.set(), cancel=cancel)
    assert not (tmp_path / "part").exists()


def test_one_that_does_not_listen_is_killed_within_a_second() -> None:
    cancel = threading.Event()
    threading.Timer(0.3, cancel.set).start()
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        run("loop", cancel=cancel)
    assert time.monotonic() - begun < 1.5


def test_an_error_of_the_listener_ends_the_child() -> None:
    def fail(_: object) -> None:
        raise ReelwrightError("the listener broke")

    with pytest.raises(ReelwrightError, match="the listener broke"):
        run("steps", 100, str, progress=fail)


def test_the_child_dies_with_its_parent(tmp_path: Path) -> None:
    """It ignores every signal that can be ignored, and its parent is killed without a chance to clean up."""
    program = f"""
        import sys
        sys.path.insert(0, {str(ROOT)!r})
        from pathlib import Path
        from reelwright.adapters.security.sandbox import Sandbox
        Sandbox(code=[Path({str(ROOT)!r})]).run(
            "{TASKS}:ignore_all", None, type(None), writes=Path({str(tmp_path)!r})
        )
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], env=os.environ | {"TMPDIR": str(tmp_path)}
    ) as parent:
        deadline = time.monotonic() + 10
        while not (tmp_path / "begun").exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        [child] = [int(pid) for pid in Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()]
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    while Path(f"/proc/{child}").exists() and "Z (zombie)" not in Path(f"/proc/{child}/status").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("absent", "held"),
    [
        ("_CREATE_RULESET = 9999", {"capabilities", "seccomp"}),
        ("FILTERED = {}", {"landlock", "capabilities"}),
        ("_CREATE_RULESET = 9999; confinement.FILTERED = {}", {"capabilities"}),
    ],
)
def test_what_the_kernel_lacks_leaves_the_rest_in_force(absent: str, held: set[str]) -> None:
    """A system call that the kernel does not know, a processor without a table: each is done without."""
    program = f"""
        import sys
        sys.path.insert(0, {str(ROOT)!r})
        from reelwright.adapters.security import confinement
        confinement.{absent}
        print(*confinement.confine((), ()))
    """
    ran = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True)
    assert set(ran.stdout.split()) == held & {check.name for check in sandbox_checks() if check.present}


def test_the_doctor_says_what_protects() -> None:
    checks = {check.name: check for check in sandbox_checks()}
    assert checks["limits"].present
    assert set(checks) == {"limits", "landlock", "capabilities", "seccomp"}
    assert all(check.remedy for check in checks.values())
