"""Commands that say what there is."""

import json
from typing import Any

import click

from ..domain.output import ASPECTS, FORMATS, FRAME_RATES, RESOLUTIONS

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _print(rows: list[dict[str, Any]], columns: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    widths = {column: max((len(str(row[column])) for row in rows), default=0) for column in columns}
    for row in rows:
        click.echo("  ".join(f"{row[column]!s:<{widths[column]}}" for column in columns).rstrip())


@click.command()
@as_json
def templates(as_json: bool) -> None:
    """List the templates."""
    from ..studio import Studio

    rows = [{"name": template.name, "description": template.description} for template in Studio().templates()]
    _print(rows, ("name", "description"), as_json)


@click.command()
@as_json
def voices(as_json: bool) -> None:
    """List the voices."""
    from ..studio import Studio

    rows = [
        {
            "name": voice.name,
            "language": voice.language,
            "gender": voice.gender,
            "engine": voice.engine,
            "style": voice.style,
            "needs_network": voice.needs_network,
        }
        for voice in Studio().voices()
    ]
    _print(rows, ("name", "language", "gender", "engine", "style"), as_json)


@click.command()
@as_json
def transitions(as_json: bool) -> None:
    """List the transitions."""
    from ..domain.transitions import TRANSITIONS

    rows = [
        {"name": name, "description": (transition.__doc__ or "").strip().splitlines()[0]}
        for name, transition in TRANSITIONS.items()
    ]
    _print(rows, ("name", "description"), as_json)


@click.command("caption-styles")
@as_json
def caption_styles(as_json: bool) -> None:
    """List the caption styles."""
    from ..domain.caption_styles import CAPTION_STYLES

    rows = [
        {"name": name, "description": (style.__doc__ or "").strip().splitlines()[0]}
        for name, style in CAPTION_STYLES.items()
    ]
    _print(rows, ("name", "description"), as_json)


@click.command()
@as_json
def formats(as_json: bool) -> None:
    """List formats, aspects, resolutions and frame rates."""
    rows = [{"name": form.name, "suffix": form.suffix, "description": form.description} for form in FORMATS.values()]
    if as_json:
        choices = {"formats": rows, "aspects": list(ASPECTS), "resolutions": list(RESOLUTIONS), "fps": FRAME_RATES}
        click.echo(json.dumps(choices, indent=2))
        return
    _print(rows, ("name", "description"), as_json=False)
    click.echo(f"aspects      {', '.join(ASPECTS)}")
    click.echo(f"resolutions  {', '.join(RESOLUTIONS)}")
    click.echo(f"fps          {', '.join(map(str, FRAME_RATES))}")


@click.command()
@as_json
def doctor(as_json: bool) -> None:
    """Say what is there, what is missing, and how to get it."""
    from dataclasses import asdict

    from ..studio import Studio

    found = Studio().checks()
    if as_json:
        click.echo(json.dumps([asdict(check) for check in found], ensure_ascii=False, indent=2))
    else:
        for check in found:
            mark = "ok     " if check.present else "MISSING"
            click.echo(f"{mark}  {check.group:<8} {check.name:<14} {check.detail if check.present else check.remedy}")
    if not all(check.present for check in found):
        raise click.exceptions.Exit(1)
