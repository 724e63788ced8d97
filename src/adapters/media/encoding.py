"""Encoding a segment's frames, and joining segments and sound without encoding again."""

import heapq
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias, cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.stream import Stream
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream

from ...domain.output import FORMATS, Output
from .aac import EXACT
from .planes import PIXEL_FORMAT

_OPTIONS = {"libx264": {"preset": "veryfast", "crf": "23"}}
SEGMENT_FORMAT = "mp4"
_UNDECODED = {"skip_frame": "all"}
"""Option of a stream whose packets are only copied: else libav decodes its first pictures on opening."""
Packet: TypeAlias = "av.Packet[Any]"


def add_video_stream(container: OutputContainer, output: Output) -> VideoStream:
    """A stream whose tags say what the planes mean: BT.709, limited range, square pixels, constant frame rate.

    One encoder thread always: the bytes that x264 makes depend on its number of threads.
    """
    codec = FORMATS[output.format].video_codec
    options = dict(_OPTIONS[codec])
    if codec == "libx264" and _has_avx512():
        options["x264-params"] = "asm=avx2"
    stream = cast("VideoStream", container.add_stream(codec, rate=output.fps, options=options))
    stream.width, stream.height, stream.pix_fmt = output.width, output.height, PIXEL_FORMAT
    stream.time_base = Fraction(1, output.fps)
    context = stream.codec_context
    context.time_base = Fraction(1, output.fps)
    context.color_range = ColorRange.MPEG
    context.colorspace = Colorspace.ITU709
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709
    context.sample_aspect_ratio = Fraction(1, 1)
    context.thread_count = 1
    return stream


@cache
def _has_avx512() -> bool:
    """Whether x264 would use AVX-512, whose macroblock tree reads memory that it never wrote: bytes differ by chance.

    AVX2 is as fast there within 2 %.
    """
    found = np.show_config(mode="dicts")["SIMD Extensions"]["found"]
    return any(name == "X86_V4" or name.startswith("AVX512") for name in found)


def encode_segment(frames: Iterable[av.VideoFrame], output: Output, to: Path) -> None:
    """A closed run of pictures as a file of its own, its first frame at time 0.

    A frame may be handed over twice in a row, or drawn on again after it: libx264 copies what it needs.
    """
    with av.open(str(to), "w", format=SEGMENT_FORMAT) as container:
        stream = add_video_stream(container, output)
        for number, frame in enumerate(frames):
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def join(segments: Iterable[tuple[Path, int]], sound: Path, output: Output, to: Path) -> None:
    """Segments, each with its first frame's number, and the encoded sound into one file, all packets copied.

    The index stands in front of the media (faststart), so that a player can begin before it has everything.
    """
    pieces = list(segments)
    form = FORMATS[output.format]
    with (
        av.open(str(to), "w", format=form.name, options={"movflags": "+faststart"} | EXACT) as container,
        av.open(str(pieces[0][0])) as first,
        av.open(str(sound)) as audio,
    ):
        video_stream = _copied(container, first.streams.video[0])
        audio_stream = _copied(container, audio.streams.audio[0])
        packets = heapq.merge(
            _video_packets(pieces, video_stream, output.fps),
            _audio_packets(sound, audio_stream),
            key=lambda packet: (packet.dts or 0) * (packet.time_base or 0),
        )
        for packet in packets:
            container.mux(packet)


def _copied(container: OutputContainer, source: VideoStream | AudioStream) -> Stream:
    """A stream of ``container`` that takes ``source``'s packets as they are."""
    stream = container.add_stream_from_template(source)
    stream.time_base = source.time_base
    return stream


def _video_packets(pieces: list[tuple[Path, int]], stream: Stream, fps: int) -> Iterator[Packet]:
    headers = set()
    for path, start in pieces:
        with av.open(str(path), stream_options=[_UNDECODED]) as container:  # type: ignore[list-item]  # a wrong stub
            source = container.streams.video[0]
            headers.add(source.codec_context.extradata)
            if len(headers) > 1:
                raise ValueError(f"{path} was encoded with other parameters than the segments before it")
            assert source.time_base is not None  # noqa: S101 - an mp4 stream has one
            offset = int(Fraction(start, fps) / source.time_base)
            yield from _moved(container.demux(source), offset, stream)


def _audio_packets(path: Path, stream: Stream) -> Iterator[Packet]:
    with av.open(str(path)) as container:
        yield from _moved(container.demux(container.streams.audio[0]), 0, stream)


def _moved(packets: Iterable[Packet], offset: int, stream: Stream) -> Iterator[Packet]:
    for packet in packets:
        if packet.dts is None or packet.pts is None:
            continue
        packet.pts += offset
        packet.dts += offset
        packet.stream = stream
        yield packet
