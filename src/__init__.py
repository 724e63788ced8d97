"""reelwright: text in, finished short video out.

>>> from reelwright import Studio
>>> Studio().make("The tide rises twice a day.", to="tide.mp4")  # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Brief", "Made", "Progress", "ReelwrightError", "SceneBrief", "Studio", "Timeline", "__version__"]

if TYPE_CHECKING:
    from .application.make_video import Made
    from .domain.brief import Brief
    from .domain.errors import ReelwrightError
    from .domain.progress import Progress
    from .domain.scenes import SceneBrief
    from .domain.timeline import Timeline
    from .studio import Studio

_PUBLIC = {
    "Brief": "domain.brief",
    "Made": "application.make_video",
    "Progress": "domain.progress",
    "ReelwrightError": "domain.errors",
    "SceneBrief": "domain.scenes",
    "Studio": "studio",
    "Timeline": "domain.timeline",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when first asked for: the media libraries take a while to load."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_PUBLIC[name]}", __name__), name)
