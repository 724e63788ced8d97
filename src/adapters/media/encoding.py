"""Encoding a segment's frames, and joining segments and sound without encoding again."""

import heapq
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import av
from av.audio.stream import AudioStream
from av.stream import Stream
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from ...domain.errors import OutputFailed
from ...domain.output import FORMATS, Output
from .audio_coding import EXACT
from .encoders import SOFTWARE, Encoder, add_video_stream
from .mpeg4 import with_colour
from .planes import PIXEL_FORMAT, new_frame, planes_of

_MUXING = {
    "mp4": {"movflags": "+faststart"} | EXACT,
    "mov": {"movflags": "+faststart"} | EXACT,
    "webm": {"cues_to_front": "1", "fflags": "+bitexact"},
    "avi": {"fflags": "+bitexact"},
}
"""Format -> options of its muxer: the index in front of the media, and no random numbers."""
_UNDECODED = {"skip_frame": "all"}
"""Option of a stream whose packets are only copied: else libav decodes its first pictures on opening."""
_MOST_REORDERED = 16
"""Pictures that a decoder may hold back (H.265, A.4.2)."""
Packet: TypeAlias = "av.Packet[Any]"


def encode_segment(frames: Iterable[av.VideoFrame], output: Output, to: Path, encoder: Encoder | None = None) -> None:
    """A closed run of pictures as a file of its own, its first frame at time 0, in ``encoder.container``.

    A frame may be handed over twice in a row, or drawn on again after it: an encoder that does not copy it gets a copy.
    """
    encoder = encoder or SOFTWARE[output.codec]
    with av.open(str(to), "w", format=encoder.container) as container:
        stream = add_video_stream(container, output, encoder)
        for number, frame in enumerate(_given(frames, encoder)):
            frame.pts = number
            container.mux(_finished(stream.encode(frame), encoder))
        container.mux(_finished(stream.encode(None), encoder))


def _given(frames: Iterable[av.VideoFrame], encoder: Encoder) -> Iterator[av.VideoFrame]:
    if encoder.pixel_format != PIXEL_FORMAT:
        reformatter = VideoReformatter()
        for frame in frames:
            given = reformatter.reformat(frame, format=encoder.pixel_format, interpolation="BICUBIC", threads=1)
            given.time_base = frame.time_base
            yield given
    elif encoder.keeps_frames:
        yield from map(_copy, frames)
    else:
        yield from frames


def _copy(frame: av.VideoFrame) -> av.VideoFrame:
    assert frame.time_base is not None  # noqa: S101 - new_frame set it
    copy = new_frame(frame.width, frame.height, frame.time_base.denominator)
    for source, target in zip(planes_of(frame), planes_of(copy), strict=True):
        target[...] = source
    return copy


def _finished(packets: list[Packet], encoder: Encoder) -> list[Packet]:
    if encoder.name == "mpeg4":
        return [with_colour(packet) for packet in packets]
    if encoder.name == "libx265":
        for packet in packets:
            _time(packet)
    return packets


def _time(packet: Packet) -> None:
    """libx265 takes the decoding time of a run of one or two pictures, which it does not reorder, from unset memory."""
    if packet.pts is not None and (packet.dts is None or not 0 <= packet.pts - packet.dts <= _MOST_REORDERED):
        packet.dts = packet.pts


def join(segments: Iterable[tuple[Path, int]], sound: Path, output: Output, to: Path) -> None:
    """Segments, each with its first frame's number, and the encoded sound into one file, all packets copied.

    The index stands in front of the media wherever the format allows it, so that a player can begin before it has
    everything.
    """
    pieces = list(segments)
    form = FORMATS[output.format]
    with (
        av.open(str(to), "w", format=form.name, options=_MUXING[form.name]) as container,
        av.open(str(pieces[0][0])) as first,
        av.open(str(sound)) as audio,
    ):
        video_stream = _copied(container, first.streams.video[0])
        assert isinstance(video_stream, VideoStream)  # noqa: S101 - its template is one
        if form.name != "webm":  # the others tell profiles and the place of parameter sets by the tag
            video_stream.codec_context.codec_tag = first.streams.video[0].codec_context.codec_tag
        video_stream.codec_context.sample_aspect_ratio = Fraction(1, 1)
        audio_stream = _copied(container, audio.streams.audio[0])
        packets = heapq.merge(
            _video_packets(pieces, video_stream, output.fps),
            _audio_packets(sound, audio_stream),
            key=lambda packet: (packet.dts or 0) * (packet.time_base or 0),
        )
        for packet in packets:
            container.mux(packet)


def _copied(container: av.container.OutputContainer, source: VideoStream | AudioStream) -> Stream:
    """A stream of ``container`` that takes ``source``'s packets as they are."""
    stream = container.add_stream_from_template(source, opaque=True)
    stream.time_base = source.time_base
    return stream


def _video_packets(pieces: list[tuple[Path, int]], stream: Stream, fps: int) -> Iterator[Packet]:
    headers = set()
    for path, start in pieces:
        with av.open(str(path), stream_options=[_UNDECODED]) as container:  # type: ignore[list-item]  # a wrong stub
            source = container.streams.video[0]
            headers.add(source.codec_context.extradata)
            if len(headers) > 1:
                raise OutputFailed(f"{path} was encoded with other parameters than the segments before it")
            assert source.time_base is not None  # noqa: S101 - every container of segments has one
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
