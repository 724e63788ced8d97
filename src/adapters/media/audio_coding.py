"""The mixed sound as a compressed stream in a small file of its own.

The video's file takes that stream over packet by packet. Each codec lies in a container that keeps what such a copy
needs: the decoder's setup, the encoder's priming, so that the first sample is heard at time 0, and the exact length.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias

import av
import numpy as np
from av.audio.stream import AudioStream

from ...application.ports import CancelSignal
from ...application.writing import writing
from ...domain.errors import Cancelled, OutputFailed
from ...domain.narration import SAMPLE_RATE
from ...domain.output import Output
from .raw import raw_blocks

Packet: TypeAlias = "av.Packet[Any]"

EXACT = {"movie_timescale": str(SAMPLE_RATE)}
"""Option of the MP4 and MOV muxers: edit lists, which hold a stream's start and length, count samples instead of ms."""

_LAME_PACKET = 1152
_LAME_DELAY = 576 + 529
"""Samples by which LAME and any MP3 decoder after it delay a sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioEncoder:
    """An encoder by libav's name, ``bit_rate`` in bits a second of stereo (0: it has its own).

    ``silence`` are samples put before the sound for a container that cannot say that a decoder's first samples are
    priming: they fill up the priming to whole packets, and these are left out.
    """

    name: str
    container: str
    bit_rate: int = 0
    options: dict[str, str] = field(default_factory=dict)
    muxing: dict[str, str] = field(default_factory=dict)
    silence: int = 0


AUDIO_ENCODERS = {
    # One quality throughout instead of one bit rate: noise lies above a masking threshold in 0.8 % of the bands of
    # speech (133 kbit/s) and 1.4 % of speech with music (207 kbit/s). 192 kbit/s throughout left 0.2 and 2.7 %, and
    # spent half as much time again on speech, looking for ways to use bits that speech does not need. The two-loop
    # search is worse, and slower; without mid and side stereo 8 to 10 % of the bands are noisy.
    "aac": AudioEncoder(
        name="aac",
        container="mp4",
        options={"aac_coder": "fast", "aac_pns": "0", "aac_is": "0", "flags": "+qscale", "global_quality": "180"},
        muxing=EXACT,
    ),
    "opus": AudioEncoder(name="libopus", container="webm", bit_rate=160_000, muxing={"fflags": "+bitexact"}),
    # Without a reservoir every packet holds its own bits, so the first can be left out.
    "mp3": AudioEncoder(
        name="libmp3lame",
        container="avi",
        bit_rate=256_000,
        options={"reservoir": "0"},
        muxing={"fflags": "+bitexact"},
        silence=-_LAME_DELAY % _LAME_PACKET,
    ),
    "pcm": AudioEncoder(name="pcm_s24le", container="mov", muxing=EXACT),
}


def encode(raw: Path, to: Path, output: Output, *, cancel: CancelSignal | None = None) -> None:
    """Encode a raw file (``raw``) by the audio codec of ``output``; ``to`` lasts as long, to the sample.

    MP3 alone, which AVI cannot trim, ends within 576 samples of it. Encoding lets go of the GIL. Raises Cancelled,
    DiskFull and OutputFailed.
    """
    encoder = AUDIO_ENCODERS[output.audio_codec]
    try:
        with writing(to), av.open(str(to), "w", format=encoder.container, options=encoder.muxing) as container:
            stream = container.add_stream(encoder.name, rate=SAMPLE_RATE, layout="stereo", options=encoder.options)
            assert isinstance(stream, AudioStream)  # noqa: S101 - the table names audio codecs
            if encoder.bit_rate:
                stream.bit_rate = encoder.bit_rate
            at = 0
            for frame in _frames(raw, encoder.silence):
                if cancel is not None and cancel.is_set():
                    raise Cancelled
                frame.pts = at
                at += frame.samples
                container.mux(_kept(stream.encode(frame), encoder.silence))
            container.mux(_kept(stream.encode(None), encoder.silence, at))
    except av.FFmpegError as error:
        raise OutputFailed(f"{to}: its sound cannot be encoded by {encoder.name} ({error.strerror})") from error


def _frames(raw: Path, silence: int) -> Iterator[av.AudioFrame]:
    before = [np.zeros((2, silence), np.float32)] if silence else []
    for block in chain(before, raw_blocks(raw)):
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate, frame.time_base = SAMPLE_RATE, Fraction(1, SAMPLE_RATE)
        yield frame


def _kept(packets: list[Packet], silence: int, end: int | None = None) -> list[Packet]:
    """Where silence was put before: the packets after it, at their own time, without one that is mostly padding."""
    if not silence:
        return packets
    kept = []
    for packet in packets:
        assert packet.pts is not None  # noqa: S101 - encoders of sound count samples
        if packet.pts < silence or (end is not None and end - packet.pts < _LAME_PACKET // 2):
            continue
        packet.pts = packet.dts = packet.pts - silence
        kept.append(packet)
    return kept
