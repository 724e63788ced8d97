"""Frames of a video by their time, however the file is built: late starts, missing time stamps, gaps, a broken end."""

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import cast

import av
from av.filter import Graph

from ...domain.errors import UnusableAsset
from .containers import MAX_CLIP_PIXELS, open_media, packets, video_stream
from .fitting import source_of
from .orientation import Orientation, of_frame

_AHEAD = 10
"""Seconds from which on a later frame is sought rather than decoded up to."""
_BACK = (0, 2, 10, 60)
"""Seconds by which a seek is tried again earlier where it landed behind its target."""
_FIELDS = (2, 3, 4, 5)
"""libav's field orders of interlaced streams."""
_BOTTOM_FIRST = (3, 4)
_WITH_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
_FLAGS_FRAMES = frozenset(["h264", "hevc", "mpeg2video", "mpeg1video", "vc1", "wmv3", "dvvideo", "vvc"])
"""Decoders that know of every frame whether it is interlaced."""


class Footage:
    """The picture of a file; frames in rising order are cheap. Belongs to one renderer. Raises UnusableAsset."""

    seamless = False

    def __init__(self, path: Path, fps: int) -> None:
        self.path = path
        self._fps = fps
        self._container = open_media(path)
        stream = video_stream(self._container)
        if stream is None:
            self._container.close()
            raise UnusableAsset(path, "there is no picture in it")
        context: av.VideoCodecContext | None = stream.codec_context
        if context is None:
            self._container.close()
            raise UnusableAsset(path, "there is no decoder for its picture; H.264 in MP4 is right")
        width, height = context.width, context.height
        if width * height > MAX_CLIP_PIXELS:
            self._container.close()
            raise UnusableAsset(
                path, f"{width} x {height} pixels: at most {MAX_CLIP_PIXELS / 10**6:.0f} million are right for a clip"
            )
        self._stream = stream
        self._decoder = _decoder(stream)
        self._rate = Fraction(stream.average_rate or stream.guessed_rate or 25)
        self._counts = "avi" in self._container.format.name.split(",")
        """AVI knows the order of decoding alone, so its frames are counted."""
        self._base = stream.time_base or Fraction(1, 90_000)
        self.begins = Fraction(stream.start_time or 0) * self._base
        """The stream's own time of its first frame."""
        self.pixel_aspect = Fraction(stream.sample_aspect_ratio or 1)
        self._frames: Iterator[tuple[Fraction, av.VideoFrame]] | None = None
        self._current: tuple[Fraction, av.VideoFrame] | None = None
        self._next: tuple[Fraction, av.VideoFrame] | None = None
        self._last: Fraction | None = None
        self._settling = Fraction(0)
        """Seconds after a seek until frames are what they would be without: a deinterlacer looks at those before."""
        self.orientation: Orientation | None = None
        """By the first picture that was asked for: libav's side data tie a frame to itself, so one alone is asked."""

    def at(self, seconds: Fraction) -> av.VideoFrame:
        """The frame on show at ``seconds``: the last that begins no later than half an output frame after.

        Before the first frame it is the first, beyond the last one that can be decoded it is that.
        """
        target = self.begins + seconds + Fraction(1, 2 * self._fps)
        if self._last is not None:
            target = min(target, self._last)
        if (
            self._frames is None
            or (self._current is not None and self._current[0] > target)
            or (self._next is not None and target - self._next[0] > _AHEAD)
        ):
            self._seek(target)
        self._advance(target)
        picture = self._current or self._next
        if picture is None:
            raise UnusableAsset(self.path, "no picture in it could be decoded")
        if self.orientation is None:
            self.orientation = of_frame(picture[1])
        return picture[1]

    def close(self) -> None:
        self._frames = self._current = self._next = None
        self._container.close()

    def _advance(self, target: Fraction) -> None:
        assert self._frames is not None  # noqa: S101 - at() sought first
        while True:
            if self._next is None:
                self._next = next(self._frames, None)
            if self._next is None:
                if self._current is not None:
                    self._last = self._current[0]
                return
            if self._next[0] > target:
                return
            self._current, self._next = self._next, None

    def _seek(self, target: Fraction) -> None:
        """Stand before ``target``, with a frame in hand; at the start of the stream where nothing else helps."""
        for back in _BACK:
            if target - back <= self.begins:
                break
            self._begin(target - back)
            if self._next is not None and self._next[0] <= target - self._settling:
                return
        self._begin(None)

    def _begin(self, target: Fraction | None) -> None:
        self._current = self._next = None
        try:
            position = int((self.begins if target is None else target) / self._base)
            self._container.seek(min(position, 0) if target is None else position, stream=self._stream)
            self._decoder.flush_buffers()
        except av.FFmpegError:
            fresh = Footage(self.path, self._fps)
            self._container.close()
            self._container, self._stream, self._decoder = fresh._container, fresh._stream, fresh._decoder
        self._frames = self._progressive()
        self._next = next(self._frames, None)

    def _progressive(self) -> Iterator[tuple[Fraction, av.VideoFrame]]:
        """Frames with their times, deinterlaced from the first interlaced one on."""
        context = self._stream.codec_context
        unflagged = context.field_order in _FIELDS and context.name not in _FLAGS_FRAMES
        graph: Graph | None = None
        shape: object = None
        time: Fraction | None = None
        for frame in self._decoded():
            if frame.pts is None or (time is not None and self._counts):
                time = self.begins if time is None else time + 1 / self._rate
                frame.pts, frame.time_base = round(time / self._base), self._base
            time = frame.pts * (frame.time_base or self._base)
            if (graph is not None and shape != _shape(frame)) or (
                graph is None and (frame.interlaced_frame or unflagged)
            ):
                graph, shape = self._deinterlacer(frame, unflagged), _shape(frame)
                self._settling = 3 / self._rate
            if graph is None:
                yield time, frame
                continue
            graph.vpush(frame)
            yield from _pulled(graph)
        if graph is not None:
            graph.vpush(None)
            yield from _pulled(graph)

    def _deinterlacer(self, frame: av.VideoFrame, unflagged: bool) -> Graph:
        """A frame for each field where the video is made at such a rate, else for both; clean frames pass."""
        mode = "send_field" if self._fps > 1.5 * self._rate else "send_frame"
        parity = ("bff" if self._stream.codec_context.field_order in _BOTTOM_FIRST else "tff") if unflagged else "auto"
        graph = Graph()
        graph.threads = 1
        source = source_of(graph, frame, frame.time_base or self._base)
        fields = graph.add("bwdif", f"mode={mode}:parity={parity}:deint={'all' if unflagged else 'interlaced'}")
        graph.link_nodes(source, fields, graph.add("buffersink")).configure()
        return graph

    def _decoded(self) -> Iterator[av.VideoFrame]:
        """Frames until the file ends or breaks off; packets that cannot be decoded are passed over."""
        for packet in chain(packets(self._container, self._stream), [None]):
            with suppress(av.FFmpegError):
                yield from self._decoder.decode(packet)


def _decoder(stream: av.VideoStream) -> av.VideoCodecContext:
    """libav's own decoder, but libvpx's for WebM with alpha, which the other one leaves out."""
    context = stream.codec_context
    if stream.metadata.get("alpha_mode") == "1" and context.name in _WITH_ALPHA:
        context = cast("av.VideoCodecContext", av.CodecContext.create(_WITH_ALPHA[context.name], "r"))
    context.thread_count, context.thread_type = 1, "NONE"
    context.options = {"max_pixels": str(MAX_CLIP_PIXELS)}
    return context


def _shape(frame: av.VideoFrame) -> object:
    return frame.width, frame.height, frame.format.name


def _pulled(graph: Graph) -> Iterator[tuple[Fraction, av.VideoFrame]]:
    while True:
        try:
            frame = graph.vpull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        assert frame.pts is not None  # noqa: S101 - what went in had one
        yield frame.pts * (frame.time_base or Fraction(1)), frame
