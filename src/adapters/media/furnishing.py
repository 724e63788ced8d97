"""What stands in a timeline's frames beside pictures, captions and titles, drawn onto planes."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from ...domain.furniture import LowerThirdStyle
from ...domain.timeline import Shown, Timeline, Title
from .emblems import corner_sprite, emblem_sprite
from .ink import Rect
from .lettering import Lettering
from .lower_third import LowerThirds
from .planes import Planes
from .progress_bar import ProgressLine
from .sprites import OPAQUE, Sprite, blend

_ABOVE, _CLEAR = 0.05, 0.03
"""Distance of an emblem from the title below it and of pictures from the progress bar, as shares of the frame's shorter
side."""


class Furnishing:
    """Draws the furniture of ``timeline``; belongs to one compositor."""

    def __init__(self, timeline: Timeline, lettering: Lettering) -> None:
        self._timeline, self._lettering = timeline, lettering
        output, furniture = timeline.output, timeline.furniture
        self._short = output.short_side
        style, bar = furniture.lower_third, furniture.progress_bar
        size = output.width, output.height
        captions, language = timeline.style.captions, timeline.language
        self._lower_thirds = (
            LowerThirds(style, captions, self._off_logo(style, lettering.area), size, language, output.fps)
            if style is not None
            else None
        )
        self._bar = ProgressLine(bar, timeline) if bar is not None else None
        self._area = self._clear(lettering.area)
        self._logo = lru_cache(maxsize=1)(self._draw_logo)
        self.emblem = lru_cache(maxsize=4)(self._draw_emblem)
        """A title with an emblem -> the emblem's sprite above it. Raises UnusableAsset."""

    def draw(self, shown: Shown, emblem: int, out: Planes) -> None:
        """What lies below titles and captions. ``emblem``, 0 to 256, is how far the logo has to give way."""
        if self._timeline.furniture.logo is not None:
            blend(self._logo(), out, opacity=OPAQUE - emblem)
        if self._lower_thirds is not None:
            for lower, at in shown.lower_thirds:
                self._lower_thirds.draw(lower, self._lower_thirds.pose(lower, at), out)

    def begin(self, frame: int, out: Planes) -> None:
        """What lies over all else and moves in every frame, onto a frame just drawn."""
        if self._bar is not None:
            self._bar.keep(out)
            self._bar.draw(frame, out)

    def advance(self, frame: int, out: Planes) -> None:
        """The same for the frame that ``begin`` had, brought to a later one."""
        if self._bar is not None:
            self._bar.put_back(out)
            self._bar.draw(frame, out)

    def signature(self, shown: Shown) -> object:
        """Equal where ``draw`` draws the same, emblems aside."""
        if self._lower_thirds is None:
            return None
        return tuple((lower, self._lower_thirds.pose(lower, at)) for lower, at in shown.lower_thirds)

    def _off_logo(self, style: LowerThirdStyle, area: Rect) -> Rect:
        """Where lower thirds may stand: beside a logo in the same half of the frame, or below or above one at their
        own side."""
        logo = self._timeline.furniture.logo
        if logo is None or logo.style.corner.startswith("top") != (style.position < 0.5):
            return area
        room = round((logo.style.size + _CLEAR) * self._short / 2) * 2
        if logo.style.corner.endswith("right"):
            return replace(area, right=area.right - room)
        return replace(area, top=area.top + room) if style.position < 0.5 else replace(area, bottom=area.bottom - room)

    def _clear(self, area: Rect) -> Rect:
        """Where logos and emblems may stand: off the progress bar too."""
        if self._bar is None:
            return area
        bar, clear = self._bar.rect, round(_CLEAR * self._short / 2) * 2
        if bar.top < area.top + area.height // 2:
            return replace(area, top=max(area.top, bar.bottom + clear))
        return replace(area, bottom=min(area.bottom, bar.top - clear))

    def _draw_logo(self) -> Sprite:
        logo = self._timeline.furniture.logo
        return corner_sprite(logo, self._path(logo.asset), self._area, self._short) if logo else Sprite()

    def _draw_emblem(self, title: Title) -> Sprite:
        if title.emblem is None:
            return Sprite()
        _, top, _, _ = self._lettering.title(title).bounds
        above = (top - round(_ABOVE * self._short)) // 2 * 2
        longer = round(title.emblem.size * self._short)
        return emblem_sprite(self._path(title.emblem.asset), longer, self._area, above)

    def _path(self, asset: str) -> Path:
        return Path(self._timeline.assets[asset].path)
