"""The service: routes over HTTP. ``create_app`` needs the extra ``service``."""

from typing import TYPE_CHECKING, Any

__all__ = ["create_app"]

if TYPE_CHECKING:
    from .app import create_app


def __getattr__(name: str) -> Any:
    """``create_app``, imported when first asked for: without the extra the settings can still be read."""
    if name != "create_app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .app import create_app

    return create_app
