"""``script``: what a video would say, before anything is voiced."""

import json
from typing import Any

import click

from ..domain.script import Script, usual_seconds
from .source import condensing, said_on_the_line, source_of


@click.command()
@click.argument("source")
@condensing
@click.option("--language", default="", help="en or zh; told from the text otherwise.")
@click.option("--title", default="", help="Text of the title card.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def script(source: str, as_json: bool, **choices: Any) -> None:
    """Print the script that make would use of SOURCE, scene by scene."""
    given = source_of(source)
    from ..studio import Studio

    studio = Studio()
    found = studio.script(studio.brief(given, **said_on_the_line(choices)))
    if as_json:
        click.echo(json.dumps(_plain(found), ensure_ascii=False, indent=2))
        return
    seconds = [usual_seconds(scene.text, found.language) for scene in found.scenes]
    total = sum(seconds)
    click.echo(
        f"{found.title or 'untitled'}: {len(found.scenes)} scenes, about {total:.0f} s of speech, {found.language}"
    )
    for number, (scene, length) in enumerate(zip(found.scenes, seconds, strict=True), 1):
        kind = "" if scene.kind == "speech" else f"[{scene.kind}] "
        click.echo(f"{number:>3}  {length:4.1f} s  {kind}{scene.label and scene.label + '. '}{scene.text}")


def _plain(found: Script) -> dict[str, Any]:
    return {
        "title": found.title,
        "language": found.language,
        "scenes": [
            {
                "kind": scene.kind,
                "label": scene.label,
                "text": scene.text,
                "seconds": round(usual_seconds(scene.text, found.language), 2),
            }
            for scene in found.scenes
        ],
    }
