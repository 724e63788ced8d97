"""The compositor: a frame of the timeline onto planes."""

from ...domain.easing import ease_out, smooth
from ...domain.timeline import Shown, Timeline, Title
from .furnishing import Furnishing
from .lettering import Lettering
from .mixing import Mixer
from .pictures import PhotoShelf, Pictures
from .planes import Planes, new_planes
from .sprites import blend

_TITLE_IN, _TITLE_OUT = 0.5, 0.35
"""Seconds in which a title comes and goes."""
_TITLE_RISE = 0.03
"""How far below its place a title starts, as a share of the frame's height."""


class Compositor:
    """Draws any frame of ``timeline``; belongs to one thread. Frames in rising order are the cheap ones.

    ``shelf`` and ``lettering`` may be shared by all compositors of a timeline.
    """

    def __init__(self, timeline: Timeline, shelf: PhotoShelf, lettering: Lettering) -> None:
        output = timeline.output
        self._timeline = timeline
        self._pictures = Pictures(timeline, shelf)
        self._lettering = lettering
        self._furnishing = Furnishing(timeline, lettering)
        self._mixer = Mixer(output.width, output.height)
        self._outgoing = new_planes(output.width, output.height)
        self._incoming = new_planes(output.width, output.height)

    def draw(self, frame: int, out: Planes) -> None:
        """Every pixel of ``out`` is written."""
        shown = self._timeline.at(frame)
        if shown.transition is None:
            shot = shown.shots[0]
            self._pictures.get(shot.scene).draw(shot.frame, out)
        else:
            mix = shown.transition.mix(shown.transition_frame)
            first, second = shown.shots
            if mix.needs_outgoing:
                self._pictures.get(first.scene).draw(first.frame, self._outgoing)
            if mix.needs_incoming:
                self._pictures.get(second.scene).draw(second.frame, self._incoming)
            self._mixer.mix(self._outgoing, self._incoming, mix, out)
        self._furnishing.draw(shown, self._emblem(shown), out)
        self._draw_text(shown, out)
        self._furnishing.begin(frame, out)

    def advance(self, frame: int, out: Planes) -> None:
        """Make ``out`` show ``frame``, where it holds what ``draw`` last wrote and the signature is still the same."""
        self._furnishing.advance(frame, out)

    def signature(self, frame: int) -> object:
        """Equal for neighbouring frames that differ in no more than what ``advance`` changes, so that the second need
        not be drawn."""
        shown = self._timeline.at(frame)
        if shown.transition is not None:
            return frame
        shot = shown.shots[0]
        titles = tuple(self._title_pose(title, at) for title, at in shown.titles)
        furniture = self._furnishing.signature(shown)
        picture = self._pictures.get(shot.scene).signature(shot.frame)
        caption = (shown.cue, shown.captions, self._scenery(shown))
        return shot.scene, picture, titles, furniture, caption

    def close(self) -> None:
        self._pictures.close()

    def _draw_text(self, shown: Shown, out: Planes) -> None:
        for title, at in shown.titles:
            opacity, dy = self._title_pose(title, at)
            blend(self._lettering.title(title), out, opacity=opacity, dy=dy)
            if title.emblem is not None:
                blend(self._furnishing.emblem(title), out, opacity=opacity, dy=dy)
        if shown.cue is not None:
            for sprite, opacity in self._lettering.caption(shown.cue, shown.poses, shown.captions):
                blend(sprite, out, opacity=opacity)

    def _scenery(self, shown: Shown) -> object:
        return self._lettering.scenery(shown.cue, shown.poses, shown.captions) if shown.cue is not None else None

    def _emblem(self, shown: Shown) -> int:
        """How much of an emblem is there, 0 to 256."""
        return max((self._title_pose(title, at)[0] for title, at in shown.titles if title.emblem), default=0)

    def _title_pose(self, title: Title, frame: int) -> tuple[int, int]:
        """Opacity of 256 and pixels below its place, even."""
        fps = self._timeline.output.fps
        come = min(1.0, (frame - title.start + 1) / (_TITLE_IN * fps))
        go = min(1.0, (title.end - frame) / (_TITLE_OUT * fps))
        rise = (1 - ease_out(come)) * _TITLE_RISE * self._timeline.output.height
        return round(256 * min(smooth(come), smooth(go))), round(rise / 2) * 2
