"""``python -m reelwright``."""

from .cli.main import main

main()
