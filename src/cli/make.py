"""``make`` and ``render``: a text or a timeline into a video."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from ..domain.brief import Brief
from ..domain.captions import to_srt, to_vtt
from ..domain.errors import InvalidBrief, OutputFailed, UnknownName
from ..domain.output import FORMATS

_DEFAULTS = Brief(text="defaults")
_MARKDOWN = {".md", ".markdown"}
CAPTION_FILES = ("srt", "vtt")

reporting = [
    click.option("--captions", multiple=True, metavar="srt|vtt", help="Also write captions beside the video."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object about the result."),
    click.option("--quiet", is_flag=True, help="Print nothing but errors."),
]


def _reported(command: Any) -> Any:
    for option in reversed(reporting):
        command = option(command)
    return command


@click.command()
@click.argument("source")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The video to write.")
@click.option("--template", default=_DEFAULTS.template, show_default=True, help="See: reelwright templates.")
@click.option("--voice", default="", help="See: reelwright voices. Chosen by the language otherwise.")
@click.option("--language", default="", help="en or zh; told from the text otherwise.")
@click.option("--aspect", default=_DEFAULTS.aspect, show_default=True, help="See: reelwright formats.")
@click.option("--resolution", default=_DEFAULTS.resolution, show_default=True, help="Of the shorter side.")
@click.option("--fps", type=int, default=_DEFAULTS.fps, show_default=True, help="Frames a second.")
@click.option("--format", "form", default="", help="See: reelwright formats. Told from OUTPUT otherwise.")
@click.option("--assets", type=click.Path(path_type=Path), help="A folder of photos and clips.")
@click.option("--music", type=click.Path(path_type=Path), help="A sound to play under the narration.")
@click.option("--fit", default=_DEFAULTS.fit, show_default=True, help="How pictures fill the frame: cover, or contain.")
@click.option("--title", default="", help="Text of the title card.")
@click.option("--seed", type=int, default=0, help="Varies what the template leaves to chance.")
@click.option("--strict", is_flag=True, help="Refuse an unusable asset instead of leaving it out.")
@click.option("--save-timeline", type=click.Path(path_type=Path), help="Also write the timeline as JSON.")
@_reported
def make(
    source: str, output: Path, form: str, captions: tuple[str, ...], as_json: bool, quiet: bool, **choices: Any
) -> None:
    """Turn SOURCE (a text or Markdown file, - for standard input, or a quoted text) into a video."""
    text, markdown = _read(source)
    timeline_file = choices.pop("save_timeline")
    _check_captions(captions)
    from ..studio import Studio, format_of

    if form and form in FORMATS and output.suffix and output.suffix.lower() != FORMATS[form].suffix:
        raise click.UsageError(f"--format {form} does not go with {output.name}: {FORMATS[form].suffix} is right")
    if not output.suffix and form in FORMATS:
        output = output.with_suffix(FORMATS[form].suffix)
    brief = Brief(text=text, markdown=markdown, format=form or format_of(output), **choices)
    if timeline_file is not None and not timeline_file.parent.is_dir():
        raise OutputFailed(f"{timeline_file.parent}: there is no such folder to write {timeline_file.name} to")
    from .progress import shown

    studio = Studio()
    with shown(quiet or as_json) as progress:
        made = studio.make(brief, to=output, progress=progress)
    if timeline_file is not None:
        studio.save(made.timeline, timeline_file)
    _finish(made, captions, as_json, quiet)


@click.command()
@click.argument("timeline", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The video to write.")
@_reported
def render(timeline: Path, output: Path, captions: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    """Render TIMELINE, a file that --save-timeline wrote."""
    _check_captions(captions)
    from ..studio import Studio
    from .progress import shown

    with shown(quiet or as_json) as progress:
        made = Studio().render(timeline, to=output, progress=progress)
    _finish(made, captions, as_json, quiet)


def _read(source: str) -> tuple[str, bool]:
    """The text, and whether it is Markdown: a file that is not called so is plain text."""
    if source == "-":
        return _decoded(sys.stdin.buffer.read(), "standard input"), True
    path = Path(source)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):
        is_file = False
    if is_file:
        try:
            return _decoded(path.read_bytes(), source), path.suffix.lower() in _MARKDOWN
        except OSError as error:
            raise InvalidBrief(f"{source}: cannot be read ({error.strerror})") from error
    if path.suffix.lower() in {*_MARKDOWN, ".txt"} and not any(ch.isspace() for ch in source):
        raise InvalidBrief(f"{source}: there is no such file")
    return source, True


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidBrief(f"{name}: not text (byte {error.start} is no UTF-8); a UTF-8 text file is right") from error


def _check_captions(kinds: tuple[str, ...]) -> None:
    for kind in kinds:
        if kind not in CAPTION_FILES:
            raise UnknownName("caption file", kind, CAPTION_FILES)


def _finish(made: Any, captions: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    timeline, rendered = made.timeline, made.rendered
    cues, fps = list(timeline.cues()), timeline.output.fps
    for kind in captions:
        file = rendered.path.with_suffix(f".{kind}")
        text = to_srt(cues, fps) if kind == "srt" else to_vtt(cues, fps, timeline.language)
        try:
            file.write_text(text, "utf-8")
        except OSError as error:
            raise OutputFailed(f"{file}: cannot be written ({error.strerror})") from error
    if not quiet:
        for warning in made.warnings:
            click.echo(f"reelwright: {warning}", err=True)
    if as_json:
        click.echo(json.dumps(_report(made), ensure_ascii=False))
    elif not quiet:
        click.echo(
            f"{rendered.path}: {made.duration:.1f} s of {timeline.output.width}x{timeline.output.height} at {fps} fps, "
            f"{len(timeline.scenes)} scenes, {rendered.loudness.integrated:.1f} LUFS, "
            f"made in {sum(made.seconds.values()):.1f} s"
            if made.seconds
            else f"{rendered.path}: {made.duration:.1f} s"
        )


def _report(made: Any) -> dict[str, Any]:
    timeline, rendered = made.timeline, made.rendered
    return {
        "path": str(rendered.path),
        "duration": round(made.duration, 3),
        "width": timeline.output.width,
        "height": timeline.output.height,
        "fps": timeline.output.fps,
        "frames": rendered.frames,
        "bytes": rendered.bytes,
        "template": timeline.template,
        "voice": timeline.voice,
        "language": timeline.language,
        "scenes": len(timeline.scenes),
        "words": made.words,
        "loudness": {
            "integrated": round(rendered.loudness.integrated, 2),
            "true_peak": round(rendered.loudness.true_peak, 2),
        },
        "seconds": made.seconds,
        "warnings": list(made.warnings),
    }
