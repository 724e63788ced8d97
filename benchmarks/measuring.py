"""Wall clock, processor time and memory of a command with all its children. Linux only."""

import os
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

INTERVAL = 0.05
"""Seconds between two looks at the memory."""


@dataclass(frozen=True, slots=True)
class Figures:
    """``cpu`` is user and system time of the process and of the children that it waited for.

    ``peak`` is the largest sum of RssAnon and RssFile over the process tree; pages of shared memory do not count.
    ``others`` is the share of all cores that everything else on the machine took meanwhile.
    """

    wall: float
    cpu: float
    peak: int
    others: float
    output: str


def measure(command: list[str], *, env: dict[str, str] | None = None, cwd: Path | None = None) -> Figures:
    """Run a command to its end. Raises RuntimeError with its errors where it fails."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        busy, began = busy_seconds(), time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors, env={**os.environ, **(env or {})}, cwd=cwd
        )
        watch = _Watch(process.pid)
        watch.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            for pid in tree(process.pid):
                os.kill(pid, signal.SIGTERM)
            watch.over.set()
            raise
        wall, busy = time.perf_counter() - began, busy_seconds() - busy
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.over.set()
        watch.join()
        out.seek(0)
        errors.seek(0)
        if process.returncode:
            tail = errors.read().decode(errors="replace")[-3000:]
            raise RuntimeError(f"{' '.join(command[:4])} ... left with {process.returncode}:\n{tail}")
        cpu = usage.ru_utime + usage.ru_stime
        others = max(0.0, busy - cpu) / wall / (os.cpu_count() or 1)
        return Figures(wall, cpu, watch.peak, others, out.read().decode(errors="replace"))


def busy_seconds() -> float:
    """Processor seconds of the whole machine that were not idle, stolen ones included."""
    user, nice, system, _, _, irq, soft, steal = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:9])
    return (user + nice + system + irq + soft + steal) / os.sysconf("SC_CLK_TCK")


class _Watch(threading.Thread):
    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.root, self.peak, self.over = root, 0, threading.Event()

    def run(self) -> None:
        while not self.over.wait(INTERVAL):
            self.peak = max(self.peak, sum(map(resident, tree(self.root))))


def tree(root: int) -> list[int]:
    """The process and all that descend from it."""
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        for task in _entries(Path(f"/proc/{pid}/task")):
            try:
                todo += map(int, (task / "children").read_text().split())
            except OSError:
                continue
    return found


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def resident(pid: int) -> int:
    """RssAnon and RssFile of one process, in bytes."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("RssAnon:", "RssFile:")))
