"""``reelwright``: the command group, exit codes and interrupts.

Exit codes: 0 done, 1 failed, 2 bad usage or input, 130 interrupted (143 by SIGTERM), with nothing left behind.
"""

import signal
import sys
from types import FrameType

import click

from .. import __version__
from ..domain.errors import Cancelled, InvalidInput, ReelwrightError
from .diff import diff
from .lists import caption_styles, doctor, formats, transitions, voices
from .make import make, render
from .script import script
from .serve import serve
from .service import admin, migrate
from .templates import templates
from .write import write


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="reelwright")
def cli() -> None:
    """Turn text into a finished, narrated, captioned short video, offline."""


for command in (
    make,
    script,
    write,
    render,
    diff,
    serve,
    templates,
    voices,
    transitions,
    caption_styles,
    formats,
    doctor,
    migrate,
    admin,
):
    cli.add_command(command)


def main() -> None:
    """Run the command line; never returns and never shows a traceback for what a user can meet."""
    interrupted: list[int] = []

    def interrupt(number: int, _: FrameType | None) -> None:
        for quiet in (signal.SIGINT, signal.SIGTERM):
            signal.signal(quiet, signal.SIG_IGN)
        interrupted.append(number)
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort, Cancelled):
        click.echo("reelwright: interrupted", err=True)
        sys.exit(128 + (interrupted[0] if interrupted else signal.SIGINT))
    except ReelwrightError as error:
        click.echo(f"reelwright: {error}", err=True)
        sys.exit(2 if isinstance(error, InvalidInput) else 1)
    except BrokenPipeError:
        sys.exit(1)
    except MemoryError:
        click.echo("reelwright: there is not enough memory; a lower --resolution needs less", err=True)
        sys.exit(1)
