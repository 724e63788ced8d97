"""Running a named task in a child process that can do no harm, and that always ends.

>>> Sandbox().run("reelwright.tasks:inspect", request, Inspection, reads=(path,), writes=folder)

The child is a fresh interpreter in a process group of its own, with an empty working folder, none of this process's
environment and descriptors, resource limits, and, where the kernel has them, Landlock and seccomp: it reads the given
paths and its own code, writes in the given folders, and has no sockets and no children.
"""

import contextlib
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec

from ...application.ports import CancelSignal
from ...domain import errors
from ...domain.errors import Cancelled, MissingPart, ReelwrightError, TaskFailed
from ...domain.health import Check
from .confinement import Protection
from .sandboxed import Fault, Job, Message, Work

Result = TypeVar("Result")

_TICK = 0.05
"""Seconds between looks at the clock and the cancel signal."""
_LOOK = 0.2
"""Seconds between looks at what the child has written."""
_LONGEST_LINE = 32 << 20
_NOISE = 4000
"""Bytes kept of what the child's libraries print."""
_PACKAGE = __name__.partition(".")[0]
_START = (
    "import sys; root, packages, job, messages = sys.argv[1:]; root in sys.path or sys.path.insert(0, root); "
    f"sys.path += [one for one in packages.split({os.pathsep!r}) if one not in sys.path]; "
    f"from {__package__}.sandboxed import main; main(int(job), int(messages))"
)
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",  # each arena reserves address space
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a task may use: ``seconds`` of the clock, bytes of address space (``memory``) and of what it writes.

    ``grace`` seconds pass between asking it to stop and killing it. ``niceness`` is what it gives way to others by.
    """

    seconds: float = 60
    cpu_seconds: int = 60
    memory: int = 2 << 30
    disk: int = 256 << 20
    open_files: int = 128
    threads: int = 256
    grace: float = 0.5
    niceness: int = 0

    def __post_init__(self) -> None:
        if self.memory < 3 << 29:
            raise ValueError(f"{self.memory} bytes of address space: numpy alone needs 1.5 GiB")


class Sandbox:
    """``code``: folders beside the installed packages that tasks are imported from."""

    def __init__(self, *, code: Sequence[Path] = ()) -> None:
        package = Path(cast("str", sys.modules[_PACKAGE].__file__)).parent
        self._root, self._package = package.parent, str(package.resolve())
        self._packages = tuple(one for one in sys.path if Path(one).name in ("site-packages", "dist-packages"))
        self._code = tuple(str(path.resolve()) for path in code)

    def run(
        self,
        task: str,
        argument: object,
        result: type[Result],
        *,
        reads: Iterable[Path] = (),
        writes: Path | None = None,
        keeps: Iterable[Path] = (),
        limits: Limits | None = None,
        progress: Callable[[Any], None] | None = None,
        cancel: CancelSignal | None = None,
    ) -> Result:
        """Call ``task`` ("module:function") with ``argument`` and a ``Work``; what it returns, read as ``result``.

        Both are sent as JSON, by the annotations of the function. Only what lies in ``writes`` counts against the limit
        of the disk; it may also write in ``keeps``. ``progress`` is called from this thread, with plain
        JSON values. Any ReelwrightError of the task is raised here as it was there; a task that ends in any other way
        raises TaskFailed with its cause, one that was cancelled Cancelled. Nothing of the child is left after.
        """
        attended = self._attend(task, argument, reads, writes, keeps, limits or Limits(), progress, cancel)
        if attended.fault is not None:
            raise _error(task, attended.fault)
        try:
            return msgspec.json.decode(attended.result, type=result)
        except msgspec.MsgspecError as error:
            raise TaskFailed(task, "error", f"its result is not what was asked for ({error})") from error

    def protection(self) -> tuple[Protection, ...]:
        """What is in force around a child here. Raises TaskFailed where none can be started."""
        attended = self._attend(f"{__name__}:nothing", None, (), None, (), Limits(seconds=20), None, None)
        if attended.fault is not None:
            raise _error("nothing", attended.fault)
        return attended.held

    def _attend(
        self,
        task: str,
        argument: object,
        reads: Iterable[Path],
        writes: Path | None,
        keeps: Iterable[Path],
        limits: Limits,
        progress: Callable[[Any], None] | None,
        cancel: CancelSignal | None,
    ) -> "_Attended":
        if os.name != "posix":
            raise MissingPart("the sandbox", "files of users are taken in on Linux and other POSIX systems only")
        job = Job(
            parent=os.getpid(),
            task=task,
            argument=msgspec.Raw(msgspec.json.encode(argument)),
            reads=tuple(str(path.resolve()) for path in reads),
            writes=None if writes is None else str(writes.resolve()),
            keeps=tuple(str(path.resolve()) for path in keeps),
            niceness=limits.niceness,
            packages=(self._package, *self._packages),
            code=self._code,
            cpu_seconds=limits.cpu_seconds,
            memory=limits.memory,
            file_size=limits.disk,
            open_files=limits.open_files,
            threads=limits.threads,
        )
        with self._child(job, writes) as (process, messages):
            attended = _Attended(progress=progress)
            _listen(process, messages, attended, writes, limits, cancel)
            return attended

    @contextlib.contextmanager
    def _child(self, job: Job, writes: Path | None) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
        home = tempfile.mkdtemp(prefix="reelwright-task-")
        messages, theirs = os.pipe()
        process = None
        try:
            with tempfile.TemporaryFile() as file:
                file.write(msgspec.json.encode(job))
                file.flush()
                file.seek(0)
                environment = _ENVIRONMENT | {"HOME": home, "TMPDIR": str(writes or home)}
                packages = os.pathsep.join(self._packages)
                arguments = str(self._root), packages, str(file.fileno()), str(theirs)
                process = subprocess.Popen(  # noqa: S603 - our own interpreter
                    [sys.executable, "-I", "-B", "-c", _START, *arguments],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    cwd=home,
                    env=environment,
                    pass_fds=(file.fileno(), theirs),
                    start_new_session=True,
                )
            os.close(theirs)
            theirs = -1
            yield process, messages
        finally:
            for descriptor in filter(lambda one: one >= 0, (messages, theirs)):
                os.close(descriptor)
            if process is not None:
                _kill(process, signal.SIGKILL)
                process.wait()
                for pipe in (process.stdin, process.stdout):
                    if pipe is not None:
                        pipe.close()
            shutil.rmtree(home, ignore_errors=True)


def nothing(argument: None, work: Work) -> None:
    """The task that ends at once."""


@dataclass(slots=True, kw_only=True)
class _Attended:
    """What is known of a child so far."""

    progress: Callable[[Any], None] | None
    held: tuple[Protection, ...] = ()
    result: bytes = b""
    fault: Fault | None = None
    line: bytearray = field(default_factory=bytearray)
    noise: bytes = b""

    def hear(self, data: bytes) -> None:
        """Take in bytes of messages; of several lines of progress the last is passed on."""
        *lines, rest = (self.line + data).split(b"\n")
        self.line = bytearray(rest)
        latest = b""
        try:
            for line in lines:
                message = msgspec.json.decode(line, type=Message)
                self.held = message.held or self.held
                self.result = bytes(message.result) or self.result
                self.fault = message.fault or self.fault
                latest = bytes(message.progress) or latest
            if latest and self.progress is not None:
                self.progress(msgspec.json.decode(latest))
        except msgspec.MsgspecError as error:
            self.fault = Fault(kind="error", message=f"it answered what is no message ({error})")
        if len(self.line) > _LONGEST_LINE:
            self.fault = Fault(kind="error", message="its answer is too long")


def _listen(
    process: "subprocess.Popen[bytes]",
    messages: int,
    attended: _Attended,
    writes: Path | None,
    limits: Limits,
    cancel: CancelSignal | None,
) -> None:
    """Until the child has ended: pass on what it says, and end it where it goes too far."""
    assert process.stdout is not None  # noqa: S101 - asked for above
    noise = process.stdout.fileno()
    now = time.monotonic()
    deadline, kill_at, look_at = now + limits.seconds, float("inf"), now + _LOOK
    stopped: Fault | None = None
    with selectors.DefaultSelector() as selector:
        for descriptor in (messages, noise):
            os.set_blocking(descriptor, False)
            selector.register(descriptor, selectors.EVENT_READ)
        while True:
            ended = _ended(process)
            for key, _ in selector.select(0 if ended else _TICK):
                data = os.read(key.fd, 1 << 16)
                if not data:
                    selector.unregister(key.fd)
                elif key.fd == noise:
                    attended.noise = (attended.noise + data)[-_NOISE:]
                else:
                    attended.hear(data)
            if ended and not _left(selector):
                break
            now = time.monotonic()
            if stopped is None:
                stopped = _reason(attended, deadline < now, look_at < now, writes, limits, cancel)
                look_at = now + _LOOK if look_at < now else look_at
                if stopped is not None:
                    at_once = stopped.kind in ("disk", "error")
                    _kill(process, signal.SIGKILL if at_once else signal.SIGTERM)
                    kill_at = now + limits.grace
            elif now > kill_at:
                _kill(process, signal.SIGKILL)
    _kill(process, signal.SIGKILL)
    code = process.wait()
    if stopped is not None and not (stopped.kind == "time" and attended.result):
        attended.fault = stopped
    elif attended.fault is None and not attended.result:
        attended.fault = _crash(code, attended.noise)
    if attended.fault is None and writes is not None and _size(writes) > limits.disk:
        attended.fault = _overfull(limits)


def _reason(
    attended: _Attended, late: bool, look: bool, writes: Path | None, limits: Limits, cancel: CancelSignal | None
) -> Fault | None:
    """Why the child must stop now."""
    if cancel is not None and cancel.is_set():
        return Fault(kind="Cancelled", message="cancelled")
    if late:
        return Fault(kind="time", message=f"it took longer than {limits.seconds:g} seconds")
    if attended.fault is not None and attended.fault.kind == "error":
        return attended.fault
    if look and writes is not None and _size(writes) > limits.disk:
        return _overfull(limits)
    return None


def _overfull(limits: Limits) -> Fault:
    return Fault(kind="disk", message=f"it wrote more than {limits.disk / 1e6:,.0f} MB")


def _crash(code: int, noise: bytes) -> Fault:
    last = noise.decode("utf-8", "replace").strip().splitlines()[-1:]
    said = f" ({last[0]})" if last else ""
    if code == -signal.SIGXCPU:
        return Fault(kind="cpu", message="it used too much of the processor")
    if code < 0:
        return Fault(kind="crash", message=f"it was ended by {signal.Signals(-code).name}{said}")
    return Fault(kind="crash", message=f"it ended with code {code} and without an answer{said}")


def _left(selector: selectors.BaseSelector) -> bool:
    """Whether the child, ended, has left something unread."""
    return bool(selector.get_map()) and bool(selector.select(0))


def _ended(process: "subprocess.Popen[bytes]") -> bool:
    """Whether the child has ended; it is not reaped, so that its process group keeps its number."""
    if not hasattr(os, "waitid"):  # macOS before Python 3.13
        return process.poll() is not None
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _kill(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    """A signal to the whole process group, as long as its number is not anyone else's."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)


