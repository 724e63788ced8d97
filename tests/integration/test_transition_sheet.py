"""The contact sheet of transitions, by library and by command line."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from reelwright import Studio
from reelwright.cli.main import cli
from reelwright.domain.errors import InvalidInput, OutputFailed, UnknownName
from reelwright.domain.transitions import TRANSITIONS

CELL, GAP, MARGIN, HEAD = (180, 320), 10, 24, 40
PAGE = Path(__file__).parents[2] / "docs/transitions.md"


def test_the_sheet_shows_every_transition_on_its_way_from_blue_to_orange(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["transitions", "--json", "--sheet", str(tmp_path / "sheet.png")])
    assert done.exit_code == 0, done.output
    listed = json.loads(done.output)
    assert [row["name"] for row in listed] == list(TRANSITIONS)
    assert next(row for row in listed if row["name"] == "circle")["directions"] == ["out", "in"]
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.png"]
    with Image.open(tmp_path / "sheet.png") as sheet:
        pixels = np.asarray(sheet.convert("RGB")).astype(int)
    assert pixels.shape[0] == 2 * MARGIN + HEAD + len(TRANSITIONS) * (CELL[1] + GAP) - GAP
    for row, name in enumerate(TRANSITIONS):
        top = MARGIN + HEAD + row * (CELL[1] + GAP)
        line = pixels[top : top + CELL[1]]
        right = pixels.shape[1] - MARGIN
        last = line[:, right - CELL[0] : right].reshape(-1, 3).mean(axis=0)
        left = right - 7 * CELL[0] - 6 * GAP
        first = line[:, left : left + CELL[0]].reshape(-1, 3).mean(axis=0)
        assert first[2] > first[0] + 20, name
        assert last[0] > last[2] + 20, name
        label = pixels[top : top + 40, :left]
        assert label.max() > 200, name


def test_a_sheet_of_every_direction_has_a_row_for_each(tmp_path: Path) -> None:
    Studio().transition_sheet(tmp_path / "wide.png", aspect="16:9", every_direction=True)
    rows = sum(len(kind.directions) or 1 for kind in TRANSITIONS.values())
    with Image.open(tmp_path / "wide.png") as sheet:
        assert sheet.height == 2 * MARGIN + HEAD + rows * (180 + GAP) - GAP


def test_what_cannot_be_a_sheet_is_refused_before_it_is_drawn(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"\.png is right"):
        Studio().transition_sheet(tmp_path / "sheet.mp4")
    with pytest.raises(UnknownName, match="'16:9'"):
        Studio().transition_sheet(tmp_path / "sheet.png", aspect="16:8")
    with pytest.raises(OutputFailed, match="no such folder"):
        Studio().transition_sheet(tmp_path / "nowhere" / "sheet.png")
    done = CliRunner().invoke(cli, ["transitions", "--every-direction"])
    assert done.exit_code == 2
    assert "--sheet" in done.output
    assert not list(tmp_path.iterdir())


def test_the_page_tells_what_is_usual_of_every_transition() -> None:
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.read_text("utf-8").splitlines()]
    told = {row[0].strip("`"): row[2:] for row in rows if len(row) == 5}
    for name, kind in TRANSITIONS.items():
        ways = ", ".join(f"`{way}`" for way in kind.directions)
        assert told[name] == [ways, f"{kind.seconds:g}", f"`{kind.easing}`"], name
