"""Sound as speech services send it, MP3 or WAV, to mono float32 at 48 kHz; and sound at another pace."""

from collections.abc import Iterator
from io import BytesIO
from typing import Literal

import av
import numpy as np
from av.filter import Graph

from ...domain.narration import SAMPLE_RATE
from .pcm import Sound

Form = Literal["mp3", "wav"]

_MP3_DELAY = 1105
"""Samples at the stream's own rate that an MP3 without a tag begins late: 576 of the encoder, 529 of the decoder."""
_UNKNOWN_LENGTH = 0x7FFF0000
"""WAV that is written while it is made tells a length from here up, or none."""


class Undecodable(ValueError):
    """The bytes are no whole sound of their form; the text says in which way."""


def decoded(data: bytes, form: Form) -> Sound:
    """The whole sound, from its first sample: the delay that an MP3 encoder adds is taken away.

    Raises Undecodable for bytes that are none, or that end before the sound does.
    """
    if not data:
        raise Undecodable("no sound at all")
    if form == "wav":
        _check_wav(data)
    parts: list[Sound] = []
    sizes: list[int] = []
    try:
        with av.open(BytesIO(data), "r", format=form) as container:
            stream = container.streams.audio[0]
            rate = stream.rate
            resampler = av.AudioResampler("flt", "mono", SAMPLE_RATE)
            for packet in container.demux(stream):
                sizes.append(packet.size)
                for frame in packet.decode():
                    parts += [_mono(part) for part in resampler.resample(frame)]
            parts += [_mono(part) for part in resampler.resample(None)]
    except (av.FFmpegError, IndexError) as error:
        raise Undecodable("no sound that can be decoded") from error
    if not parts:
        raise Undecodable("no sound at all")
    sound = np.concatenate(parts).astype(np.float32)
    if form == "mp3":
        packets = [size for size in sizes if size]
        if len(packets) > 1 and packets[-1] < min(packets[:-1]) - 1:
            raise Undecodable("a sound that is cut off")
        if not any(tag in data[:400] for tag in (b"Xing", b"Info")):
            sound = sound[_MP3_DELAY * SAMPLE_RATE // rate :]
    return np.clip(sound, -1.0, 1.0)


def paced(sound: Sound, rate: float) -> Sound:
    """The sound at ``rate`` (0.5 to 2) times its pace and at its own pitch."""
    if rate == 1.0:
        return sound
    graph = Graph()
    graph.link_nodes(
        graph.add_abuffer(sample_rate=SAMPLE_RATE, format="flt", layout="mono"),
        graph.add("atempo", f"{rate:g}"),
        graph.add("aformat", "sample_fmts=flt"),
        graph.add("abuffersink"),
    ).configure()
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound).reshape(1, -1), format="flt", layout="mono")
    frame.sample_rate = SAMPLE_RATE
    graph.push(frame)
    graph.push(None)
    changed: Sound = np.concatenate(list(_pulled(graph)))
    return np.clip(changed, -1.0, 1.0)


def _pulled(graph: Graph) -> Iterator[Sound]:
    while True:
        try:
            frame = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        if isinstance(frame, av.AudioFrame):
            yield _mono(frame)


def _mono(frame: av.AudioFrame) -> Sound:
    return np.asarray(frame.to_ndarray(), np.float32).reshape(-1)


def _check_wav(data: bytes) -> None:
    at = data.find(b"data", 12)
    if not data.startswith(b"RIFF") or at < 0 or len(data) <= at + 8:
        raise Undecodable("no sound that can be decoded")
    told = int.from_bytes(data[at + 4 : at + 8], "little")
    if told < _UNKNOWN_LENGTH and len(data) - at - 8 < told:
        raise Undecodable("a sound that is cut off")
