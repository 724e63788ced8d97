"""``templates``: what there is, where it comes from, and how it looks; and the option that names one's own folder."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..domain.errors import InvalidInput
from .lists import as_json, print_rows

if TYPE_CHECKING:
    from ..settings import Settings

template_dir = click.option(
    "--template-dir",
    "own_templates",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A folder of templates beside ours; also REELWRIGHT_TEMPLATE_DIR.",
)


def settings_with(folder: Path | None) -> "Settings":
    """The settings of this machine with one more folder of templates. Raises InvalidInput where there is none."""
    from ..settings import Settings

    settings = Settings()
    if folder is None:
        return settings
    if not folder.is_dir():
        raise InvalidInput(f"{folder}: there is no such folder of templates")
    return replace(settings, template_folders=(*settings.template_folders, folder))


@click.command()
@as_json
@template_dir
@click.option(
    "--preview",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write a picture and a short silent video of each into DIR, and a sheet of them all.",
)
@click.option("--only", multiple=True, metavar="NAME", help="Leave all others out; may be given again.")
@click.option("--aspect", default="9:16", show_default=True, help="Of the previews.")
@click.option("--language", default="en", show_default=True, help="Of the previews: en or zh.")
def templates(
    as_json: bool, own_templates: Path | None, preview: Path | None, only: tuple[str, ...], aspect: str, language: str
) -> None:
    """List the templates and where each comes from."""
    from ..settings import OURS
    from ..studio import Studio

    studio = Studio(settings=settings_with(own_templates))
    if preview is not None:
        from .progress import shown

        with shown(as_json) as progress:
            written = studio.preview(preview, names=only, aspect=aspect, language=language, progress=progress)
        rows = [{"name": each.name, "picture": str(each.picture), "clip": str(each.clip)} for each in written]
        print_rows(rows, ("name", "picture", "clip"), as_json)
        return
    rows = [
        {
            "name": template.name,
            "from": _origin(studio.template_file(template.name), OURS),
            "description": template.description,
        }
        for template in studio.templates(only)
    ]
    print_rows(rows, ("name", "from", "description"), as_json)


def _origin(file: Path, ours: Path) -> str:
    return "reelwright" if file.parent == ours else str(file)
