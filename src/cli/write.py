"""``write``: a script about a topic, by a language model."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from ..domain.language import LANGUAGES
from ..domain.writing import TONES, ScriptWish

_USUAL = ScriptWish(topic="defaults", language="en")


@click.command()
@click.argument("topic")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The Markdown file to write, for make.")
@click.option("--seconds", type=float, default=_USUAL.seconds, show_default=True, help="About how long it is said.")
@click.option("--language", default="", metavar="|".join(LANGUAGES), help="Told from the topic otherwise.")
@click.option("--tone", default=_USUAL.tone, show_default=True, help=", ".join(TONES) + ".")
@click.option("--audience", default="", help="Who it is for.")
@click.option("--strict", is_flag=True, help="Only the first engine will do.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def write(topic: str, output: Path | None, as_json: bool, **wishes: Any) -> None:
    """Have a language model write a script about TOPIC.

    REELWRIGHT_LANGUAGE_ENGINES names the engines; see docs/providers.md.
    """
    from ..studio import Studio, check_place

    if output is not None:
        check_place(output)
    answer = Studio().write(topic, **wishes)
    text = answer.value.markdown
    if output is not None:
        from ..application.writing import whole

        with whole(output) as part:
            part.write_text(text, "utf-8")
    if as_json:
        click.echo(json.dumps(asdict(answer), ensure_ascii=False))
    elif output is None:
        click.echo(text, nl=False)
    click.echo(_told(answer.engine, answer.model, answer.tokens_in + answer.tokens_out, answer.cost), err=True)
    for one in answer.replaced:
        click.echo(f"in the place of {one.engine}: {one.reason}", err=True)


def _told(engine: str, model: str, tokens: int, cost: float | None) -> str:
    price = "" if cost is None else f", {cost:.4f} US dollars"
    return f"written by {engine} ({model}), {tokens:,} tokens{price}"
