"""The child's side of the sandbox: confine oneself, run the named task, say what came of it."""

import importlib
import os
import signal
import sys
import threading
import typing
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ...domain.errors import Cancelled, ReelwrightError
from .confinement import Protection, confine, die_with, limit, system_paths


class Job(msgspec.Struct, kw_only=True, frozen=True):
    """What the parent asks for. Modules come from ``packages``, and a task from the folders in ``code`` too."""

    parent: int
    task: str
    argument: msgspec.Raw
    reads: tuple[str, ...]
    writes: str | None
    keeps: tuple[str, ...]
    niceness: int
    packages: tuple[str, ...]
    code: tuple[str, ...]
    cpu_seconds: int
    memory: int
    file_size: int
    open_files: int
    threads: int


class Fault(msgspec.Struct, kw_only=True, frozen=True):
    """An error of the domain by its class, its message and its fields; or any other, whose ``kind`` is a cause."""

    kind: str
    message: str
    fields: dict[str, str] = {}


class Message(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """One line to the parent: what protects the child, then progress, and at the end a result or a fault."""

    held: tuple[Protection, ...] | None = None
    progress: msgspec.Raw = msgspec.Raw()
    result: msgspec.Raw = msgspec.Raw()
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What a task is given beside its argument.

    ``cancelled`` is set when it should stop and raise Cancelled; who does not look is killed a moment later.
    ``progress`` takes anything that msgspec writes as JSON; only the latest of a burst is sure to arrive.
    """

    writes: Path | None
    cancelled: threading.Event
    progress: Callable[[object], None]


def main(job_at: int, messages: int) -> None:
    """Run the job that is read from the file descriptor ``job_at``; write lines of JSON to ``messages``."""
    with open(job_at, "rb") as file:
        job = msgspec.json.decode(file.read(), type=Job)
    sys.path.extend(job.code)
    if not die_with(job.parent):
        os._exit(1)
    os.nice(job.niceness)
    cancelled = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: cancelled.set())
    limit(
        cpu_seconds=job.cpu_seconds,
        memory=job.memory,
        file_size=job.file_size,
        open_files=job.open_files,
        threads=job.threads,
    )
    writes = None if job.writes is None else Path(job.writes)
    code = (*system_paths(sys.prefix, sys.base_prefix, sys.exec_prefix), *map(Path, (*job.packages, *job.code)))
    folders = [Path(folder) for folder in (job.writes, *job.keeps) if folder is not None]
    held: tuple[Protection, ...] = ("limits", *confine((Path.cwd(), *map(Path, job.reads), *code), folders))
    lock = threading.Lock()

    def send(message: Message) -> None:
        line = memoryview(msgspec.json.encode(message) + b"\n")
        with lock:
            while line:
                line = line[os.write(messages, line) :]

    send(Message(held=held))
    threading.Thread(target=_watch, args=(sys.stdin.fileno(),), daemon=True).start()
    work = Work(writes, cancelled, lambda value: send(Message(progress=msgspec.Raw(msgspec.json.encode(value)))))
    try:
        result = msgspec.json.encode(_call(job, work))
    except BaseException as error:  # whatever it is, it is told and the process ends
        send(Message(fault=_fault(error)))
        os._exit(1)
    send(Message(result=msgspec.Raw(result)))
    os._exit(0)


def _watch(lifeline: int) -> None:
    """End with the parent, whose end of the pipe closes when it is killed."""
    while os.read(lifeline, 1024):
        pass
    os._exit(1)


def _call(job: Job, work: Work) -> object:
    module, _, name = job.task.partition(":")
    function = getattr(importlib.import_module(module), name)
    wanted = next(iter(typing.get_type_hints(function).values()), Any)
    return function(msgspec.json.decode(job.argument, type=wanted), work)


def _fault(error: BaseException) -> Fault:
    if isinstance(error, Cancelled):
        return Fault(kind="Cancelled", message=str(error))
    if isinstance(error, ReelwrightError):
        fields = {key: str(value) for key, value in vars(error).items() if isinstance(value, str | Path)}
        return Fault(kind=type(error).__name__, message=_sendable(str(error)), fields=fields)
    if isinstance(error, MemoryError):
        return Fault(kind="memory", message="it ran out of memory")
    return Fault(kind="error", message=_sendable(f"{type(error).__name__}: {error}"))


def _sendable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()[:4000]
