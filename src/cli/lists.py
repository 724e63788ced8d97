"""Commands that say what there is."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from ..domain.output import ASPECTS, AUDIO_CODECS, CODECS, FORMATS, FRAME_RATES, HARDWARE, QUALITIES, RESOLUTIONS

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def print_rows(rows: list[dict[str, Any]], columns: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    widths = {column: max((len(str(row[column])) for row in rows), default=0) for column in columns}
    for row in rows:
        click.echo("  ".join(f"{row[column]!s:<{widths[column]}}" for column in columns).rstrip())


@click.command()
@as_json
def voices(as_json: bool) -> None:
    """List the voices."""
    from ..studio import Studio

    rows = [asdict(voice) for voice in Studio().voices()]
    print_rows(rows, ("name", "language", "gender", "engine", "style"), as_json)


@click.command()
@as_json
@click.option("--sheet", type=click.Path(path_type=Path), help="Also write a PNG that shows them all.")
@click.option("--aspect", default="9:16", show_default=True, help="Of the frames on the sheet.")
@click.option("--every-direction", is_flag=True, help="A row of the sheet for each direction.")
def transitions(as_json: bool, sheet: Path | None, aspect: str, every_direction: bool) -> None:
    """List the transitions with their directions, the usual one first, and their usual seconds and easing."""
    from ..domain.transitions import TRANSITIONS

    if sheet is not None:
        from ..studio import Studio

        Studio().transition_sheet(sheet, aspect=aspect, every_direction=every_direction)
    elif every_direction:
        raise click.UsageError("--every-direction goes with --sheet")
    rows: list[dict[str, Any]] = [
        {
            "name": name,
            "directions": kind.directions if as_json else ", ".join(kind.directions) or "-",
            "seconds": kind.seconds,
            "easing": kind.easing,
            "description": kind.description,
        }
        for name, kind in TRANSITIONS.items()
    ]
    print_rows(rows, ("name", "directions", "seconds", "easing", "description"), as_json)


@click.command("caption-styles")
@as_json
def caption_styles(as_json: bool) -> None:
    """List the caption styles."""
    from ..domain.caption_styles import CAPTION_STYLES

    rows = [
        {"name": name, "description": (style.__doc__ or "").strip().splitlines()[0]}
        for name, style in CAPTION_STYLES.items()
    ]
    print_rows(rows, ("name", "description"), as_json)


@click.command()
@as_json
def formats(as_json: bool) -> None:
    """List formats with their codecs, qualities, aspects, resolutions and frame rates."""
    if as_json:
        rows = [
            {"name": form.name, "suffix": form.suffix, "description": form.description, "codecs": form.codecs}
            for form in FORMATS.values()
        ]
        choices = {
            "formats": rows,
            "codecs": CODECS,
            "audio_codecs": AUDIO_CODECS,
            "qualities": QUALITIES,
            "hardware": HARDWARE,
            "aspects": list(ASPECTS),
            "resolutions": list(RESOLUTIONS),
            "fps": FRAME_RATES,
        }
        click.echo(json.dumps(choices, indent=2))
        return
    rows = [
        {
            "name": form.name if codec == form.codec else "",
            "codec": codec,
            "inside": f"{CODECS[codec]} and {AUDIO_CODECS[audio]}",
            "description": form.description if codec == form.codec else "",
        }
        for form in FORMATS.values()
        for codec, audio in form.codecs.items()
    ]
    print_rows(rows, ("name", "codec", "inside", "description"), as_json=False)
    click.echo(f"\nqualities    {', '.join(QUALITIES)}")
    click.echo(f"aspects      {', '.join(ASPECTS)}")
    click.echo(f"resolutions  {', '.join(RESOLUTIONS)}")
    click.echo(f"fps          {', '.join(map(str, FRAME_RATES))}")
    click.echo(f"hardware     {', '.join(HARDWARE)}")


@click.command()
@as_json
def doctor(as_json: bool) -> None:
    """Say what is there, what is missing, and how to get it."""
    from ..studio import Studio

    found = Studio().checks()
    if as_json:
        click.echo(json.dumps([asdict(check) for check in found], ensure_ascii=False, indent=2))
    else:
        for check in found:
            mark = "ok     " if check.present else "MISSING" if check.required else "none   "
            click.echo(f"{mark}  {check.group:<8} {check.name:<14} {check.detail if check.present else check.remedy}")
    if not all(check.present for check in found if check.required):
        raise click.exceptions.Exit(1)
