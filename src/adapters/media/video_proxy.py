"""A small copy of a video, for looking at it in a browser before it is used."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av

from ...application.ports import CancelSignal
from ...application.writing import writing
from ...domain.errors import Cancelled
from ...domain.narration import SAMPLE_RATE
from ...domain.progress import Progress
from .containers import open_media, video_stream
from .fitting import Fitter
from .footage import Footage
from .orientation import UPRIGHT
from .planes import PIXEL_FORMAT, new_frame, planes_of
from .probe import FileProbe
from .sound import Samples, sound

SHORT_SIDE = 360
"""Pixels of the shorter side at the most."""
_MOST_FPS = 30
_STEP = 1024
_REPORTS = 15
"""Frames from one word of progress to the next."""


def make_proxy(path: Path, to: Path, *, progress: Callable[[Progress], None], cancel: CancelSignal) -> None:
    """An MP4 with H.264 and AAC, upright, at an even rate, ready to be played while it loads.

    Raises UnusableAsset, OutputFailed, DiskFull, Cancelled.
    """
    asset = FileProbe().asset(path)
    scale = min(1.0, SHORT_SIDE / min(asset.width, asset.height))
    width, height = (max(16, round(side * scale / 2) * 2) for side in (asset.width, asset.height))
    fps = _rate(path)
    frames = max(1, asset.samples * fps // SAMPLE_RATE)
    footage, fitter = Footage(path, fps), Fitter(width, height)
    try:
        with writing(to), av.open(str(to), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            video = container.add_stream("libx264", rate=fps, options={"crf": "28", "preset": "veryfast"})
            video.width, video.height, video.pix_fmt = width, height, PIXEL_FORMAT
            video.codec_context.thread_count = 1
            video.codec_context.gop_size = 2 * fps
            audio = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo") if asset.has_sound else None
            if audio is not None:
                audio.bit_rate = 96_000
            heard = _frames(sound(path), frames * SAMPLE_RATE // fps) if audio is not None else iter(())
            for number in range(frames):
                if cancel.is_set():
                    raise Cancelled
                frame = new_frame(width, height, fps)
                fitter.draw(
                    footage.at(Fraction(number, fps)),
                    planes_of(frame),
                    footage.orientation or UPRIGHT,
                    footage.pixel_aspect,
                )
                frame.pts = number
                container.mux(video.encode(frame))
                if audio is not None:
                    for block in heard:
                        container.mux(audio.encode(block))
                        if (block.pts or 0) * fps > number * SAMPLE_RATE:
                            break
                if number % _REPORTS == 0 or number == frames - 1:
                    progress(Progress(stage="render", done=number + 1, total=frames))
            container.mux(video.encode(None))
            if audio is not None:
                for block in heard:
                    container.mux(audio.encode(block))
                container.mux(audio.encode(None))
    finally:
        footage.close()


def _rate(path: Path) -> int:
    with open_media(path) as container:
        stream = video_stream(container)
        rate = None if stream is None else stream.average_rate or stream.guessed_rate
    return min(_MOST_FPS, max(1, round(rate or _MOST_FPS)))


def _frames(blocks: Iterator[Samples], most: int) -> Iterator[av.AudioFrame]:
    """A sound as frames for the encoder, no longer than ``most`` samples."""
    at = 0
    for block in blocks:
        for start in range(0, block.shape[1], _STEP):
            part = block[:, start : min(start + _STEP, start + most - at)]
            if not part.shape[1]:
                return
            frame = av.AudioFrame.from_ndarray(part.copy(), format="fltp", layout="stereo")
            frame.sample_rate, frame.time_base, frame.pts = SAMPLE_RATE, Fraction(1, SAMPLE_RATE), at
            at += part.shape[1]
            yield frame
