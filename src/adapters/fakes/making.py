"""Stand-ins for all that makes a video of an order: who dispatches, who writes and who makes."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...application.ports import CancelSignal
from ...application.video_ports import Product
from ...domain.brief import Brief
from ...domain.errors import Cancelled
from ...domain.language import detect
from ...domain.order import Order
from ...domain.progress import Listener, Progress
from ...domain.scenes import told
from ...domain.script import Block, Script, split
from ...domain.video import VideoMetadata


class NotedDispatcher:
    """Fulfils ``Dispatcher`` and begins nothing: ``woken`` counts, and ``stopped`` lists what it was told."""

    def __init__(self) -> None:
        self.woken = 0
        self.stopped: list[str] = []

    def wake(self) -> None:
        self.woken += 1

    def stop(self, job_id: str) -> None:
        self.stopped.append(job_id)


class TextMaker:
    """Fulfils ``VideoMaker`` without a picture: the file of a video is its order as text, ten frames long.

    ``timeline`` is the document that every video of a brief has; an edited timeline is its own. A frame takes
    ``pace`` seconds.
    """

    def __init__(self, timeline: Mapping[str, Any], *, pace: float = 0.0) -> None:
        self.timeline, self.pace = timeline, pace

    def make(
        self,
        order: Order,
        material: Mapping[str, Path],
        *,
        folder: Path,
        workspace: Path,
        progress: Listener,
        cancel: CancelSignal,
    ) -> Product:
        """See :class:`~reelwright.application.video_ports.VideoMaker`."""
        for done in range(11):
            if cancel.is_set():
                raise Cancelled
            progress(Progress(stage="render", done=done, total=10, speed=30.0))
            time.sleep(self.pace)
        folder.mkdir(parents=True, exist_ok=True)
        file, poster = folder / "video.mp4", folder / "poster.jpg"
        file.write_text(f"the video of {order!r}", "utf-8")
        poster.write_text(f"the poster of {order!r}", "utf-8")
        teaser = folder / f"teaser.{order.teaser}" if order.teaser else None
        if teaser is not None:
            teaser.write_text(f"the teaser of {order!r}", "utf-8")
        metadata = VideoMetadata(
            media_type="video/mp4",
            suffix=".mp4",
            width=1080,
            height=1920,
            fps=30,
            frames=10,
            seconds=10 / 30,
            loudness=-14.0,
            true_peak=-1.5,
        )
        return Product(
            file=file,
            poster=poster,
            timeline=order.timeline or self.timeline,
            title=order.title,
            metadata=metadata,
            teaser=teaser,
        )


class PlainScripts:
    """A ``ScriptReader`` that takes every line for a paragraph, of a document too, and condenses nothing."""

    def __call__(self, brief: Brief) -> Script:
        if brief.scenes:
            texts = " ".join(scene.text for scene in brief.scenes)
            return told(brief.scenes, language=brief.language or detect(texts), title=brief.title)
        text = brief.document.read_text("utf-8") if brief.document is not None else brief.text
        blocks = [Block(kind="paragraph", text=line) for line in text.splitlines() if line.strip()]
        return split(blocks, language=brief.language or detect(text), title=brief.title)
