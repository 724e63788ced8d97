"""The wheel holds the package and everything it reads, and works away from the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROBE = """
import reelwright
from reelwright import Studio
print(reelwright.__file__)
print(len(Studio().templates()), len(Studio().voices()))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_holds_everything(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    for source in (ROOT / "src").rglob("*"):
        if source.is_file() and source.suffix in {".py", ".toml", ".npz", ".typed", ".js", ".css"}:
            assert f"reelwright/{source.relative_to(ROOT / 'src').as_posix()}" in held
    assert {"reelwright/py.typed", "reelwright/domain/timeline.py", "reelwright/templates/tide.toml"} <= held
    assert any(one.startswith("reelwright/adapters/ai/voices/") and one.endswith(".npz") for one in held)
    assert {Path(one).name for one in held if "/licenses/" in one} >= {"LICENSE", "NOTICE"}
    assert not [one for one in held if not one.startswith(("reelwright/", "reelwright-"))]


def test_the_wheel_works_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    ran = subprocess.run(
        [sys.executable, "-c", PROBE],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    place, counts = ran.stdout.splitlines()
    assert Path(place).is_relative_to(tmp_path)
    templates, voices = map(int, counts.split())
    assert templates >= 4
    assert voices >= 1
