"""The README's example, run as it is printed, with the real voice."""

import os
import re
import subprocess
import sys
from pathlib import Path

import av

ROOT = Path(__file__).parents[2]


def test_the_readme_example_makes_a_video(tmp_path: Path) -> None:
    example = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert example
    (tmp_path / "example.py").write_text(example[1], "utf-8")
    ran = subprocess.run(
        [sys.executable, "example.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "REELWRIGHT_CACHE_DIR": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "8 words" in ran.stdout
    with av.open(str(tmp_path / "tide.mp4")) as video:
        assert (video.streams.video[0].width, video.streams.video[0].height) == (720, 1280)
        assert video.streams.audio
