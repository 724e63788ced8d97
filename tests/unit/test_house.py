"""The house keeps its own rules: layers, imports, documents, locks."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from reelwright.adapters.documents.brief_file import read_brief
from reelwright.adapters.documents.template_toml import read_template
from reelwright.adapters.documents.timeline_json import loads

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS = PYPROJECT["project"]["optional-dependencies"]
EXTRAS["dev"] = [one for one in EXTRAS["dev"] if not one.startswith("reelwright[")]
REQUIREMENTS = [*PYPROJECT["project"]["dependencies"], *(one for extra in EXTRAS.values() for one in extra)]
SOURCES = sorted((ROOT / "src").rglob("*.py"))


def name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def committed() -> list[Path]:
    """What git holds, or would: the files that are not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    files = (ROOT / os.fsdecode(path) for path in listed.stdout.split(b"\0") if path)
    return [file for file in files if file.is_file() and not file.is_symlink()]


def registry_hosts() -> set[str]:
    """Hosts of pip's own default index and of those that this machine is told to use."""
    from pip._internal.models.index import PyPI

    urls = {PyPI.simple_url, PyPI.file_storage_domain}
    told = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"],
        capture_output=True,
        text=True,
        check=True,
    )
    urls |= set(re.findall(r"[a-z]+://[^\s'\",\]]+", told.stdout))
    return {host for url in urls if (host := urlsplit(url if "//" in url else f"//{url}").hostname)}


def test_the_layers_hold() -> None:
    checked = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_inside_the_package_are_relative(source: Path) -> None:
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        assert not [one for one in names if one.split(".")[0] in {"reelwright", "src"}], f"line {node.lineno}"


def test_every_dependency_is_explained() -> None:
    page = (ROOT / "docs/dependencies.md").read_text("utf-8")
    explained = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    assert len(explained) == len(set(explained))
    assert set(explained) >= {name(requirement) for requirement in REQUIREMENTS}


def test_the_locks_hold_every_dependency_by_hash() -> None:
    for lock, wanted in (
        ("requirements.lock", PYPROJECT["project"]["dependencies"]),
        ("requirements-dev.lock", [*PYPROJECT["project"]["dependencies"], *EXTRAS["dev"]]),
    ):
        text = (ROOT / lock).read_text("utf-8")
        pinned = re.findall(r"^([a-z0-9-]+)==[^\n]+\\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
        assert set(pinned) >= {name(requirement) for requirement in wanted}, lock
        assert "://" not in text


def test_no_file_names_a_package_registry() -> None:
    hosts = [host.encode() for host in registry_hosts()]
    assert hosts
    for file in committed():
        data = file.read_bytes()
        assert not [host for host in hosts if host in data], file


def test_the_readme_shows_a_short_example() -> None:
    examples = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert examples
    for example in examples:
        assert len(example.splitlines()) <= 6
        compile(example, "README.md", "exec")


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md")))])
def test_links_between_the_pages_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text("utf-8")):
        assert ((ROOT / page).parent / target).exists(), target


def test_the_examples_on_the_pages_are_valid(tmp_path: Path) -> None:
    timeline = re.search(r"```json\n(.*?)```", (ROOT / "docs/timeline.md").read_text("utf-8"), re.DOTALL)
    template = re.search(r"```toml\n(.*?)```", (ROOT / "docs/templates.md").read_text("utf-8"), re.DOTALL)
    story = re.search(r"```toml\n(.*?)```", (ROOT / "docs/sources.md").read_text("utf-8"), re.DOTALL)
    assert timeline
    assert story
    assert template
    assert loads(timeline[1]).frames == 120
    assert read_template(template[1], Path("smallest.toml"), {"inter"}).name == "smallest"
    (tmp_path / "story.toml").write_text(story[1], "utf-8")
    assert [scene.seconds for scene in read_brief(tmp_path / "story.toml").scenes] == [0, 0, 3]
