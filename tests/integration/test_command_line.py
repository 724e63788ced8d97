"""The command line as a user meets it: a process, its output, its exit code and what it leaves on the disk."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import media

SHORT = "The tide comes in. The tide goes out."


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


class Run:
    """Runs ``reelwright`` in ``folder``, with a cache that the whole session shares."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder = folder
        self._environment = os.environ | {"REELWRIGHT_CACHE_DIR": str(cache), "PYTHONWARNINGS": "error"}

    def start(self, *arguments: str, **options: Any) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "reelwright", *arguments],
            cwd=self.folder,
            env=self._environment | {"PYTHONPATH": str(Path(__file__).parents[2])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def __call__(self, *arguments: str, stdin: str = "", **options: Any) -> "subprocess.CompletedProcess[str]":
        with self.start(*arguments, **options) as process:
            out, err = process.communicate(stdin, timeout=120)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


@pytest.fixture
def reelwright(tmp_path: Path, cache: Path) -> Run:
    folder = tmp_path / "work"
    folder.mkdir()
    return Run(folder, cache)


def small(source: str, output: str = "out.mp4", *more: str) -> tuple[str, ...]:
    return ("make", source, "-o", output, "--resolution", "360p", "--fps", "24", *more)


def test_a_quoted_text_becomes_a_video_and_one_json_object(reelwright: Run) -> None:
    done = reelwright(
        *small(SHORT, "out.mp4", "--json", *(word for kind in ("srt", "vtt", "ass") for word in ("--captions", kind)))
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    made = json.loads(done.stdout)
    assert {"path", "duration", "width", "height", "fps", "frames", "bytes", "template", "voice", "language"} <= set(
        made
    )
    assert (made["width"], made["height"], made["fps"]) == (360, 640, 24)
    assert made["frames"] == round(made["duration"] * 24) == len(media.luma(reelwright.folder / "out.mp4"))
    assert made["bytes"] == (reelwright.folder / "out.mp4").stat().st_size
    assert made["words"] == 8
    assert made["loudness"]["integrated"] == pytest.approx(-14, abs=0.5)
    assert made["loudness"]["true_peak"] <= -1
    assert reelwright.files() == ["out.ass", "out.mp4", "out.srt", "out.vtt"]
    assert "The tide" in (reelwright.folder / "out.srt").read_text("utf-8")
    assert (reelwright.folder / "out.vtt").read_text("utf-8").startswith("WEBVTT")
    assert "PlayResY: 640" in (reelwright.folder / "out.ass").read_text("utf-8")


def test_chinese_from_standard_input_is_told_by_itself(reelwright: Run) -> None:
    done = reelwright(*small("-", "out.mov", "--json"), stdin="大海每天涨落两次。")
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["language"] == "zh"
    assert made["voice"].startswith("z")


def test_a_saved_timeline_renders_to_the_same_bytes(reelwright: Run) -> None:
    assert reelwright(*small(SHORT, "out.mp4", "--save-timeline", "out.json", "--quiet")).returncode == 0
    done = reelwright("render", "out.json", "-o", "again.mp4", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (reelwright.folder / "again.mp4").read_bytes() == (reelwright.folder / "out.mp4").read_bytes()


def test_a_video_comes_in_the_codec_asked_for_with_a_poster_and_a_teaser_beside_it(reelwright: Run) -> None:
    arguments = ("--codec", "av1", "--quality", "draft", "--poster", "p.jpg", "--teaser", "t.webp", "--json")
    done = reelwright(*small(SHORT, "out.webm", *arguments, "--save-timeline", "out.json"))
    assert (done.returncode, done.stderr) == (0, "")
    made = json.loads(done.stdout)
    assert (made["format"], made["codec"], made["quality"]) == ("webm", "av1", "draft")
    assert len(media.luma(reelwright.folder / "out.webm")) == made["frames"]
    assert reelwright.files() == ["out.assets", "out.json", "out.webm", "p.jpg", "t.webp"]
    done = reelwright("render", "out.json", "-o", "out.mov", "--codec", "prores", "--quality", "draft", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["codec"] == "prores"


def test_hardware_that_is_not_there_is_a_warning_or_with_strict_an_error(reelwright: Run) -> None:
    done = reelwright(*small(SHORT, "out.webm", "--hardware", "nvenc", "--quality", "draft"))
    assert done.returncode == 0
    assert done.stderr.startswith("reelwright: nvenc cannot encode vp9 here: ")
    done = reelwright(*small(SHORT, "again.webm", "--hardware", "nvenc", "--quality", "draft", "--strict"))
    assert done.returncode == 1
    assert done.stderr.startswith("reelwright: nvenc cannot encode vp9 here: ")
    assert len(done.stderr.splitlines()) == 1
    assert reelwright.files() == ["out.webm"]


def test_a_wrong_edit_of_a_timeline_is_told_by_its_path(reelwright: Run) -> None:
    assert reelwright(*small(SHORT, "out.mp4", "--save-timeline", "out.json", "--quiet")).returncode == 0
    file = reelwright.folder / "out.json"
    timeline = json.loads(file.read_text("utf-8"))
    timeline["scenes"][0]["frames"] = "long"
    file.write_text(json.dumps(timeline), "utf-8")
    done = reelwright("render", "out.json", "-o", "x.mp4")
    assert done.returncode == 2
    assert "$.scenes[0].frames" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (small(""), "empty"),
        (small("   \n "), "empty"),
        (small("x" * 120_000), "at most"),
        (small("!!! ..."), "spoken"),
        (small(SHORT, "out.mp4", "--template", "tied"), "'tide'"),
        (small(SHORT, "out.mp4", "--voice", "af_hart"), "'af_heart'"),
        (small(SHORT, "out.mp4", "--language", "fr"), "en, zh"),
        (small(SHORT, "out.mp4", "--format", "mp5"), "'mp4'"),
        (small(SHORT, "out.xyz"), ".mp4"),
        (small(SHORT, "out.mov", "--format", "mp4"), ".mp4"),
        (small(SHORT, "out.webm", "--codec", "h264"), "vp9, av1"),
        (small(SHORT, "out.mp4", "--codec", "hevc"), "h265"),
        (small(SHORT, "out.mp4", "--quality", "best"), "standard"),
        (small(SHORT, "out.mp4", "--hardware", "cuda"), "nvenc"),
        (small(SHORT, "out.mp4", "--poster", "poster.gif"), ".png"),
        (small(SHORT, "out.mp4", "--teaser", "nowhere/teaser.gif"), "nowhere"),
        (small(SHORT, "out.mp4", "--aspect", "3:2"), "16:9"),
        (small(SHORT, "out.mp4", "--assets", "nowhere"), "nowhere"),
        (small(SHORT, "out.mp4", "--music", "nowhere.mp3"), "nowhere.mp3"),
        (small(SHORT, "nowhere/out.mp4"), "nowhere"),
        (small("missing.md"), "no such file"),
        (small("binary.txt"), "UTF-8"),
        (small("missing.pdf"), "no such file"),
        (small("https://example.com/page.html"), "saved as a file"),
        (small(SHORT, "out.mp4", "--seconds", "2"), "10 to 1800"),
        (small(SHORT, "out.mp4", "--as", "poem"), "script, article"),
        (("script", "missing.toml"), "no such file"),
        (("make", SHORT), "--output"),
        (("render", "nowhere.json", "-o", "x.mp4"), "nowhere.json"),
    ],
)
def test_bad_input_is_one_line_that_says_what_is_right(reelwright: Run, arguments: tuple[str, ...], says: str) -> None:
    (reelwright.folder / "binary.txt").write_bytes(bytes(range(256)) * 8)
    before = reelwright.files()
    done = reelwright(*arguments)
    assert done.returncode in (1, 2)
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()[-1:]) == 1
    assert reelwright.files() == before


def test_the_script_can_be_looked_at_before_it_is_voiced(reelwright: Run) -> None:
    article = Path(__file__).parents[2] / "examples/articles/tea.md"
    plain = reelwright("script", str(article), "--seconds", "40")
    assert plain.returncode == 0, plain.stderr
    first, *scenes = plain.stdout.splitlines()
    assert first.startswith("一片叶子的旅程：茶如何走向世界")
    told = json.loads(reelwright("script", str(article), "--seconds", "40", "--json").stdout)
    assert (told["language"], len(told["scenes"])) == ("zh", len(scenes))
    assert 25 < sum(scene["seconds"] for scene in told["scenes"]) < 40
    assert len(reelwright("script", str(article)).stdout.splitlines()) > 80, "a text is said word for word"


def test_options_on_the_line_go_before_those_of_a_story(reelwright: Run) -> None:
    (reelwright.folder / "story.toml").write_text(
        'template = "neon"\nfps = 24\nresolution = "360p"\n[[scene]]\ntext = "The tide comes in."\n', "utf-8"
    )
    done = reelwright("make", "story.toml", "-o", "out.mp4", "--template", "paper", "--json")
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert (made["template"], made["fps"], made["height"], made["scenes"]) == ("paper", 24, 640, 1)


def test_a_full_disk_is_said_in_one_line_and_leaves_nothing(reelwright: Run) -> None:
    def little_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    assert reelwright(*small(SHORT, "warm.mp4", "--quiet")).returncode == 0
    done = reelwright(*small(SHORT), preexec_fn=little_room)
    assert done.returncode == 1
    assert "no room" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert reelwright.files() == ["warm.mp4"]


@pytest.mark.parametrize("seconds", [0.2, 0.8, 1.6, 2.5])
def test_an_interrupt_at_any_stage_leaves_nothing(reelwright: Run, seconds: float) -> None:
    process = reelwright.start(
        *small(f"{SHORT} It never stops for {seconds} seconds. " * 8, "out.mp4", "--resolution", "1080p")
    )
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode in (130, -signal.SIGINT)
    if seconds > 0.5:
        assert process.returncode == 130
        assert err.strip() == "reelwright: interrupted"
    assert reelwright.files() == []


@pytest.mark.parametrize("command", ["templates", "voices", "transitions", "formats", "doctor"])
def test_what_there_is_can_be_listed_for_people_and_for_programs(reelwright: Run, command: str) -> None:
    plain, parsed = reelwright(command), reelwright(command, "--json")
    assert plain.returncode == parsed.returncode == 0, plain.stderr
    assert plain.stdout.strip()
    assert json.loads(parsed.stdout)


def test_captions_take_a_style_a_place_and_a_size(reelwright: Run) -> None:
    wishes = ("--captions-style", "karaoke", "--caption-position", "top", "--caption-size", "0.8")
    done = reelwright(*small(SHORT, "out.mp4", *wishes, "--save-timeline", "out.json"))
    assert done.returncode == 0, done.stderr
    captions = json.loads((reelwright.folder / "out.json").read_text("utf-8"))["style"]["captions"]
    assert (captions["animation"], captions["position"]) == ("fill", 0.0)
    assert captions["type"]["size"] == pytest.approx(0.064)
    upper, lower = (
        np.stack([picture[half] for picture in media.luma(reelwright.folder / "out.mp4")[::12]])
        for half in (slice(0, 320), slice(320, 640))
    )
    assert (upper > 220).any()
    assert not (lower > 220).any()


def test_caption_styles_are_listed_by_name(reelwright: Run) -> None:
    rows = json.loads(reelwright("caption-styles", "--json").stdout)
    assert [row["name"] for row in rows] == [
        *("plain", "boxed", "highlight", "karaoke", "pop", "typewriter", "bounce", "keyword")
    ]


@pytest.mark.parametrize(
    ("wish", "value", "right"),
    [
        ("--captions-style", "karoke", "karaoke"),
        ("--caption-position", "left", "bottom"),
        ("--caption-size", "9", "2.5"),
        ("--captions", "sub", "ass"),
    ],
)
def test_a_wrong_wish_for_captions_is_refused_with_what_would_be_right(
    reelwright: Run, wish: str, value: str, right: str
) -> None:
    done = reelwright(*small(SHORT, "out.mp4", wish, value))
    assert done.returncode == 2
    assert right in done.stderr
    assert reelwright.files() == []
