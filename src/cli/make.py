"""``make`` and ``render``: a text or a timeline into a video."""

import json
from pathlib import Path
from typing import Any

import click

from ..domain.brief import Brief
from ..domain.errors import UnknownName
from ..domain.output import FORMATS, QUALITIES
from ..domain.previews import check_poster, check_teaser
from ..domain.subtitles import SUBTITLES
from .source import condensing, said_on_the_line, source_of
from .templates import settings_with, template_dir

_DEFAULTS = Brief(text="defaults")

reporting = [
    click.option("--hardware", default=_DEFAULTS.hardware, show_default=True, help="What encodes; auto tries all."),
    click.option("--cache", type=click.Path(path_type=Path), help="A folder that keeps finished parts."),
    click.option("--poster", type=click.Path(path_type=Path), help="Also write a still: .jpg, .png or .webp."),
    click.option("--teaser", type=click.Path(path_type=Path), help="Also write a short loop: .gif or .webp."),
    click.option("--captions", multiple=True, metavar="srt|vtt|ass", help="Also write captions beside the video."),
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
@condensing
@click.option("--template", default=_DEFAULTS.template, show_default=True, help="See: reelwright templates.")
@template_dir
@click.option("--voice", default="", help="See: reelwright voices. Chosen by the language otherwise.")
@click.option("--language", default="", help="en or zh; told from the text otherwise.")
@click.option("--aspect", default=_DEFAULTS.aspect, show_default=True, help="See: reelwright formats.")
@click.option("--resolution", default=_DEFAULTS.resolution, show_default=True, help="Of the shorter side.")
@click.option("--fps", type=int, default=_DEFAULTS.fps, show_default=True, help="Frames a second.")
@click.option("--format", "form", default="", help="See: reelwright formats. Told from OUTPUT otherwise.")
@click.option("--codec", default="", help="See: reelwright formats. The format's first otherwise.")
@click.option("--quality", default=_DEFAULTS.quality, show_default=True, help=", ".join(QUALITIES) + ".")
@click.option("--assets", type=click.Path(path_type=Path), help="A folder of photos and clips.")
@click.option("--music", type=click.Path(path_type=Path), help="A sound to play under the narration.")
@click.option("--logo", type=click.Path(path_type=Path), help="A picture for a corner: a PNG with transparency.")
@click.option("--end-card", default="", metavar="TEXT", help="Text of a last scene after the narration.")
@click.option("--progress-bar/--no-progress-bar", default=True, help="Show the template's, if it has one.")
@click.option("--clip-sound", type=float, metavar="DB", help="Keep the clips' sound, this loud beside the narration.")
@click.option("--rate", type=float, default=_DEFAULTS.rate, show_default=True, help="Pace of the voice, 0.5 to 2.")
@click.option(
    "--loudness", type=float, default=_DEFAULTS.loudness, show_default=True, help="LUFS: -14 web, -16 podcast, -23 TV."
)
@click.option("--fit", default=_DEFAULTS.fit, show_default=True, help="How pictures fill the frame: cover, or contain.")
@click.option("--title", default="", help="Text of the title card.")
@click.option("--seed", type=int, default=0, help="Varies what the template leaves to chance.")
@click.option("--captions-style", default="", help="See: reelwright caption-styles. The template's otherwise.")
@click.option("--caption-position", default="", help="top, middle, bottom, or 0 (top) to 1 (bottom).")
@click.option("--caption-size", type=float, default=1.0, help="Times the template's size, 0.4 to 2.5.")
@click.option("--strict", is_flag=True, help="Refuse unusable assets and hardware instead of doing without.")
@click.option("--save-timeline", type=click.Path(path_type=Path), help="Also write the timeline as JSON.")
@_reported
def make(
    source: str,
    output: Path,
    form: str,
    own_templates: Path | None,
    cache: Path | None,
    captions: tuple[str, ...],
    as_json: bool,
    quiet: bool,
    **choices: Any,
) -> None:
    """Turn SOURCE into a video.

    SOURCE is a text (.txt, .md), said word for word; an article (.html, .pdf, .docx, or any text with --seconds),
    condensed; scenes laid out by hand (.toml, .json); - for standard input; or a quoted text.
    """
    given = source_of(source)
    timeline_file, poster, teaser = (choices.pop(name) for name in ("save_timeline", "poster", "teaser"))
    _check_captions(captions)
    _check_previews(poster, teaser)
    from ..studio import Studio, check_place, format_of

    if form and form in FORMATS and output.suffix and output.suffix.lower() != FORMATS[form].suffix:
        raise click.UsageError(f"--format {form} does not go with {output.name}: {FORMATS[form].suffix} is right")
    if not output.suffix and form in FORMATS:
        output = output.with_suffix(FORMATS[form].suffix)
    studio = Studio(settings=settings_with(own_templates))
    brief = studio.brief(given, format=form or format_of(output), **said_on_the_line(choices))
    if timeline_file is not None:
        check_place(timeline_file)
    from .progress import shown

    with shown(quiet or as_json) as progress:
        made = studio.make(brief, to=output, cache=cache, progress=progress)
    if timeline_file is not None:
        studio.save(made.timeline, timeline_file)
    _write_previews(studio, made, poster, teaser)
    _finish(studio, made, captions, as_json, quiet)


@click.command()
@click.argument("timeline", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The video to write.")
@click.option("--codec", default="", help="Instead of the timeline's own. See: reelwright formats.")
@click.option("--quality", default="", help="Instead of the timeline's own: " + ", ".join(QUALITIES) + ".")
@click.option("--strict", is_flag=True, help="Refuse hardware that does not work instead of doing without.")
@_reported
def render(
    timeline: Path,
    output: Path,
    captions: tuple[str, ...],
    poster: Path | None,
    teaser: Path | None,
    as_json: bool,
    quiet: bool,
    **choices: Any,
) -> None:
    """Render TIMELINE, a file that --save-timeline wrote."""
    _check_captions(captions)
    _check_previews(poster, teaser)
    from ..studio import Studio
    from .progress import shown

    studio = Studio()
    with shown(quiet or as_json) as progress:
        made = studio.render(timeline, to=output, progress=progress, **choices)
    _write_previews(studio, made, poster, teaser)
    _finish(studio, made, captions, as_json, quiet)


def _check_captions(kinds: tuple[str, ...]) -> None:
    for kind in kinds:
        if kind not in SUBTITLES:
            raise UnknownName("caption file", kind, SUBTITLES)


def _check_previews(poster: Path | None, teaser: Path | None) -> None:
    from ..studio import check_place

    for file, check in ((poster, check_poster), (teaser, check_teaser)):
        if file is not None:
            check(file)
            check_place(file)


def _write_previews(studio: Any, made: Any, poster: Path | None, teaser: Path | None) -> None:
    if poster is not None:
        studio.poster(made.timeline, to=poster)
    if teaser is not None:
        studio.teaser(made.timeline, to=teaser)


def _finish(studio: Any, made: Any, captions: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    timeline, rendered = made.timeline, made.rendered
    fps = timeline.output.fps
    for kind in captions:
        studio.save_captions(timeline, rendered.path.with_suffix(f".{kind}"))
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
        "format": timeline.output.format,
        "codec": timeline.output.codec,
        "quality": timeline.output.quality,
        "frames": rendered.frames,
        "bytes": rendered.bytes,
        "template": timeline.template,
        "voice": timeline.voice,
        "language": timeline.language,
        "scenes": len(timeline.scenes),
        "segments": {"all": rendered.segments, "reused": rendered.reused},
        "words": made.words,
        "loudness": {
            "integrated": round(rendered.loudness.integrated, 2),
            "true_peak": round(rendered.loudness.true_peak, 2),
        },
        "seconds": made.seconds,
        "warnings": list(made.warnings),
    }
