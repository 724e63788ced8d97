"""Rebuild ``src/adapters/ai/voices`` from an unpacked kokoro-js 1.2.1 package.

    python scripts/build_voices.py PACKAGE

``PACKAGE`` is the folder that holds ``package.json``, ``LICENSE`` and ``voices/*.bin``. Each voice there is a
table of 510 x 256 float32 (one style vector for every length of a phrase in symbols); here it becomes one
``.npz`` with the array ``style`` as float16, about half the size and, to the ear, the same. The bytes written
depend on the input only.
"""

import argparse
import io
import json
import shutil
import sys
import zipfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from reelwright.adapters.ai.kokoro_voices import VOICES

TARGET = Path(__file__).resolve().parents[1] / "src/adapters/ai/voices"
PACKAGE_VERSION = "1.2.1"
SHAPE = (510, 256)
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time stamp that a zip member can bear."""


def write_voice(source: Path, target: Path) -> None:
    """Turn one ``.bin`` of float32 into one ``.npz`` of float16; raises SystemExit where the shape is another."""
    table = np.fromfile(source, dtype="<f4")
    if table.size != SHAPE[0] * SHAPE[1]:
        raise SystemExit(f"{source}: {table.size} numbers where {SHAPE[0]} x {SHAPE[1]} belong")
    member = io.BytesIO()
    np.save(member, table.reshape(SHAPE).astype("<f2"))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(zipfile.ZipInfo("style.npy", EPOCH), member.getvalue(), zipfile.ZIP_DEFLATED, 9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", type=Path, help="the unpacked package folder")
    package: Path = parser.parse_args().package
    version = json.loads((package / "package.json").read_text("utf8"))["version"]
    if version != PACKAGE_VERSION:
        raise SystemExit(f"{package} is version {version}, expected {PACKAGE_VERSION}")
    TARGET.mkdir(exist_ok=True)
    for stale in TARGET.glob("*.npz"):
        stale.unlink()
    for name in VOICES:
        write_voice(package / "voices" / f"{name}.bin", TARGET / f"{name}.npz")
    shutil.copyfile(package / "LICENSE", TARGET / "LICENSE")


if __name__ == "__main__":
    main()
