"""Importing libraries that warn and log while they load."""

import warnings
from importlib import import_module
from types import ModuleType

from ...domain.errors import MissingPart


def quietly_imported(module: str, package: str) -> ModuleType:
    """The module, loaded without its warnings; raises MissingPart with the line that installs ``package``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return import_module(module)
    except ImportError as error:
        raise MissingPart(package, f"install it: pip install {package}") from error
