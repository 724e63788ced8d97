"""``reelwright serve`` as a process of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]


@contextmanager
def serving(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-m", "reelwright", "serve", *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def place_of(process: "subprocess.Popen[str]") -> str:
    """The address in the first line, which is printed when requests are answered."""
    assert process.stdout
    line = process.stdout.readline()
    found = re.search(r"serves (http://\S+) from", line)
    assert found, line + (process.stderr.read() if process.stderr and process.poll() is not None else "")
    return found[1]
