"""Tasks for the sandbox: a few that work, and many that do what a hostile file would have a decoder do."""

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

from reelwright.adapters.security.sandboxed import Work
from reelwright.domain.asset import Asset
from reelwright.domain.errors import Cancelled, UnusableAsset


def double(asset: Asset, work: Work) -> Asset:
    return Asset(path=asset.path, sha256=asset.sha256, kind=asset.kind, width=2 * asset.width)


def read(path: str, work: Work) -> str:
    return Path(path).read_text()


def write(path: str, work: Work) -> int:
    return Path(path).write_text("mine")


def environment(argument: None, work: Work) -> dict[str, Any]:
    kept = [one for one in range(3, 100) if _is_open(one)]
    here = [path.name for path in Path().iterdir()]
    return {"names": sorted(os.environ), "here": here, "descriptors": len(kept)}


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def unusable(path: str, work: Work) -> None:
    raise UnusableAsset(Path(path), "a broken picture")


def stumble(argument: None, work: Work) -> None:
    raise KeyError("moov")


def connect(port: int, work: Work) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=1)


def fork_on(argument: None, work: Work) -> None:
    while True:
        os.fork()


def start_program(argument: None, work: Work) -> None:
    subprocess.run(["/bin/true"], check=True)


def kill_parent(argument: None, work: Work) -> None:
    os.kill(os.getppid(), signal.SIGKILL)


def queue_a_signal(argument: None, work: Work) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.sigqueue(os.getppid(), signal.SIGKILL, None):
        raise OSError(ctypes.get_errno(), "sigqueue")


def hand_over_a_signal(argument: None, work: Work) -> None:
    reader, _ = os.pipe()
    fcntl.fcntl(reader, fcntl.F_SETOWN, os.getppid())


def start_threads(argument: None, work: Work) -> None:
    while True:
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()


def fill_one_file(argument: None, work: Work) -> None:
    assert work.writes is not None
    with (work.writes / "big").open("wb") as file:
        while True:
            file.write(bytes(1 << 20))


def fill_with_files(argument: None, work: Work) -> None:
    assert work.writes is not None
    number = 0
    while True:
        (work.writes / f"{number}").write_bytes(bytes(1 << 20))
        number += 1


def eat(argument: None, work: Work) -> None:
    held = []
    while True:
        held.append(bytes(64 << 20))


def loop(argument: None, work: Work) -> None:
    while True:
        pass


def ignore_all(argument: None, work: Work) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGXCPU, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    (work.writes or Path()).joinpath("begun").touch()
    while True:
        pass


def crash(argument: None, work: Work) -> None:
    ctypes.string_at(0)


def babble(argument: None, work: Work) -> int:
    os.write(1, b"a library prints \xff\xfe\n")
    return 7


def forge(argument: None, work: Work) -> None:
    """Write what is no message where messages go."""
    for descriptor in range(3, 1024):
        try:
            os.write(descriptor, b'{"result": [}\n' * 10)
        except OSError:
            continue


def vanish(argument: None, work: Work) -> None:
    os._exit(3)


def steps(count: int, work: Work) -> str:
    for number in range(count):
        work.progress({"done": number + 1, "of": count})
        time.sleep(0.06)
    return "finished"


def stop_when_asked(argument: None, work: Work) -> None:
    assert work.writes is not None
    part = work.writes / "part"
    part.write_text("half")
    work.progress("begun")
    while not work.cancelled.wait(0.01):
        pass
    part.unlink()
    raise Cancelled


def _made(file: str) -> dict[str, Any]:
    metadata = {"media_type": "video/mp4", "suffix": ".mp4", "width": 2, "height": 2, "fps": 30, "frames": 1}
    metadata |= {"seconds": 1.0, "loudness": -14.0, "true_peak": -1.0}
    return {"file": file, "poster": file, "timeline": file, "title": "", "metadata": metadata}


def hard_link(making: Any, work: Work) -> dict[str, Any]:
    assert work.writes is not None
    (work.writes / "video.mp4").hardlink_to(work.writes.parents[1] / "segments" / "secret")
    return _made("video.mp4")


def nothing_at_all(making: Any, work: Work) -> dict[str, Any]:
    return _made("../../secret")
