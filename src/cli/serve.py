"""``reelwright serve``: the service in this process."""

from pathlib import Path

import click

from .service import container_on


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 is all.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--data", type=click.Path(path_type=Path), help="The folder that holds everything the service keeps.")
@click.option(
    "--log-level",
    default="info",
    show_default=True,
    type=click.Choice(["debug", "info", "warning", "error"], case_sensitive=False),
)
def serve(host: str, port: int, data: Path | None, log_level: str) -> None:
    """Answer requests over HTTP until stopped; the API's page is at /docs."""
    from ..adapters.system.data_directory import claim
    from ..bootstrap import service_parts
    from ..settings import SpeechSettings

    with service_parts():
        from ..adapters.http.app import create_app
        from ..adapters.http.server import address_of, listen, log_to_stderr, run

    container = container_on(data)
    container.speech_settings.override(SpeechSettings())  # what renders has no network
    folder = container.settings().data
    http = container.http()
    with claim(folder), listen(host, port) as listening:
        log_to_stderr(log_level.upper())
        app = create_app(container)
        place = address_of(listening)
        run(
            app,
            listening,
            opened=container.opened,
            trusted_proxies=http.trusted_proxies,
            ready=lambda: click.echo(f"reelwright serves {place} from {folder}; the API's page is {place}/docs"),
        )