def _size(folder: Path) -> int:
    """Bytes that the files below ``folder`` take."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(parent, name)).st_blocks * 512  # noqa: PTH118 - many files
    return total


def _error(task: str, fault: Fault) -> ReelwrightError:
    """The error of a fault; a class of the domain only, whatever the child says."""
    if fault.kind == "Cancelled":
        return Cancelled()
    kind = getattr(errors, fault.kind, None)
    if not (isinstance(kind, type) and issubclass(kind, ReelwrightError)):
        return TaskFailed(task, fault.kind, fault.message)
    error = kind.__new__(kind, fault.message)
    for key, value in fault.fields.items():
        setattr(error, key, value)
    return error


_MEANING: dict[Protection, str] = {
    "limits": "memory, time, files",
    "landlock": "no files but the given ones",
    "capabilities": "no privileges",
    "seccomp": "no sockets, no processes",
}


def sandbox_checks() -> Iterator[Check]:
    """What protects this machine from the files of users."""
    try:
        held = Sandbox().protection()
    except (ReelwrightError, OSError) as error:
        yield Check(group="sandbox", name="child", present=False, required=False, remedy=str(error))
        return
    for name, meaning in _MEANING.items():
        yield Check(
            group="sandbox",
            name=name,
            present=name in held,
            required=False,
            detail=meaning,
            remedy=f"the kernel or the container does not give it: files of users are read without ({meaning})",
        )
