"""A service without its door, to be killed: ``python -m tests.killable DATA`` runs the jobs of the folder DATA."""

import asyncio
import sys
from pathlib import Path

from dependency_injector import providers

from reelwright.adapters.security.maker import SandboxedMaker
from reelwright.adapters.security.sandbox import Sandbox
from reelwright.bootstrap import Container
from reelwright.settings import Settings

ROOT = Path(__file__).parents[1]


def tone_maker(workers: int = 1) -> SandboxedMaker:
    """Makes videos as a service does, with a tone for a voice."""
    return SandboxedMaker(
        Sandbox(code=[ROOT]), task="tests.making:make", template_folders=Settings().template_folders, workers=workers
    )


def toned(data: Path) -> Container:
    """The parts of a service whose voice is a tone, in its children too."""
    settings = Settings(cache=data / "cache", data=data, database_url="", workers=1, jobs_at_once=2)
    container = Container()
    container.settings.override(settings)
    container.maker.override(providers.Object(tone_maker()))
    return container


async def main(data: Path) -> None:
    async with toned(data).opened():
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
