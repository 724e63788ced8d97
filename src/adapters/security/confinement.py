"""What a process gives up for good before it touches foreign bytes: resource limits, Landlock, capabilities, seccomp.

All of it is asked of Linux directly. A kernel or a container that has no Landlock or no seccomp leaves the others in
force; `confine` says which ones hold.
"""

import ctypes
import os
import platform
import struct
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from .syscalls import FILTERED, Calls

Protection = Literal["limits", "landlock", "capabilities", "seccomp"]

_SET_PDEATHSIG, _SET_SECCOMP, _SET_NO_NEW_PRIVS = 1, 22, 38

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""Landlock's system calls, of the same numbers on every architecture."""
_READ_FILE, _READ_DIR, _WRITE_FILE, _TRUNCATE = 1 << 2, 1 << 3, 1 << 1, 1 << 14
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""Landlock's ABI -> how many rights of files it knows."""
_CHANGE = sum(1 << bit for bit in (1, 4, 5, 7, 8, 13, 14))
"""Write, remove folders and files, make folders and files, move between folders, truncate."""
_OF_FILES = _READ_FILE | _WRITE_FILE | _TRUNCATE

_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM, _ENOSYS = 1, 38
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_CLONE_THREAD = 0x10000
_SIGNAL_OWNERS = (8, 10, 15)
"""F_SETOWN, F_SETSIG and F_SETOWN_EX: whom the kernel signals, and how, when a descriptor is ready."""
_X32 = 0x40000000

_SYSTEM = (
    "/lib /lib64 /usr/lib /usr/lib64 /usr/share/fonts /usr/share/zoneinfo /usr/local/share/fonts "
    "/etc/ld.so.cache /etc/localtime /dev/null /dev/urandom /sys/devices/system/cpu /proc/self /proc/cpuinfo"
).split()
"""What an interpreter and its libraries read of the system."""


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def die_with(parent: int) -> bool:
    """Be killed when ``parent`` ends; False where it has ended already."""
    if platform.system() == "Linux":
        _libc().prctl(_SET_PDEATHSIG, 9, 0, 0, 0)
    return os.getppid() == parent


def confine(reads: Iterable[Path], writes: Iterable[Path]) -> tuple[Protection, ...]:
    """Read nothing but ``reads``, write only below ``writes``, no sockets, no processes, no privileges.

    Call it before the first thread is started. Returns what is in force.
    """
    if platform.system() != "Linux" or _libc().prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return ()
    held: list[Protection] = []
    if _landlock(reads, writes):
        held.append("landlock")
    if _drop_capabilities():
        held.append("capabilities")
    if _seccomp():
        held.append("seccomp")
    return tuple(held)


def limit(*, cpu_seconds: int, memory: int, file_size: int, open_files: int, threads: int) -> None:
    """Resource limits of this process; ``threads`` come on top of those that its user runs already."""
    import resource  # of POSIX alone

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
    resource.setrlimit(resource.RLIMIT_NOFILE, (open_files, open_files))
    if os.getuid():  # the kernel counts no processes for root
        most = min(_running() + threads, resource.getrlimit(resource.RLIMIT_NPROC)[1] % (1 << 31))
        resource.setrlimit(resource.RLIMIT_NPROC, (most, most))


def _running() -> int:
    """Threads that this user runs now, for it is these that the limit of processes counts."""
    own, count = os.getuid(), 0
    for entry in os.scandir("/proc"):
        try:
            if entry.name.isdecimal() and entry.stat().st_uid == own:
                count += sum(1 for _ in os.scandir(f"/proc/{entry.name}/task"))
        except OSError:
            continue
    return count


def system_paths(*prefixes: str) -> tuple[Path, ...]:
    """What an interpreter under ``prefixes`` reads, wherever it is."""
    return tuple(Path(path) for path in dict.fromkeys((*prefixes, *_SYSTEM)))


def _landlock(reads: Iterable[Path], writes: Iterable[Path]) -> bool:
    abi = _libc().syscall(_CREATE_RULESET, None, 0, 1)
    if abi < 1:
        return False
    rights = (1 << _RIGHTS[min(abi, max(_RIGHTS))]) - 1
    attributes = struct.pack("=QQQ", rights, 0b11, 0b11)[: 8 if abi < 4 else 16 if abi < 6 else 24]
    ruleset = _libc().syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        return False
    try:
        for path in reads:
            _permit(ruleset, path, _READ_FILE | _READ_DIR)
        _permit(ruleset, Path("/dev/null"), (_READ_FILE | _WRITE_FILE | _TRUNCATE) & rights)
        for path in writes:
            _permit(ruleset, path, (_READ_FILE | _READ_DIR | _CHANGE) & rights)
        return bool(_libc().syscall(_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _permit(ruleset: int, path: Path, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not path.is_dir():
            rights &= _OF_FILES
        _libc().syscall(_ADD_RULE, ruleset, 1, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)


def _drop_capabilities() -> bool:
    """Even root keeps nothing but what its files' permissions give."""
    header, nothing = struct.pack("=Ii", 0x20080522, 0), struct.pack("=6I", *[0] * 6)
    return bool(_libc().capset(header, nothing) == 0)


def _seccomp() -> bool:
    calls = FILTERED.get(platform.machine())
    if calls is None:
        return False
    program = _program(calls, os.getpid())
    instructions = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *one) for one in program))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(instructions)))
    return bool(_libc().prctl(_SET_SECCOMP, 2, header, 0, 0) == 0)


def _program(calls: Calls, own: int) -> Sequence[tuple[int, int, int, int]]:
    """A filter in classic BPF: each call by itself, so that no jump is long."""
    refuse = (_RETURN, 0, 0, _ERRNO | _EPERM)
    allow = (_RETURN, 0, 0, _ALLOW)
    first, second = (_LOAD, 0, 0, 16), (_LOAD, 0, 0, 24)
    program = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, calls.architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, 0, 1, _X32),
        refuse,
    ]
    for number in calls.refused:
        program += [(_EQUAL, 0, 1, number), refuse]
    for number in calls.absent:
        program += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | _ENOSYS)]
    for number in calls.own_only:
        program += [(_EQUAL, 0, 5, number), first, (_EQUAL, 1, 0, own), (_EQUAL, 0, 1, 0), allow, refuse]
    program += [(_EQUAL, 0, 4, calls.clone), first, (_ANY_BIT, 0, 1, _CLONE_THREAD), allow, refuse]
    owner, number, owner_ex = _SIGNAL_OWNERS
    program += [(_EQUAL, 0, 6, calls.fcntl), second, (_EQUAL, 2, 0, owner), (_EQUAL, 1, 0, number)]
    program += [(_EQUAL, 0, 1, owner_ex), refuse, allow]
    return [*program, allow]
